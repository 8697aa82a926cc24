"""Thursday's pairs that meet at one book, raced on the deployed stack: always an allowed outcome (RULES 16, 21-23)."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from infra.local.people import run_job
from lending.aws.table import Table
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.pulls import crates
from lending.domain.catalogue.title import CopyState, Title
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.patrons.patron import Patron
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.copies import plan as planned
from tests.deployed.conftest import NOON, Given
from tests.deployed.racing import Round, at_once, copy_of, heads_start, own

RUN_DAY = datetime(2026, 6, 4, 10, tzinfo=TOKYO)
SUNDAY = date(2026, 6, 7)
FACILITY = "12"


def plan(given: Given, library: Table, patron: Patron, facility: str = FACILITY, group: str = "") -> Title:
    """A title whose copy Thursday's run has planned for the patron's hold, which may be one of a group."""
    title = given.title()
    hold = given.hold(patron, title, facility)
    if group:
        library.write(holds.change(hold, replace(hold, group=group)))
    numbers = {"position": 1, "of": 1, "copies": 1}
    pull = planned(patron.patron_id, title.title_id, pickup_place=facility, facts=numbers)
    library.write(copies.pull_change(copy_of(library, title), pull))
    return title


def held_by(library: Table, patron: Patron, title: Title) -> Hold | None:
    """The patron's hold on the title, with its reason."""
    found = holds.of_patron(library, patron.patron_id)
    return next((hold for hold in found if hold.title_id == title.title_id), None)


def test_undo_and_check_out(given: Given, library: Table) -> None:
    desk, outcomes = given.account("desk"), Counter[int]()
    for number, start in enumerate(heads_start()):
        if number % 10 == 0:
            (reader, _), (visitor, _) = given.patron(), given.patron()
        # GIVEN a book that was scanned by mistake
        title = plan(given, library, reader)
        barcode = title.barcodes[0]
        scanned = desk.call("POST", f"/desk/pulls/{barcode}", RUN_DAY, {"result": "found"})
        assert scanned.json()["action"] == "lend", scanned.text
        # WHEN the scan is undone in the moment in which a visitor wants to borrow the book
        asked = {"card_number": visitor.card_number, "barcode": barcode}
        undone, lent = at_once(
            lambda: own(desk).call("DELETE", f"/desk/pulls/{barcode}/scan", RUN_DAY),  # noqa: B023
            lambda: own(desk).call("POST", "/desk/checkouts", RUN_DAY, asked),  # noqa: B023
            start=start,
        )
        # THEN the scan is undone, and the visitor has the book or was too early (RULES 23)
        assert undone.status_code == 200, undone.text
        assert lent.status_code in (201, 409), lent.text
        outcomes[lent.status_code] += 1
        Round(library, (reader, visitor), (title,)).is_whole()
        hold, copy = held_by(library, reader, title), copy_of(library, title)
        assert hold
        assert hold.status is HoldStatus.WAITING
        if lent.status_code == 201:
            assert (copy.holder, copy.pull, hold.last_run is not None) == (visitor.patron_id, None, True)
        else:
            assert (copy.state, copy.pull is not None) == (CopyState.ON_SHELF, True)
            assert lent.json()["reasons"][0]["code"] in ("copy_on_loan", "busy")
    assert outcomes


def test_two_books_of_a_group_in_two_hands(given: Given, library: Table) -> None:
    desk, firsts = given.account("desk"), Counter[int]()
    for number, start in enumerate(heads_start(each_has_won=lambda: len(firsts) == 2)):
        # Those that are lent stay with their patron, of whom ten books are the cap.
        if number % 10 == 0:
            reader, _ = given.patron()
        # GIVEN two books that were planned before the reader said that either of them would do
        titles = [plan(given, library, reader, group=f"g-{number}") for _ in range(2)]
        # WHEN both are scanned in the same moment
        ways = [f"/desk/pulls/{title.barcodes[0]}" for title in titles]
        scans = at_once(
            lambda: own(desk).call("POST", ways[0], RUN_DAY, {"result": "found"}),  # noqa: B023
            lambda: own(desk).call("POST", ways[1], RUN_DAY, {"result": "found"}),  # noqa: B023
            start=start,
        )
        # THEN one of them is lent and answers the group, the other goes back to its shelf (RULES 48)
        assert [scan.status_code for scan in scans] == [200, 200], [scan.text for scan in scans]
        actions = [scan.json()["action"] for scan in scans]
        assert sorted(actions) == ["lend", "shelve"]
        firsts[actions.index("lend")] += 1
        Round(library, (reader,), tuple(titles)).is_whole()
        assert holds.of_patron(library, reader.patron_id) == []
    # AND each of the two was the first at times
    assert len(firsts) == 2


def test_dispatch_and_scan(given: Given, library: Table) -> None:
    desk = given.account("desk")
    for number, start in enumerate(heads_start()):
        if number % 10 == 0:
            reader, _ = given.patron()
        # GIVEN a book still to be scanned
        title = plan(given, library, reader)
        # WHEN it is scanned in the moment in which its crate leaves
        gone = {"pickup_from": SUNDAY.isoformat(), "facilities": [FACILITY]}
        scanned, left = at_once(
            lambda: own(desk).call("POST", f"/desk/pulls/{title.barcodes[0]}", RUN_DAY, {"result": "found"}),  # noqa: B023
            lambda: own(desk).call("POST", "/desk/crates/dispatch", RUN_DAY, gone),  # noqa: B023
            start=start,
        )
        # THEN it is in a bag of that crate, or kept for the next run (RULES 23)
        assert (scanned.status_code, left.status_code) == (200, 200), (scanned.text, left.text)
        Round(library, (reader,), (title,)).is_whole()
        action, hold = scanned.json()["action"], held_by(library, reader, title)
        if action == "lend":
            assert (hold, copy_of(library, title).state) == (None, CopyState.ON_LOAN)
        else:
            assert (action, copy_of(library, title).state) == ("keep_aside", CopyState.KEPT_ASIDE)
            assert hold
            assert hold.last_run
            assert (hold.status, hold.last_run.code) == (HoldStatus.SECURED, "not_pulled")
        library.write(crates.dispatch_removal(SUNDAY, FACILITY))


def test_suspension_and_scan(given: Given, library: Table) -> None:
    desk = given.account("desk")
    for number, start in enumerate(heads_start()):
        if number % 10 == 0:
            reader, _ = given.patron()
        title = plan(given, library, reader)
        # WHEN a book is scanned in the moment in which its facility is suspended
        asked = {"scope": "facility", "facility": FACILITY, "from": "2026-06-01", "until": "2026-06-30", "reason": "雪"}
        scanned, suspended = at_once(
            lambda: own(desk).call("POST", f"/desk/pulls/{title.barcodes[0]}", RUN_DAY, {"result": "found"}),  # noqa: B023
            lambda: own(desk).call("POST", "/desk/suspensions", RUN_DAY, asked),  # noqa: B023
            start=start,
        )
        assert (scanned.status_code, suspended.status_code) == (200, 201), (scanned.text, suspended.text)
        Round(library, (reader,), (title,)).is_whole()
        # THEN it is lent, or the hold waits on and says why (RULES 21)
        hold = held_by(library, reader, title)
        if scanned.json()["action"] == "lend":
            assert hold is None
            assert loans.find(library, reader.patron_id, title.barcodes[0])
        else:
            assert hold
            assert hold.last_run
            assert (hold.status, hold.last_run.code) == (HoldStatus.WAITING, "facility_suspended")
            assert copy_of(library, title).state is CopyState.ON_SHELF
        # AND from then on every scan is stopped by it
        after = plan(given, library, reader)
        answer = desk.call("POST", f"/desk/pulls/{after.barcodes[0]}", RUN_DAY, {"result": "found"})
        assert answer.json()["action"] == "shelve"
        desk.call("DELETE", f"/desk/suspensions/{suspended.json()['id']}", RUN_DAY)


def test_extension_and_release(given: Given, library: Table) -> None:
    desk = given.account("desk")
    for number, start in enumerate(heads_start(quicker=-0.05)):
        if number % 10 == 0:
            reader, _ = given.patron()
        # GIVEN a ready book on the evening of its last day
        title, last_day = given.title(), date(2026, 8, 1) + timedelta(days=number)
        evening = datetime.combine(last_day, datetime.min.time(), TOKYO) + timedelta(hours=22)
        hold = given.hold(reader, title, at=NOON)
        ready = replace(
            hold, status=HoldStatus.READY, barcode=title.barcodes[0], ready_on=date(2026, 7, 1), pickup_until=last_day
        )
        kept = moved(library, title.barcodes[0], CopyState.READY, holder=reader.patron_id)
        library.transact(holds.change(hold, ready), kept)
        # WHEN the patron asks for longer in the moment of the release
        until = (last_day + timedelta(days=90)).isoformat()
        path, asked = f"/desk/patrons/{reader.card_number}/holds/{title.title_id}", {"action": "extend", "until": until}
        extended, _ = at_once(
            lambda: own(desk).call("POST", path, evening, asked),  # noqa: B023
            lambda: run_job(given.stack, "ReleaseFunction", "prefectural_release", evening),  # noqa: B023
            start=start,
        )
        # THEN it stays ready until the new day, or was released before and says so (RULES 16)
        Round(library, (reader,), (title,)).is_whole()
        now = held_by(library, reader, title)
        if extended.status_code == 200:
            assert now
            assert (now.status, now.pickup_until) == (HoldStatus.READY, date.fromisoformat(until))
        else:
            assert (extended.status_code, now, copy_of(library, title).state) == (404, None, CopyState.ON_SHELF)
