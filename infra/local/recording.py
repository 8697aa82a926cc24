"""The played weeks as a record, for who looks at them without a stack: the demo plays it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra.local import story
from infra.local.people import Caller, sign_in
from infra.local.played_weeks import played_weeks
from infra.local.player import Act, Step
from infra.local.stack import Stack
from infra.local.telling import TOLD, rules_of
from infra.local.week import play

# The steps that are runs: they count their decisions.
RUNS = (story.thursday_run, story.the_run_between)


@dataclass(frozen=True)
class Record:
    """What happened until a moment.

    `steps` have the words of both languages, `runs` their decisions and `answers` what the API answers anybody, by its
    path, all as the API has them.
    """

    at: datetime
    steps: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    rules: list[tuple[int, str, str]]
    answers: dict[str, Any]

    def faults(self) -> Iterator[str]:
        """What is missing from it; nothing of a whole one."""
        moments = [datetime.fromisoformat(step["at"]) for step in self.steps]
        if moments != sorted(moments) or moments[-1:] != [self.at]:
            yield f"the steps do not lead up to {self.at}"
        for run in self.runs:
            told = [step["counts"] for step in self.steps if step["run"] == run["date"]]
            if [sum(counts.values()) for counts in told] != [len(run["decisions"])]:
                yield f"the run of {run['date']} is not all there"
        if {step["run"] for step in self.steps if step["run"]} != {run["date"] for run in self.runs}:
            yield "a run is missing"


def record(stack: Stack, now: datetime) -> Record:
    """Play the weeks on a loaded stack and record them.

    Raises:
        RuntimeError: something did not happen as the rules say.
    """
    happened: list[tuple[Act, Step]] = []
    play(stack, now, lambda act, step: happened.append((act, step)))
    account = next(account for account in stack.accounts if account["group"] == "desk")
    desk, visitor = sign_in(stack, account["username"], account["password"]), Caller(stack)
    weeks = played_weeks(now, stack.library.policy)
    dates = [str(week.run_date) for week in (weeks.first, *weeks.between, weeks.second, weeks.latest)]
    runs = [{"date": date, "decisions": desk.items(f"/desk/runs/{date}", now, key="decisions")} for date in dates]
    answers = {
        "calendar": visitor.get("/calendar", now),
        "facilities": {"items": visitor.items("/facilities", now), "cursor": None},
    }
    steps = [_told(act, step) for act, step in happened]
    return Record(now, steps, runs, rules_of(act for act, _ in happened), answers)


def _told(act: Act, step: Step) -> dict[str, Any]:
    told = TOLD[act]
    return {
        "at": step["at"],
        "run": step["at"][:10] if act in RUNS else "",
        "counts": step["counts"],
        "japanese": (step["what"], told.why_japanese),
        "english": (told.what, told.why),
    }
