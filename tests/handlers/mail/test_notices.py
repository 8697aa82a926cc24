"""The mails that schedules put, RULES 8, 15, 35-38."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from functions.notices.handler import handler
from lending.actions.library import Library
from lending.actions.mail.daily_mails import put_daily_mails
from lending.aws.schedules import UnknownJob
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.mail import mails
from lending.aws.table.patrons import patrons
from lending.aws.table.run import runs
from lending.aws.table.writes import Write, delete
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.mail.mail import Mail
from lending.domain.patrons.patron import Patron
from lending.domain.run.run_record import RunRecord
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import CountingStore
from tests.handlers.conftest import Given, context, sample
from tests.handlers.metrics import counts_in
from tests.library import aomori

S = date(2026, 6, 7)
PLACED = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


def announce(time: str = "") -> dict[str, Any]:
    return handler(sample("notices/lending_mail") | ({"scheduled_time": time} if time else {}), context())


def daily(day: str = "") -> dict[str, Any]:
    time = {"scheduled_time": f"{day}T10:00:00+09:00"} if day else {}
    return handler(sample("notices/daily_notices") | time, context())


def sent(library: Table, patron_id: str = "p-1") -> list[Mail]:
    return [mails.mail_of(item) for item in library.query(f"PATRON#{patron_id}", "MAIL#")]


def names(library: Table, patron_id: str = "p-1") -> list[str]:
    return [mail.mail_id for mail in sent(library, patron_id)]


def pack(library: Table, patron_id: str, facility: str, barcode: str, pickup_from: date = S) -> Bag:
    bag = Bag(patron_id, "10000001", facility, pickup_from, date(2026, 6, 14))
    library.transact(bags.book_addition(bag, barcode, aomori()))
    return bag


def lend(library: Table, patron_id: str, barcode: str, due_on: date, **changes: Any) -> None:
    at = datetime(2026, 6, 4, 11, tzinfo=TOKYO)
    library.transact(loans.addition(Loan(patron_id, barcode, f"t-{barcode}", "本", "12", at, due_on, **changes)))


def test_sample_puts_one_mail_a_patron_and_facility(given: Given, library: Table) -> None:
    # GIVEN a patron with two facilities and three books, one whose book was checked in already, one of another week
    pack(library, "p-1", "12", "b-1"), pack(library, "p-1", "12", "b-2"), pack(library, "p-1", "13", "b-3")
    empty = pack(library, "p-2", "12", "b-4")
    library.transact(bags.books_removal(empty, {"b-4"}))
    pack(library, "p-3", "12", "b-5", date(2026, 5, 31))
    # WHEN it is Saturday
    summary = announce()
    # THEN (RULES 36)
    assert summary == {"job": "lending_mail", "date": "2026-06-06", "already_done": False, "bags": 2, "mails": 2}
    assert names(library) == ["lending#2026-06-07#12", "lending#2026-06-07#13"]
    assert sent(library)[0].facts == {"pickup_from": "2026-06-07", "facility": "12"}
    assert names(library, "p-2") + names(library, "p-3") == []


def test_twice_puts_no_second_mail(given: Given, library: Table) -> None:
    pack(library, "p-1", "12", "b-1")
    announce()
    before = sent(library)
    assert announce()["already_done"] is True
    assert sent(library) == before


def test_a_mail_that_is_there_does_not_hold_up_the_others(given: Given, library: Table) -> None:
    # GIVEN a job that died after its first mail (RULES 26, 38)
    pack(library, "p-1", "12", "b-1"), announce()
    library.write(delete(("RUN#2026-06-06", "JOB#lending_mail")))
    pack(library, "p-2", "12", "b-2")
    assert announce()["mails"] == 1
    assert names(library, "p-2") == ["lending#2026-06-07#12"]


@pytest.mark.parametrize(
    ("time", "day"), [("2026-06-10T09:00:00+09:00", "2026-06-06"), ("2026-06-12T09:00:00+09:00", "2026-06-06"),
                      ("2026-06-13T09:00:00+09:00", "2026-06-13")]
)  # fmt: skip
def test_asked_late_it_is_the_mail_of_the_saturday_before(given: Given, library: Table, time: str, day: str) -> None:
    assert announce(time)["date"] == day


def ready(library: Table, patron_id: str, title_id: str, ready_on: date) -> None:
    hold = Hold(patron_id, title_id, PREFECTURAL, PLACED, PLACED, HoldStatus.READY, f"{title_id}-1",
                ready_on=ready_on, pickup_until=date(2026, 6, 20))  # fmt: skip
    library.transact(holds.addition(hold))


def test_sample_tells_of_books_made_ready_the_day_before(given: Given, library: Table) -> None:
    # GIVEN two books made ready yesterday, one today (RULES 15)
    ready(library, "p-1", "t-1", date(2026, 6, 9))
    ready(library, "p-1", "t-2", date(2026, 6, 9))
    ready(library, "p-2", "t-3", date(2026, 6, 10))
    assert daily()["ready"] == 1
    assert names(library) == ["ready#2026-06-09"]
    assert sent(library)[0].facts == {"ready_on": "2026-06-09", "pickup_until": "2026-06-20"}
    assert names(library, "p-2") == []
    # THEN the next day it is the other's turn, and nobody is told twice
    assert daily()["already_done"] is True
    assert daily("2026-06-11")["ready"] == 1
    assert names(library, "p-2") == ["ready#2026-06-10"]
    assert len(names(library)) == 1


def test_a_mail_left_out_takes_the_deadline_with_it(given: Given, library: Table) -> None:
    # GIVEN books made ready on 06-09, whose mail should have gone on Wednesday 06-10 (RULES 15, 16)
    for title_id in ("t-1", "t-2"):
        ready(library, "p-1", title_id, date(2026, 6, 9))
    # WHEN the job is done on Saturday only
    assert daily("2026-06-13")["ready"] == 1
    # THEN the deadline of both counts from then, in the mail and with the holds
    assert sent(library)[0].facts == {"ready_on": "2026-06-09", "pickup_until": "2026-06-23"}
    told = holds.of_patron(library, "p-1")
    assert [(hold.mailed_on, hold.pickup_until) for hold in told] == [(date(2026, 6, 13), date(2026, 6, 23))] * 2
    # AND days closed between scan and mail are in it
    ready(library, "p-2", "t-3", date(2026, 6, 13))
    close(library, date(2026, 6, 15), date(2026, 6, 16))
    daily("2026-06-14")
    assert sent(library, "p-2")[0].facts["pickup_until"] == "2026-06-26"
    assert len(names(library)) == 1


def test_a_mail_is_put_with_its_deadline_or_not_at_all(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a job that has read a ready hold, which staff give more time before it writes (RULES 16)
    ready(library, "p-1", "t-1", date(2026, 6, 9))
    transact = Table.transact

    def meanwhile(table: Table, *writes: Write) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        hold = holds.of_patron(library, "p-1")[0]
        library.write(holds.change(hold, replace(hold, pickup_until=date(2026, 7, 31))))
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    # THEN neither is written, and the next day makes up for both
    assert daily()["ready"] == 0
    assert (names(library), holds.of_patron(library, "p-1")[0].mailed_on) == ([], None)
    assert daily("2026-06-11")["ready"] == 1
    assert sent(library)[0].facts["pickup_until"] == "2026-07-31"


def close(library: Table, first: date, last: date) -> None:
    shut = Closure(closure_id=f"c-{first}", scope=Scope.PREFECTURAL, starts_on=first, ends_on=last)
    library.write(calendar.closure_addition(shut))


def test_no_overdue_mail_before_the_carriage_is_checked_in(given: Given, library: Table) -> None:
    # GIVEN a loan due on Sunday 06-21: a book given back that day is checked in by Wednesday 06-24 (RULES 35)
    lend(library, "p-1", "b-1", date(2026, 6, 21))
    for day in ("2026-06-22", "2026-06-23", "2026-06-24"):
        assert daily(day)["overdue"] == 0
    assert daily("2026-06-25")["overdue"] == 1
    assert names(library) == ["overdue#2026-06-25"]


def test_no_overdue_mail_over_new_year(given: Given, library: Table) -> None:
    # GIVEN the library closed from Tuesday 12-29 to Sunday 01-03, books due on 12-20 and on 12-27 (RULES 35)
    close(library, date(2026, 12, 29), date(2027, 1, 3))
    given.patron("p-1"), given.patron("p-2")
    lend(library, "p-1", "b-1", date(2026, 12, 20))
    lend(library, "p-2", "b-2", date(2026, 12, 27))
    # WHEN the year ends THEN only the book is asked for whose carriage was checked in on Wednesday 12-23
    for day in ("2026-12-24", "2026-12-31", "2027-01-03", "2027-01-04"):
        daily(day)
    assert (names(library), names(library, "p-2")) == (["overdue#2026-12-24"], [])
    # AND the day after the first open day each is asked for, the first one again
    daily("2027-01-05")
    assert (len(names(library)), names(library, "p-2")) == (2, ["overdue#2026-12-31"])
    assert sent(library, "p-2")[0].facts == {"reminded_on": "2027-01-05"}


def test_a_wednesday_closed_afterwards_makes_no_second_mail(given: Given, library: Table) -> None:
    # GIVEN a mail of Thursday 06-25 (RULES 35, 38)
    lend(library, "p-1", "b-1", date(2026, 6, 21))
    daily("2026-06-25")
    # WHEN staff record that the day before was closed
    close(library, date(2026, 6, 24), date(2026, 6, 24))
    daily("2026-06-26")
    assert names(library) == ["overdue#2026-06-25"]


def test_no_overdue_mail_for_what_nobody_collected(given: Given, library: Table) -> None:
    # GIVEN a book on its way back uncollected, which is still not checked in weeks later (RULES 35)
    at = datetime(2026, 6, 14, 22, tzinfo=TOKYO)
    lend(library, "p-1", "b-1", date(2026, 6, 21), pickup_from=S, pickup_until=date(2026, 6, 14), released_at=at)
    # AND one of a facility that records nothing, which can be collected until Sunday 06-28, renewed before
    lend(library, "p-2", "b-2", date(2026, 6, 21), pickup_from=S, pickup_until=date(2026, 6, 28), renewals=1)
    for day in range(22, 31):
        daily(f"2026-06-{day}")
    assert names(library) + names(library, "p-2") == []
    # THEN the other is asked for once the carriage of its last day is checked in
    daily("2026-07-02")
    assert (names(library), names(library, "p-2")) == ([], ["overdue#2026-07-02"])


def test_one_overdue_mail_for_all_books_then_weekly(given: Given, library: Table) -> None:
    # GIVEN two overdue books, one lent at the counter, and a lost one that staff settle (RULES 34)
    lend(library, "p-1", "b-1", date(2026, 6, 21))
    lend(library, "p-1", "b-2", date(2026, 6, 16))
    lend(library, "p-2", "b-3", date(2026, 6, 21), lost=True)
    for day in range(24, 31):
        daily(f"2026-06-{day}")
    assert names(library) == ["overdue#2026-06-25"]
    # WHEN the Thursday's job did not happen THEN Friday's makes up for it
    daily("2026-07-03"), daily("2026-07-04")
    assert names(library) == ["overdue#2026-06-25", "overdue#2026-07-02"]
    assert names(library, "p-2") == []


def test_expired_card_with_open_holds_is_told_once(given: Given, library: Table) -> None:
    # GIVEN cards that ran out yesterday, run out today, and ran out without a hold (RULES 8)
    given.patron("p-1", expires_on=date(2026, 6, 9), open_holds=2)
    given.patron("p-2", expires_on=date(2026, 6, 10), open_holds=1, told_renewal=date(2026, 6, 10))
    given.patron("p-3", expires_on=date(2026, 6, 9))
    assert daily()["card_expired_hold"] == 1
    assert names(library) == ["card_expired_hold#2026-06-09"]
    assert sent(library)[0].facts == {"expired_on": "2026-06-09", "holds": 2}
    # WHEN the mail has vanished THEN there still is no second one
    library._client.delete_item(
        TableName=library.name, Key={"PK": {"S": "PATRON#p-1"}, "SK": {"S": "MAIL#card_expired_hold#2026-06-09"}}
    )
    assert daily("2026-06-11")["card_expired_hold"] == 1
    assert (names(library), names(library, "p-2")) == ([], ["card_expired_hold#2026-06-10"])
    assert names(library, "p-3") == []


def test_who_holds_a_book_after_the_card_ran_out_is_told(given: Given, library: Table) -> None:
    # GIVEN cards that ran out long ago, at which the daily job has looked, and one whose last day is corrected
    for number in (1, 2, 3):
        given.patron(f"p-{number}", expires_on=date(2026, 1, 31))
    daily("2026-06-10")
    before = patrons.find(library, "p-2")
    assert before
    # WHEN one holds a book, the second's last day is another one, and the third's loan is a hold again (RULES 8, 23)
    library.transact(patrons.hold_increment("p-1", "t-1", 20))
    library.transact(patrons.hold_increment("p-2", "t-1", 20))
    library.transact(patrons.change(before, replace(before, expires_on=date(2026, 2, 28))))
    library.transact(patrons.loan_increment("p-3", "t-1", 10))
    lent = patrons.find(library, "p-3")
    assert lent
    library.transact(patrons.loan_removal(lent, "t-1", 20))
    # THEN each is told the next day, once
    assert [daily(f"2026-06-{day}")["card_expired_hold"] for day in (11, 12)] == [3, 0]
    assert names(library, "p-2") == ["card_expired_hold#2026-02-28"]


def test_cards_that_ran_out_are_looked_at_once() -> None:
    # GIVEN few and many cards that ran out, without a hold
    def reads(count: int) -> list[float]:
        """The read units of two mornings."""
        table = Table(CountingStore(), "lending")
        for number in range(count):
            table.write(patrons.addition(Patron(f"p-{number}", f"{number:08}", S, date(2026, 1, 31))))
        mornings = []
        for day in (10, 11):
            table._client.count_from_here()
            put_daily_mails(Library(table, aomori(), datetime(2026, 6, day, 10, tzinfo=TOKYO)))
            mornings.append(sum(table._client.counts.read.values()))
        return mornings

    few, many = reads(10), reads(1_000)
    # THEN the first morning reads them all, and no morning after does
    assert many[0] > few[0]
    assert many[1] == few[1]


def test_card_coming_due_is_told_once_for_each_last_day(given: Given, library: Table) -> None:
    given.patron("p-1", expires_on=date(2026, 7, 11))
    assert daily("2026-06-10")["card_renewal"] == 0
    assert daily("2026-06-11")["card_renewal"] == 1
    assert daily("2026-06-12")["card_renewal"] == 0
    patron = patrons.find(library, "p-1")
    assert patron
    assert patron.told_renewal == date(2026, 7, 11)
    assert sent(library)[0].facts == {"expires_on": "2026-07-11"}


def test_unknown_job_is_an_error() -> None:
    with pytest.raises(UnknownJob):
        handler(sample("notices/daily_notices") | {"job": "thursday_run"}, context())


def runs_undone(capsys: pytest.CaptureFixture[str]) -> float:
    (undone,) = counts_in(capsys.readouterr().out)["RunUndone"]
    return undone


def test_every_morning_tells_whether_the_run_is_done(library: Table, capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN no run of Thursday 2026-06-04 WHEN the mails of that morning are put THEN it is undone
    daily("2026-06-04")
    assert runs_undone(capsys) == 1
    # GIVEN one that was begun THEN it is still
    moment = datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO)
    record = RunRecord(RunId("2026-06-04"), moment, plan="plan", chunks=0)
    library.write(runs.adoption(record))
    daily("2026-06-05")
    assert runs_undone(capsys) == 1
    # AND once it is finished all is well, until the next one is due; a morning asked again tells it again
    library.write(runs.end(record, moment))
    for day in ("2026-06-05", "2026-06-06", "2026-06-10"):
        daily(day)
        assert runs_undone(capsys) == 0
    daily("2026-06-11")
    assert runs_undone(capsys) == 1
