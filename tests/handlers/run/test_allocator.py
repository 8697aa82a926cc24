"""The Thursday run and the pulls for the counter, RULES 15, 18-27, as the schedule invokes them."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError

from functions.allocator.handler import handler
from lending.actions.library import Library
from lending.actions.run import follow_plan, plan, tell_reasons
from lending.actions.run.thursday_run import run_on_request
from lending.aws.schedules import JobFailed, UnknownJob
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import copies
from lending.aws.table.grouped import write_what_holds
from lending.aws.table.holds import holds, reasons
from lending.aws.table.patrons import patrons
from lending.aws.table.run import runs
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO
from tests.copies import moved
from tests.copies import plan as planned
from tests.handlers.conftest import Given, context, sample
from tests.library import AOMORI

PLACED = datetime(2026, 6, 1, 12, tzinfo=TOKYO)
FRIDAY = "2026-06-05T03:00:00+09:00"


def run(time: str = "", **how: Any) -> dict[str, Any]:
    event = sample("allocator/thursday_run")
    return handler(event | ({"scheduled_time": time} if time else {}), how.get("context", context()))


def pull(time: str = "") -> dict[str, Any]:
    return handler(sample("allocator/prefectural_pull") | ({"scheduled_time": time} if time else {}), context())


def hold(library: Table, patron_id: str, title_id: str, place: str = "12", **changes: Any) -> Hold:
    at = changes.pop("at", PLACED)
    made = Hold(patron_id, title_id, place, at, at, **changes)
    library.transact(holds.addition(made))
    return made


def with_reason(library: Table, patron_id: str, title_id: str) -> Hold | None:
    found = holds.find(library, patron_id, title_id)
    return found and reasons.read_with(library, [found])[0]


def code(library: Table, patron_id: str, title_id: str) -> str:
    found = with_reason(library, patron_id, title_id)
    return found.last_run.code if found and found.last_run else ""


def numbers(position: int, of: int, copies: int = 1) -> dict[str, int]:
    """What a plan keeps of the queue as the run found it (RULES 27)."""
    return {"position": position, "of": of, "copies": copies}


def pulled(library: Table, barcode: str) -> Pull | None:
    copy = copies.find(library, barcode)
    return copy.pull if copy else None


def items(library: Table) -> list[dict[str, Any]]:
    found = library._client.scan(TableName=library.name)["Items"]
    return sorted(found, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def close(library: Table, day: date) -> None:
    library.transact(
        calendar.closure_addition(
            Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=day, ends_on=day, reason="点検")
        )
    )


def test_sample_run_plans_pulls_and_gives_reasons(given: Given, library: Table) -> None:
    # GIVEN one copy, two patrons, and a third who came after the cut-off
    given.title()
    for n in (1, 2, 3):
        given.patron(f"p-{n}")
    hold(library, "p-1", "t-1")
    hold(library, "p-2", "t-1", at=datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO))
    hold(library, "p-3", "t-1", at=datetime(2026, 6, 4, 8, 30, 0, 1000, tzinfo=TOKYO))
    # WHEN the run is due, in the scheduler's own time zone
    summary = run()
    # THEN the first gets the copy as a plan, the others a reason, RULES 11, 18, 23, 27
    assert (summary["date"], summary["already_done"]) == ("2026-06-04", False)
    assert {name: summary[name] for name in ("holds", "lend", "none", "pulls", "explained", "lost")} == {
        "holds": 3, "lend": 1, "none": 2, "pulls": 1, "explained": 2, "lost": 0}  # fmt: skip
    assert pulled(library, "t-1-1") == planned("p-1", "t-1", facts=numbers(1, 3))
    first = with_reason(library, "p-1", "t-1")
    assert first
    assert first.status is HoldStatus.WAITING
    assert first.last_run is None
    second = with_reason(library, "p-2", "t-1")
    assert second
    assert second.last_run
    assert second.last_run.code == "queue"
    assert second.last_run.facts | {"position": 2, "of": 3, "copies": 1} == second.last_run.facts
    assert code(library, "p-3", "t-1") == "after_cutoff"


def test_a_finished_run_changes_nothing_and_says_so(given: Given, library: Table) -> None:
    given.patron(), given.title("t-1"), given.title("t-2")
    hold(library, "p-1", "t-1")
    first = run()
    hold(library, "p-1", "t-2")
    before = items(library)
    second = run()
    # RULES 26
    assert second == first | {"already_done": True}
    assert items(library) == before


def test_asked_late_it_does_the_run_that_is_due(given: Given, library: Table) -> None:
    # GIVEN a hold placed on Thursday after the cut-off
    given.patron(), given.title()
    hold(library, "p-1", "t-1", at=datetime(2026, 6, 4, 9, tzinfo=TOKYO))
    # WHEN the run is asked for on Friday THEN it is Thursday's, with Thursday's cut-off (RULES 18)
    assert run(FRIDAY)["date"] == "2026-06-04"
    assert code(library, "p-1", "t-1") == "after_cutoff"
    # AND early on the next Thursday it is still that one
    assert run("2026-06-11T08:29:59+09:00")["already_done"] is True


def test_beyond_the_cap_books_are_kept_aside(given: Given, library: Table) -> None:
    # GIVEN a patron with 9 loans and two books on the shelf, the newer of which somebody else waits for
    given.patron("p-1", loans=9), given.patron("p-2")
    given.title("t-1"), given.title("t-2")
    hold(library, "p-1", "t-1"), hold(library, "p-1", "t-2", at=PLACED + timedelta(hours=1))
    hold(library, "p-2", "t-2", at=PLACED + timedelta(hours=2))
    run()
    # THEN the one others wait for is lent, the other kept aside and explained (RULES 20, 27)
    lend, kept = pulled(library, "t-2-1"), pulled(library, "t-1-1")
    assert lend
    assert (lend.patron_id, lend.decision) == ("p-1", "lend")
    assert kept
    assert (kept.patron_id, kept.decision) == ("p-1", "keep_aside")
    assert code(library, "p-1", "t-1") == "cap"


def test_a_kept_book_stays_kept_without_a_pull_or_is_lent_with_one(given: Given, library: Table) -> None:
    # GIVEN two patrons with a book kept aside; only one of them has room again
    for patron_id, title_id, loans in (("p-1", "t-1", 10), ("p-2", "t-2", 3)):
        given.patron(patron_id, loans=loans), given.title(title_id)
        barcode = f"{title_id}-1"
        hold(library, patron_id, title_id, status=HoldStatus.SECURED, barcode=barcode)
        library.transact(moved(library, barcode, CopyState.KEPT_ASIDE, holder=patron_id))
    run()
    assert pulled(library, "t-1-1") is None
    assert code(library, "p-1", "t-1") == "cap"
    lend = pulled(library, "t-2-1")
    assert lend
    assert lend.decision == "lend"


def test_a_reason_that_did_not_change_keeps_the_day_it_was_found(given: Given, library: Table) -> None:
    given.title()
    for n in (1, 2):
        given.patron(f"p-{n}", blocked=n == 2)
        hold(library, f"p-{n}", "t-1")
    run()
    told = with_reason(library, "p-2", "t-1")
    run("2026-06-11T08:30:00+09:00")
    assert told
    assert told.last_run
    assert told.last_run.code == "blocked"
    assert with_reason(library, "p-2", "t-1") == told


def test_suspended_run_still_serves_who_opted_in(given: Given, library: Table) -> None:
    # GIVEN stocktaking, and one patron for whom the run takes place (RULES 22)
    suspension = Suspension(
        suspension_id="s", scope=Scope.SERVICE, starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 10),
        reason="蔵書点検", opted_in=frozenset({"p-2"}), pickup_until=date(2026, 6, 21),
    )  # fmt: skip
    library.transact(calendar.suspension_addition(suspension))
    given.patron("p-1"), given.patron("p-2"), given.title("t-1"), given.title("t-2")
    hold(library, "p-1", "t-1"), hold(library, "p-2", "t-2")
    summary = run()
    assert (summary["lend"], summary["code_run_suspended"]) == (1, 1)
    assert code(library, "p-1", "t-1") == "run_suspended"
    assert pulled(library, "t-2-1")
    assert pulled(library, "t-1-1") is None


def test_closed_thursday_suspends_the_cycle(given: Given, library: Table) -> None:
    given.patron(), given.title()
    hold(library, "p-1", "t-1")
    close(library, date(2026, 6, 4))
    assert run()["code_run_suspended"] == 1
    assert (code(library, "p-1", "t-1"), pulled(library, "t-1-1")) == ("run_suspended", None)


def test_suspended_facility_is_skipped_and_the_next_is_served(given: Given, library: Table) -> None:
    suspension = Suspension(
        suspension_id="s", scope=Scope.FACILITY, facility="12", starts_on=date(2026, 6, 1), ends_on=date(2026, 7, 1)
    )
    library.transact(calendar.suspension_addition(suspension))
    given.patron("p-1"), given.patron("p-2"), given.title()
    hold(library, "p-1", "t-1", "12"), hold(library, "p-2", "t-1", "13", at=PLACED + timedelta(hours=1))
    run()
    # RULES 21
    assert code(library, "p-1", "t-1") == "facility_suspended"
    plan = pulled(library, "t-1-1")
    assert plan
    assert plan.patron_id == "p-2"


def test_plans_of_an_earlier_day_leave_the_pull_list(given: Given, library: Table) -> None:
    # GIVEN a copy that nobody waits for any more, still on last week's list
    given.title()
    copy = copies.find(library, "t-1-1")
    assert copy
    library.transact(copies.pull_change(copy, planned("p-1", "t-1", run="2026-05-28")))
    run()
    assert list(copies.pulls(library)) == []


def test_a_copy_taken_meanwhile_is_made_up_for_in_the_same_run(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN two copies, and a visitor who takes the first one after the run has read it
    given.patron(), given.title(copies=2)
    hold(library, "p-1", "t-1")
    _between_reading_and_writing(
        monkeypatch,
        lambda: library.transact(moved(library, "t-1-1", CopyState.ON_LOAN, holder="p-9", due_on=date(2026, 6, 20))),
    )
    summary = run()
    # THEN the hold gets the other one, nothing is left undone
    plan = pulled(library, "t-1-2")
    assert plan
    assert plan.patron_id == "p-1"
    assert (summary["pulls"], summary["lost"]) == (1, 0)


def test_a_visitor_who_takes_the_last_copy_leaves_a_true_reason(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.patron(), given.title()
    hold(library, "p-1", "t-1")
    _between_reading_and_writing(
        monkeypatch,
        lambda: library.transact(moved(library, "t-1-1", CopyState.ON_LOAN, holder="p-9", due_on=date(2026, 6, 20))),
    )
    run()
    assert code(library, "p-1", "t-1") == "all_on_loan"


def test_a_hold_cancelled_meanwhile_is_dropped(given: Given, library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    given.patron("p-1", blocked=True), given.patron("p-2", blocked=True), given.title()
    first, _ = hold(library, "p-1", "t-1"), hold(library, "p-2", "t-1")
    _between_reading_and_writing(monkeypatch, lambda: library.transact(holds.end(first)))
    summary = run()
    assert (summary["explained"], summary["gone"]) == (1, 1)
    assert holds.find(library, "p-1", "t-1") is None
    assert code(library, "p-2", "t-1") == "blocked"


def _between_reading_and_writing(monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
    decide, once = plan.decide, [happens]

    def decide_then(*args: Any) -> Any:
        decided = decide(*args)
        if once:
            once.pop()()
        return decided

    monkeypatch.setattr(plan, "decide", decide_then)


def test_out_of_time_it_stops_and_goes_on_where_it_was(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a plan of three parts, and time for one
    monkeypatch.setattr(runs, "CHUNK", 1)
    for n in (1, 2, 3):
        given.patron(f"p-{n}"), given.title(f"t-{n}")
        hold(library, f"p-{n}", f"t-{n}")
    left = iter([60_000, 1_000])
    short = SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": lambda: next(left)})
    with pytest.raises(JobFailed, match="Unfinished"):
        run(context=short)
    record = runs.find(library, RunId("2026-06-04"))
    assert record
    assert (record.done, record.chunks, record.finished_at) == (1, 3, None)
    # WHEN it is invoked again THEN the rest is done
    assert run()["pulls"] == 3
    assert all(pulled(library, f"t-{n}-1") for n in (1, 2, 3))


def test_who_goes_while_a_run_has_stopped_takes_no_reason_from_others(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN three who get no book, and time to tell the first of them (RULES 26, 27)
    monkeypatch.setattr(tell_reasons, "PATRONS", 1)
    given.title()
    held = [hold(library, given.patron(f"p-{n}", blocked=True).patron_id, "t-1") for n in (1, 2, 3)]
    left = iter([60_000, 60_000, 1_000])
    short = SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": lambda: next(left)})
    with pytest.raises(JobFailed, match="Unfinished"):
        run(context=short)
    record = runs.find(library, RunId("2026-06-04"))
    assert record
    assert record.told == 1
    # WHEN the first cancels before it is invoked again
    library.transact(holds.end(held[0]))
    run()
    # THEN each of the others is told why
    assert [code(library, f"p-{n}", "t-1") for n in (2, 3)] == ["blocked", "blocked"]


def test_an_earlier_run_that_had_stopped_takes_no_plan_from_a_later_one(given: Given, library: Table) -> None:
    # GIVEN a run that has stopped before its book was on the list, and the run of the week after
    given.title()
    first, second = (given.patron(f"p-{n}") for n in (1, 2))
    hold(library, "p-1", "t-1"), hold(library, "p-2", "t-1", at=PLACED + timedelta(minutes=1))
    stops = SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": lambda: 1_000})
    with pytest.raises(JobFailed, match="Unfinished"):
        run(context=stops)
    library.write(patrons.change(first, replace(first, blocked=True)))
    run("2026-06-11T08:30:00+09:00")
    # WHEN the first is invoked again THEN the book stays planned for whom the later one gives it (RULES 23, 26, 27)
    run()
    plan = pulled(library, "t-1-1")
    assert plan
    assert (plan.patron_id, plan.run) == (second.patron_id, "2026-06-11")
    assert [code(library, f"p-{n}", "t-1") for n in (1, 2)] == ["blocked", ""]


def test_who_tells_while_another_plans_anew_goes_on_with_that_plan(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN two in a queue, and a run that tells the second why they get none
    given.title()
    held = [hold(library, given.patron(f"p-{n}").patron_id, "t-1", at=PLACED + timedelta(minutes=n)) for n in (1, 2)]
    telling, others = runs.telling_record, list[bool]()

    def overtaken(*told: Any) -> Any:
        if not others:
            others.append(True)
            # WHEN the first cancels, and another invocation plans anew for that and stops
            library.transact(holds.end(held[0]))
            stops = SimpleNamespace(**vars(context()) | {"get_remaining_time_in_millis": lambda: 1_000})
            with pytest.raises(JobFailed, match="Unfinished"):
                run(context=stops)
        return telling(*told)

    monkeypatch.setattr(runs, "telling_record", overtaken)
    run()
    # THEN the book is on the list for the second, who has no reason, and the run is through (RULES 12, 26, 27)
    plan, record = pulled(library, "t-1-1"), runs.find(library, RunId("2026-06-04"))
    assert plan
    assert record
    assert (plan.patron_id, code(library, "p-2", "t-1"), record.round) == ("p-2", "", 2)
    assert record.finished_at


def test_a_run_made_late_counts_no_hold_that_left_before(given: Given, library: Table) -> None:
    # GIVEN a later run, on a Monday, that told of two holds, one of which was cancelled since (RULES 22, 27)
    given.patron(blocked=True), given.title("t-1"), given.title("t-2")
    first, _ = hold(library, "p-1", "t-1"), hold(library, "p-1", "t-2")
    monday = Library(library, AOMORI.policy, datetime(2026, 6, 8, 12, tzinfo=TOKYO))
    run_on_request(monday, monday.today, lambda: True)
    library.transact(holds.end(first))
    # WHEN Thursday's is made at last THEN it tells nothing of the hold that is left, and none has left it
    summary = run("2026-06-08T12:30:00+09:00")
    assert {name: summary[name] for name in ("date", "holds", "explained", "gone")} == {
        "date": "2026-06-04", "holds": 1, "explained": 0, "gone": 0}  # fmt: skip


def test_pull_for_the_counter(given: Given, library: Table) -> None:
    # GIVEN heads of queues for the counter and for a facility (RULES 15)
    for n, place in ((1, PREFECTURAL), (2, "12"), (3, PREFECTURAL)):
        given.patron(f"p-{n}")
        hold(library, f"p-{n}", f"t-{min(n, 2)}", place, at=PLACED + timedelta(hours=n))
    given.title("t-1"), given.title("t-2")
    summary = pull()
    # THEN the first is on the list, and the copy of the other queue is left to its head
    assert (summary["date"], summary["pulls"]) == ("2026-06-04am", 1)
    assert pulled(library, "t-1-1") == planned("p-1", "t-1", "ready", "2026-06-04am", PREFECTURAL, facts=numbers(1, 1))
    assert pulled(library, "t-2-1") is None
    assert pull()["already_done"] is True
    # AND in the afternoon what stands is left as it is
    assert pull("2026-06-04T14:00:00+09:00")["pulls"] == 0
    assert pulled(library, "t-1-1") == planned("p-1", "t-1", "ready", "2026-06-04am", PREFECTURAL, facts=numbers(1, 1))


def test_no_pull_on_a_closed_day(given: Given, library: Table) -> None:
    given.patron(), given.title()
    hold(library, "p-1", "t-1", PREFECTURAL)
    close(library, date(2026, 6, 4))
    assert pull()["closed"] is True
    assert pulled(library, "t-1-1") is None


def test_a_pull_leaves_the_run_of_its_day_alone(given: Given, library: Table) -> None:
    # GIVEN the only copy is being fetched for a facility
    given.patron("p-1"), given.patron("p-2"), given.title()
    hold(library, "p-1", "t-1", "12"), hold(library, "p-2", "t-1", PREFECTURAL, at=PLACED + timedelta(hours=1))
    run(), pull()
    plan = pulled(library, "t-1-1")
    assert plan
    assert (plan.patron_id, plan.run) == ("p-1", "2026-06-04")


def test_two_at_the_same_moment_share_one_plan(given: Given, library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a second invocation that runs through while the first has just decided, on an older reading
    given.patron(), given.title(copies=2)
    hold(library, "p-1", "t-1")
    _between_reading_and_writing(monkeypatch, run)
    assert run()["pulls"] == 1
    assert [copy.barcode for copy in copies.pulls(library)] == ["t-1-1"]


def test_a_part_carried_out_by_two_counts_once(given: Given, library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a second invocation that runs through while the first is in the middle of a part
    given.patron(), given.title()
    hold(library, "p-1", "t-1")
    write, once = write_what_holds, [run]

    def write_after_the_other(*args: Any) -> list[int]:
        if once:
            once.pop()()
        return write(*args)

    monkeypatch.setattr(follow_plan, "write_what_holds", write_after_the_other)
    assert run()["pulls"] == 1
    record = runs.find(library, RunId("2026-06-04"))
    assert record
    assert (record.done, record.chunks, record.pulls) == (1, 1, 1)


@pytest.mark.parametrize("job", ["nightly", "sunday_release", ""])
def test_unknown_job_is_an_error(job: str) -> None:
    with pytest.raises(UnknownJob):
        handler(sample("allocator/thursday_run") | {"job": job}, context())


@pytest.mark.parametrize("time", ["<aws.scheduler.scheduled-time>", "2026-06-04T08:30:00", None])
def test_no_moment_is_an_error(time: Any) -> None:
    with pytest.raises(ValidationError):
        handler({"job": "thursday_run", "scheduled_time": time}, context())


def test_copy_state_is_never_overwritten(given: Given, library: Table) -> None:
    # GIVEN a copy read on the shelf that is gone by the time of the write
    given.title()
    copy = copies.find(library, "t-1-1")
    assert isinstance(copy, Copy)
    stale = replace(copy, call_number="000")
    library.transact(moved(library, "t-1-1", CopyState.MISSING))
    lost = write_what_holds(library, [copies.pull_change(stale, planned("p", "t-1", pickup_place="1"))])
    assert lost == [0]
