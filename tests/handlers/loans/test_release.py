"""What was not collected goes back, RULES 16, 22, 30, as the schedule invokes it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from functions.release.handler import handler
from lending.actions.loans import sunday_release
from lending.aws.schedules import JobFailed, UnknownJob
from lending.aws.table import Table, store
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import delete, put
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.handlers.conftest import Given, context, sample
from tests.library import aomori

S = date(2026, 6, 7)
LAST_DAY = date(2026, 6, 14)
PLACED = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


def release(time: str = "") -> dict[str, Any]:
    return handler(sample("release/sunday_release") | ({"scheduled_time": time} if time else {}), context())


def release_at_the_counter(time: str = "") -> dict[str, Any]:
    return handler(sample("release/prefectural_release") | ({"scheduled_time": time} if time else {}), context())


def lend(library: Table, patron_id: str, *barcodes: str, until: date = LAST_DAY, pickup_from: date = S) -> Bag:
    """Books in a bag for facility 12."""
    bag = Bag(patron_id, "10000001", "12", pickup_from, until)
    for barcode in barcodes:
        loan = Loan(
            patron_id, barcode, f"t-{barcode}", "本", "12", datetime(2026, 6, 4, 11, tzinfo=TOKYO), date(2026, 6, 21),
            pickup_from=pickup_from, pickup_until=until,
        )  # fmt: skip
        library.transact(loans.addition(loan), bags.book_addition(bag, barcode, aomori()))
    return bag


def record_another(library: Table, day: int = 10, pickup_from: date = S) -> None:
    """The facility has recorded a hand-over of the batch, of another patron's bag."""
    bag = Bag("p-9", "10000009", "12", pickup_from, LAST_DAY)
    library.write(bags.book_addition(bag, "b-9", aomori()))
    library.write(bags.hand_over_record(bag, datetime(2026, 6, day, 11, tzinfo=TOKYO)))


def returning(library: Table, patron_id: str) -> int:
    patron = patrons.find(library, patron_id)
    return patron.returning if patron else -1


def released(library: Table, patron_id: str) -> list[str]:
    return [loan.barcode for loan in loans.of_patron(library, patron_id) if loan.released_at]


def test_sample_releases_what_was_not_handed_over(given: Given, library: Table) -> None:
    # GIVEN two bags of the week, one of them handed over on its last day
    given.patron("p-1", loans=2), given.patron("p-2", loans=1)
    lend(library, "p-1", "b-1", "b-2")
    handed_over = lend(library, "p-2", "b-3")
    library.transact(bags.hand_over_record(handed_over, datetime(2026, 6, 14, 16, tzinfo=TOKYO)))
    # WHEN Sunday is over
    summary = release()
    # THEN the first is on its way back: still two loans, counted as returning (RULES 19, 30)
    assert summary == {"job": "sunday_release", "date": "2026-06-14", "already_done": False, "bags": 1, "books": 2}
    assert released(library, "p-1") == ["b-1", "b-2"]
    assert {loan.state_on(date(2026, 6, 15)) for loan in loans.of_patron(library, "p-1")} == {"returning"}
    assert (returning(library, "p-1"), returning(library, "p-2")) == (2, 0)
    assert released(library, "p-2") == []


def test_twice_changes_nothing(given: Given, library: Table) -> None:
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1")
    record_another(library)
    release()
    assert release()["already_done"] is True
    assert returning(library, "p-1") == 1


def test_before_the_end_of_the_day_nothing_of_it_is_released(given: Given, library: Table) -> None:
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1")
    record_another(library)
    assert release("2026-06-14T21:59:59+09:00")["date"] == "2026-06-07"
    assert released(library, "p-1") == []


@pytest.mark.parametrize("time", ["2026-06-15T03:00:00+09:00", "2026-06-20T22:00:00+09:00"])
def test_asked_late_it_releases_the_sunday_before(given: Given, library: Table, time: str) -> None:
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1")
    record_another(library)
    assert release(time)["date"] == "2026-06-14"
    # AND what is kept does not depend on when it was asked
    assert loans.of_patron(library, "p-1")[0].released_at == datetime(2026, 6, 14, 22, tzinfo=TOKYO)


def test_a_later_last_day_is_honoured(given: Given, library: Table) -> None:
    # GIVEN an opted-in patron's bag with another deadline (RULES 22, 40), a Tuesday
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1", until=date(2026, 6, 23))
    record_another(library)
    release(), release("2026-06-21T22:00:00+09:00")
    assert released(library, "p-1") == []
    # THEN it goes back with the first release after it
    release("2026-06-28T22:00:00+09:00")
    assert released(library, "p-1") == ["b-1"]


def test_a_week_left_out_is_made_up_for(given: Given, library: Table) -> None:
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1")
    record_another(library)
    release("2026-06-21T22:00:00+09:00")
    assert (released(library, "p-1"), returning(library, "p-1")) == (["b-1"], 1)


def test_a_book_handed_over_on_its_own_is_left(given: Given, library: Table) -> None:
    # GIVEN one book of the bag was marked as collected, the other was not
    given.patron("p-1", loans=2)
    lend(library, "p-1", "b-1", "b-2")
    record_another(library)
    loan = loans.find(library, "p-1", "b-1")
    assert loan
    library.transact(loans.change(loan, replace(loan, handed_over_at=datetime(2026, 6, 10, tzinfo=TOKYO))))
    release()
    assert (released(library, "p-1"), returning(library, "p-1")) == (["b-2"], 1)


def test_a_batch_without_any_record_is_not_released(given: Given, library: Table) -> None:
    # GIVEN a facility that has recorded nothing of this batch, though something of the one before (RULES 30)
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1")
    record_another(library, pickup_from=date(2026, 5, 31))
    # WHEN Sunday is over THEN nobody is told that books are on their way back
    assert release()["books"] == 0
    assert (released(library, "p-1"), returning(library, "p-1")) == ([], 0)
    # WHEN the first hand-over of the batch is recorded late THEN the next Sunday's job releases the rest
    record_another(library, day=17)
    assert release("2026-06-21T22:00:00+09:00")["books"] == 1
    assert (released(library, "p-1"), returning(library, "p-1")) == (["b-1"], 1)


def test_the_bags_of_one_patron_go_back_together(given: Given, library: Table) -> None:
    # GIVEN a patron with two bags that were left, of this week and of one before
    given.patron("p-1", loans=3)
    lend(library, "p-1", "b-1", "b-2")
    lend(library, "p-1", "b-3", until=date(2026, 6, 7), pickup_from=date(2026, 5, 31))
    record_another(library)
    record_another(library, day=1, pickup_from=date(2026, 5, 31))
    # WHEN Sunday is over THEN all their books are on their way back, and each counts once
    assert (release()["bags"], released(library, "p-1"), returning(library, "p-1")) == (2, ["b-1", "b-2", "b-3"], 3)


def test_what_was_handed_over_while_the_job_read_stays(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN two bags, one of which is handed over after the job has read its loans
    given.patron("p-1", loans=1), given.patron("p-2", loans=1)
    handed_over = lend(library, "p-1", "b-1")
    lend(library, "p-2", "b-2")
    record_another(library)
    find_many = loans.find_many

    def just_before(table: Table, wanted: list[tuple[str, str]]) -> list[Loan]:
        found = find_many(table, wanted)
        monkeypatch.setattr(loans, "find_many", find_many)
        at = datetime(2026, 6, 14, 21, 59, tzinfo=TOKYO)
        (loan,) = [each for each in found if each.barcode == "b-1"]
        table.transact(bags.hand_over_record(handed_over, at), loans.change(loan, replace(loan, handed_over_at=at)))
        return found

    monkeypatch.setattr(loans, "find_many", just_before)
    # WHEN it writes THEN the collected book is nobody's to send back, and the other one is released
    assert release()["books"] == 1
    assert (released(library, "p-1"), returning(library, "p-1")) == ([], 0)
    assert (released(library, "p-2"), returning(library, "p-2")) == (["b-2"], 1)


def test_what_there_was_no_time_for_goes_back_with_the_next_invocation(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN three bags, and time for one of them
    monkeypatch.setattr(sunday_release, "_PART", 1)
    for n in (1, 2, 3):
        given.patron(f"p-{n}", loans=1)
        lend(library, f"p-{n}", f"b-{n}")
    record_another(library)
    times = iter([30_000, 10_000])
    short = context()
    short.get_remaining_time_in_millis = lambda: next(times)
    with pytest.raises(JobFailed):
        handler(sample("release/sunday_release"), short)
    assert [returning(library, f"p-{n}") for n in (1, 2, 3)] == [1, 0, 0]
    # WHEN it is invoked again THEN it goes on, and nothing counts twice
    assert release()["bags"] == 2
    assert [returning(library, f"p-{n}") for n in (1, 2, 3)] == [1, 1, 1]


def test_a_bag_that_is_stuck_holds_up_no_other(given: Given, library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN three bags, and the patron of the second one cannot be written
    monkeypatch.setattr(store, "_pause", lambda attempt: None)
    given.patron("p-1", loans=1), given.patron("p-2", loans=1), given.patron("p-3", loans=1)
    for n in (1, 2, 3):
        lend(library, f"p-{n}", f"b-{n}")
    record_another(library)
    lost = library.get(patrons.key("p-2"))
    library.write(delete(patrons.key("p-2")))
    # WHEN Sunday is over THEN the job says so, and the others are on their way back
    with pytest.raises(JobFailed):
        release()
    assert (released(library, "p-1"), released(library, "p-3")) == (["b-1"], ["b-3"])
    # AND once it can be, the next try is through with it
    assert lost
    library.write(put(patrons.key("p-2"), lost))
    assert (release()["books"], release()["already_done"]) == (1, True)


def test_another_facilitys_records_are_its_own(given: Given, library: Table) -> None:
    given.patron("p-1", loans=1)
    lend(library, "p-1", "b-1")
    other = Bag("p-9", "10000009", "13", S, LAST_DAY)
    library.write(bags.book_addition(other, "b-9", aomori()))
    library.write(bags.hand_over_record(other, datetime(2026, 6, 10, 11, tzinfo=TOKYO)))
    release()
    assert released(library, "p-1") == []


def ready(
    library: Table,
    patron_id: str,
    title_id: str,
    until: date,
    ready_on: date | None = None,
    mailed_on: date | None = None,
) -> Hold:
    barcode = f"{title_id}-1"
    hold = Hold(patron_id, title_id, PREFECTURAL, PLACED, PLACED, HoldStatus.READY, barcode, ready_on, mailed_on, until)
    library.transact(
        holds.addition(hold), moved(library, barcode, CopyState.READY, holder=patron_id)
    )  # fmt: skip
    return hold


def test_sample_ends_ready_holds_after_their_deadline(given: Given, library: Table) -> None:
    # GIVEN a deadline of today and one of tomorrow
    given.patron("p-1", open_holds=2), given.title("t-1"), given.title("t-2")
    ready(library, "p-1", "t-1", date(2026, 6, 14))
    ready(library, "p-1", "t-2", date(2026, 6, 15))
    # WHEN the day is over
    summary = release_at_the_counter()
    # THEN the first is spent, its copy free for the next pull, and no mail tells of it (RULES 16)
    assert summary == {"job": "prefectural_release", "date": "2026-06-14", "already_done": False, "holds": 1}
    assert [hold.title_id for hold in holds.of_patron(library, "p-1")] == ["t-2"]
    copy, patron = copies.find(library, "t-1-1"), patrons.find(library, "p-1")
    assert copy
    assert patron
    assert (copy.state, copy.holder, patron.open_holds) == (CopyState.ON_SHELF, "", 1)
    assert list(library.query("PATRON#p-1", "MAIL#")) == []
    assert release_at_the_counter()["already_done"] is True


def test_ready_hold_lives_until_the_end_of_its_last_day(given: Given, library: Table) -> None:
    given.patron("p-1", open_holds=1), given.title()
    ready(library, "p-1", "t-1", date(2026, 6, 14))
    assert release_at_the_counter("2026-06-14T12:00:00+09:00")["date"] == "2026-06-13"
    assert holds.of_patron(library, "p-1")
    assert release_at_the_counter("2026-06-15T09:00:00+09:00")["holds"] == 1


def close(library: Table, *days: int) -> None:
    for day in days:
        on = date(2026, 6, day)
        shut = Closure(closure_id=f"c-{day}", scope=Scope.PREFECTURAL, starts_on=on, ends_on=on)
        library.write(calendar.closure_addition(shut))


def until(library: Table, title_id: str = "t-1") -> date | None:
    hold = holds.find(library, "p-1", title_id)
    return hold.pickup_until if hold else None


def test_days_closed_later_move_the_deadline(given: Given, library: Table) -> None:
    # GIVEN a book told of on 06-04: until 06-14, the tenth open day (RULES 16)
    given.patron("p-1", open_holds=1), given.title("t-1")
    ready(library, "p-1", "t-1", LAST_DAY, ready_on=date(2026, 6, 3), mailed_on=date(2026, 6, 4))
    # WHEN its last two days are closed THEN it is not ended on them
    close(library, 13, 14)
    assert release_at_the_counter()["holds"] == 0
    assert until(library) == date(2026, 6, 16)
    # AND what was given is not taken away when the doors are open after all
    for day in (13, 14):
        library.write(calendar.removal(calendar.closure_key(f"c-{day}")))
    assert release_at_the_counter("2026-06-15T22:00:00+09:00")["holds"] == 0
    assert release_at_the_counter("2026-06-16T22:00:00+09:00")["holds"] == 1
    assert until(library) is None


def test_a_job_that_comes_late_asks_for_the_deadline_that_counts(given: Given, library: Table) -> None:
    # GIVEN the last day of a book moved from 06-14 to 06-15 by a closed day (RULES 16)
    given.patron("p-1", open_holds=1), given.title("t-1")
    ready(library, "p-1", "t-1", LAST_DAY, ready_on=date(2026, 6, 3), mailed_on=date(2026, 6, 4))
    close(library, 14)
    # WHEN the release has not come by before the 16th THEN it is over
    assert release_at_the_counter("2026-06-16T22:00:00+09:00")["holds"] == 1


def test_no_hold_ends_before_its_mail_has_gone(given: Given, library: Table) -> None:
    # GIVEN a book made ready on 06-03, of which nobody was told: its deadline counts from the mail (RULES 16)
    given.patron("p-1", open_holds=1), given.title("t-1")
    ready(library, "p-1", "t-1", LAST_DAY, ready_on=date(2026, 6, 3))
    assert release_at_the_counter()["holds"] == 0
    assert until(library) == date(2026, 6, 24)


def test_unknown_job_is_an_error() -> None:
    with pytest.raises(UnknownJob):
        handler(sample("release/sunday_release") | {"job": "thursday_run"}, context())
