"""What a weekly run tells a patron: why their holds got no book, and what was found out meanwhile (RULES 26, 27)."""

from collections.abc import Iterable, Set
from dataclasses import replace

from lending.domain.calendar.calendar import LatestRun
from lending.domain.holds.hold import Hold, RunReason
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron, Told
from lending.domain.run.reasons import Code
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind

Decided = tuple[Hold, RunDecision]
_PLANNED = frozenset({Outcome.LEND, Outcome.KEEP_ASIDE})
# The holds, by patron and title, whose books are on the pull list.
Fetched = Set[tuple[str, str]]


def told_by(
    run: Run, plan: str, before: ReasonsOfPatron, decided: Iterable[Decided], fetched: Fetched | None
) -> ReasonsOfPatron:
    """What a patron is told after a run.

    A pull for the counter tells nobody of what it leaves to others: only that a reason is over, where it gives a book.

    Args:
        plan: the name of the run's plan; who has been told by it, or by a later run, is told nothing more.
        before: what is told as of now.
        decided: the patron's holds as the run has read them, with what it decided.
        fetched: given if the plan is older than what was read: what scans have told and planned since then stands.
    """
    if run.kind is RunKind.PREFECTURAL:
        ready = (hold for hold, decision in decided if decision.decision is Outcome.READY)
        return before.after(*((hold, None) for hold in ready if fetched is None or _key(hold) in fetched))
    if before.plan == plan or (before.day and before.day > run.day):
        return before
    found = [(hold, _told(run, before, hold, decision, fetched)) for hold, decision in decided]
    told = replace(before, day=run.day, plan=plan, told=_of_others(run, before)).after(*found)
    return told if told.told or before.told else before


def is_of(run: Run, hold: Hold, decision: RunDecision, latest: LatestRun | None) -> bool:
    """Whether a run has decided about this very hold, and no later run since.

    Args:
        hold: as of now: the one that was decided may have been cancelled, and another placed after the cut-off.
        latest: the latest weekly run that is through.
    """
    if hold.placed_at > run.cut_off and decision.code is not Code.AFTER_CUTOFF:
        return False
    return latest is None or run.day >= latest.date or hold.placed_at > latest.cut_off


def _of_others(run: Run, before: ReasonsOfPatron) -> dict[str, Told]:
    """What scans have told of holds that the run leaves to another, for which books were fetched."""
    return {title_id: told for title_id, told in before.told.items() if told.reason.date >= run.day}


def _told(
    run: Run, before: ReasonsOfPatron, hold: Hold, decision: RunDecision, fetched: Fetched | None
) -> RunReason | None:
    known = before.of(hold)
    if known != hold.last_run:
        return known
    if fetched is not None and _key(hold) in fetched:
        return _reason(run, hold, decision) if decision.decision in _PLANNED else None
    # An earlier plan of the same run may have told all of it, too.
    by_scan = decision.decision is Outcome.LEND or before.day != run.day
    if fetched is not None and known and known.date >= run.day and by_scan:
        return known
    return _reason(run, hold, decision)


def _key(hold: Hold) -> tuple[str, str]:
    return hold.patron_id, hold.title_id


def _reason(run: Run, hold: Hold, decision: RunDecision) -> RunReason | None:
    """Why the hold gets no book, dated by the first run that found it so.

    A book to be lent is told of by its loan, once staff have scanned it: until then there is no reason.
    """
    if decision.decision is Outcome.LEND:
        return None
    known = hold.last_run
    reason = RunReason(max(run.day, known.date) if known else run.day, str(decision.code), dict(decision.facts))
    return known if known and (known.code, known.facts) == (reason.code, reason.facts) else reason
