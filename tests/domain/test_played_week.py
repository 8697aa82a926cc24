"""The diary of the played weeks: it lies before now, and leaves work open, whatever day it is (RULES, the week)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from infra.local import open_work, story
from infra.local.week import counter_pull, diary
from lending.domain.policy import Policy
from lending.domain.week import TOKYO, run_due_at, week_of_run

MONDAY = date(2026, 11, 23)
TIMES = [time(0, 5), time(8, 29), time(8, 30), time(8, 45), time(9, 30), time(15, 0), time(23, 55)]
MOMENTS = [datetime.combine(MONDAY + timedelta(days=n), at, TOKYO) for n in range(7) for at in TIMES]

every_day = pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%a %H:%M"))


def moments(now: datetime, act: Callable[..., None]) -> list[datetime]:
    """When something happened."""
    return [at for at, done in diary(now) if done is act]


@every_day
def test_all_of_it_has_happened_and_the_last_of_it_today(now: datetime) -> None:
    """GIVEN any moment THEN no step lies ahead, they are in the order of time, and the last is of today."""
    steps = [at for at, _ in diary(now)]
    assert steps == sorted(steps)
    assert steps[-1] == now


@every_day
def test_the_whole_story_comes_first(now: datetime) -> None:
    """GIVEN any moment THEN the story is told to its end, from its first Thursday three weeks before the latest run."""
    latest = run_due_at(now, Policy())
    runs = moments(now, story.thursday_run)
    assert [at.date() for at in runs] == [latest - timedelta(days=days) for days in (21, 7, 0)]
    told = [act for _, act in diary(now) if act.__module__ == story.__name__]
    assert {act.__name__ for act in told} >= {"people_apply", "sunday_release", "books_come_back", "next_in_the_queue"}
    (end,) = moments(now, story.next_in_the_queue)
    assert end < runs[-1] <= now


@every_day
def test_bags_wait_at_both_facilities(now: datetime) -> None:
    """GIVEN any moment THEN a batch can be collected today, and the coming one is packed (RULES 24, 29)."""
    today, latest = now.date(), week_of_run(run_due_at(now, Policy()), Policy())
    opened = latest if today >= latest.pickup_from else week_of_run(latest.run_date - timedelta(days=7), Policy())
    assert opened.pickup_from <= today <= opened.pickup_until
    assert moments(now, open_work.pack_in_the_morning)
    # The older batch's last bags stay until the afternoon of its last day: by then the next batch is there.
    last = moments(now, open_work.last_bags_are_collected)
    assert all(at.date() >= latest.pickup_from for at in last)


@every_day
def test_the_pull_list_is_of_today(now: datetime) -> None:
    """GIVEN any moment THEN today's pull for the counter comes after the latest run and holds of yesterday (15)."""
    (pulled,) = moments(now, open_work.pull_for_the_counter)
    (placed,) = moments(now, open_work.more_want_to_come)
    (ready,) = moments(now, open_work.books_are_ready)
    assert pulled.date() == now.date()
    assert pulled >= moments(now, story.thursday_run)[-1]
    assert ready < placed < pulled


@pytest.mark.parametrize(
    ("clock", "pulled"), [("07:00", "07:00"), ("09:00", "09:00"), ("13:59", "09:00"), ("23:00", "14:00")]
)
def test_the_latest_pull_of_today(clock: str, pulled: str) -> None:
    """GIVEN a time of the day THEN it is the latest of the scheduled ones, or asked for early (RULES 15)."""
    now = datetime.combine(MONDAY, time.fromisoformat(clock), TOKYO)
    assert counter_pull(now).time() == time.fromisoformat(pulled)
