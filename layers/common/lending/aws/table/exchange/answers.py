"""EXCHANGE / CANDIDATES: what was answered last about the candidates of a run (RULES 43)."""

from dataclasses import dataclass
from datetime import datetime

from lending.aws.table.codec import stamp, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Write, update
from lending.domain.run_id import RunId

_NEWEST = ("EXCHANGE", "CANDIDATES")


@dataclass(frozen=True, slots=True)
class Answer:
    """For which run, as of when, and how many of its candidates were away."""

    run_id: RunId
    moment: datetime
    away: int


def newest(table: Table) -> Answer | None:
    """The newest answer, None before the first."""
    item = table.get(_NEWEST)
    return value_of(Answer, item) if item else None


def answer_record(answer: Answer) -> Write:
    """It was taken in, unless a newer one was."""
    return update(
        _NEWEST,
        set={"run_id": answer.run_id, "moment": stamp(answer.moment), "away": answer.away},
        condition="attribute_not_exists(#moment) OR #moment <= :moment",
        moment=stamp(answer.moment),
    )
