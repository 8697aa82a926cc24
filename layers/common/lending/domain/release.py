"""When a last pickup day is over (RULES 16, 30)."""

from datetime import date, datetime, timedelta

from lending.domain.policy import Policy
from lending.domain.week import DAYS_OF_WEEK, TOKYO, in_tokyo, week_of_run


def release_moment(last_day: date, policy: Policy) -> datetime:
    """The end of a last pickup day."""
    return datetime.combine(last_day, policy.release_at, TOKYO)


def last_day_over(moment: datetime, policy: Policy) -> date:
    """The latest day that is over at `moment`: today from the time of the release on, or else yesterday."""
    now = in_tokyo(moment)
    return now.date() if now.time() >= policy.release_at else now.date() - timedelta(days=1)


def latest_closing(moment: datetime, policy: Policy) -> date:
    """The latest last pickup day S+7 that is over at `moment` (RULES 29, 30)."""
    over = last_day_over(moment, policy)
    last_day = week_of_run(over, policy).pickup_until
    while last_day > over:
        last_day -= timedelta(days=DAYS_OF_WEEK)
    return last_day
