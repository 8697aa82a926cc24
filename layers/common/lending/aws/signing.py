"""What only we can have written: cursors of lists, access codes, links in mails. HMAC with the stack's own secret."""

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.domain.problems import Refused

_DIGEST_BYTES = 32


@cache
def _secret() -> bytes:
    answer = client("secretsmanager").get_secret_value(SecretId=settings().signing_secret)
    return str(answer["SecretString"]).encode()


def signature(purpose: str, text: str) -> bytes:
    """The seal of a text for one purpose: one made for another is of no use."""
    return hmac.digest(_secret(), f"{purpose}\n{text}".encode(), hashlib.sha256)


def sealed(purpose: str, value: Any) -> str:
    """A JSON value as an opaque text that nobody else can make."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    seal = signature(purpose, text)
    return base64.urlsafe_b64encode(seal + _veiled(seal, text.encode())).decode().rstrip("=")


def opened(purpose: str, seal: str, otherwise: str = "bad_cursor") -> Any:
    """The value of a sealed text.

    Args:
        otherwise: the code of the refusal.

    Raises:
        Refused: it was not sealed by us for this purpose.
    """
    try:
        raw = base64.b64decode(seal + "=" * (-len(seal) % 4), altchars=b"-_", validate=True)
        text = _veiled(raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]).decode()
    except ValueError:
        raise Refused(otherwise) from None
    if not hmac.compare_digest(raw[:_DIGEST_BYTES], signature(purpose, text)):
        raise Refused(otherwise)
    return json.loads(text)


def _veiled(seal: bytes, text: bytes) -> bytes:
    """A text that says nothing, or what it said: each seal has a stream of its own that only we can make."""
    stream = hashlib.shake_256(hmac.digest(_secret(), b"veil\n" + seal, hashlib.sha256)).digest(len(text))
    return bytes(one ^ other for one, other in zip(text, stream, strict=True))


_CONFIRMATION = "mail address confirmation"


def confirmation_token(patron_id: str, pending_id: str) -> str:
    """What the link of a mail of kind `address_confirmation` carries: it proves that its reader got the mail (RULES 7).

    The mail function makes it at sending, so that no item of the table holds it.

    Args:
        pending_id: the fact `pending` of the mail.
    """
    return sealed(_CONFIRMATION, [patron_id, pending_id])


def confirmed(token: str) -> tuple[str, str]:
    """The patron's id and the pending address of a link.

    Raises:
        Refused: the link was not made by us.
    """
    patron_id, pending_id = opened(_CONFIRMATION, token, "link_void")
    return str(patron_id), str(pending_id)


_FACILITY_LINK = "facility link"


def facility_token(facility: str, link_id: str) -> str:
    """What a facility's link carries; no item of the table holds it (RULES 53)."""
    return sealed(_FACILITY_LINK, [facility, link_id])


def facility_of(token: str) -> tuple[str, str]:
    """The number of the facility and the id of the link that a token is of.

    Raises:
        Refused: the link was not made by us.
    """
    facility, link_id = opened(_FACILITY_LINK, token, "not_found")
    return str(facility), str(link_id)


_CALENDAR_LINK = "calendar link"


def calendar_token(patron_id: str, link_id: str) -> str:
    """What the link of a patron's calendar carries; no item of the table holds it."""
    return sealed(_CALENDAR_LINK, [patron_id, link_id])


def calendar_of(token: str) -> tuple[str, str]:
    """The patron's id and the id of the link that a token is of.

    Raises:
        Refused: the link was not made by us.
    """
    patron_id, link_id = opened(_CALENDAR_LINK, token, "not_found")
    return str(patron_id), str(link_id)
