"""The events that SES writes of mails, read (RULES 38).

SES writes in two formats: event publishing of a configuration set (`eventType`) and the older notifications of an
identity (`notificationType`). Both are read alike; fields and types nobody knows yet are passed over, because SES keeps
the right to add some.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import UnionType
from typing import Any, TypeAlias

from lending.domain.mail.events import EventKind, MailEvent, Recipient, bare_address

Json: TypeAlias = Mapping[str, Any]

# Where each kind keeps its own part, its recipients, its type and its subtype.
_PARTS = {
    EventKind.SEND: ("send", "", "", ""),
    EventKind.DELIVERY: ("delivery", "recipients", "", ""),
    EventKind.DELIVERY_DELAY: ("deliveryDelay", "delayedRecipients", "delayType", ""),
    EventKind.BOUNCE: ("bounce", "bouncedRecipients", "bounceType", "bounceSubType"),
    EventKind.COMPLAINT: ("complaint", "complainedRecipients", "complaintFeedbackType", "complaintSubType"),
    EventKind.REJECT: ("reject", "", "reason", ""),
}

# Servers say what is wrong in their first sentences; what is searched must not be as long as whoever answers likes.
_DIAGNOSTIC_LENGTH = 2000
_TOPIC_VALIDATED = "Successfully validated SNS topic"


def from_sns(body: str) -> MailEvent:
    """Read an event from the body of an SQS message that carries an SNS notification.

    Args:
        body: SNS's envelope with the event in its `Message`, or the bare event (raw delivery).

    Raises:
        ValueError: if it is no JSON object or not an event of SES, so that the message ends in the dead letters.
    """
    outer = _object(body)
    if outer.get("Type") != "Notification":
        return parse(outer)
    message = outer.get("Message")
    if isinstance(message, str) and message.startswith(_TOPIC_VALIDATED):
        return MailEvent("", EventKind.OTHER)  # SES tries out the topic in plain words when it is first connected
    return parse(_object(message))


def parse(event: Json) -> MailEvent:
    """Read one event of SES, in either format.

    Args:
        event: the JSON object SES published.

    Returns:
        the event; one event may name several recipients. A type not known here becomes `EventKind.OTHER`.

    Raises:
        ValueError: if it names no type, or lacks what an event of its type must have.

    RULES 38, 39.
    """
    kind = _kind(event)
    if kind is EventKind.OTHER:
        return MailEvent(_text(_part(event, "mail", needed=False), "messageId"), kind)
    mail = _part(event, "mail")
    name, recipients, type_name, subtype_name = _PARTS[kind]
    part = _part(event, name, needed=kind is not EventKind.SEND)
    addressed_to = tuple(map(bare_address, _list(mail, "destination", str)))
    return MailEvent(
        message_id=_needed_text(mail, "messageId"),
        kind=kind,
        recipients=_recipients(part, recipients) or tuple(map(Recipient, addressed_to)),
        type=_text(part, type_name),
        subtype=_text(part, subtype_name),
        at=_moment(part.get("timestamp") or mail.get("timestamp")),
        addressed_to=addressed_to,
        tags=_tags(mail),
    )


def _kind(event: Json) -> EventKind:
    name = _text(event, "eventType") or _needed_text(event, "notificationType")
    if name == EventKind.COMPLAINT and _part(event, "complaint").get("complaintFeedbackType") == "not-spam":
        return EventKind.OTHER  # the patron took the mail out of the spam folder: the opposite of a complaint
    return EventKind(name) if name in set(EventKind) else EventKind.OTHER


def _object(text: object) -> Json:
    """A JSON object from its text."""
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        raise ValueError("not JSON") from error
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _part(whole: Json, name: str, *, needed: bool = True) -> Json:
    part = whole.get(name)
    if part is None and not needed:
        return {}
    if not isinstance(part, Mapping):
        raise ValueError(f"no {name} in an event of SES")
    return part


def _text(part: Json, name: str) -> str:
    """A field's text; absent or null is empty."""
    value = part.get(name) if name else None
    return value if isinstance(value, str) else ""


def _needed_text(part: Json, name: str) -> str:
    if not (value := _text(part, name)):
        raise ValueError(f"no {name} in an event of SES")
    return value


def _list(part: Json, name: str, of: type | UnionType) -> list[Any]:
    value = part.get(name) if name else None
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, of) for entry in value):
        raise ValueError(f"{name} is not a list of the right kind")
    return value


def _recipients(part: Json, name: str) -> tuple[Recipient, ...]:
    """The recipients of an event. Deliveries name bare addresses, all others objects."""
    return tuple(
        Recipient(bare_address(entry))
        if isinstance(entry, str)
        else Recipient(
            bare_address(_needed_text(entry, "emailAddress")),
            _text(entry, "status"),
            _text(entry, "diagnosticCode")[:_DIAGNOSTIC_LENGTH],
            _text(entry, "action"),
        )
        for entry in _list(part, name, str | dict)
    )


def _moment(value: object) -> datetime:
    """A moment as SES writes it (`2026-06-06T00:00:01.000Z`)."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("an event of SES without a moment")
    return moment


def _tags(mail: Json) -> dict[str, str]:
    tags = _part(mail, "tags", needed=False)
    return {name: str(values[0]) for name, values in tags.items() if isinstance(values, list) and values}
