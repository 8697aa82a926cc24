"""What several areas of the desk read or show alike."""

from typing import Any

from lending.domain.catalogue.title import Copy
from lending.domain.catalogue.whereabouts import LIES_AT_LABELS, STATE_LABELS, lies_at
from lending.domain.form_fields import FieldFault, check_card_number
from lending.domain.holds.hold import STATUS_LABELS, Hold
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Reason, Refused
from lending.domain.run.reasons import counter_sentence


def regular_card_number(text: str, field: str) -> str:
    """A card number in its regular form.

    Raises:
        Refused: it is none; `field` is where it was typed.
    """
    return regular_numbers({field: text})[0]


def regular_numbers(typed: dict[str, str]) -> list[str]:
    """Card numbers in their regular form, by the field each was typed into.

    Raises:
        Refused: with every one that is none.
    """
    checked = [check_card_number(text, field) for field, text in typed.items()]
    if faults := [Reason(f.code, field=f.field, message=f.message) for f in checked if isinstance(f, FieldFault)]:
        raise Refused("invalid_fields", *faults)
    return [number for number in checked if isinstance(number, str)]


def person(patron: Patron) -> dict[str, Any]:
    """What tells one person from another."""
    names = ("card_number", "name", "kana", "birth_date", "postal_code", "address", "phone", "email", "expires_on")
    return {name: getattr(patron, name) for name in names}


def shown_copy(copy: Copy) -> dict[str, Any]:
    """A copy: what state it is in, and where it lies (RULES 23)."""
    place = lies_at(copy)
    return {
        "barcode": copy.barcode,
        "call_number": copy.call_number,
        "reference_only": copy.reference_only,
        "state": copy.state,
        "state_label": STATE_LABELS[copy.state],
        "since": copy.since,
        "lies_at": place,
        "lies_at_label": LIES_AT_LABELS[place] if place else None,
        "due_on": copy.due_on,
        "planned": copy.pull is not None,
    }


def shown_last_run(hold: Hold) -> dict[str, Any] | None:
    """Why the last run gave a hold nothing, in words for the counter (RULES 27)."""
    if (last := hold.last_run) is None:
        return None
    message = counter_sentence(last.code, last.facts)
    return {"date": last.date, "code": last.code, "message": message, "facts": last.facts}


def shown_change(hold: Hold) -> dict[str, Any]:
    """A hold's place in the queue, and where its book goes."""
    named = ("title_id", "pickup_place", "queued_at", "next_pickup_place", "next_pickup_from")
    return {name: getattr(hold, name) for name in named}


def shown_state(hold: Hold) -> dict[str, Any]:
    """The same, with its state as patrons see it."""
    kept = {"barcode": hold.barcode, "pickup_until": hold.pickup_until}
    return shown_change(hold) | {"status": hold.status, "status_label": STATUS_LABELS[hold.status]} | kept


def demand_one(**ways: Any) -> None:
    """Demand that something is named in exactly one way; `ways` by their fields.

    Raises:
        Refused: it is named in none, or in several.
    """
    named = [field for field, value in ways.items() if value]
    if len(named) != 1:
        reasons = (Reason("one_of_these", {"one_of": list(ways)}, field) for field in named or list(ways)[:1])
        raise Refused("invalid_fields", *reasons)
