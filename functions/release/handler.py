"""Schedules: what was not collected goes back, at the facilities and at the prefectural library (RULES 16, 30).

Plans that could not be followed any more are taken off the pull list on the way (RULES 27).
"""

from datetime import datetime
from functools import partial
from typing import Any

from lending.actions.holds.prefectural_release import release_expired
from lending.actions.library import library_at
from lending.actions.loans.sunday_release import release_uncollected
from lending.actions.pulls.lapse_plans import lapse_plans
from lending.actions.unfinished import EnoughTime
from lending.aws.schedules import Summary, carry_out_job, enough_time, summary_of


def handler(event: dict[str, Any], context: Any) -> Summary:
    """Carry out the job that is due; what was done before is not done again."""
    sunday_release = partial(_sunday_release, enough_time(context))
    return carry_out_job({"sunday_release": sunday_release, "prefectural_release": _prefectural_release}, event)


def _sunday_release(has_time: EnoughTime, moment: datetime) -> Summary:
    lapse_plans(library_at(moment))
    return summary_of(release_uncollected(library_at(moment), has_time))


def _prefectural_release(moment: datetime) -> Summary:
    lapse_plans(library_at(moment))
    return summary_of(release_expired(library_at(moment)))
