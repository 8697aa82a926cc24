"""Runs: made, tried, looked at, and decided again (RULES 18-27)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from lending.actions.run.replay import replay_run
from lending.actions.run.thursday_run import run_on_request
from lending.actions.run.view_runs import DecisionView, RunView, dry_run, view_run, view_runs
from lending.actions.unfinished import Unfinished
from lending.api.guards import staff
from lending.api.request import Page, Request, run_of, within_a_request
from lending.api.request_models import A_NUMBER, Day, Place, RequestModel
from lending.api.surface import Area
from lending.domain.run.reasons import counter_sentence
from lending.domain.run.run import RunDecision
from lending.domain.run.run_record import Cost, CycleRun
from lending.domain.run.what_if import Change, Difference, WhatIf
from lending.domain.run_id import RunId

area = Area("/api/desk/runs", staff)

_DIFFERENCES_SHOWN = 1000


class WhatIfRequest(RequestModel):
    """What is to be otherwise in a run that is only tried."""

    cap: Annotated[int, Field(ge=0, le=100), A_NUMBER] | None = None
    facilities_closed: Annotated[frozenset[Place], Field(max_length=1000)] = frozenset()
    run_skipped: bool = False
    missing_percent: Annotated[int, Field(ge=0, le=100), A_NUMBER] = 0
    seed: Annotated[int, Field(ge=0, lt=2**32), A_NUMBER] = 0


class RunRequest(RequestModel):
    """A run to be made, or, dry or with something otherwise, only to be tried."""

    date: Day
    dry_run: bool = False
    what_if: WhatIfRequest | None = None


@dataclass(frozen=True, slots=True)
class WeeklyRunAnswer:
    """The run of a cycle."""

    date: RunId
    cycle: Day
    finished: bool
    finished_at: datetime | None
    suspended: bool
    summary: Mapping[str, int]

    @classmethod
    def of(cls, run: CycleRun) -> "WeeklyRunAnswer":
        """A run as it is answered."""
        finished = run.finished_at is not None
        return cls(run.run_id, run.cycle, finished, run.finished_at, run.suspended, run.counts)


@dataclass(frozen=True, slots=True)
class OutcomeAnswer:
    """What is decided for a hold, and why."""

    title_id: str
    barcode: str
    pickup_place: str
    decision: str
    code: str
    facts: Mapping[str, Any]
    message: str


@dataclass(frozen=True, slots=True)
class DecisionAnswer(OutcomeAnswer):
    """The same, with whose hold it is."""

    card_number: str
    title: str


@dataclass(frozen=True, slots=True)
class CostAnswer:
    """What a run took; `seconds` by its steps."""

    invocations: int
    seconds: Mapping[str, float]
    requests: int
    read_units: float
    write_units: float

    @classmethod
    def of(cls, cost: Cost) -> "CostAnswer":
        """What a run took as it is answered."""
        steps = {"reading": cost.ms_reading, "planning": cost.ms_planning, "writing": cost.ms_writing}
        seconds = {step: spent / 1000 for step, spent in steps.items()}
        return cls(cost.invocations, seconds, cost.requests, cost.read_units, cost.write_units)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnswer:
    """A part of a run's decisions. Of one that was only tried there is no record: how far it came, and what it took."""

    date: RunId
    summary: Mapping[str, int]
    decisions: list[DecisionAnswer]
    cursor: str | None
    dry_run: bool = False
    already_done: bool | None = None
    unfinished: bool = False
    finished: bool | None = None
    input: str | None = None
    rounds: int | None = None
    cost: CostAnswer | None = None
    difference: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """A decision then, and now; None where there is none."""

    then: OutcomeAnswer | None
    now: OutcomeAnswer | None


@dataclass(frozen=True, slots=True)
class ReplayAnswer:
    """A run of the past decided again: the same, or what differs."""

    date: RunId
    same: bool
    input_intact: bool
    decisions: int
    differences: list[ReplayDifference]


@area.post()
def make_run(request: Request, asked: RunRequest) -> RunAnswer:
    """Make the run of a date, or only show what it would decide. One that takes longer goes on when asked again."""
    library, part = request.library, _part(request)
    if asked.dry_run or asked.what_if:
        what_if = WhatIf(**asked.what_if.model_dump()) if asked.what_if else None
        tried = dry_run(library.table, asked.date, request.caller, library.moment, library.policy, what_if, *part)
        return _run(request, RunId.of_weekly_run(asked.date), tried, dry_run=True)
    try:
        record, already = run_on_request(library.table, asked.date, library.moment, library.policy, within_a_request())
    except Unfinished:
        nothing = RunView({}, [], None)
        return _run(request, RunId.of_weekly_run(asked.date), nothing, unfinished=True)
    view = view_run(library.table, record.run_id, request.caller, library.moment, library.policy, *part)
    return _run(request, record.run_id, view, already_done=already)


@area.get()
def show_runs(request: Request) -> Page[WeeklyRunAnswer]:
    """The weekly runs, the latest first."""
    found, last = view_runs(request.library.table, request.start(), request.limit())
    return request.page([WeeklyRunAnswer.of(each) for each in found], last)


@area.get("/<run_id>")
def show_run(run_id: str, request: Request) -> RunAnswer:
    """The run of a date, or a pull such as `2026-06-04am`."""
    library, run = request.library, run_of(run_id)
    view = view_run(library.table, run, request.caller, library.moment, library.policy, *_part(request))
    return _run(request, run, view)


@area.get("/<run_id>/replay")
def show_replay(run_id: str, request: Request) -> ReplayAnswer:
    """A run of the past decided again from its own input: the same, or what differs."""
    run = run_of(run_id)
    replay = replay_run(request.library.table, run)
    differences = [ReplayDifference(_outcome_or_none(then), _outcome_or_none(now)) for then, now in replay.differences]
    same = replay.input_intact and not differences
    return ReplayAnswer(run, same, replay.input_intact, replay.decisions, differences[:_DIFFERENCES_SHOWN])


def _part(request: Request) -> tuple[int, int]:
    return request.start() or 0, request.limit(default=100, most=1000)


def _run(request: Request, run_id: RunId, view: RunView, **more: Any) -> RunAnswer:
    shown: dict[str, Any] = {"summary": view.counts}
    if record := view.record:
        became = {"pulls": record.pulls, "explained": record.explained, "lost": record.lost, "gone": record.gone}
        shown = {"summary": view.counts | became, "finished": record.finished_at is not None, "input": record.plan}
        shown |= {"rounds": record.round, "cost": CostAnswer.of(view.cost) if view.cost else None}
    if view.difference:
        shown["difference"] = _difference(view.difference, view.cards or {})
    decisions = [_decision(each) for each in view.decisions]
    cursor = request.page([], view.following).cursor
    return RunAnswer(date=run_id, decisions=decisions, cursor=cursor, **shown, **more)


def _decision(view: DecisionView) -> DecisionAnswer:
    return DecisionAnswer(*_fields(view.decision), card_number=view.card_number, title=view.title)


def _outcome_or_none(decision: RunDecision | None) -> OutcomeAnswer | None:
    return OutcomeAnswer(*_fields(decision)) if decision else None


def _fields(each: RunDecision) -> tuple[str, str, str, str, str, Mapping[str, Any], str]:
    said = counter_sentence(each.code, each.facts)
    return each.title_id, each.barcode, each.pickup_place, each.decision, each.code, each.facts, said


def _difference(found: Difference, cards: Mapping[str, str]) -> dict[str, Any]:
    patrons = [{"card_number": cards.get(name, "")} | _both(each) for name, each in found.patrons.items()]
    places = [{"pickup_place": name} | _both(each) for name, each in found.facilities.items()]
    return {"patrons": patrons, "facilities": places}


def _both(change: Change) -> dict[str, Any]:
    pairs = {"lend": change.lend, "keep_aside": change.keep_aside}
    return {name: {"plain": plain, "what_if": other} for name, (plain, other) in pairs.items()}
