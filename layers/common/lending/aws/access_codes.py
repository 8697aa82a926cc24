"""Receipt numbers, and what opens an application to its applicant: the access code, digits that are easy to type on a
phone, or the link of a mail, which is no shorter than it must be and found again when the code is lost (RULES 6).
"""

import hashlib
import hmac
import secrets
import unicodedata

from lending.aws.signing import opened, sealed, signature
from lending.domain.problems import Refused
from lending.domain.registration.application import Application

_RECEIPT_DIGITS = 10
_CODE_DIGITS = 12


def new_receipt_number() -> str:
    """A number that nobody guesses; it does not begin with 0, which a calculator would drop."""
    first = 10 ** (_RECEIPT_DIGITS - 1)
    return str(first + secrets.randbelow(9 * first))


def access_code(receipt_number: str) -> str:
    """The access code of a receipt number: only we can make it, so it is stored nowhere."""
    number = int.from_bytes(signature("access code", receipt_number))
    return str(number % 10**_CODE_DIGITS).zfill(_CODE_DIGITS)


def code_hash(receipt_number: str, code: str) -> str:
    """What is kept of an access code."""
    return signature("access code of an application", f"{receipt_number} {code}").hex()


def link_code(receipt_number: str, link: int) -> str:
    """What a mail's link opens an application with: only we can make it, so it is stored nowhere either.

    Args:
        link: the application's, so that a link to an address it no longer has is void.
    """
    return sealed(_link_to(receipt_number), link)


def may_open(application: Application, shown: str) -> bool:
    """Whether somebody has shown the access code of an application, or the code of its link."""
    by_code = same(application.access_code_hash, code_hash(application.receipt_number, typed(shown)))
    return by_code or _linked(application.receipt_number, shown) == application.link


def is_genuine(receipt_number: str, shown: str) -> bool:
    """Whether it was for this number that we made what somebody shows, also if the application is gone."""
    return same(access_code(receipt_number), typed(shown)) or _linked(receipt_number, shown) is not None


def _link_to(receipt_number: str) -> str:
    return f"link to application {receipt_number}"


def _linked(receipt_number: str, shown: str) -> int | None:
    try:
        return int(opened(_link_to(receipt_number), shown))
    except Refused:
        return None


def same(kept: str, asked: str) -> bool:
    """Whether two hashes are the same, in a time that tells nothing."""
    return hmac.compare_digest(hashlib.sha256(kept.encode()).digest(), hashlib.sha256(asked.encode()).digest())


def typed(text: str) -> str:
    """The digits of a number as people type it, in groups, full-width or not."""
    return "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text)))
