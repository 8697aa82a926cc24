"""Travelling in time on a local stack: nothing starts by itself there, so who goes forward has done what is due."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count, takewhile
from typing import Any

from infra.job import ask
from lending.domain.operations import JobDue, jobs_of_week
from lending.domain.policy import Policy
from lending.domain.week import DAY, DAYS_OF_WEEK

PATH = "/travel"
# A day has half a dozen jobs, and each takes half a second.
FURTHEST = timedelta(days=70)


class TooFar(Exception):
    """More lies between than is done at once; how far it may be, in words."""


class Traveller:
    """Goes forward in time. What is done stays done: who goes back, and forward again, has it done once.

    Args:
        client: of Lambda.
        functions: the name of the function that does each job.
        since: until when everything is done.
    """

    def __init__(self, client: Any, functions: dict[str, str], policy: Policy, since: datetime) -> None:
        self._client, self._functions, self._policy, self._done_until = client, functions, policy, since
        self._one_at_a_time = threading.Lock()

    def go(self, to: datetime) -> Counter[str]:
        """Do the jobs that are due until a moment, in their order; how many of each.

        Raises:
            TooFar: it is too far ahead for one journey.
            Failed: a job could not be done; the next journey begins where this one did, and does nothing twice.
        """
        with self._one_at_a_time:
            if to > self._done_until + FURTHEST:
                raise TooFar(f"一度に進めるのは、{FURTHEST.days}日先までです。")
            done: Counter[str] = Counter()
            for due in jobs_between(self._done_until, to, self._policy):
                ask(self._client, self._functions[due.job], due.job, due.due_at)
                done[due.job] += 1
            self._done_until = max(self._done_until, to)
            return done


def jobs_between(after: datetime, until: datetime, policy: Policy) -> Iterator[JobDue]:
    """The jobs that leave a record and are due after a moment, until another one, in the order of time."""
    monday = after.date() - after.weekday() * DAY
    for day in takewhile(lambda each: each <= until.date(), _weeks_from(monday)):
        yield from (due for due in jobs_of_week(day, policy) if after < due.due_at <= until)


def _weeks_from(monday: date) -> Iterator[date]:
    return (monday + number * DAYS_OF_WEEK * DAY for number in count())
