"""What several areas of the desk read or show alike."""

from datetime import date, datetime
from typing import Any

from typing_extensions import TypedDict

from lending.api.shown.books import LastRunAnswer, shown_last_run
from lending.domain.catalogue.title import Copy, CopyState, LiesAt
from lending.domain.catalogue.whereabouts import LIES_AT_LABELS, STATE_LABELS, lies_at
from lending.domain.form_fields import FieldFault, check_card_number
from lending.domain.holds.hold import STATUS_LABELS, Hold, HoldStatus
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


class Message(TypedDict):
    """What is said to whoever asked."""

    message: str


class PersonAnswer(TypedDict):
    """What tells one person from another."""

    card_number: str
    name: str
    kana: str
    birth_date: date
    postal_code: str
    address: str
    phone: str
    email: str
    expires_on: date


class CopyAnswer(TypedDict):
    """A copy: what state it is in, and where it lies (RULES 23)."""

    barcode: str
    call_number: str
    reference_only: bool
    state: CopyState
    state_label: str
    since: date | None
    lies_at: LiesAt | None
    lies_at_label: str | None
    due_on: date | None
    planned: bool


class QueueAnswer(TypedDict):
    """A hold's place in the queue, and where its book goes."""

    title_id: str
    pickup_place: str
    queued_at: datetime
    next_pickup_place: str
    next_pickup_from: date | None


class HoldAnswer(QueueAnswer):
    """The same, with its state as patrons see it, and the place the patron gives it among their holds (47-49)."""

    status: HoldStatus
    status_label: str
    barcode: str
    pickup_until: date | None
    after: str
    group: str
    rank: int | None


def person(patron: Patron) -> PersonAnswer:
    """What tells one person from another."""
    return {
        "card_number": patron.card_number,
        "name": patron.name,
        "kana": patron.kana,
        "birth_date": patron.birth_date,
        "postal_code": patron.postal_code,
        "address": patron.address,
        "phone": patron.phone,
        "email": patron.email,
        "expires_on": patron.expires_on,
    }


def shown_copy(copy: Copy) -> CopyAnswer:
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


def reason_of(hold: Hold) -> LastRunAnswer | None:
    """Why the last run gave a hold nothing, in words for the counter (RULES 27)."""
    return shown_last_run(hold.last_run, counter_sentence) if hold.last_run else None


def shown_place(hold: Hold) -> QueueAnswer:
    """A hold's place in the queue, and where its book goes."""
    return {
        "title_id": hold.title_id,
        "pickup_place": hold.pickup_place,
        "queued_at": hold.queued_at,
        "next_pickup_place": hold.next_pickup_place,
        "next_pickup_from": hold.next_pickup_from,
    }


def shown_hold(hold: Hold) -> HoldAnswer:
    """The same, with its state as patrons see it."""
    return {
        **shown_place(hold),
        "status": hold.status,
        "status_label": STATUS_LABELS[hold.status],
        "barcode": hold.barcode,
        "pickup_until": hold.pickup_until,
        "after": hold.after,
        "group": hold.group,
        "rank": hold.rank,
    }


def demand_one(**ways: Any) -> None:
    """Demand that something is named in exactly one way; `ways` by their fields.

    Raises:
        Refused: it is named in none, or in several.
    """
    named = [field for field, value in ways.items() if value]
    if len(named) != 1:
        reasons = (Reason("one_of_these", {"one_of": list(ways)}, field) for field in named or list(ways)[:1])
        raise Refused("invalid_fields", *reasons)
