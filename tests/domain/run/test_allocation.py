"""The Thursday run and the prefectural pulls: one example a rule, then properties (RULES 11, 15, 18-23, 26, 27).

The properties hold the run against `naive`, a second implementation that looks at everything again for each hold.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lending.domain.calendar.calendar import Calendar
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.patrons.patron import Patron
from lending.domain.run.allocation import allocate
from lending.domain.run.reasons import Code, counter_sentence, patron_sentence
from lending.domain.run.run import Outcome, Run, RunDecision, prefectural_pull, thursday_run
from lending.domain.week import TOKYO
from tests.copies import plan
from tests.library import aomori

POLICY = aomori()
RUN_DATE = date(2026, 6, 4)
THURSDAY = thursday_run(RUN_DATE, POLICY)
CUT_OFF = THURSDAY.week.cut_off
PULL = prefectural_pull(datetime(2026, 6, 2, 9, 0, tzinfo=TOKYO), Calendar(), POLICY)
HOUR = timedelta(hours=1)

Catalogue = dict[str, list[Copy]]


def patron(patron_id: str, **given: Any) -> Patron:
    """Somebody whom nothing stops."""
    values = {"expires_on": date(2027, 3, 31)} | given
    return Patron(patron_id=patron_id, card_number="", birth_date=date(1950, 1, 1), **values)


def hold(patron_id: str, title_id: str = "t", *, hours_ago: int = 100, place: str = "7", **given: Any) -> Hold:
    """A waiting hold, placed some hours before the cut-off."""
    placed_at = CUT_OFF - HOUR * hours_ago
    values = {"placed_at": placed_at, "queued_at": given.get("placed_at", placed_at)} | given
    return Hold(patron_id, title_id, place, **values)


def secured(patron_id: str, title_id: str, barcode: str, **given: Any) -> Hold:
    """A hold whose copy was kept aside by an earlier run."""
    return hold(patron_id, title_id, status=HoldStatus.SECURED, barcode=barcode, **given)


def copy(barcode: str, title_id: str = "t", **given: Any) -> Copy:
    """A copy on its shelf."""
    return Copy(barcode, title_id, given.pop("call_number", "913"), **given)


def decide(
    holds: Iterable[Hold],
    copies: Iterable[Copy],
    patrons: Iterable[Patron] = (),
    calendar: Calendar | None = None,
    run: Run = THURSDAY,
) -> list[RunDecision]:
    """Run it; patrons that are not told are people whom nothing stops."""
    holds = list(holds)
    known = {each.patron_id: patron(each.patron_id) for each in holds} | {each.patron_id: each for each in patrons}
    catalogue: Catalogue = {}
    for each in copies:
        catalogue.setdefault(each.title_id, []).append(each)
    return allocate(holds, catalogue, known, calendar or Calendar(), POLICY, run)


def outcomes(decisions: list[RunDecision]) -> dict[str, tuple[str, str]]:
    """Decision and code by patron."""
    return {each.patron_id: (each.decision.value, each.code.value) for each in decisions}


# --- step 1: queues take copies ---


def test_the_queue_is_served_in_order_of_placing() -> None:
    """GIVEN three holds and two copies, one place at the prefectural library THEN the two oldest are served (11)."""
    holds = [hold("c", hours_ago=1), hold("a", hours_ago=3), hold("b", hours_ago=2, place=PREFECTURAL)]
    assert outcomes(decide(holds, [copy("b1"), copy("b2")])) == {
        "a": ("lend", "lent"),
        "b": ("for_prefectural", "prefectural"),
        "c": ("none", "queue"),
    }


def test_one_who_went_to_the_end_of_the_queue() -> None:
    """GIVEN the oldest hold moved to the end THEN the next is served; it still counts as placed in time (13, 18)."""
    moved = hold("a", hours_ago=3, queued_at=CUT_OFF + HOUR)
    assert outcomes(decide([moved, hold("b", hours_ago=2)], [copy("b1")])) == {
        "b": ("lend", "lent"),
        "a": ("none", "queue"),
    }


def test_copies_go_in_shelf_order() -> None:
    """GIVEN copies on several shelves THEN the first hold gets the first in shelf order (RULES 23)."""
    copies = [copy("b9", call_number="913"), copy("b3", call_number="913"), copy("b5", call_number="210")]
    holds = [hold("a", hours_ago=3), hold("b", hours_ago=2), hold("c", hours_ago=1)]
    assert [each.barcode for each in decide(holds, copies)] == ["b5", "b3", "b9"]


def test_the_cut_off_counts_up_to_the_second() -> None:
    """GIVEN holds of 08:30:00 and 08:30:01 THEN only the first is considered, the other is told when (18, 27)."""
    late = hold("b", placed_at=CUT_OFF + timedelta(seconds=1))
    decisions = decide([hold("a", placed_at=CUT_OFF), late], [copy("b1"), copy("b2")])
    assert outcomes(decisions) == {"a": ("lend", "lent"), "b": ("none", "after_cutoff")}
    assert decisions[1].facts == {
        "placed_at": "2026-06-04T08:30:01+09:00",
        "cut_off": "2026-06-04T08:30:00+09:00",
        "next_run": "2026-06-11",
    }


def test_a_lent_book_is_told_with_its_days() -> None:
    """GIVEN a book lent THEN the facts are S, S+7 and the due date (25, 27, 29)."""
    (decision,) = decide([hold("a")], [copy("b1")])
    assert decision.facts == {"pickup_from": "2026-06-07", "pickup_until": "2026-06-14", "due_on": "2026-06-21"}


@pytest.mark.parametrize(
    ("given", "code", "facts"),
    [
        ({"blocked": True}, "blocked", {}),
        ({"expires_on": date(2026, 6, 3)}, "card_expired", {"expired_on": "2026-06-03"}),
        ({"online_lending": False}, "not_enrolled", {}),
        ({"blocked": True, "expires_on": date(2026, 6, 3), "online_lending": False}, "blocked", {}),
        ({"expires_on": date(2026, 6, 3), "online_lending": False}, "card_expired", {"expired_on": "2026-06-03"}),
    ],
)
def test_who_is_skipped_keeps_the_place_and_the_next_is_served(
    given: dict[str, Any], code: str, facts: dict[str, Any]
) -> None:
    """GIVEN the head of a queue blocked, expired, not enrolled THEN it says so and the next has the book (21, 27)."""
    decisions = decide([hold("a", hours_ago=3), hold("b", hours_ago=2)], [copy("b1")], [patron("a", **given)])
    assert outcomes(decisions) == {"a": ("none", code), "b": ("lend", "lent")}
    assert decisions[0].facts == facts


def test_a_card_is_good_on_its_last_day() -> None:
    """GIVEN a card that runs out on the day of the run THEN its patron is served (8, 21)."""
    assert outcomes(decide([hold("a")], [copy("b1")], [patron("a", expires_on=RUN_DATE)]))["a"] == ("lend", "lent")


def test_at_the_prefectural_library_nobody_need_be_enrolled() -> None:
    """GIVEN patrons with that pickup place THEN only block and expiry stop them, not enrolment (15, 21)."""
    holds = [hold(name, name, place=PREFECTURAL) for name in "abc"]
    known = [patron("a", online_lending=False), patron("b", blocked=True), patron("c", expires_on=date(2026, 6, 3))]
    assert outcomes(decide(holds, [copy(name, name) for name in "abc"], known)) == {
        "a": ("for_prefectural", "prefectural"),
        "b": ("none", "blocked"),
        "c": ("none", "card_expired"),
    }


def test_a_stray_hold_does_not_stop_the_run() -> None:
    """GIVEN a hold of somebody who is not known THEN it gets nothing and the next is served (21)."""
    holds = [hold("a", hours_ago=3), hold("b", hours_ago=2)]
    decisions = allocate(holds, {"t": [copy("b1")]}, {"b": patron("b")}, Calendar(), POLICY, THURSDAY)
    assert outcomes(decisions) == {"a": ("none", "not_enrolled"), "b": ("lend", "lent")}


STOCKTAKING = Suspension(
    suspension_id="s",
    scope=Scope.SERVICE,
    starts_on=date(2026, 6, 1),
    ends_on=date(2026, 6, 11),
    reason="蔵書点検",
    opted_in=frozenset({"c"}),
    pickup_until=date(2026, 6, 21),
)


def test_a_suspended_run_takes_place_for_the_opted_in() -> None:
    """GIVEN stocktaking THEN only the opted-in get a book, with their own deadline, and so does the counter (22)."""
    holds = [hold("a", hours_ago=3), hold("b", hours_ago=2, place=PREFECTURAL), hold("c", hours_ago=1)]
    calendar = Calendar(suspensions=(STOCKTAKING,))
    decisions = decide(holds, [copy("b1"), copy("b2")], calendar=calendar)
    assert outcomes(decisions) == {
        "a": ("none", "run_suspended"),
        "b": ("for_prefectural", "prefectural"),
        "c": ("lend", "lent"),
    }
    assert decisions[0].facts == {"until": "2026-06-11", "reason": "蔵書点検", "next_run": "2026-06-18"}
    assert decisions[2].facts["pickup_until"] == "2026-06-21"


def test_a_closed_thursday_is_a_suspended_cycle() -> None:
    """GIVEN a Thursday that is a closed day THEN nothing is lent and each hold is told so (22)."""
    holiday = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=RUN_DATE, ends_on=RUN_DATE, reason="休館日")
    (decision,) = decide([hold("a")], [copy("b1")], calendar=Calendar((holiday,)))
    assert (decision.decision, decision.code) == (Outcome.NONE, Code.RUN_SUSPENDED)
    assert decision.facts == {"until": "2026-06-04", "reason": "休館日", "next_run": "2026-06-11"}


def moving(first: date, last: date) -> Calendar:
    """Facility 7 suspended."""
    return Calendar(
        suspensions=(
            Suspension(
                suspension_id="f", scope=Scope.FACILITY, facility="7", starts_on=first, ends_on=last, reason="移転"
            ),
        )
    )


def test_a_facility_suspended_for_the_whole_window() -> None:
    """GIVEN facility 7 suspended over the pickup window THEN its holds are skipped, those of 8 served (21)."""
    holds = [hold("a", hours_ago=3), hold("b", hours_ago=2, place="8")]
    decisions = decide(holds, [copy("b1")], calendar=moving(date(2026, 6, 7), date(2026, 6, 14)))
    assert outcomes(decisions) == {"a": ("none", "facility_suspended"), "b": ("lend", "lent")}
    assert decisions[0].facts == {"facility": "7", "until": "2026-06-14", "reason": "移転"}


def test_a_facility_open_on_one_day_of_the_window_is_served() -> None:
    """GIVEN facility 7 suspended but for the last pickup day THEN it is served (20 of the FAQ, 21)."""
    decisions = decide([hold("a")], [copy("b1")], calendar=moving(date(2026, 6, 7), date(2026, 6, 13)))
    assert outcomes(decisions)["a"] == ("lend", "lent")


def test_the_first_reason_is_the_one_told() -> None:
    """GIVEN everything against a hold THEN the reasons are told in their order, one at a time (27)."""
    nobody = patron("a", blocked=True)
    calendar = Calendar(suspensions=(STOCKTAKING, *moving(date(2026, 6, 1), date(2026, 6, 30)).suspensions))
    late = hold("a", placed_at=CUT_OFF + HOUR)
    assert decide([late], [copy("b1")], [nobody], calendar)[0].code == "after_cutoff"
    assert decide([hold("a")], [copy("b1")], [nobody], calendar)[0].code == "run_suspended"
    only_moving = Calendar(suspensions=calendar.suspensions[1:])
    assert decide([hold("a")], [copy("b1")], [nobody], only_moving)[0].code == "facility_suspended"


def test_a_changed_pickup_place_counts_from_its_run() -> None:
    """GIVEN a change that counts from this run, or from the next THEN the place that counts is used (14)."""
    now = hold("a", "t1", next_pickup_place="8", next_pickup_from=RUN_DATE)
    later = hold("b", "t2", next_pickup_place="8", next_pickup_from=date(2026, 6, 11))
    decisions = decide([now, later], [copy("b1", "t1"), copy("b2", "t2")])
    assert [each.pickup_place for each in decisions] == ["8", "7"]


# --- why there is none ---


@pytest.mark.parametrize(
    ("copies", "code", "facts"),
    [
        ([copy("1"), copy("2", state=CopyState.ON_LOAN, due_on=RUN_DATE)], "queue", {"copies": 2}),
        (
            [
                copy("1", state=CopyState.ON_LOAN, due_on=date(2026, 6, 21)),
                copy("2", state=CopyState.ON_LOAN, due_on=date(2026, 6, 14)),
                copy("3", state=CopyState.MISSING),
            ],
            "all_on_loan",
            {"copies": 3, "missing": 1, "next_due": "2026-06-14"},
        ),
        ([copy("1", state=CopyState.ON_LOAN, due_on=date(2026, 6, 3))], "all_on_loan", {"copies": 1}),
        ([copy("1", state=CopyState.ON_LOAN)], "all_on_loan", {"copies": 1}),
        (
            [copy("1", state=CopyState.ELSEWHERE, due_on=date(2026, 6, 14)), copy("2", state=CopyState.ON_LOAN)],
            "all_on_loan",
            {"copies": 2, "next_due": "2026-06-14"},
        ),
        ([copy("1", state=CopyState.MISSING), copy("2", reference_only=True)], "not_on_shelf", {"copies": 1}),
        ([copy("1", state=CopyState.MISSING), copy("2", state=CopyState.KEPT_ASIDE)], "queue", {"copies": 2}),
        ([copy("1", state=CopyState.READY)], "queue", {"copies": 1}),
        ([copy("1", state=CopyState.LOST), copy("2", state=CopyState.DAMAGED)], "no_copy_left", {"copies": 0}),
        ([], "no_copy_left", {"copies": 0}),
    ],
)
def test_why_a_queue_gets_no_more(copies: list[Copy], code: str, facts: dict[str, Any]) -> None:
    """GIVEN three waiting and such copies THEN the last is told its place and the true state of the copies (27, 43)."""
    holds = [hold("a", hours_ago=3), hold("b", hours_ago=2), hold("c", hours_ago=1)]
    last = decide(holds, copies)[-1]
    assert (last.patron_id, last.code) == ("c", code)
    assert last.facts == {"position": 3, "of": 3, **facts}


# --- step 2: caps ---


def test_beyond_the_cap_books_are_kept_aside() -> None:
    """GIVEN room for one of three books THEN one is lent, two kept, and the facts say what fills the cap (19, 20)."""
    holds = [hold("a", name, hours_ago=hours) for name, hours in (("t1", 1), ("t2", 3), ("t3", 2))]
    copies = [copy("b" + name, name) for name in ("t1", "t2", "t3")]
    decisions = decide(holds, copies, [patron("a", loans=9, returning=4)])
    assert {each.title_id: each.decision for each in decisions} == {
        "t1": "keep_aside",
        "t2": "lend",
        "t3": "keep_aside",
    }
    assert decisions[0].facts == {"cap": 10, "on_loan": 10, "on_the_way_back": 4}
    assert decisions[0].barcode == "bt1"


def test_a_new_cap_counts_from_the_next_run() -> None:
    """GIVEN a cap of 5 asked for THEN this run still sees 10, the next one 5, and nothing is taken back (19)."""
    reader = patron("a", loan_cap=5, loan_cap_before=10, loan_cap_from=date(2026, 6, 11), loans=7)
    assert decide([hold("a")], [copy("b1")], [reader])[0].decision == "lend"
    after = decide([hold("a")], [copy("b1")], [reader], run=thursday_run(date(2026, 6, 11), POLICY))[0]
    assert (after.decision, after.facts["cap"], after.facts["on_loan"]) == ("keep_aside", 5, 7)


def test_titles_others_wait_for_come_first_then_older_holds() -> None:
    """GIVEN room for two THEN first the wanted title, then the oldest hold, secured or new alike (20)."""
    holds = [
        hold("a", "new", hours_ago=50),
        secured("a", "old", "kept", hours_ago=90),
        hold("a", "wanted", hours_ago=10),
        hold("z", "wanted", hours_ago=1),
    ]
    copies = [copy("n", "new"), copy("kept", "old", state=CopyState.KEPT_ASIDE), copy("w", "wanted")]
    decisions = decide(holds, copies, [patron("a", loans=8)])
    assert {each.title_id: each.decision.value for each in decisions if each.patron_id == "a"} == {
        "wanted": "lend",
        "old": "lend",
        "new": "keep_aside",
    }


def test_a_title_is_not_wanted_when_the_others_were_served() -> None:
    """GIVEN another hold that got its own copy THEN the title is not one people wait for (20)."""
    holds = [
        hold("a", "shared", hours_ago=10),
        hold("z", "shared", hours_ago=1),
        hold("a", "older", hours_ago=20),
    ]
    copies = [copy("s1", "shared"), copy("s2", "shared"), copy("o", "older")]
    lent = [each.title_id for each in decide(holds, copies, [patron("a", loans=9)]) if each.decision == "lend"]
    assert lent == ["older", "shared"]  # the second is z's


def test_a_kept_book_stays_with_an_ineligible_patron() -> None:
    """GIVEN a secured hold of a blocked patron THEN it stays kept with the reason, nobody else gets it (20, 21)."""
    kept = copy("k", state=CopyState.KEPT_ASIDE, holder="a")
    decisions = decide([secured("a", "t", "k", hours_ago=9), hold("b")], [kept], [patron("a", blocked=True)])
    assert outcomes(decisions) == {"a": ("none", "blocked"), "b": ("none", "queue")}


def test_a_kept_book_that_is_gone_is_not_lent() -> None:
    """GIVEN a secured hold whose copy was marked lost THEN it says so instead of lending it (20, 34)."""
    (decision,) = decide([secured("a", "t", "k")], [copy("k", state=CopyState.LOST)])
    assert (decision.decision, decision.code, decision.facts) == ("none", "not_on_shelf", {"copies": 0})


def test_a_kept_book_whose_pickup_place_became_the_prefectural_library() -> None:
    """GIVEN a secured hold moved there THEN Thursday leaves it to the pull, and the pull readies it (14, 15)."""
    kept = copy("k", state=CopyState.KEPT_ASIDE, holder="a")
    held = [secured("a", "t", "k", place=PREFECTURAL)]
    assert outcomes(decide(held, [kept]))["a"] == ("for_prefectural", "prefectural")
    assert outcomes(decide(held, [kept], run=PULL))["a"] == ("ready", "ready")


def test_ready_holds_are_not_touched() -> None:
    """GIVEN a hold ready for pickup THEN no run decides about it (15)."""
    assert decide([hold("a", status=HoldStatus.READY, barcode="r")], [copy("r", state=CopyState.READY)]) == []


# --- pulls that stand, reruns ---


def pulled(barcode: str, run: str, decision: str = "lend", patron_id: str = "a") -> Copy:
    """A copy that a run has planned for somebody."""
    return copy(barcode, pull=plan(patron_id, "t", decision, run, "7"))


def test_another_runs_pull_of_the_day_stands() -> None:
    """GIVEN Thursday's list being fetched WHEN the 09:00 pull runs THEN that hold and copy are left alone (15, 23)."""
    holds = [hold("a", hours_ago=9), hold("b", hours_ago=8, place=PREFECTURAL)]
    run = prefectural_pull(CUT_OFF + HOUR, Calendar(), POLICY)
    (only,) = decide(holds, [pulled("1", "2026-06-04")], run=run)
    assert (only.patron_id, only.decision, only.code, only.facts["position"]) == ("b", "none", "queue", 2)


@pytest.mark.parametrize(("day", "decision"), [(5, "none"), (6, "none"), (7, "ready")])
def test_no_pull_for_the_counter_takes_what_thursday_has_planned(day: int, decision: str) -> None:
    """GIVEN Thursday's list, for one whom the next run will skip, not fetched THEN it stands until Sunday (23, 29)."""
    holds = [hold("a", hours_ago=9), hold("b", hours_ago=8, place=PREFECTURAL)]
    expiring = patron("a", expires_on=date(2026, 6, 9))
    run = prefectural_pull(datetime(2026, 6, day, 9, tzinfo=TOKYO), Calendar(), POLICY)
    decided = decide(holds, [pulled("1", "2026-06-04")], [expiring], run=run)
    assert {each.patron_id: each.decision for each in decided}["b"] == decision


def test_a_pull_whose_hold_was_cancelled_is_void() -> None:
    """GIVEN the patron of a pull cancelled THEN the copy is there for the next (12, 23)."""
    run = prefectural_pull(CUT_OFF + HOUR, Calendar(), POLICY)
    assert outcomes(decide([hold("b", place=PREFECTURAL)], [pulled("1", "2026-06-04")], run=run))["b"][0] == "ready"


def test_a_pull_of_an_earlier_day_is_void() -> None:
    """GIVEN a plan nobody carried out on its day THEN this run plans anew (23)."""
    holds = [hold("a", hours_ago=8), hold("b", hours_ago=9)]
    assert outcomes(decide(holds, [pulled("1", "2026-06-03pm", "ready")]))["b"] == ("lend", "lent")


def test_a_run_made_up_for_late_leaves_later_plans_alone() -> None:
    """GIVEN Thursday's run made up for on Friday, after a pull of Friday THEN that pull stands (23, 26)."""
    assert decide([hold("a")], [pulled("1", "2026-06-05am", "ready")]) == []


def test_a_rerun_derives_the_same_plan() -> None:
    """GIVEN the run's own pulls already written, some or all THEN it decides the same again (26)."""
    holds = [hold("a", hours_ago=9), hold("b", hours_ago=8), hold("c", hours_ago=7)]
    first = decide(holds, [copy("1"), copy("2")])
    assert decide(holds, [pulled("1", "2026-06-04", patron_id="a"), copy("2")]) == first
    both = [pulled("1", "2026-06-04", patron_id="a"), pulled("2", "2026-06-04", patron_id="b")]
    assert decide(holds, both) == first


# --- the prefectural pulls ---


def test_the_pull_readies_heads_and_leaves_partner_heads_their_copy() -> None:
    """GIVEN queues with either head THEN prefectural heads get ready, partner heads keep a copy for Thursday (15)."""
    holds = [
        hold("a", "t1", hours_ago=90),
        hold("b", "t1", hours_ago=80, place=PREFECTURAL),
        hold("c", "t2", hours_ago=90, place=PREFECTURAL),
        hold("d", "t2", hours_ago=80),
    ]
    assert outcomes(decide(holds, [copy("1", "t1"), copy("2", "t2")], run=PULL)) == {
        "a": ("for_partner", "partner"),
        "b": ("none", "queue"),
        "c": ("ready", "ready"),
        "d": ("none", "queue"),
    }


def test_a_partner_head_that_thursday_would_skip_keeps_no_copy() -> None:
    """GIVEN a partner head that the next run cannot serve THEN the prefectural one behind it gets the book (15, 21)."""
    holds = [hold("a", hours_ago=90), hold("b", hours_ago=80, place=PREFECTURAL)]
    expiring = patron("a", expires_on=date(2026, 6, 3))  # still good on the pull's Tuesday
    assert outcomes(decide(holds, [copy("1")], [expiring], run=PULL)) == {
        "a": ("none", "card_expired"),
        "b": ("ready", "ready"),
    }
    suspended = decide(holds, [copy("1")], calendar=Calendar(suspensions=(STOCKTAKING,)), run=PULL)
    assert outcomes(suspended) == {"a": ("none", "run_suspended"), "b": ("ready", "ready")}


def test_a_pull_does_not_think_of_caps() -> None:
    """GIVEN a patron with ten loans THEN the pull still readies the book: the counter decides (15, 17)."""
    assert decide([hold("a", place=PREFECTURAL)], [copy("1")], [patron("a", loans=10)], run=PULL)[0].decision == "ready"


def test_a_pull_leaves_kept_books_to_thursday() -> None:
    """GIVEN a secured hold for a facility THEN the pull has nothing to decide about it (15, 20)."""
    assert decide([secured("a", "t", "k")], [copy("k", state=CopyState.KEPT_ASIDE)], run=PULL) == []


# --- properties ---


@dataclass(frozen=True)
class Case:
    """What a run is given."""

    holds: list[Hold]
    copies: Catalogue
    patrons: dict[str, Patron]
    calendar: Calendar
    run: Run

    def decide(self) -> list[RunDecision]:
        return allocate(self.holds, self.copies, self.patrons, self.calendar, POLICY, self.run)


PEOPLE = [f"p{number}" for number in range(7)]
TITLES = [f"t{number}" for number in range(5)]
RUNS = [THURSDAY, THURSDAY, PULL, prefectural_pull(CUT_OFF + HOUR, Calendar(), POLICY)]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A small library with everything that can be the case, drawn by a seed so that shrinking stays cheap."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    run = chance.choice(RUNS)
    people = {name: a_patron(name, chance) for name in PEOPLE}
    copies = {title: [a_copy(title, n, chance) for n in range(chance.randrange(4))] for title in TITLES}
    holds = [a_hold(name, title, chance) for name in PEOPLE for title in TITLES if chance.random() < 0.6]
    holds = [keep(each, copies, chance) for each in holds]
    suspensions = [STOCKTAKING] if chance.random() < 0.1 else []
    if chance.random() < 0.3:
        suspensions += moving(RUN_DATE, RUN_DATE + timedelta(days=chance.choice((9, 10, 11)))).suspensions
    calendar = Calendar(suspensions=tuple(replace(each, opted_in=frozenset(PEOPLE[:2])) for each in suspensions))
    return Case(holds, copies, people, calendar, run)


def a_patron(name: str, chance: random.Random) -> Patron:
    return patron(
        name,
        blocked=chance.random() < 0.1,
        online_lending=chance.random() < 0.9,
        expires_on=chance.choice([date(2027, 3, 31)] * 8 + [RUN_DATE, date(2026, 6, 3)]),
        loan_cap=chance.choice((1, 2, 5)),
        loan_cap_before=5,
        loan_cap_from=chance.choice((None, RUN_DATE, date(2026, 6, 11))),
        loans=chance.randrange(4),
        returning=chance.randrange(2),
    )


def a_copy(title: str, number: int, chance: random.Random) -> Copy:
    state = chance.choice([CopyState.ON_SHELF] * 5 + list(CopyState))
    made = copy(f"{title}-{number}", title, state=state, call_number=chance.choice("12"))
    if state in (CopyState.ON_LOAN, CopyState.ELSEWHERE):
        made = replace(made, due_on=chance.choice((None, RUN_DATE, date(2026, 6, 21))))
    if state is CopyState.ON_SHELF and chance.random() < 0.2:
        run_id = chance.choice(("2026-06-01", "2026-06-02am", "2026-06-02pm", "2026-06-04", "2026-06-04pm"))
        made = replace(made, pull=plan(chance.choice(PEOPLE), title, run=run_id, pickup_place="7", cap=5))
    return replace(made, reference_only=chance.random() < 0.1)


def a_hold(name: str, title: str, chance: random.Random) -> Hold:
    placed_at = CUT_OFF + timedelta(hours=chance.choice((-90, -80, -70, -60, 0, 0, 1)))
    queued_at = placed_at + timedelta(hours=chance.choice((0, 0, 0, 25)))
    places = ("7", "8", "9", PREFECTURAL)
    return hold(
        name,
        title,
        place=chance.choice(places),
        placed_at=placed_at,
        queued_at=queued_at,
        next_pickup_place=chance.choice(("", "", *places)),
        next_pickup_from=chance.choice((RUN_DATE, date(2026, 6, 11))),
    )


def keep(waiting: Hold, copies: Catalogue, chance: random.Random) -> Hold:
    """Now and then a book was kept aside for the hold before, or is ready."""
    kind = chance.choice([HoldStatus.WAITING] * 8 + [HoldStatus.SECURED, HoldStatus.READY])
    if kind is HoldStatus.WAITING:
        return waiting
    barcode = f"{waiting.title_id}-{waiting.patron_id}"
    state = CopyState.KEPT_ASIDE if kind is HoldStatus.SECURED else CopyState.READY
    copies[waiting.title_id].append(copy(barcode, waiting.title_id, state=state, holder=waiting.patron_id))
    return replace(waiting, status=kind, barcode=barcode)


class Naive:
    """Every fact looked up again for each hold, with no regard to the time it takes."""

    def __init__(self, case: Case, decisions: list[RunDecision]) -> None:
        self.case = case
        self.thursday = case.run.kind == "thursday"
        self.by_hold = {(each.patron_id, each.title_id): each for each in decisions}

    def standing(self, title: str) -> dict[str, str]:
        """Holds, with their copies, for which another run's plan stands."""
        alive = {each.patron_id for each in self.case.holds if each.title_id == title and each.status != "ready"}
        return {
            each.pull.patron_id: each.barcode
            for each in self.case.copies[title]
            if each.pull
            and each.state in ("on_shelf", "kept_aside")
            and self.stands(each.pull.run)
            and each.pull.patron_id in alive
        }

    def stands(self, run_id: str) -> bool:
        """Another run's plan, on its day; beside pulls for the counter a weekly run's, until its Sunday (23, 29)."""
        mine = self.case.run.run_id
        if run_id == mine or self.thursday or len(run_id) > 10:
            return run_id != mine and run_id[:10] >= mine[:10]
        day = date.fromisoformat(run_id)
        return self.case.run.day < day + timedelta(days=6 - day.weekday() or 7)

    def place(self, of: Hold) -> str:
        return of.place_on(self.case.run.week.cycle)

    def considered(self, of: Hold) -> bool:
        if of.status == HoldStatus.READY or of.patron_id in self.standing(of.title_id):
            return False
        return of.status == HoldStatus.WAITING or self.thursday or self.place(of) == PREFECTURAL

    def queue(self, title: str) -> list[Hold]:
        queue = [each for each in self.case.holds if each.title_id == title and each.status == HoldStatus.WAITING]
        return sorted(queue, key=lambda each: (each.queued_at, each.patron_id))

    def obstacle(self, of: Hold) -> str:
        """The code that stops this hold, or nothing (RULES 15, 18, 21, 22)."""
        run, who = self.case.run, self.case.patrons[of.patron_id]
        by_place = self.place(of)
        at_library = by_place == PREFECTURAL
        on = run.day if at_library else run.week.run_date
        calendar, week = self.case.calendar, run.week
        window = [week.pickup_from + timedelta(days=n) for n in range(30)]
        window = [day for day in window if day <= calendar.pickup_until(week)]
        tests: list[tuple[str, bool]] = [
            ("after_cutoff", of.placed_at > (week.cut_off if self.thursday else run.moment)),
            ("run_suspended", not at_library and not calendar.reaches(who.patron_id, week.run_date)),
            (
                "facility_suspended",
                not at_library and all(calendar.facility_suspended_on(by_place, day) for day in window),
            ),
            ("blocked", who.blocked),
            ("card_expired", who.expires_on < on),
            ("not_enrolled", not at_library and not who.online_lending),
        ]
        return next((code for code, stops in tests if stops), "")

    def copies_for(self, title: str) -> list[str]:
        taken = self.standing(title).values()
        return [
            each.barcode
            for each in self.case.copies[title]
            if each.state == "on_shelf" and not each.reference_only and each.barcode not in taken
        ]

    def still_waited_for(self, title: str) -> bool:
        """Whether somebody in the queue got no copy (RULES 20)."""
        return any(
            (each.patron_id, title) in self.by_hold and not self.by_hold[each.patron_id, title].barcode
            for each in self.queue(title)
        )

    def shortage(self, of: Hold) -> tuple[str, dict[str, Any]]:
        """Code and facts of an eligible hold for which no copy was left (RULES 27)."""
        copies = [each for each in self.case.copies[of.title_id] if each.can_be_lent]
        queue = [each.patron_id for each in self.queue(of.title_id)]
        facts: dict[str, Any] = {"position": queue.index(of.patron_id) + 1, "of": len(queue), "copies": len(copies)}
        if not copies:
            return "no_copy_left", facts
        if self.copies_for(of.title_id) or self.standing(of.title_id):
            return "queue", facts
        states = Counter(each.state.value for each in copies)
        if not states["on_loan"] + states["elsewhere"]:
            return ("not_on_shelf" if states["missing"] == len(copies) else "queue"), facts
        on_loan = [each.due_on for each in copies if each.state in ("on_loan", "elsewhere") and each.due_on]
        due = sorted(each.isoformat() for each in on_loan if each >= self.case.run.day)
        missing = {"missing": states["missing"]} if states["missing"] else {}
        return "all_on_loan", facts | missing | ({"next_due": due[0]} if due else {})

    def facts(self, of: Hold, code: str) -> dict[str, Any]:
        """The facts of an obstacle, worked out from the dates alone (RULES 18, 21, 22, 27)."""
        week, who = self.case.run.week, self.case.patrons[of.patron_id]
        if code == "after_cutoff":
            last = week.cut_off if self.thursday else self.case.run.moment
            thursdays = (week.run_date + timedelta(days=7 * n) for n in range(1, 52))
            considered = (
                day
                for day in thursdays
                if of.placed_at <= thursday_run(day, POLICY).cut_off
                and self.case.calendar.service_suspension_on(day) is None
            )
            return {
                "placed_at": of.placed_at.isoformat(),
                "cut_off": last.isoformat(),
                "next_run": next(considered).isoformat(),
            }
        if code == "run_suspended":
            return {"until": "2026-06-11", "reason": "蔵書点検", "next_run": "2026-06-18"}
        if code == "facility_suspended":
            last_day = max(each.ends_on for each in self.case.calendar.suspensions if each.scope == Scope.FACILITY)
            return {"facility": "7", "until": last_day.isoformat(), "reason": "移転"}
        return {"expired_on": who.expires_on.isoformat()} if code == "card_expired" else {}

    def days_of_a_loan(self) -> dict[str, Any]:
        """The worked example of the rules, or a week later with the deadline of those opted in (RULES 22, 25, 29)."""
        stocktaking = any(each.scope == Scope.SERVICE for each in self.case.calendar.suspensions)
        until, due_on = ("2026-06-21", "2026-06-28") if stocktaking else ("2026-06-14", "2026-06-21")
        return {"pickup_from": "2026-06-07", "pickup_until": until, "due_on": due_on}


def property_test(check: Callable[[Case, list[RunDecision], Naive], None]) -> Callable[[], None]:
    """Hold a property against many drawn libraries."""

    @settings(max_examples=150)
    @given(cases())
    def run(case: Case) -> None:
        decisions = case.decide()
        check(case, decisions, Naive(case, decisions))

    run.__name__, run.__doc__ = check.__name__, check.__doc__
    return run


@property_test
def test_each_considered_hold_gets_one_decision(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN the holds decided are just those to be considered, each once (18, 23, 27)."""
    expected = Counter((each.patron_id, each.title_id) for each in case.holds if naive.considered(each))
    assert Counter((each.patron_id, each.title_id) for each in decisions) == expected


@property_test
def test_one_copy_a_hold_and_one_hold_a_copy(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN no copy goes to two, and each is of the title and was there to be had (23, 26)."""
    granted = [each for each in decisions if each.decision != "none"]
    assert len({each.barcode for each in granted}) == len(granted)
    assert all(each.barcode == "" for each in decisions if each.decision == "none")
    kept = {(each.patron_id, each.title_id): each.barcode for each in case.holds if each.status == "secured"}
    for each in granted:
        own = kept.get((each.patron_id, each.title_id))
        assert each.barcode == own if own else each.barcode in naive.copies_for(each.title_id)


@property_test
def test_nobody_is_overtaken_without_a_true_reason(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN whoever waits before one who was served has an obstacle of their own (11, 18, 21, 22)."""
    for title in TITLES:
        queue = [each for each in naive.queue(title) if naive.considered(each)]
        served = [bool(naive.by_hold[each.patron_id, title].barcode) for each in queue]
        for number, each in enumerate(queue):
            if not served[number] and any(served[number + 1 :]):
                assert naive.obstacle(each)
            assert not (served[number] and naive.obstacle(each))


@property_test
def test_no_copy_is_idle_while_an_eligible_hold_waits(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN if somebody eligible got nothing, no copy was left on the shelf (18)."""
    taken = {each.barcode for each in decisions}
    for each in case.holds:
        if each.status == "waiting" and naive.considered(each) and not naive.obstacle(each):
            got = naive.by_hold[each.patron_id, each.title_id].barcode
            assert got or set(naive.copies_for(each.title_id)) <= taken


@property_test
def test_no_cap_is_exceeded_and_no_room_is_left(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN nobody is lent beyond the cap, and nothing is kept aside while there is room (19, 20)."""
    for who in case.patrons.values():
        mine = [each for each in decisions if each.patron_id == who.patron_id]
        lent = sum(each.decision == "lend" for each in mine)
        kept = [each for each in mine if each.decision == "keep_aside"]
        cap = who.cap_on(case.run.week.run_date)
        assert lent == 0 or who.loans + lent <= cap
        assert not kept or who.loans + lent >= cap
        facts = {"cap": cap, "on_loan": who.loans + lent, "on_the_way_back": who.returning}
        assert all((each.code, each.facts) == ("cap", facts) for each in kept)


@property_test
def test_the_cap_chooses_in_the_order_of_rule_20(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN what is lent comes before what is kept: wanted titles, older holds, title (20)."""
    queued_at = {(each.patron_id, each.title_id): each.queued_at for each in case.holds}

    def turn(of: RunDecision) -> tuple[bool, datetime, str]:
        return not naive.still_waited_for(of.title_id), queued_at[of.patron_id, of.title_id], of.title_id

    for name in PEOPLE:
        lent = [turn(each) for each in decisions if each.patron_id == name and each.decision == "lend"]
        kept = [turn(each) for each in decisions if each.patron_id == name and each.decision == "keep_aside"]
        assert not lent or not kept or max(lent) < min(kept)


@property_test
def test_every_reason_is_true(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN each hold without a book has the reason, and the facts, found by looking again (27)."""
    for of in (each for each in case.holds if naive.considered(each)):
        decision = naive.by_hold[of.patron_id, of.title_id]
        if decision.decision != "none":
            assert not naive.obstacle(of)
            continue
        code = naive.obstacle(of)
        code, facts = (code, naive.facts(of, code)) if code else naive.shortage(of)
        assert (decision.code, decision.facts) == (code, facts)


@property_test
def test_every_lent_book_is_told_with_its_days(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN whoever is lent a book is told the days of the week, all others none of them (25, 29)."""
    for each in decisions:
        if each.decision == "lend":
            assert (each.code, each.facts) == ("lent", naive.days_of_a_loan())
        elif each.decision in ("ready", "for_partner", "for_prefectural"):
            assert each.facts == {}


@property_test
def test_what_is_granted_fits_run_and_place(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any library THEN each kind of run gives only what it can, by the pickup place that counts (14, 15, 18)."""
    fitting = {
        (True, False): {"lend", "keep_aside"},
        (True, True): {"for_prefectural"},
        (False, False): {"for_partner"},
        (False, True): {"ready"},
    }
    places = {(each.patron_id, each.title_id): naive.place(each) for each in case.holds}
    for each in decisions:
        assert each.pickup_place == places[each.patron_id, each.title_id]
        at_library = each.pickup_place == PREFECTURAL
        assert each.decision in fitting[naive.thursday, at_library] | {"none"}


@property_test
def test_a_rerun_over_its_own_plan_decides_the_same(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN a run stopped after writing some of its pulls WHEN it runs again THEN it decides the same (26)."""
    planned = {each.barcode: each for each in decisions if each.decision in ("lend", "keep_aside", "ready")}
    half = dict(list(planned.items())[::2])

    def written(of: Copy) -> Copy:
        if of.barcode not in half:
            return of
        by = half[of.barcode]
        pull = plan(by.patron_id, by.title_id, by.decision, case.run.run_id, by.pickup_place, 5)
        return replace(of, pull=pull)

    copies = {title: [written(each) for each in copies] for title, copies in case.copies.items()}
    assert replace(case, copies=copies).decide() == decisions


@property_test
def test_facts_are_json_and_make_sentences(case: Case, decisions: list[RunDecision], naive: Naive) -> None:
    """GIVEN any decision THEN its facts survive JSON and both sentences can be told from them (27)."""
    for each in decisions:
        facts = json.loads(json.dumps(each.facts))
        assert facts == each.facts
        assert patron_sentence(each.code, facts)
        assert counter_sentence(each.code, facts)


@settings(max_examples=150)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case: Case, chance: random.Random) -> None:
    """GIVEN the same library in another order THEN the decisions are the same to the byte (26)."""

    def shuffled(items: Iterable[Any]) -> list[Any]:
        return chance.sample(each := list(items), len(each))

    other = Case(
        shuffled(case.holds),
        {title: shuffled(case.copies[title]) for title in shuffled(case.copies)},
        dict(shuffled(case.patrons.items())),
        replace(case.calendar, suspensions=tuple(shuffled(case.calendar.suspensions))),
        case.run,
    )
    assert _bytes(other.decide()) == _bytes(case.decide())


def _bytes(decisions: list[RunDecision]) -> bytes:
    return json.dumps([asdict(each) for each in decisions]).encode()


def test_one_wish_is_enough_to_fill_a_cap_of_one() -> None:
    """GIVEN a policy that lets one book out THEN the cap of the patron, not a number in the code, decides (19)."""
    holds = [hold("a", "t1", hours_ago=2), hold("a", "t2", hours_ago=1)]
    decisions = decide(holds, [copy("1", "t1"), copy("2", "t2")], [patron("a", loan_cap=1)])
    assert [each.decision.value for each in decisions] == ["lend", "keep_aside"]
