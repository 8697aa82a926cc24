"""What a weekly run tells a patron: why their holds got no book, and what was found out meanwhile (RULES 26, 27)."""

from collections.abc import Iterable, Set

from lending.domain.holds.hold import Hold, RunReason
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron
from lending.domain.run.run import Outcome, Run, RunDecision, RunKind

Decided = tuple[Hold, RunDecision]


def told_by(
    run: Run, before: ReasonsOfPatron, decided: Iterable[Decided], passed_over: Set[tuple[str, str]]
) -> ReasonsOfPatron:
    """What a patron is told after a run.

    A pull for the counter tells nobody of what it leaves to others: only that a reason is over, where it gives a book.

    Args:
        before: what is told as of now; of whom a later run has told, nothing changes.
        decided: the patron's holds as the run has read them, with what it decided.
        passed_over: holds by patron and title whose book a scan has given to others and told why: that stands.
    """
    if run.kind is RunKind.PREFECTURAL:
        return before.after(*((hold, None) for hold, decision in decided if decision.decision is Outcome.READY))
    if before.day and before.day > run.day:
        return before
    found = []
    for hold, decision in decided:
        overtaken = before.of(hold) != hold.last_run or (hold.patron_id, hold.title_id) in passed_over
        found.append((hold, before.of(hold) if overtaken else _reason(run, hold, decision)))
    told = ReasonsOfPatron(before.patron_id, day=run.day).after(*found)
    return told if told.told or before.told else before


def _reason(run: Run, hold: Hold, decision: RunDecision) -> RunReason | None:
    """Why the hold gets no book, dated by the first run that found it so.

    A book to be lent is told of by its loan, once staff have scanned it: until then there is no reason.
    """
    if decision.decision is Outcome.LEND:
        return None
    known = hold.last_run
    reason = RunReason(max(run.day, known.date) if known else run.day, str(decision.code), dict(decision.facts))
    return known if known and (known.code, known.facts) == (reason.code, reason.facts) else reason
