"""The reader's own order and pace in runs and pulls (RULES 46-49).

With the switches off every decision is that of `allocate_before`; with them on nobody else gets less than without.
"""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.allocation import allocate
from lending.domain.run.obstacles import kept_in_vain
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind
from tests.copies import plan
from tests.domain.run import allocate_before
from tests.domain.run.test_allocation import (
    PULL,
    RUN_DATE,
    THURSDAY,
    Case,
    cases,
    copy,
    hold,
    patron,
    secured,
)
from tests.library import aomori

OFF = aomori()
ON = aomori(pause=True, reading_order=True, any_of=True, own_order=True, books_a_run=True)


def decided(holds: list[Hold], copies: list[Copy], *people: Patron, run: Run = THURSDAY) -> dict[str, tuple[str, str]]:
    """Decision and code by `patron title`, with everything switched on."""
    known = {each.patron_id: patron(each.patron_id) for each in holds} | {each.patron_id: each for each in people}
    catalogue: dict[str, list[Copy]] = {}
    for each in copies:
        catalogue.setdefault(each.title_id, []).append(each)
    decisions = allocate(holds, catalogue, known, Calendar(), ON, run)
    return {f"{each.patron_id} {each.title_id}": (each.decision.value, each.code.value) for each in decisions}


def test_who_rests_keeps_the_place_and_the_next_is_served() -> None:
    """GIVEN a pause up to the day of the run THEN the hold is passed over; the day after it is served (RULES 46)."""
    holds, copies = [hold("a", hours_ago=3), hold("b", hours_ago=2)], [copy("b1")]
    resting = decided(holds, copies, patron("a", paused_until=RUN_DATE))
    assert resting == {"a t": ("none", "paused"), "b t": ("lend", "lent")}
    over = decided(holds, copies, patron("a", paused_until=RUN_DATE - timedelta(days=1)))
    assert over == {"a t": ("lend", "lent"), "b t": ("none", "queue")}


def test_a_pull_passes_over_who_rests_as_well() -> None:
    """GIVEN a pause, a pull for the counter THEN the next of the queue has the book (RULES 15, 46)."""
    holds = [hold("a", hours_ago=73, place=PREFECTURAL), hold("b", hours_ago=72, place=PREFECTURAL)]
    told = decided(holds, [copy("b1")], patron("a", paused_until=RUN_DATE), run=PULL)
    assert told == {"a t": ("none", "paused"), "b t": ("ready", "ready")}


def test_a_book_kept_for_who_rests_goes_back() -> None:
    """GIVEN a book kept aside for somebody who rests THEN it goes back, whatever else may stay kept (21, 46)."""
    kept, people = secured("a", "t", "b1"), {"a": patron("a", paused_until=RUN_DATE)}
    policy = ON.model_copy(update={"kept_aside_runs": 3})
    assert kept_in_vain([kept], people, Calendar(), policy, THURSDAY) == [kept]
    assert kept_in_vain([kept], people, Calendar(), OFF, THURSDAY) == []


def test_the_second_volume_waits_for_the_first() -> None:
    """GIVEN both volumes on the shelf THEN the second is left to the next in its queue (RULES 47)."""
    holds = [hold("a", "v1"), hold("a", "v2", hours_ago=90, after="v1"), hold("b", "v2", hours_ago=3)]
    assert decided(holds, [copy("1", "v1"), copy("2", "v2")]) == {
        "a v1": ("lend", "lent"),
        "a v2": ("none", "reading_order"),
        "b v2": ("lend", "lent"),
    }


def test_one_of_a_group_is_enough() -> None:
    """GIVEN three wishes of a group on the shelf THEN the first by rank is lent, the others go on (48, 49)."""
    wishes = [hold("a", title, group="g", rank=rank) for title, rank in (("t1", 2), ("t2", 1), ("t3", None))]
    copies = [copy(f"c-{title}", title) for title in ("t1", "t2", "t3")]
    assert decided([*wishes, hold("b", "t1", hours_ago=1)], copies) == {
        "a t1": ("none", "any_of"),
        "b t1": ("lend", "lent"),
        "a t2": ("lend", "lent"),
        "a t3": ("none", "any_of"),
    }


def test_a_group_of_which_a_book_is_being_fetched_gets_no_second() -> None:
    """GIVEN a counter's pull for one of a group THEN the weekly run gives none of the others (RULES 15, 48)."""
    fetched = replace(copy("c1", "t1"), pull=plan("a", "t1", run="2026-06-04pm", pickup_place=PREFECTURAL, cap=5))
    wishes = [hold("a", "t1", group="g", place=PREFECTURAL), hold("a", "t2", group="g")]
    assert decided(wishes, [fetched, copy("c2", "t2")]) == {"a t2": ("none", "any_of")}


def test_the_own_order_counts_under_the_cap_after_what_others_wait_for() -> None:
    """GIVEN room for two THEN the contested title comes first, then the patron's own order (RULES 20, 49)."""
    holds = [hold("a", "t1", hours_ago=9), hold("a", "t2", hours_ago=5, rank=1), hold("a", "t3", hours_ago=1)]
    copies = [copy(f"c-{title}", title) for title in ("t1", "t2", "t3")]
    told = decided([*holds, hold("b", "t3", hours_ago=0)], copies, patron("a", loans=8))
    assert {name: outcome for name, (outcome, _) in told.items()} == {
        "a t1": "keep_aside",
        "a t2": "lend",
        "a t3": "lend",
        "b t3": "none",
    }


def test_a_pace_leaves_the_other_books_to_the_queue() -> None:
    """GIVEN one book a run wanted and two on the shelf THEN one is lent, the other goes to the next (RULES 49)."""
    holds = [hold("a", "t1", hours_ago=9), hold("a", "t2", hours_ago=5, rank=1), hold("b", "t1", hours_ago=1)]
    told = decided(holds, [copy("c1", "t1"), copy("c2", "t2")], patron("a", books_a_run=1))
    assert told == {"a t1": ("none", "cap"), "b t1": ("lend", "lent"), "a t2": ("lend", "lent")}


def test_what_is_declined_may_let_the_next_decline_another() -> None:
    """GIVEN who declines a book that the next, with a pace as well, likes better THEN theirs goes on too (49)."""
    holds = [
        hold("a", "t1", hours_ago=9, rank=2),
        hold("a", "t2", hours_ago=9, rank=1),
        hold("b", "t1", hours_ago=8, rank=1),
        hold("b", "t3", hours_ago=8, rank=2),
        hold("c", "t3", hours_ago=7),
    ]
    copies = [copy("c1", "t1"), copy("c2", "t2"), copy("c3", "t3")]
    told = decided(holds, copies, patron("a", books_a_run=1), patron("b", books_a_run=1))
    lent = {name for name, (outcome, _) in told.items() if outcome == "lend"}
    assert lent == {"a t2", "b t1", "c t3"}


def test_of_a_group_what_the_run_serves_comes_first() -> None:
    """GIVEN a group of a counter's hold, the older one, and a facility's THEN each run serves its own (15, 48)."""
    wishes = [hold("a", "t1", hours_ago=90, group="g", place=PREFECTURAL), hold("a", "t2", hours_ago=80, group="g")]
    copies = [copy("c1", "t1"), copy("c2", "t2")]
    others = [hold("b", "t1", hours_ago=75), hold("b", "t2", hours_ago=75)]
    assert decided([*wishes, *others], copies) == {
        "a t1": ("none", "any_of"),
        "b t1": ("lend", "lent"),
        "a t2": ("lend", "lent"),
        "b t2": ("none", "queue"),
    }
    told = decided([replace(wishes[0], rank=2), replace(wishes[1], rank=1), *others], copies, run=PULL)
    assert told["a t1"] == ("ready", "ready")


def test_one_choice_is_made_among_all_that_is_offered() -> None:
    """GIVEN one book a run wanted and a group with a counter's hold THEN titles in any order decide alike (26, 49)."""
    holds = [
        hold("a", "t1", rank=2, group="g"),
        hold("a", "t2", rank=3),
        hold("a", "t3", rank=1),
        hold("a", "t4", group="g", place=PREFECTURAL),
    ]
    copies = [copy(f"c{number}", f"t{number}") for number in (1, 2, 3, 4)]
    told = [decided(each, copies, patron("a", books_a_run=1)) for each in (holds, holds[::-1])]
    assert told[0] == told[1]
    assert told[0]["a t3"] == ("lend", "lent")
    assert told[0]["a t4"][0] == "for_prefectural"


def test_books_kept_beyond_the_pace_go_back() -> None:
    """GIVEN two books kept aside and one book a run wanted THEN one goes back, and no new one is given (RULES 49)."""
    first, second = secured("a", "t1", "c1", rank=1), secured("a", "t2", "c2", hours_ago=200)
    known = {"a": patron("a", books_a_run=1)}
    assert kept_in_vain([second, first], known, Calendar(), ON, THURSDAY) == [second]
    kept = copy("c1", "t1", state=CopyState.KEPT_ASIDE)
    told = decided([first, hold("a", "t2")], [kept, copy("c2", "t2")], known["a"])
    assert told == {"a t1": ("lend", "lent"), "a t2": ("none", "cap")}


# --- properties ---


@st.composite
def wishful(draw: st.DrawFn) -> Case:
    """Any library, in which some readers have wishes."""
    case = draw(cases())
    chance = random.Random(draw(st.integers(0, 2**32)))
    choosy = {name for name in case.patrons if chance.random() < 0.5}
    people = {
        name: replace(
            each,
            paused_until=chance.choice((None, None, RUN_DATE)),
            books_a_run=chance.choice((None, 1, 2)),
        )
        if name in choosy
        else each
        for name, each in case.patrons.items()
    }
    holds = [_wish(each, chance) if each.patron_id in choosy else each for each in case.holds]
    return replace(case, holds=holds, patrons=people)


def _wish(of: Hold, chance: random.Random) -> Hold:
    return replace(
        of,
        group=chance.choice(("", "g", "h")),
        rank=chance.choice((None, 1, 2, 3)),
        after=chance.choice(("", "", "", "another")),
    )


def _by(case: Case, policy: Policy) -> dict[tuple[str, str], RunDecision]:
    given = allocate(case.holds, case.copies, case.patrons, case.calendar, policy, case.run)
    return {(each.patron_id, each.title_id): each for each in given}


def _wishes(case: Case, patron_id: str) -> bool:
    who = case.patrons[patron_id]
    mine = [each for each in case.holds if each.patron_id == patron_id]
    return bool(who.paused_until or who.books_a_run or any(each.group or each.after for each in mine))


@settings(max_examples=300)
@given(wishful())
def test_with_the_switches_off_nothing_has_changed(case: Case) -> None:
    """GIVEN any library full of wishes and a policy without them THEN every decision is as before (46-49)."""
    before = allocate_before.allocate(case.holds, case.copies, case.patrons, case.calendar, OFF, case.run)
    assert allocate(case.holds, case.copies, case.patrons, case.calendar, OFF, case.run) == before


@settings(max_examples=300)
@given(wishful())
def test_nobody_else_gets_less(case: Case) -> None:
    """GIVEN wishes of some THEN whoever has none gets each book as without them, and as many are lent (46-49)."""
    without, given = _by(case, OFF), _by(case, ON)
    others = {name for name in case.patrons if not _wishes(case, name)}
    lost = [key for key, each in without.items() if key[0] in others and each.barcode and not given[key].barcode]
    assert lost == []
    lent = [Counter(each.patron_id for each in of.values() if each.decision is Outcome.LEND) for of in (without, given)]
    assert [name for name in others if lent[1][name] < lent[0][name]] == []


@settings(max_examples=300)
@given(wishful())
def test_every_wish_is_kept(case: Case) -> None:
    """GIVEN wishes THEN no second book of a group, none in a pause or before its turn, none beyond the pace (46-49).

    What a pull leaves to the weekly run answers nothing: that one chooses (RULES 15).
    """
    holds = {(each.patron_id, each.title_id): each for each in case.holds}
    given = [each for each in _by(case, ON).values() if each.barcode]
    chosen = [each for each in given if _new(case, each) and each.decision is not Outcome.FOR_PARTNER]
    groups = Counter((each.patron_id, holds[each.patron_id, each.title_id].group) for each in chosen)
    assert [number for (_, group), number in groups.items() if group and number > 1] == []
    assert [each for each in given if holds[each.patron_id, each.title_id].after and _new(case, each)] == []
    day = case.run.day
    at_counter = [each for each in given if each.pickup_place == PREFECTURAL]
    assert [each for each in at_counter if case.patrons[each.patron_id].paused_on(day)] == []
    if case.run.kind is RunKind.THURSDAY:
        new = Counter(each.patron_id for each in given if _new(case, each) and each.pickup_place != PREFECTURAL)
        paces = {name: case.patrons[name].books_a_run for name in new}
        assert [name for name, pace in paces.items() if pace and new[name] > pace] == []


def _new(case: Case, decision: RunDecision) -> bool:
    return any(
        each.barcode == "" and (each.patron_id, each.title_id) == (decision.patron_id, decision.title_id)
        for each in case.holds
    )


@settings(max_examples=200)
@given(wishful(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(case: Case, chance: random.Random) -> None:
    """GIVEN wishes THEN holds, copies and people in any order give the same decisions (RULES 26)."""
    shuffled: dict[str, Any] = {"holds": chance.sample(case.holds, len(case.holds))}
    shuffled["copies"] = {title: case.copies[title] for title in chance.sample(sorted(case.copies), len(case.copies))}
    assert _by(replace(case, **shuffled), ON) == _by(case, ON)


@settings(max_examples=200)
@given(wishful())
def test_who_declines_has_another_book(case: Case) -> None:
    """GIVEN a hold declined for another of its group THEN such a one is given, or being fetched (RULES 27, 48)."""
    holds = {(each.patron_id, each.title_id): each for each in case.holds}
    decisions = _by(case, ON)
    fetched = {each.pull.patron_id for copies in case.copies.values() for each in copies if each.pull}
    for key, each in decisions.items():
        if each.code == "any_of" and each.patron_id not in fetched:
            mates = [decisions.get(other) for other in holds if _mates(holds[other], holds[key])]
            assert [mate for mate in mates if mate and mate.barcode]


def _mates(one: Hold, other: Hold) -> bool:
    return (one.patron_id, one.group) == (other.patron_id, other.group) and one.title_id != other.title_id
