"""Which runs of a library's own weeks are played, up to a moment, and the days on which something is done for them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from lending.domain.policy import Policy
from lending.domain.week import DAY, TOKYO, Week, run_due_at, run_due_from, runs_from, week_of_run

# The story is nowhere as long as this.
_LONG_AGO = timedelta(days=140)


@dataclass(frozen=True)
class PlayedWeeks:
    """The runs of the player.

    The story's `first` lends; what nobody collects of it comes back before `second`, after the runs `between` them.
    Bags of `second` are with the facilities until those of the `latest` come, which is the latest run of all.
    """

    first: Week
    between: tuple[Week, ...]
    second: Week
    latest: Week
    policy: Policy

    @property
    def registered_on(self) -> date:
        """The day on which staff register those who want something of the first run."""
        return evening_before(self.first).date() - DAY

    @property
    def back_at(self) -> datetime:
        """When all books of the first run are checked in: with the second as the next run."""
        in_time = self.first.uncollected_run == self.second.run_date
        return at(self.first.checked_in_by, 15) if in_time else evening_before(self.second) - timedelta(hours=5)

    def starts(self, week: Week) -> datetime:
        """When the run of a week is made."""
        return run_due_from(week.run_date, self.policy)

    def mailed_at(self, week: Week) -> datetime:
        """When the lending mail of a week goes out: once its bags are packed."""
        return max(datetime.combine(week.mail_on, self.policy.mail_at, TOKYO), at(week.run_date, 17))

    def released_at(self, week: Week) -> datetime:
        """When what was not collected of a week is on its way back."""
        return datetime.combine(week.pickup_until, self.policy.release_at, TOKYO)


def played_weeks(now: datetime, policy: Policy) -> PlayedWeeks:
    """The runs that are played up to a moment."""
    latest_run = run_due_at(now, policy)
    days = takewhile(lambda day: day <= latest_run, runs_from(latest_run - _LONG_AGO, policy))
    *earlier, second, latest = (week_of_run(day, policy) for day in days)
    # Who borrowed at the counter, and may renew the book today, was registered before.
    borrowed = latest_run - renewable_days(policy) * DAY
    first = [
        week
        for week in earlier
        if week.uncollected_run <= second.run_date and evening_before(week).date() - DAY < borrowed
    ][-1]
    between = tuple(week for week in earlier if week.run_date > first.run_date)
    return PlayedWeeks(first, between, second, latest, policy)


def renewable_days(policy: Policy) -> int:
    """So many days after a loan at the counter it can be renewed, in the second of the days on which it can."""
    return policy.counter_loan_days - policy.renewal_opens_days + 1


def evening_before(week: Week) -> datetime:
    """The last evening on which holds are placed for a run."""
    evening = at(week.cut_off.date(), 20)
    return evening if evening < week.cut_off else evening - DAY


def at(day: date, hours: int, minutes: int = 0) -> datetime:
    """A moment of a day."""
    return datetime.combine(day, time(hours, minutes), TOKYO)
