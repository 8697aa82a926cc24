"""An item that cannot be read stops nothing but itself, and somebody hears of it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.allocator.handler import handler as allocator
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.actions.holds.view import view_holds
from lending.actions.library import Library
from lending.aws.schedules import JobFailed
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.codec import key_hash
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.mail import mails
from lending.aws.table.patrons import account_work, audit_log, patrons
from lending.aws.table.pulls import crates
from lending.aws.table.registration import cards
from lending.aws.table.writes import delete, update
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import CARD, POLICY, SUNDAY, SampleLibrary, ask
from tests.handlers.metrics import counts_in

PLACED = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
FRIDAY = datetime(2026, 6, 5, 10, tzinfo=TOKYO)
SECRET = "花子さんの秘密"


def broken(library: Table, key: tuple[str, str], field: str) -> None:
    """An item with something in a field that does not belong there."""
    library.write(update(key, set={field: {"not": SECRET}}))


def held(library: Table, patron: str, title: str, **changes: Any) -> None:
    hold = Hold(patron, title, changes.pop("place", "12"), placed_at=PLACED, queued_at=PLACED)
    library.transact(patrons.hold_increment(patron, title, 20), holds.addition(hold))


def daily() -> dict[str, Any]:
    return notices(sample("notices/daily_notices"), context())


def test_a_broken_patron_stops_nobodys_daily_mail(given: Given, library: Table) -> None:
    # GIVEN two cards that run out soon, and before them in the list one whose record cannot be read
    given.patron("p-1", expires_on=date(2026, 6, 18))
    for number in (2, 3):
        given.patron(f"p-{number}", expires_on=date(2026, 6, 20))
    broken(library, patrons.key("p-1"), "birth_date")
    # WHEN the mails of the day are put
    daily()
    # THEN the two are told (RULES 37)
    assert [len(mails.of_patron(library, f"p-{number}")) for number in (1, 2, 3)] == [0, 1, 1]


def test_a_broken_hold_or_patron_stops_no_run(given: Given, library: Table) -> None:
    # GIVEN a hold that cannot be read, one whose patron cannot, and one that is whole
    for number in (1, 2, 3):
        given.patron(f"p-{number}")
        given.title(f"t-{number}")
        held(library, f"p-{number}", f"t-{number}")
    broken(library, holds.key("p-1", "t-1"), "placed_at")
    broken(library, patrons.key("p-2"), "expires_on")
    # WHEN the run takes place
    summary = allocator(sample("allocator/thursday_run"), context())
    # THEN it is finished, and the whole one's book is on the pull list (RULES 23)
    assert summary["pulls"] == 1
    assert [copy.barcode for copy in copies.pulls(library)] == ["t-3-1"]


def test_a_broken_loan_or_copy_hides_nothing_else(given: Given, library: Table) -> None:
    # GIVEN a patron with two loans, and a title with two copies, of which one each cannot be read
    patron = given.patron()
    given.title("t-1", copies=2)
    library.write(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id=patron.patron_id)))
    for barcode in ("b-1", "b-2"):
        library.write(loans.addition(Loan("p-1", barcode, "t-9", "本", PREFECTURAL, PLACED, date(2026, 6, 20))))
    broken(library, loans.key("p-1", "b-1"), "due_on")
    broken(library, copies.key("t-1-1"), "state")
    # WHEN staff look at the patron and at the title
    _, record = ask("GET", f"/patrons/{patron.card_number}", now=FRIDAY)
    _, title = ask("GET", "/titles/t-1", now=FRIDAY)
    # THEN the others are there
    assert [loan["barcode"] for loan in record["loans_now"]] == ["b-2"]
    assert [copy["barcode"] for copy in title["copies"]] == ["t-1-2"]


def test_a_title_that_calls_itself_otherwise_hides_no_other_hold(given: Given, library: Table) -> None:
    # GIVEN two holds, and a title whose record has another's id
    given.patron()
    for title_id in ("t-1", "t-2"):
        given.title(title_id)
        held(library, "p-1", title_id)
    library.write(update(titles.title_key("t-1"), set={"title_id": "tomorrow"}))
    # WHEN the patron looks THEN the other hold is there
    assert [view.title.title_id for view in view_holds(Library(library, POLICY, FRIDAY), "p-1")] == ["t-2"]


def test_a_broken_ready_hold_keeps_no_other_from_its_end(given: Given, library: Table) -> None:
    # GIVEN two books whose time at the counter is over, one of them with a hold that cannot be read (RULES 16)
    given.title("t-1")
    for number in (1, 2):
        given.patron(f"p-{number}")
        held(library, f"p-{number}", "t-1", place=PREFECTURAL)
        before = holds.find(library, f"p-{number}", "t-1")
        assert before
        ready = Hold(
            f"p-{number}", "t-1", PREFECTURAL, PLACED, PLACED, HoldStatus.READY, barcode=f"t-1-{number}",
            ready_on=date(2026, 5, 1), mailed_on=date(2026, 5, 2), pickup_until=date(2026, 5, 16),
        )  # fmt: skip
        library.write(holds.change(before, ready))
    broken(library, holds.key("p-1", "t-1"), "queued_at")
    # WHEN the day ends
    release(sample("release/prefectural_release"), context())
    # THEN the other's hold has ended
    assert holds.find(library, "p-2", "t-1") is None


def test_it_is_named_by_its_keys_hash_and_counted(
    given: Given, library: Table, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    # GIVEN a record with a person's words where a day belongs
    given.patron("p-1", expires_on=date(2026, 6, 18))
    broken(library, patrons.key("p-1"), "birth_date")
    # WHEN a job meets it
    daily()
    # THEN the log has the hash of its key and the field, not what is in it (RULES 41), and the alarm its number
    (line,) = [vars(each) for each in caplog.records if each.message == "an item cannot be read"]
    assert line["item"] == key_hash({"PK": "PATRON#p-1", "SK": "PATRON"})
    assert (line["kind"], line["fields"]) == ("Patron", ["birth_date"])
    assert set(counts_in(capsys.readouterr().out)["BrokenItems"]) == {1}
    assert SECRET not in str(line)


def test_a_broken_patron_keeps_no_other_account_from_being_mended(given: Given, library: Table) -> None:
    # GIVEN two accounts to be seen to (RULES 6), one of a patron whose record cannot be read
    for number in (1, 2):
        given.patron(f"p-{number}")
        library.write(account_work.addition(f"p-{number}", PLACED))
    broken(library, patrons.key("p-1"), "birth_date")
    # WHEN the mails of the day are put
    daily()
    # THEN the other's is made, and the one is left to be seen to
    assert [work.patron_id for work in account_work.all_of_them(library)] == ["p-1"]


def test_a_broken_copy_keeps_no_other_ready_hold_from_its_end(given: Given, library: Table) -> None:
    # GIVEN two books whose time at the counter is over, one of which cannot be read (RULES 16)
    there = two_ready(given)
    broken(library, copies.key("t-1-1"), "call_number")
    # WHEN the day ends THEN the other's hold has ended, and the alarm hears of the one
    with pytest.raises(JobFailed):
        release(sample("release/prefectural_release"), context())
    assert [there.hold_or_none(f"p-{n}", f"t-{n}") is None for n in (1, 2)] == [False, True]


def two_ready(given: Given) -> SampleLibrary:
    """Two patrons whose books wait at the counter until 2026-06-14."""
    there = SampleLibrary(given)
    for number in (1, 2):
        there.patron(f"p-{number}"), given.title(f"t-{number}")
        there.hold(f"p-{number}", f"t-{number}", PREFECTURAL)
        there.kept(f"t-{number}-1", f"p-{number}", HoldStatus.READY)
    return there


def test_a_ready_hold_that_has_lost_its_deadline_stops_nobodys_mail(given: Given, library: Table) -> None:
    # GIVEN two books that were made ready (RULES 15), one without a last day
    two_ready(given)
    for number in (1, 2):
        library.write(update(holds.key(f"p-{number}", f"t-{number}"), remove=("mailed_on",)))
    library.write(update(holds.key("p-1", "t-1"), remove=("pickup_until",)))
    # WHEN the mails of the day are put THEN the other is told
    daily()
    assert [len(mails.of_patron(library, f"p-{number}")) for number in (1, 2)] == [0, 1]


def test_a_broken_crate_queue_trace_or_title_hides_no_other(given: Given, library: Table) -> None:
    # GIVEN of each of these one that cannot be read, and one that can
    there = SampleLibrary(given)
    there.patron(), there.facility(12), there.facility(13)
    for number in (1, 2):
        given.title(f"t-{number}")
        held(library, "p-1", f"t-{number}")
        library.write(crates.dispatch_record(SUNDAY, f"1{number + 1}", PLACED, POLICY))
        act = Act(PLACED + timedelta(days=number), "desk-1", Deed.LOOK)
        library.write(audit_log.entry_of_patron("p-1", act, POLICY))
    trace = next(library.query("PATRON#p-1", "TRACE#"))
    broken(library, crates.key(SUNDAY, "12"), "dispatched_at")
    broken(library, queues.key("t-1"), "waiting")
    broken(library, titles.title_key("t-1"), "lendable")
    broken(library, (trace["PK"], trace["SK"]), "what")
    # WHEN they are looked at THEN the other one is there
    assert set(crates.dispatched(library, SUNDAY)) == {"13"}
    assert queues.waiting_counts(library, {"t-1", "t-2"}) == {"t-1": 0, "t-2": 1}
    _, trail = ask("GET", f"/patrons/{CARD}/trail", now=FRIDAY)
    assert [each["at"] for each in trail["items"]] == ["2026-06-03T12:00:00+09:00"]
    assert [view.hold.title_id for view in view_holds(Library(library, POLICY, FRIDAY), "p-1")] == ["t-2"]


def test_whose_it_is_gets_an_error_and_the_log_the_key(
    given: Given, library: Table, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    # GIVEN a patron whose record cannot be read
    SampleLibrary(given).patron()
    broken(library, patrons.key("p-1"), "birth_date")
    # WHEN staff look at them
    status, answer = ask("GET", f"/patrons/{CARD}", now=FRIDAY)
    # THEN they are told that it failed; the log has the key's hash, the alarm its number
    assert (status, answer["code"]) == (500, "internal")
    assert key_hash({"PK": "PATRON#p-1", "SK": "PATRON"}) in {vars(each).get("item") for each in caplog.records}
    assert counts_in(capsys.readouterr().out)["BrokenItems"] == [1]


LITTLE = {"name": "", "kana": "", "postal_code": "", "address": "", "phone": "", "email": ""}


@pytest.fixture
def from_before(given: Given, library: Table) -> Patron:
    """Somebody who has had a card since before the service, of whom little is known (RULES 42, 44)."""
    patron = given.patron(**LITTLE)
    library.write(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id=patron.patron_id)))
    return patron


def test_who_lacks_everything_else_is_read_and_served(given: Given, library: Table, from_before: Patron) -> None:
    # GIVEN such a patron
    given.title()
    SampleLibrary(given).facility()
    # WHEN staff place a hold, the run takes place, the book is scanned, and staff look
    theirs = f"/patrons/{from_before.card_number}"
    placed, _ = ask("POST", f"{theirs}/holds", {"title_id": "t-1", "pickup_place": "12"}, now=PLACED)
    allocator(sample("allocator/thursday_run"), context())
    _, scanned = ask("POST", "/pulls/t-1-1", {"result": "found"})
    _, record = ask("GET", theirs, now=FRIDAY)
    # THEN the book is lent to them as to anybody
    assert (placed, scanned["action"]) == (201, "lend")
    assert [loan["barcode"] for loan in record["loans_now"]] == ["t-1-1"]
    assert {name: record[name] for name in LITTLE} == LITTLE


def test_who_has_nothing_to_be_written_to_stops_nobodys_mail(given: Given, library: Table, from_before: Patron) -> None:
    # GIVEN a card of theirs that runs out soon, and another's
    library.write(patrons.change(from_before, replace(from_before, expires_on=date(2026, 6, 18))))
    given.patron("p-2", expires_on=date(2026, 6, 20))
    # WHEN the mails of the day are put
    daily()
    # THEN both have theirs: the one to be sent, the other for staff to see to
    assert [len(mails.of_patron(library, patron)) for patron in ("p-1", "p-2")] == [1, 1]


def test_a_lost_title_of_the_index_is_no_harm(given: Given, library: Table) -> None:
    # GIVEN a hold whose title is gone from the table
    given.patron()
    given.title()
    held(library, "p-1", "t-1")
    library.write(delete(titles.title_key("t-1")))
    # WHEN the run takes place THEN it tells the hold so (RULES 27)
    assert allocator(sample("allocator/thursday_run"), context())["code_no_copy_left"] == 1
