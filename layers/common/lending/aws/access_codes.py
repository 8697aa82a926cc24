"""Receipt numbers, and the access codes that open an application to its applicant: digits, easy to type on a phone."""

import hashlib
import hmac
import secrets
import unicodedata

from lending.aws.sealing import signature

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


def same(kept: str, asked: str) -> bool:
    """Whether two hashes are the same, in a time that tells nothing."""
    return hmac.compare_digest(hashlib.sha256(kept.encode()).digest(), hashlib.sha256(asked.encode()).digest())


def typed(text: str) -> str:
    """The digits of a number as people type it, in groups, full-width or not."""
    return "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text)))
