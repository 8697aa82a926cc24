"""The scheduler's part, which nobody plays on a local stack: the jobs of the week that leave a record, when due."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from infra.local.player import Player, must
from infra.local.translate import load_template
from infra.schedules import functions_of
from lending.domain.operations import JobState

TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"


def jobs_are_made_up_for(player: Player, at: datetime) -> None:
    """Those of this week which were not played, for nothing comes of them: late they do what was due, and are done."""
    missed = _missed(player, at)
    for job in missed:
        player.job(function_of(job["job"]), job["job"], datetime.fromisoformat(job["due_at"]))
    must(not _missed(player, at), "no job of the week is left")
    player.happened(at, "今週のほかの定時処理", jobs=len(missed))


def _missed(player: Player, at: datetime) -> list[dict[str, Any]]:
    jobs = player.desk.get("/desk/operations", at)["jobs"]
    return [job for job in jobs if job["state"] in (JobState.LATE, JobState.FAILED)]


@cache
def _functions() -> dict[str, str]:
    return functions_of(load_template(TEMPLATE))


def function_of(job: str) -> str:
    """The output that names the function which does a job."""
    return _functions()[job]
