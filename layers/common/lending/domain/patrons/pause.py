"""A patron's pause, and how many books a run they want (RULES 46, 49)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lending.domain.policy import Policy
from lending.domain.problems import Reason


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause of which the patron is still to be told that it ends."""

    patron_id: str
    until: date


def refusals_to_choose(wanted: Mapping[str, Any], today: date, policy: Policy) -> list[Reason]:
    """Everything that stands in the way of a wanted `paused_until` and `books_a_run`; None takes one away."""
    offered = {"paused_until": policy.pause, "books_a_run": policy.books_a_run}
    reasons = [Reason("not_offered", field=name) for name, value in wanted.items() if value and not offered[name]]
    until = wanted.get("paused_until")
    if until and until < today:
        reasons.append(Reason("pause_is_over", field="paused_until"))
    return reasons
