"""The order that a patron gives their own holds: one after another, any of some, which first (RULES 47-49)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from lending.domain.holds.hold import STATUS_LABELS, Hold, HoldStatus
from lending.domain.policy import Policy
from lending.domain.problems import Reason


def refusals_to_arrange(
    hold: Hold, wanted: Mapping[str, Any], open_holds: Iterable[Hold], policy: Policy
) -> list[Reason]:
    """Everything that stands in the way of a change of `after`, `group` or `rank` (RULES 47-49).

    Args:
        wanted: what is to be changed, empty to take it away.
        open_holds: all of the patron's.
    """
    offered = {"after": policy.reading_order, "group": policy.any_of, "rank": policy.own_order}
    reasons = [Reason("not_offered", field=name) for name, value in wanted.items() if value and not offered[name]]
    if any(wanted.get(name) for name in ("after", "group")) and hold.status is not HoldStatus.WAITING:
        reasons.append(Reason("no_longer_waits", {"status_label": STATUS_LABELS[hold.status]}))
    after = wanted.get("after")
    comes_after = {each.title_id: each.after for each in open_holds}
    if after and after not in comes_after:
        reasons.append(Reason("no_such_hold", field="after"))
    elif after and hold.title_id in _chain(after, comes_after):
        reasons.append(Reason("reading_circle", field="after"))
    return reasons


def _chain(title_id: str, comes_after: Mapping[str, str]) -> list[str]:
    """A title, the one that comes before it, and so on."""
    chain = []
    while title_id and title_id not in chain:
        chain.append(title_id)
        title_id = comes_after.get(title_id, "")
    return chain


def without_circles(returning: Iterable[Hold], open_holds: Iterable[Hold]) -> list[Hold]:
    """Holds that come to a patron's others, without an `after` that closes a circle in which nobody is served (47).

    What was asked for since they were away stands.

    Args:
        open_holds: the patron's others.
    """
    comes_after = {each.title_id: each.after for each in open_holds}
    joined = []
    for hold in returning:
        circle = hold.title_id in _chain(hold.after, comes_after)
        joined.append(replace(hold, after="") if circle else hold)
        comes_after[hold.title_id] = joined[-1].after
    return joined


def with_what_comes_first(holds: Iterable[Hold], open_holds: Collection[tuple[str, str]]) -> list[Hold]:
    """Holds without an `after` that is satisfied: that hold was answered by a loan, or is no more (RULES 47).

    Args:
        open_holds: patron and title of the holds that others come after and that are open.
    """
    return [replace(each, after="") if each.after and not _is_open(each, open_holds) else each for each in holds]


def _is_open(hold: Hold, open_holds: Collection[tuple[str, str]]) -> bool:
    return (hold.patron_id, hold.after) in open_holds


def others_of_group(hold: Hold, open_holds: Iterable[Hold]) -> list[Hold]:
    """The holds that end once this one is served: one book is enough (RULES 48)."""
    return [each for each in open_holds if hold.group and each.group == hold.group and each.title_id != hold.title_id]
