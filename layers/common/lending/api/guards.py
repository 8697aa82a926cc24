"""Who may ask: each guard says who a request comes from, or refuses it."""

import re
from collections.abc import Callable
from typing import Any

from lending.api.edge import demand_staff_address
from lending.api.forms import Event
from lending.domain.calendar.facility import MOST_DIGITS
from lending.domain.problems import Refused

_FACILITY = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}")

Guard = Callable[[Event], str]


def anyone(_: Event) -> str:
    """No token is asked for."""
    return ""


def patron(event: Event) -> str:
    """The id of the patron who asks.

    Raises:
        Refused: the token is not a patron's.
    """
    return _member(event, "patron")


def staff(event: Event) -> str:
    """The user name of the desk's staff who asks.

    Raises:
        Refused: the token is not the desk's, or they ask from where they may not.
    """
    demand_staff_address(event)
    return _member(event, "desk")


def facility(event: Event) -> str:
    """The number of the facility that asks, as text.

    Raises:
        Refused: the token is not of exactly one facility.
    """
    numbers = [group.removeprefix("facility-") for group in _groups(event) if group.startswith("facility-")]
    if len(numbers) != 1 or not _FACILITY.fullmatch(numbers[0]):
        raise Refused("wrong_group")
    return str(int(numbers[0]))


def _member(event: Event, group: str) -> str:
    if group not in _groups(event):
        raise Refused("wrong_group")
    return str(_claims(event)["username"])


def _claims(event: Event) -> dict[str, Any]:
    claims: dict[str, Any] = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
    if claims.get("token_use") != "access":
        raise Refused("not_signed_in")
    return claims


def _groups(event: Event) -> list[str]:
    # The HTTP API hands a list claim over as the text `[a b]`; anything else is no group at all.
    text = str(_claims(event).get("cognito:groups", ""))
    return text[1:-1].split() if text.startswith("[") and text.endswith("]") else []
