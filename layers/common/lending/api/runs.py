"""Runs: made, tried, looked at, and decided again (RULES 18-27)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.run.replay import replay_run
from lending.actions.run.thursday_run import run_on_request
from lending.actions.run.view_runs import DecisionView, RunView, dry_run, view_run, view_runs
from lending.actions.unfinished import Unfinished
from lending.api.answers import UnfinishedRun
from lending.api.guards import staff
from lending.api.request import Page, Request, run_of, within_a_request
from lending.api.request_models import A_NUMBER, Day, Place, RequestModel, as_list
from lending.api.shown.runs import CostAnswer, DaysOfRun, WeeklyRunAnswer, shown_cost, shown_days, shown_weekly_run
from lending.api.surface import Area
from lending.domain.run.reasons import counter_sentence
from lending.domain.run.run import RunDecision
from lending.domain.run.run_record import RunRecord
from lending.domain.run.what_if import Change, Difference, WhatIf
from lending.domain.run_id import RunId

area = Area("/api/desk/runs", staff)

_DIFFERENCES_SHOWN = 1000


class WhatIfRequest(RequestModel):
    """What is to be otherwise in a run that is only tried."""

    cap: Annotated[int, Field(ge=0, le=100), A_NUMBER] | None = None
    facilities_closed: Annotated[frozenset[Place], Field(max_length=1000), BeforeValidator(as_list)] = frozenset()
    run_skipped: bool = False
    missing_percent: Annotated[int, Field(ge=0, le=100), A_NUMBER] = 0
    seed: Annotated[int, Field(ge=0, lt=2**32), A_NUMBER] = 0


class RunRequest(RequestModel):
    """A run to be made, or, dry or with something otherwise, only to be tried."""

    date: Day
    dry_run: bool = False
    what_if: WhatIfRequest | None = None


class OutcomeAnswer(TypedDict):
    """What is decided for a hold, and why."""

    title_id: str
    barcode: str
    pickup_place: str
    decision: str
    code: str
    facts: Mapping[str, Any]
    message: str


class DecisionAnswer(OutcomeAnswer):
    """The same, with whose hold it is."""

    card_number: str
    title: str


class RunOfListAnswer(WeeklyRunAnswer):
    """A weekly run, and what it took."""

    cost: CostAnswer | None


class Both(TypedDict):
    """How many books without the change, and with it."""

    plain: int
    what_if: int


class Changed(TypedDict):
    """How many books are lent and kept aside."""

    lend: Both
    keep_aside: Both


class ChangedPatron(Changed):
    """The same, of a patron."""

    card_number: str


class ChangedPlace(Changed):
    """The same, of a pickup place."""

    pickup_place: str


class DifferenceAnswer(TypedDict):
    """What would be otherwise."""

    patrons: list[ChangedPatron]
    facilities: list[ChangedPlace]


class RunAnswer(TypedDict):
    """A part of a run's decisions. Of one that was only tried there is no record: how far it came, and what it took."""

    date: RunId
    summary: Mapping[str, int]
    decisions: list[DecisionAnswer]
    cursor: str | None
    dry_run: bool
    already_done: bool | None
    unfinished: bool
    finished: bool | None
    finished_at: datetime | None
    week: DaysOfRun | None
    input: str | None
    rounds: int | None
    cost: CostAnswer | None
    difference: DifferenceAnswer | None


class ReplayDifference(TypedDict):
    """A decision then, and now; None where there is none."""

    then: OutcomeAnswer | None
    now: OutcomeAnswer | None


class ReplayAnswer(TypedDict):
    """A run of the past decided again: the same, or what differs."""

    date: RunId
    same: bool
    input_intact: bool
    decisions: int
    differences: list[ReplayDifference]


@area.post()
def make_run(request: Request, asked: RunRequest) -> RunAnswer | UnfinishedRun[RunAnswer]:
    """Make the run of a date, or only show what it would decide. One that takes longer goes on when asked again."""
    library, part = request.library, _part(request)
    if asked.dry_run or asked.what_if:
        what_if = WhatIf(**asked.what_if.model_dump()) if asked.what_if else None
        tried = dry_run(library, asked.date, request.caller, what_if, *part)
        return _run(request, RunId.of_weekly_run(asked.date), tried, dry_run=True)
    try:
        record, already = run_on_request(library, asked.date, within_a_request())
    except Unfinished:
        nothing = RunView({}, [], None)
        return UnfinishedRun(_run(request, RunId.of_weekly_run(asked.date), nothing, unfinished=True))
    view = view_run(library, record.run_id, request.caller, *part)
    return _run(request, record.run_id, view, already_done=already)


@area.get()
def show_runs(request: Request) -> Page[RunOfListAnswer]:
    """The weekly runs, the latest first, and what each took."""
    found, costs, last = view_runs(request.library.table, request.start(), request.limit())
    shown: list[RunOfListAnswer] = [
        {**shown_weekly_run(each), "cost": shown_cost(costs[each.run_id]) if each.run_id in costs else None}
        for each in found
    ]
    return request.page(shown, last)


@area.get("/<run_id>")
def show_run(run_id: str, request: Request) -> RunAnswer:
    """The run of a date, or a pull such as `2026-06-04am`."""
    run = run_of(run_id)
    view = view_run(request.library, run, request.caller, *_part(request))
    return _run(request, run, view)


@area.get("/<run_id>/replay")
def show_replay(run_id: str, request: Request) -> ReplayAnswer:
    """A run of the past decided again from its own input: the same, or what differs."""
    run = run_of(run_id)
    replay = replay_run(request.library.table, run)
    differences = [_replayed(then, now) for then, now in replay.differences]
    same = replay.input_intact and not differences
    return {
        "date": run,
        "same": same,
        "input_intact": replay.input_intact,
        "decisions": replay.decisions,
        "differences": differences[:_DIFFERENCES_SHOWN],
    }


def _part(request: Request) -> tuple[int, int]:
    return request.start() or 0, request.limit(default=100, most=1000)


def _run(
    request: Request,
    run_id: RunId,
    view: RunView,
    *,
    dry_run: bool = False,
    unfinished: bool = False,
    already_done: bool | None = None,
) -> RunAnswer:
    record = view.record
    return {
        "date": run_id,
        "summary": view.counts | (_became(record) if record else {}),
        "decisions": [_decision(each) for each in view.decisions],
        "cursor": request.page([], view.following)["cursor"],
        "dry_run": dry_run,
        "already_done": already_done,
        "unfinished": unfinished,
        "finished": record.finished_at is not None if record else None,
        "finished_at": record.finished_at if record else None,
        "week": shown_days(record.week) if record and record.week else None,
        "input": record.plan if record else None,
        "rounds": record.round if record else None,
        "cost": shown_cost(view.cost) if record and view.cost else None,
        "difference": _difference(view.difference, view.cards or {}) if view.difference else None,
    }


def _became(record: RunRecord) -> dict[str, int]:
    return {"pulls": record.pulls, "explained": record.explained, "lost": record.lost, "gone": record.gone}


def _outcome(each: RunDecision) -> OutcomeAnswer:
    return {
        "title_id": each.title_id,
        "barcode": each.barcode,
        "pickup_place": each.pickup_place,
        "decision": each.decision,
        "code": each.code,
        "facts": each.facts,
        "message": counter_sentence(each.code, each.facts),
    }


def _decision(view: DecisionView) -> DecisionAnswer:
    return {**_outcome(view.decision), "card_number": view.card_number, "title": view.title}


def _replayed(then: RunDecision | None, now: RunDecision | None) -> ReplayDifference:
    return {"then": _outcome(then) if then else None, "now": _outcome(now) if now else None}


def _difference(found: Difference, cards: Mapping[str, str]) -> DifferenceAnswer:
    return {
        "patrons": [{"card_number": cards.get(name, ""), **_changed(each)} for name, each in found.patrons.items()],
        "facilities": [{"pickup_place": name, **_changed(each)} for name, each in found.facilities.items()],
    }


def _changed(change: Change) -> Changed:
    return {"lend": _both(change.lend), "keep_aside": _both(change.keep_aside)}


def _both(pair: tuple[int, int]) -> Both:
    plain, other = pair
    return {"plain": plain, "what_if": other}
