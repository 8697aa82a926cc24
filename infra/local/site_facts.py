"""What the texts of the pages say of a library: its name, phone, days and numbers, from its policy and facilities.

A page writes `{{hold_limit}}`, and never the number.
"""

from datetime import time

from infra.library import Library
from infra.local.filling import as_data
from lending.domain.policy import Policy
from lending.domain.words import weekdays_in_words


def site_facts(library: Library) -> dict[str, str]:
    """Each fact by the name that pages have for it, as it stands in a sentence."""
    policy = library.policy
    facts = names(policy) | days_of_the_week(policy) | numbers(policy)
    # The outline of the land on the map of facilities.
    return facts | facts_of_facilities(library) | {"land": as_data(library.land)}


def names(policy: Policy) -> dict[str, str]:
    """Who writes, and where to ask."""
    return {
        "library_name": policy.library_name,
        "service_name": policy.service_name,
        "counter_name": policy.counter_name,
        "counter_phone": policy.counter_phone,
        "counter_dialled": policy.counter_phone.replace("-", ""),
        "counter_hours": policy.counter_hours,
        "mail_domain": policy.mail_domain,
        "mail_sender": policy.mail_sender,
    }


def days_of_the_week(policy: Policy) -> dict[str, str]:
    """The days of the week on which something is done, and the hours until which it counts (the week)."""
    (run,) = policy.runs
    last = run.weekday + run.last_pickup_days_after
    change = run.weekday - run.place_change_days_before
    return {
        "run_day": _weekday(run.weekday),
        "cut_off": _hour(run.cut_off),
        "mail_day": _weekday(run.weekday + run.mail_days_after),
        "pickup_day": _weekday(run.weekday + run.pickup_days_after),
        "last_pickup_day": _weekday(last),
        "check_in_day": _weekday(last + run.checked_in_days_after_pickup),
        "change_day": _weekday(change),
        "day_before_change_day": _weekday(change - 1),
        "change_until": _hour(run.place_change_until),
    }


def numbers(policy: Policy) -> dict[str, str]:
    """How many, and for how long."""
    return {
        "pickup_days": str(policy.runs[0].pickup_days),
        "partner_loan": _span(policy.partner_loan_days),
        "counter_loan": _span(policy.counter_loan_days),
        "hold_limit": str(policy.hold_limit),
        "loan_cap": str(policy.loan_cap),
        "smaller_cap": str(min(policy.loan_caps)),
        "renewal_opens_days": str(policy.renewal_opens_days),
        "renewal": _span(policy.renewal_days),
        "renewal_limit": str(policy.renewal_limit),
        "ready_open_days": str(policy.ready_open_days),
        "pulls_a_day": str(len(policy.pull_times)),
        "decision_days": str(policy.decision_days),
        "history_days": str(policy.history_days),
    }


def facts_of_facilities(library: Library) -> dict[str, str]:
    """How many facilities there are, and which hand out no kits."""
    listed = library.facilities
    return {
        "facility_count": str(len(listed)),
        "facilities_without_kits": "、".join(each.name for each in listed if not each.gives_out_kits),
    }


def _weekday(number: int) -> str:
    return f"{weekdays_in_words([number % 7])}曜日"


def _hour(moment: time) -> str:
    return f"{moment.hour}時{moment.minute}分" if moment.minute else f"{moment.hour}時"


def _span(days: int) -> str:
    return f"{days // 7}週間" if days % 7 == 0 else f"{days}日間"
