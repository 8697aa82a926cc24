"""The counts of weeks are worked out every night from what is kept anyway (RULES 41, 56)."""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

from lending.actions.library import Library
from lending.aws.table import Unreadable, again_when_overtaken
from lending.aws.table import statistics as kept
from lending.aws.table.calendar import calendar
from lending.aws.table.loans import bags
from lending.aws.table.registration import applications
from lending.aws.table.run import runs
from lending.domain.coming_back import Returns
from lending.domain.decisions_of_week import decisions_of_week
from lending.domain.loans.release import last_day_over
from lending.domain.run_id import HalfDay, RunId
from lending.domain.statistics import FacilityCounts, WeekCounts, by_batch, counted_again, monday_of
from lending.domain.week import DAY, DAYS_OF_WEEK, TOKYO, Week, each_day, is_run_day, week_of_run

JOB = "weekly_counts"
# Until its bags are back and its mails are told of, a week is counted again; so a night left out is made up for.
_WEEKS_COUNTED = 3
# An application that comes to nothing for so long is erased long before.
_DAYS_TO_DECIDE = timedelta(days=120)


def count_weeks(library: Library) -> dict[str, Any]:
    """Count this week and the ones before it, as far as they can still change. Done again it is the same."""
    monday = monday_of(library.today)
    mondays = (monday - number * DAYS_OF_WEEK * DAY for number in range(_WEEKS_COUNTED))
    counted = [week for week in (_count_week(library, each) for each in mondays) if week]
    _learn(library)
    runs.note_done(library.table, JOB, library.today, library.moment)
    return {"date": library.today.isoformat(), "weeks": len(counted), "books": sum(w.together().books for w in counted)}


def _count_week(library: Library, monday: date) -> WeekCounts | None:
    """The week as it is counted now; None if something of it cannot be read, which hurts no other."""
    with suppress(Unreadable):
        return _count_again(library, monday)
    return None


@again_when_overtaken
def _count_again(library: Library, monday: date) -> WeekCounts:
    before = kept.find(library.table, monday)
    after = counted_again(before, _counted(library, monday))
    library.table.write(kept.record(before, after))
    return after


def _counted(library: Library, monday: date) -> WeekCounts:
    table, policy = library.table, library.policy
    days = list(each_day(monday, monday + (DAYS_OF_WEEK - 1) * DAY))
    weeks = [runs.week_as_run(table, week_of_run(day, policy)) for day in days if is_run_day(day, policy)]
    made = [run.counts for week in weeks if (run := runs.of_cycle(table, week.cycle))]
    registered = applications.decided_of(table, datetime.combine(monday, time(), TOKYO) - _DAYS_TO_DECIDE)
    decided, waited = decisions_of_week(registered, monday, policy)
    mails, returns = kept.mails_of(table, days).values(), kept.returns_of(table, days).values()
    return WeekCounts(
        week_from=monday,
        counted_at=library.moment,
        run={name: sum(run.get(name, 0) for run in made) for name in sorted({name for run in made for name in run})},
        ready=_ready(library, days),
        batches={batch: counts for week in weeks for batch, counts in _batches(library, week).items()},
        mails=_sums(mails),
        returns=_sums(returns),
        decided=decided,
        days=waited,
    )


def _sums(of_days: Collection[Counter[str]]) -> dict[str, int]:
    return {name: sum(day[name] for day in of_days) for name in sorted({name for day in of_days for name in day})}


def _learn(library: Library) -> None:
    """Let what is expected go by how late books came back in the weeks that are over (RULES 50)."""
    last = monday_of(library.today) - DAYS_OF_WEEK * DAY
    first = last - (library.policy.returns_weeks - 1) * DAYS_OF_WEEK * DAY
    weeks, _ = kept.page(library.table, first, last, None, library.policy.returns_weeks)
    returns = Returns(_sums([Counter(week.returns) for week in weeks]))
    if returns != calendar.load(library.table).returns:
        library.table.write(calendar.returns_record(returns))


def _ready(library: Library, days: list[date]) -> int:
    pulls = runs.find_many(library.table, [RunId(f"{day.isoformat()}{half}") for day in days for half in HalfDay])
    return sum(pull.counts.get("ready", 0) for pull in pulls)


def _batches(library: Library, week: Week) -> dict[str, FacilityCounts]:
    packed = list(bags.of_week(library.table, week.pickup_from))
    return by_batch(packed, last_day_over(library.moment, library.policy))
