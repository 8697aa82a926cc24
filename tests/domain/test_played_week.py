"""The diary of the played weeks: it lies before now, and leaves work open, whatever day it is (RULES, the week, 57)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from infra.library import LIBRARIES, read_library
from infra.local import open_work, story
from infra.local.played_weeks import played_weeks
from infra.local.player import Step
from infra.local.telling import RULES, TOLD, Teller
from infra.local.week import Diary, counter_pull, diary
from lending.domain.policy import Policy
from lending.domain.week import DAY, TOKYO, run_due_at, week_of_run

MONDAY = date(2026, 11, 23)
TIMES = [time(0, 5), time(8, 29), time(8, 30), time(8, 45), time(9, 30), time(15, 0), time(23, 55)]
MOMENTS = [datetime.combine(MONDAY + timedelta(days=n), at, TOKYO) for n in range(7) for at in TIMES]
POLICIES = {path.parent.name: read_library(path.parent.name).policy for path in LIBRARIES.glob("*/library.json")}

every_day = pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%a %H:%M"))
every_library = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


def entries(now: datetime, policy: Policy) -> Diary:
    """What has happened by now."""
    return diary(now, played_weeks(now, policy))


def moments(now: datetime, policy: Policy, act: Callable[..., None]) -> list[datetime]:
    """When something happened."""
    return [at for at, done in entries(now, policy) if done is act]


@every_library
@every_day
def test_all_of_it_has_happened_and_the_last_of_it_today(now: datetime, policy: Policy) -> None:
    """GIVEN any moment THEN no step lies ahead, they are in the order of time, and the last is of today."""
    steps = [at for at, _ in entries(now, policy)]
    assert steps == sorted(steps)
    assert steps[-1] == now


@every_library
@every_day
def test_the_whole_story_comes_first(now: datetime, policy: Policy) -> None:
    """GIVEN any moment THEN the story is told to its end, in the run before the latest one, and no run is left out."""
    weeks = played_weeks(now, policy)
    assert weeks.latest.run_date == run_due_at(now, policy)
    runs = [*moments(now, policy, story.thursday_run), *moments(now, policy, story.the_run_between)]
    days = sorted(at.date() for at in runs)
    assert [week_of_run(day, policy).next_run for day in days[:-1]] == days[1:]
    assert (days[0], days[-2:]) == (weeks.first.run_date, [weeks.second.run_date, weeks.latest.run_date])
    told = [act for _, act in entries(now, policy) if act.__module__ == story.__name__]
    assert {act.__name__ for act in told} >= {"people_apply", "sunday_release", "books_come_back", "next_in_the_queue"}
    (end,) = moments(now, policy, story.next_in_the_queue)
    assert end < weeks.starts(weeks.latest) <= now


@every_library
@every_day
def test_uncollected_books_are_back_in_time(now: datetime, policy: Policy) -> None:
    """GIVEN any moment THEN what nobody collected went back, was checked in, and then lent in the next run (30)."""
    (released,) = moments(now, policy, story.sunday_release)
    (back,) = moments(now, policy, story.books_come_back)
    first, second, _ = sorted(moments(now, policy, story.thursday_run))
    week = week_of_run(first.date(), policy)
    assert first < released < back < second
    assert (released.date(), released.time()) == (week.pickup_until, policy.release_at)
    assert back.date() >= week.checked_in_by
    assert second.date() >= week.uncollected_run


@every_library
@every_day
def test_bags_wait_at_both_facilities(now: datetime, policy: Policy) -> None:
    """GIVEN any moment THEN a batch can be collected today, and the coming one is packed (RULES 24, 29)."""
    today, weeks = now.date(), played_weeks(now, policy)
    opened = [week for week in (weeks.second, weeks.latest) if week.pickup_from <= today <= week.pickup_until]
    assert opened
    assert moments(now, policy, open_work.pack_in_the_morning)
    # The older batch's last bags stay until the afternoon of its last day: by then the next batch is there.
    last = moments(now, policy, open_work.last_bags_are_collected)
    assert all(at.date() >= weeks.latest.pickup_from - DAY for at in last)


@every_library
@every_day
def test_the_pull_list_is_of_today(now: datetime, policy: Policy) -> None:
    """GIVEN any moment THEN today's pull for the counter comes after the latest run and holds of yesterday (15)."""
    (pulled,) = moments(now, policy, open_work.pull_for_the_counter)
    (placed,) = moments(now, policy, open_work.more_want_to_come)
    (ready,) = moments(now, policy, open_work.books_are_ready)
    assert pulled.date() == now.date()
    assert pulled >= moments(now, policy, story.thursday_run)[-1]
    assert ready < placed < pulled


@pytest.mark.parametrize(
    ("clock", "pulled"), [("07:00", "07:00"), ("09:00", "09:00"), ("13:59", "09:00"), ("23:00", "14:00")]
)
def test_the_latest_pull_of_today(clock: str, pulled: str) -> None:
    """GIVEN a time of the day THEN it is the latest of the scheduled ones, or asked for early (RULES 15)."""
    now = datetime.combine(MONDAY, time.fromisoformat(clock), TOKYO)
    assert counter_pull(now, POLICIES["aomori"]).time() == time.fromisoformat(pulled)


@every_library
@every_day
def test_each_step_is_told_with_its_reason(now: datetime, policy: Policy) -> None:
    """GIVEN any moment THEN whatever has happened by then has words for it."""
    assert {act for _, act in entries(now, policy)} <= TOLD.keys()


def test_every_rule_that_is_demanded_has_its_name() -> None:
    assert {rule for told in TOLD.values() for rule in told.rules} == RULES.keys()


STEP: Step = {"at": "2026-10-01T08:31:00+09:00", "what": "オンライン貸出処理", "counts": {"lend": 2}}


@pytest.mark.parametrize(
    ("japanese", "said"),
    [
        (True, ["オンライン貸出処理  [lend 2]", "2度動いても", "規則", "26  2度しても同じ結果"]),
        (False, ["The run decides", "no book is lent twice", "Rules", "26  twice is the same as once"]),
    ],
)
def test_the_week_is_told_in_two_languages(japanese: bool, said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    # GIVEN the run of the story WHEN it is told of, and then of the rules THEN both are in one language
    teller = Teller(japanese)
    teller.tell(story.thursday_run, STEP)
    teller.tell_rules()
    told = capsys.readouterr().out
    assert all(words in told for words in said)
    assert told.startswith("2026-10-01 08:31  ")
    assert japanese or told.isascii()
    # AND no rule is said to have held that was not looked at
    assert "27" not in told
