"""Holds that have waited for long are asked about; none ends by silence (RULES 37)."""

from datetime import date

from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo


def is_to_be_asked(hold: Hold, day: date, policy: Policy) -> bool:
    """Whether a hold has waited the policy's months, since it was placed or asked about (RULES 37)."""
    if not policy.still_wanted_months or hold.status is not HoldStatus.WAITING:
        return False
    since = hold.asked_on or in_tokyo(hold.placed_at).date()
    return months_between(since, day) >= policy.still_wanted_months


def months_between(first: date, last: date) -> int:
    """How many whole months there are between two days."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (last.day < first.day)
