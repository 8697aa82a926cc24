"""A book in the hand of staff, or one that is not where it should be: who gets what now (RULES 11, 15, 20, 23)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus, RunReason
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.run.allocation import allocate
from lending.domain.run.reasons import Code
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind, prefectural_pull, run_of_week

GIVES = frozenset({Outcome.LEND, Outcome.KEEP_ASIDE, Outcome.READY})


@dataclass(frozen=True, slots=True)
class Grant:
    """The hold that gets the book, and how: `lend`, `keep_aside` or `ready`. `cap` is the patron's in that run.

    `code` and `facts` say why a book that is kept aside is not lent (RULES 27).
    """

    hold: Hold
    outcome: Outcome
    pickup_place: str
    cap: int
    code: Code = Code.CAP
    facts: Mapping[str, Any] = field(default_factory=dict)


def run_of(pull: Pull, moment: datetime, calendar: Calendar, policy: Policy) -> Run:
    """The run that planned a pull, a weekly one with the days it had then.

    One for the prefectural library's counter is taken up at `moment` (RULES 15).
    """
    if pull.week:
        return run_of_week(pull.week)
    return replace(prefectural_pull(moment, calendar, policy), run_id=pull.run)


def can_be_followed(run: Run, day: date) -> bool:
    """Whether a plan of the run still makes sense on `day`: not once its books are to be collected (RULES 29)."""
    return run.kind is RunKind.PREFECTURAL or day < run.week.pickup_from


def keeps_to_plan(hold: Hold | None, copy: Copy, run: Run) -> bool:
    """Whether the hold that a copy was planned for is there to take it (RULES 12-14, 23).

    One that was moved to the end of its queue on the day of the run, or later, is not: the queue decides anew. Nor is
    one for the counter that will be collected at a facility from the next run on.
    """
    if hold is None or copy.pull is None:
        return False
    if hold.status is HoldStatus.SECURED:
        return hold.barcode == copy.barcode
    moved = hold.moved_to_end and hold.queued_at.date() >= copy.pull.day
    elsewhere = run.kind is RunKind.PREFECTURAL and hold.place_on(run.week.cycle) != PREFECTURAL
    return hold.status is HoldStatus.WAITING and not moved and not elsewhere


def as_planned(hold: Hold, pull: Pull, patron: Patron, planned_loans: int) -> Grant | None:
    """What the plan gives: lent as far as the cap has room by now, otherwise kept aside (RULES 19, 20).

    None if the patron has the title at home by now, from the counter: there is nothing to wait for.

    Args:
        planned_loans: other books that are still on the pull list to be lent to the patron. A book that the plan keeps
            aside is lent if one of them has fallen away.
    """
    if hold.title_id in patron.lent_titles:
        return None
    outcome = Outcome(pull.decision)
    if outcome is Outcome.READY:
        return Grant(hold, outcome, pull.pickup_place, pull.cap)
    before = patron.loans + (planned_loans if outcome is Outcome.KEEP_ASIDE else 0)
    if before < pull.cap:
        return Grant(hold, Outcome.LEND, pull.pickup_place, pull.cap)
    facts = pull.facts if outcome is Outcome.KEEP_ASIDE else cap_facts(patron, pull.cap)
    return Grant(hold, Outcome.KEEP_ASIDE, pull.pickup_place, pull.cap, Code.CAP, facts)


def cap_facts(patron: Patron, cap: int) -> Mapping[str, Any]:
    """What fills a patron's cap now (RULES 19, 27)."""
    return {"cap": cap, "on_loan": patron.loans, "on_the_way_back": patron.returning}


def decide_anew(
    copies: Iterable[Copy],
    holds: Iterable[Hold],
    patrons: Mapping[str, Patron],
    calendar: Calendar,
    policy: Policy,
    run: Run,
    day: date,
) -> list[RunDecision]:
    """What the rules of a run give to the queue of a title as it is now: nobody is overtaken (RULES 11, 15, 23).

    Copies that staff are fetching for a hold, and those holds, are settled and no part of it; a head of the queue that
    is served by the other kind of run keeps a copy for that.

    Args:
        copies: all of the title; the one in the hand of staff without its plan, as one on the shelf.
        holds: those that wait for the title.
        day: today.
    """
    there = list(copies)
    standing = {each.pull.patron_id: each.barcode for each in there if each.pull and each.pull.stands_on(day)}
    queue = [hold for hold in holds if hold.patron_id not in standing and _waits(hold, patrons)]
    fetched = frozenset(standing.values())
    left = [
        replace(each, pull=None) if each.barcode not in fetched else replace(each, state=CopyState.KEPT_ASIDE)
        for each in there
    ]
    return allocate(queue, {hold.title_id: left for hold in queue}, patrons, calendar, policy, run)


def _waits(hold: Hold, patrons: Mapping[str, Patron]) -> bool:
    patron = patrons.get(hold.patron_id)
    return hold.status is HoldStatus.WAITING and patron is not None and hold.title_id not in patron.lent_titles


def no_book_is_left(decisions: Iterable[RunDecision]) -> bool:
    """Whether somebody who may be served gets none, for others have the last: then nobody behind them gets any (11)."""
    return any(each.decision is Outcome.NONE and each.code in _NO_BOOK_LEFT for each in decisions)


def counting_unread(decisions: list[RunDecision], unread: int, between: int, patron_id: str) -> list[RunDecision]:
    """The decisions about the head of a queue with the numbers of the whole (RULES 27).

    Args:
        unread: how many wait behind the head, `between` of them before the hold of the patron.
    """
    return [_counted(each, unread, between if each.patron_id == patron_id else 0) for each in decisions]


def _counted(decision: RunDecision, unread: int, before: int) -> RunDecision:
    queue, facts = decision.queue, decision.facts
    if queue is not None:
        queue = queue[0] + before, queue[1] + unread, queue[2]
    if "position" in facts:
        facts = {**facts, "position": facts["position"] + before, "of": facts["of"] + unread}
    return replace(decision, queue=queue, facts=facts)


def next_grant(
    decisions: Sequence[RunDecision], holds: Iterable[Hold], patrons: Mapping[str, Patron], run: Run
) -> Grant | None:
    """Who gets the book in the hand by `decide_anew`, or None: back to its shelf.

    Copies of a title are as good as each other: the first who gets any gets this one.
    """
    waiting = {hold.patron_id: hold for hold in holds}
    for each in sorted((each for each in decisions if each.decision in GIVES), key=lambda d: _turn(waiting, d)):
        cap = patrons[each.patron_id].cap_on(run.week.cycle)
        hold = waiting[each.patron_id]
        return Grant(hold, each.decision, each.pickup_place, cap, each.code, each.facts)
    return None


def _turn(waiting: Mapping[str, Hold], decision: RunDecision) -> tuple[datetime, str]:
    return waiting[decision.patron_id].queued_at, decision.patron_id


NUMBERS = ("position", "of", "copies")


def numbers_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Of the facts of a reason or plan those about the queue."""
    return {name: facts[name] for name in NUMBERS if name in facts}


def pull_of(decision: RunDecision, cap: int, run: Run, numbers: Mapping[str, Any] | None = None) -> Pull:
    """The plan that a decision makes on its copy, with the numbers of then (RULES 15, 23, 27).

    Args:
        cap: the patron's in this run.
        numbers: what the run found about the queue, if this decision is made after it.
    """
    in_queue = numbers or dict(zip(NUMBERS, decision.queue or (), strict=False))
    facts = decision.facts if decision.decision is Outcome.KEEP_ASIDE else in_queue
    return Pull(
        patron_id=decision.patron_id,
        title_id=decision.title_id,
        decision=str(decision.decision),
        run=run.run_id,
        pickup_place=decision.pickup_place,
        cap=cap,
        week=run.week if run.kind is RunKind.THURSDAY else None,
        facts=dict(facts),
    )


def why_without(pull: Pull, decided: RunDecision | None, why: Code | None, numbers: dict[str, Any]) -> RunReason:
    """The reason of a hold whose planned book is not there after all, by the run that planned it (RULES 23, 27).

    Args:
        decided: what `decide_anew` says of the hold; an obstacle of its own, or that no copy is left, is the reason.
        why: `NOT_ON_SHELF` or `TAKEN_BY_VISITOR`, with the numbers of the run; None if there are too few books.
        numbers: of the queue now, for a book that was kept: no run has counted its hold's place.
    """
    if decided is not None and decided.decision not in GIVES and (why is None or decided.code not in _NO_BOOK):
        return RunReason(pull.day, str(decided.code), dict(decided.facts))
    return RunReason(pull.day, str(why or Code.QUEUE), numbers_of(pull.facts) or numbers)


# What a queue is told when there are too few books: here it is known better what became of the book.
_NO_BOOK = frozenset({Code.QUEUE, Code.ALL_ON_LOAN, Code.NOT_ON_SHELF})
_NO_BOOK_LEFT = _NO_BOOK | {Code.NO_COPY_LEFT}


# What staff do with a book that nobody waits for by plan, by its state.
WHAT_TO_DO: Mapping[CopyState, tuple[str, str]] = {
    CopyState.ON_SHELF: ("shelve", "取り出しの予定がない本です。棚へお戻しください。"),
    CopyState.KEPT_ASIDE: ("keep_aside", "予約のために取り置いている本です。取り置きの棚へお戻しください。"),
    CopyState.READY: ("shelve_ready", "貸出可能として取り置いている本です。カウンターの棚へお戻しください。"),
    CopyState.ON_LOAN: ("check_in", "貸出中と記録されている本です。返却の手続きをしてください。"),
    CopyState.ELSEWHERE: ("check_in", "館内のシステムで貸出中と記録されている本です。返却の手続きをしてください。"),
    CopyState.MISSING: ("found", "所在不明と記録されている本です。「発見」の記録をして、棚へお戻しください。"),
    CopyState.LOST: ("found", "紛失と記録されている本です。「発見」の記録をしてください。"),
    CopyState.DAMAGED: ("repair", "破損と記録されている本です。修理の担当へお渡しください。"),
}
