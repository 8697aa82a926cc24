"""Do a scheduled job by hand: `python -m infra.job STAGE JOB`, for now or `--at` a moment of the past.

What was done before it leaves alone. Asked late it does what was due by then.
"""

import argparse
import json
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config

from infra.faults import Faulty
from infra.local.translate import load_template
from infra.rollback import ALIAS
from infra.schedules import functions_of
from infra.stage import INFRA, checked, outputs_of
from lending.domain.week import TOKYO

# As long as a function may take; asked again it would only hear the same.
_PATIENCE = Config(read_timeout=910, retries={"total_max_attempts": 1})


class NotAsked(Exception):
    """A job cannot be asked for like this; why, in words."""


class Failed(Exception):
    """The function has failed; what it said."""


def moment_of(text: str, now: datetime, may_be_ahead: bool = False) -> datetime:
    """The moment that a job is asked for.

    Args:
        text: such as 2026-06-04T08:30, on Tokyo's clock if it names no other; empty for now.
        may_be_ahead: the stage travels in time.

    Raises:
        NotAsked: it is no moment, or still to come.
    """
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotAsked(f"{text} is no moment: write it as 2026-06-04T08:30") from None
    if len(text) <= len("2026-06-04"):
        raise NotAsked(f"{text} has no time of day: write it as {text}T08:30")
    at = at if at.tzinfo else at.replace(tzinfo=TOKYO)
    if at > now and not may_be_ahead:
        raise NotAsked(f"{text} is still to come: it is {now:%Y-%m-%d %H:%M} in Japan, and a job that is done before "
                       "its time is done with the books and cards of now")  # fmt: skip
    return at


def function_of(job: str, functions: dict[str, str]) -> str:
    """Which function does a job, by the name of the output that names it.

    Raises:
        NotAsked: there is no such job.
    """
    if job not in functions:
        raise NotAsked(f"There is no job {job}. There are {', '.join(sorted(functions))}.")
    return functions[job]


def ask(functions: Any, function: str, job: str, at: datetime) -> str:
    """Ask a function for a job as its schedule does; what it answers.

    Args:
        functions: the client of Lambda.

    Raises:
        Failed: it could not be done, or not to the end.
    """
    event = {"job": job, "scheduled_time": at.isoformat()}
    answer = functions.invoke(FunctionName=function, Qualifier=ALIAS, Payload=json.dumps(event).encode())
    said = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise Failed(said)
    return str(said)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.job", description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="the name of a file in infra/stages")
    parser.add_argument("job", help="such as thursday_run")
    parser.add_argument("--at", default="", help="the moment, such as 2026-06-04T08:30; now if it is not given")
    asked = parser.parse_args()
    try:
        stage = checked(asked.stage)
        function = function_of(asked.job, functions_of(load_template(INFRA / "template.yaml")))
        at = moment_of(asked.at, datetime.now(TOKYO), stage.parameters["TimeTravel"] == "true")
        functions: Any = boto3.client("lambda", region_name=stage.region, config=_PATIENCE)
        print(ask(functions, outputs_of(stage)[function], asked.job, at))
    except (Faulty, NotAsked, Failed) as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
