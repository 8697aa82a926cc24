"""What the texts of the pages say of a library: its name, phone, days and numbers, from its policy and facilities.

A page writes `{{hold_limit}}`, and never the number.
"""

from collections.abc import Collection, Mapping
from datetime import time
from html import escape
from pathlib import Path

from infra.colours import Colours
from infra.library import Library
from infra.local.filling import Markup, as_data, filled
from lending.domain.own_words import (
    cut_off_in_words,
    own_words,
    pickup_in_words,
    place_change_in_words,
    prepared_in_words,
)
from lending.domain.policy import Policy
from lending.domain.run_of_week import RunOfWeek

NOON = time(12)


def site_facts(library: Library, common: Path) -> dict[str, str]:
    """Each fact by the name that pages have for it, as it stands in a sentence.

    Args:
        common: the texts that a library may have written otherwise.
    """
    policy = library.policy
    facts = own_words(policy) | names(policy) | week(policy) | numbers(policy) | facts_of_facilities(library)
    # The outline of the land on the map of facilities.
    return facts | texts(library, common, facts) | shades(library.colours) | {"land": as_data(library.land)}


def names(policy: Policy) -> dict[str, str]:
    """What is made of the library's names."""
    site_name = f"{policy.registration_name.removesuffix('サービス')}・{policy.service_name}"
    return {
        "site_name": site_name,
        "site_name_parted": Markup(escape(site_name).replace("・", "・<wbr>")),
        "counter_dialled": policy.counter_phone.replace("-", ""),
        "counter_hours_inside": policy.counter_hours.replace("(", "、").replace(")", ""),
        "example_name": policy.example_name,
        "example_kana": policy.example_kana,
    }


def week(policy: Policy) -> dict[str, str]:
    """What is told of each run of a week, one sentence after the other."""
    cut_offs = map(cut_off_in_words, policy.runs)
    return {
        "cut_offs_in_short": "、".join(cut_off.replace("の朝", " ").replace("の", " ") for cut_off in cut_offs),
        "runs_told": Markup("".join(_told(run, policy) for run in policy.runs)),
        "place_changes": "。".join(map(place_change_in_words, policy.runs)),
        "run_may_wait_until": f"{own_words(policy)['run_day']}の{'昼' if policy.run_at < NOON else '夜'}",
    }


def _told(run: RunOfWeek, policy: Policy) -> str:
    return (
        f"<strong>{cut_off_in_words(run)}まで</strong>の予約をもとに、{prepared_in_words([run])}に本を用意し、貸し出して、"
        f"{escape(policy.partner_word)}へ送ります。{pickup_in_words(run, run.cut_off_days_before)}から受け取れます。"
    )


def texts(library: Library, common: Path, facts: Mapping[str, str]) -> dict[str, str]:
    """Texts in which libraries differ: a library's own, or else the common one; "" where it does not apply."""
    written = {path.stem: path.read_text("utf-8") for path in common.glob("*.html")} | library.texts
    offers = library.policy.offers
    return {
        name: Markup(filled(f"{name}.html", text, facts).strip() if _applies(name, offers) else "")
        for name, text in written.items()
    }


def _applies(name: str, offers: Collection[str]) -> bool:
    """Whether a text is said: `with_pause` where the library offers that, `without_pause` where not, others always."""
    when, _, switch = name.partition("_")
    return {"with": switch in offers, "without": switch not in offers}.get(when, True)


def shades(colours: Colours) -> dict[str, str]:
    """The library's colours: `light_accent`."""
    by_scheme = colours.model_dump()
    return {f"{scheme}_{name}": colour for scheme, named in by_scheme.items() for name, colour in named.items()}


def numbers(policy: Policy) -> dict[str, str]:
    """How many, and for how long."""
    return {
        "partner_loan": _span(policy.partner_loan_days),
        "partner_loan_days": str(policy.partner_loan_days),
        "hold_limit": str(policy.hold_limit),
        "loan_cap": str(policy.loan_cap),
        "smaller_cap": str(min(policy.loan_caps)),
        "loan_caps": " ".join(map(str, policy.loan_caps)),
        "renewal_opens_days": str(policy.renewal_opens_days),
        "renewal": _span(policy.renewal_days),
        "renewal_limit": str(policy.renewal_limit),
        "ready_open_days": str(policy.ready_open_days),
        "pulls_a_day": str(len(policy.pull_times)),
        "decision_days": str(policy.decision_days),
        "smallest_count_shown": str(policy.smallest_count_shown),
        "first_week_waited": str(min(policy.weeks_waited)),
    }


def facts_of_facilities(library: Library) -> dict[str, str]:
    """How many facilities there are, and which hand out no kits."""
    listed = library.facilities
    without = "、".join(each.name for each in listed if not each.gives_out_kits)
    return {
        "facility_count": str(len(listed)),
        "but_those_without_kits": f"({without}を除きます)" if without else "",
        "those_without_kits": f"{without}では、{library.policy.kit_short}を配布していません。" if without else "",
    }


def _span(days: int) -> str:
    return f"{days // 7}週間" if days % 7 == 0 else f"{days}日間"
