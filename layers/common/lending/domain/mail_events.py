"""What SES tells of a mail, and what a bounce most likely means (RULES 38, 39; Q14, Q15).

SES writes in two formats: event publishing of a configuration set (`eventType`) and the older notifications of an
identity (`notificationType`). Both are read alike; fields and types nobody knows yet are passed over, because SES keeps
the right to add some.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any, TypeAlias

from lending.domain.mail import MailState
from lending.domain.mail_address import unquoted

Json: TypeAlias = Mapping[str, Any]


class EventKind(StrEnum):
    """What happened to a mail; `OTHER` is everything that says nothing about its arrival."""

    SEND = "Send"
    DELIVERY = "Delivery"
    DELIVERY_DELAY = "DeliveryDelay"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    OTHER = "Other"


class BounceCause(StrEnum):
    """The FAQ's four causes, and the honest fifth (RULES 39, A15)."""

    WRONG_ADDRESS = "wrong_address"
    DOMAIN_REFUSED = "domain_refused"
    MAILBOX_FULL = "mailbox_full"
    FORWARDING = "forwarding"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of an event, with what the other side said; each of the texts may be empty."""

    address: str
    status: str = ""
    diagnostic: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """One thing SES tells of one mail.

    `type` and `subtype` are SES's own words (bounce type and subtype, complaint type and subtype, delay type), `at` is
    the moment with its offset, `addressed_to` whom the mail was sent to. `tags` are those given when sending
    (first value each; only the configuration set's format carries them): with one a mail is found even when SES took it
    but the sender never learned its message id.
    """

    message_id: str
    kind: EventKind
    recipients: tuple[Recipient, ...] = ()
    type: str = ""
    subtype: str = ""
    at: datetime | None = None
    addressed_to: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def moves_to(self) -> MailState | None:
        """What the event makes of its mail (`mail.moved`), None if nothing (RULES 38)."""
        return _MOVES_TO.get(self.kind)

    @property
    def asks_for_contact(self) -> bool:
        """Whether staff must hear of it (RULES 39)."""
        return self.kind in (EventKind.BOUNCE, EventKind.COMPLAINT, EventKind.REJECT)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The likely cause, and `also` what the same words can mean, too (RULES 39).

    `permanent`: the address takes no mail until something changes. `suppressed`: SES no longer even tries, the address
    must come off its list once it is put right.
    """

    cause: BounceCause
    permanent: bool = False
    suppressed: bool = False
    also: BounceCause | None = None


_MOVES_TO = {
    EventKind.SEND: MailState.SENT,
    EventKind.DELIVERY: MailState.DELIVERED,
    EventKind.DELIVERY_DELAY: MailState.DELAYED,
    EventKind.BOUNCE: MailState.BOUNCED,
    EventKind.COMPLAINT: MailState.COMPLAINED,
    EventKind.REJECT: MailState.REJECTED,
}

# Where each kind keeps its own part, its recipients, its type and its subtype.
_PARTS = {
    EventKind.SEND: ("send", "", "", ""),
    EventKind.DELIVERY: ("delivery", "recipients", "", ""),
    EventKind.DELIVERY_DELAY: ("deliveryDelay", "delayedRecipients", "delayType", ""),
    EventKind.BOUNCE: ("bounce", "bouncedRecipients", "bounceType", "bounceSubType"),
    EventKind.COMPLAINT: ("complaint", "complainedRecipients", "complaintFeedbackType", "complaintSubType"),
    EventKind.REJECT: ("reject", "", "reason", ""),
}

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


def bare_address(address: str) -> str:
    """An address without the name before it and the quotes around odd ones, in small letters, to be compared."""
    named = re.search(r"<([^<>]*)>\s*$", address)  # no stricter: carriers once gave out addresses no standard allows
    return unquoted((named[1] if named else address).strip().lower())


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
            _text(entry, "diagnosticCode"),
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


# --- What a bounce means -------------------------------------------------------------------------------------------

_WRONG, _REFUSED, _FULL, _FORWARD, _UNKNOWN = BounceCause

Row: TypeAlias = tuple[str, str, BounceCause, BounceCause | None]

PATTERNS: tuple[Row, ...] = (
    # Who says so; what (a regular expression over small letters and single spaces); what it means; what it may also
    # mean. The first row that fits counts: a row that narrows down a phrase stands before the row with the phrase.
    ("Postfix", r"expanded from", _FORWARD, None),
    ("any", r"forwarding loop|mail loop|routing loop|mail is looping|loop detected", _FORWARD, None),
    ("any", r"too many hops|hop count exceeded", _FORWARD, None),
    ("Exchange", r"does not allow external forwarding", _FORWARD, None),
    # Full
    ("docomo", r"552 too much mail data", _FULL, None),
    ("Exchange", r"quotaexceededexception|mailboxquota|storage quota", _FULL, None),
    ("Gmail, au", r"out of storage space|over quota", _FULL, None),
    ("any", r"(mail|in)box (for \S+ )?(is |was )?full|full mailbox|mail in the mailbox is full", _FULL, None),
    ("any", r"quota (has been )?exceed|exceed\w* (\w+ ){0,3}quota|overquota", _FULL, None),
    ("Y!mobile", r"mailbox exceeded the (local )?limit", _FULL, None),
    # Refused, where the words would otherwise mean a wrong address
    ("docomo, au", r"(unknown user|user unknown).*end of data", _REFUSED, _WRONG),  # the filters act after the address
    ("docomo, au", r"5\.2\.0.*(unknown user|user unknown)", _REFUSED, _WRONG),
    ("any", r"sender (address|domain)\b.{0,80}(rejected|does not exist|not found|denied)", _REFUSED, None),
    ("SoftBank", r"553 (?!.*@)\S+ does not exist", _REFUSED, None),  # it names the sender's domain
    ("Exchange", r"sendernotauthenticated|rst\.notauthorized|not authorized to send", _REFUSED, None),
    # Wrong, where the words would otherwise mean refused
    ("au", r"relay access denied", _WRONG, None),
    ("Exchange", r"5\.4\.1.*recipient address rejected: access denied", _WRONG, None),  # not in their directory
    ("Exchange", r"recipientnotfound|recipnotfound|5\.1\.10", _WRONG, None),
    ("Exchange", r"unable to relay|relaying denied|relay not permitted", _WRONG, None),
    ("Gmail", r"nosuchuser", _WRONG, None),
    ("Yahoo! JAPAN", r"doesn'?t have an? (yahoo\S*|ymail\S*) account", _WRONG, None),
    ("SoftBank", r"invalid recipient", _WRONG, None),
    ("docomo", r"unknown user \S+@(\S+\.)?docomo\.ne\.jp", _WRONG, _REFUSED),  # the filters answer the same, mostly
    ("au", r"@(\S+\.)?(ezweb\.ne\.jp|au\.com)>?: user unknown", _WRONG, _REFUSED),
    ("Outlook.com", r"mailbox (is )?unavailable|mailbox not found", _WRONG, None),
    ("iCloud", r"no user record|inactive email address", _WRONG, None),
    ("qmail", r"no mailbox here", _WRONG, None),
    ("any", r"user unknown|unknown user|no such (user|recipient|mailbox|domain|host)", _WRONG, None),
    ("any", r"user (not found|doesn't exist)|invalid (user|mailbox|address)|bad destination|unrouteable", _WRONG, None),
    ("any", r"(mailbox|account|recipient|address|user)\b.{0,60}(does not exist|is disabled|is inactive)", _WRONG, None),
    (
        "any",
        r"(host|domain)( or domain name)?( name)? (not found|unknown)|unknown host|nxdomain|null ?mx",
        _WRONG,
        None,
    ),
    # No one's fault, and no sign of a cause
    ("any", r"gr[ae]y-?list|connection (refused|reset|timed out)", _UNKNOWN, None),
    ("any", r"too many (connections|messages)|too quickly|throttl", _UNKNOWN, None),
    # Refused
    ("Gmail", r"unsolicited|unauthenticated|dmarc|spf check|5\.7\.26", _REFUSED, None),
    ("Outlook.com", r"banned sending ip", _REFUSED, None),
    ("Yahoo! JAPAN", r"message not (allowed|accepted)", _REFUSED, None),
    ("any", r"spam|black ?list|block ?list|blocked|policy|prohibited|content reject", _REFUSED, None),
    ("any", r"access denied|not authori[sz]ed|rejected your mail|rejected by|refused", _REFUSED, None),
)
"""Diagnostics of the carriers and providers patrons use."""

STATUSES: tuple[tuple[str, BounceCause], ...] = (
    (r"[45]\.1\.[78]", _REFUSED),  # they don't like the sender's address
    (r"5\.1\.\d+", _WRONG),
    (r"[45]\.2\.2", _FULL),
    (r"[45]\.2\.3|[45]\.3\.4", _FULL),  # a plain text of a few KB is too large only where there is no room
    (r"5\.2\.1", _WRONG),  # disabled
    (r"5\.2\.0", _REFUSED),  # the carriers' answer for filtered
    (r"5\.4\.4", _WRONG),  # no route to the domain
    (r"[45]\.4\.(6|14)", _FORWARD),  # loop
    (r"5\.7\.\d+", _REFUSED),
)
"""Enhanced status codes (RFC 3463), where the words say nothing."""

SUBTYPES: dict[tuple[str, str], tuple[BounceCause, BounceCause | None]] = {
    ("Permanent", "General"): (_WRONG, _REFUSED),
    ("Permanent", "NoEmail"): (_WRONG, None),
    ("Transient", "MailboxFull"): (_FULL, None),
    ("Transient", "MessageTooLarge"): (_FULL, None),  # see 5.2.3
    ("Transient", "ContentRejected"): (_REFUSED, None),
    ("Transient", "AttachmentRejected"): (_REFUSED, None),
}
"""SES's own judgement, where there are neither words nor a status."""

_SUPPRESSED = frozenset({"Suppressed", "OnAccountSuppressionList"})


def classify(event: MailEvent, recipient: Recipient) -> Diagnosis:
    """The likely cause of a bounce, complaint or reject, for one of its recipients.

    In this order: a recipient that was never addressed is a forwarding; SES's suppression list; the words of the other
    side; its status; SES's subtype. A hard bounce is permanent, but not for a mailbox that is only full.

    Args:
        event: the event.
        recipient: one of `event.recipients`.

    RULES 39, A15.
    """
    if event.kind is EventKind.COMPLAINT:
        # The patron's own "this is spam" refuses the library's mail; SES suppresses such an address by itself.
        return Diagnosis(_REFUSED, permanent=True, suppressed=event.subtype in _SUPPRESSED)
    if event.kind is not EventKind.BOUNCE:
        return Diagnosis(_UNKNOWN)
    suppressed = event.subtype in _SUPPRESSED
    cause, also = (_WRONG, _REFUSED) if suppressed else _cause(event, recipient)
    if forwarded(event, recipient):
        cause, also = _FORWARD, None
    return Diagnosis(cause, event.type == "Permanent" and cause is not _FULL, suppressed, also)


def forwarded(event: MailEvent, recipient: Recipient) -> bool:
    """Whether the mail came back from an address it was not sent to (RULES 39)."""
    return bool(event.addressed_to) and recipient.address not in event.addressed_to


def _cause(event: MailEvent, recipient: Recipient) -> tuple[BounceCause, BounceCause | None]:
    """From the words, else the status, else the subtype."""
    words = f"{recipient.status} {_plain(recipient.diagnostic)}"
    for _, pattern, cause, also in PATTERNS:
        if re.search(pattern, words):
            return cause, also
    for status in (recipient.status, _status_within(recipient.diagnostic)):
        for pattern, cause in STATUSES:
            if re.fullmatch(pattern, status):
                return cause, None
    return SUBTYPES.get((event.type, event.subtype), (_UNKNOWN, None))


def _plain(diagnostic: str) -> str:
    """Small letters and single spaces, without the code that a longer answer repeats on each line, as Gmail's do."""
    repeated = re.compile(r"\s*[\r\n]+\s*[245]\d\d[ -](?:[245]\.\d{1,3}\.\d{1,3}\s)?")
    return " ".join(repeated.sub(" ", diagnostic).lower().split())


def _status_within(diagnostic: str) -> str:
    """The enhanced status in the words: SES's own field is often a mere 5.0.0 or missing."""
    found = re.search(r"\b[45]\d\d[ -]#?([45]\.\d{1,3}\.\d{1,3})\b|\(#([45]\.\d{1,3}\.\d{1,3})\)", diagnostic)
    return (found[1] or found[2]) if found else ""


# --- For staff -----------------------------------------------------------------------------------------------------

CAUSE_LABELS = {
    _WRONG: "メールアドレスが間違っている",
    _REFUSED: "県立図書館のドメインからのメールを拒否している(許可していない)",
    _FULL: "メールボックスが満杯で、新しいメールを受信できない",
    _FORWARD: "メール転送に不具合がある",
    _UNKNOWN: "わからない",
}

_HINTS = {
    _WRONG: "アドレス変更で使われなくなったメールアドレスや、スペルの間違いがないか、ご確認をお願いします。",
    _REFUSED: "携帯電話のキャリアメールでは、パソコンから送信したメールを一括拒否していることも多いです。"
    "@{domain} からのメールを受信できる設定になっているか、ご確認をお願いします。",
    _FULL: "古いメールをずっと保存している等で、容量不足の可能性があります。"
    "不要なメールの削除をお願いします。空きができれば、同じアドレスに届きます。",
    _FORWARD: "転送先・転送元のいずれかで不具合が起きると、送信した側にエラーが返ってきます。"
    "転送先のアドレスと転送の設定のご確認をお願いします。",
    _UNKNOWN: "エラーの内容からは原因がわかりません。不在通知などの自動応答のこともあります。"
    "アドレスと受信設定をご確認いただき、受信確認メールをお試しください。",
}


def explanation(diagnosis: Diagnosis, mail_domain: str) -> str:
    """What staff tell the patron on the phone, with the FAQ's hint.

    Args:
        diagnosis: what `classify` found.
        mail_domain: the domain the library's mails come from (`Policy.mail_domain`).

    RULES 39, A15.
    """
    likely = "" if diagnosis.cause is _UNKNOWN else f"「{CAUSE_LABELS[diagnosis.cause]}」ことが考えられます。"
    sentences = [likely, _HINTS[diagnosis.cause]]
    if diagnosis.also:
        sentences.append(f"または、「{CAUSE_LABELS[diagnosis.also]}」ことも考えられます。{_HINTS[diagnosis.also]}")
    if diagnosis.suppressed:
        sentences.append("以前のエラーにより送信を停止しています。アドレスを直すと再開します。")
    return "".join(sentences).format(domain=mail_domain)
