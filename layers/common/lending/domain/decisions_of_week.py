"""What is counted of a week's applications, never of a person (RULES 4, 56)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from lending.domain.policy import Policy
from lending.domain.registration.application import Application
from lending.domain.registration.kinds import ApplicationStatus
from lending.domain.statistics import MORE, Counts, monday_of
from lending.domain.week import in_tokyo


def decisions_of_week(applications: Iterable[Application], monday: date, policy: Policy) -> tuple[Counts, Counts]:
    """How many applications were registered and refused in a week, and the former by the days it took (RULES 4)."""
    decided, days = Counter[str](), Counter[str]()
    for each in applications:
        if each.decided_at is None or monday_of(in_tokyo(each.decided_at).date()) != monday:
            continue
        decided[str(each.status)] += 1
        if each.status is ApplicationStatus.REGISTERED:
            began = in_tokyo(each.submitted_at or each.created_at).date()
            waited = (in_tokyo(each.decided_at).date() - began).days
            days[str(waited) if waited <= policy.decision_days else MORE] += 1
    return dict(decided), dict(days)
