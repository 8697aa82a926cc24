"""SES: one mail at a time. It has no token that makes a sending happen once; what is known of its end is told apart."""

import base64
import re
from collections.abc import Mapping
from email.utils import formataddr

from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table.writes import Key
from lending.domain.mail.text import Text
from lending.domain.patrons.mail_address import quoted

# SES says `MessageRejected` of a faulty mail, and just so of a domain that is not verified or an account in the
# sandbox. So a mail is only given up for words that are known to be about its recipient or its content.
_MAY_BE_THE_MAILS = frozenset({"MessageRejected", "BadRequestException"})
_ABOUT_THE_MAIL = re.compile(
    r"(local address|domain) (contains|starts|ends|is too long)|missing (final '?@domain|local name|domain)"
    r"|(illegal|invalid) (email )?address|illegal (character|whitespace)|unterminated|empty address|non-ascii"
    r"|no recipients|message (length|size)|(invalid|duplicate) (header|content|mime|subject)|suspicious content",
    re.IGNORECASE,
)
_TOO_FAST = frozenset({"TooManyRequestsException", "ThrottlingException", "Throttling"})
_UNAVAILABLE = 503
# RFC 3834: no vacation answers, and carriers count it as what it is.
_HEADERS = [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
_OWNER, _MAIL = "owner", "mail"


class NeverSent(Exception):
    """SES will not take this mail, now or later. `code` is its word for why; `of_address` that the address is none."""

    def __init__(self, code: str, *, of_address: bool) -> None:
        super().__init__(code)
        self.code = code
        self.of_address = of_address


class HeldBack(Exception):
    """SES takes no mail of ours at this time, whatever is in it: it is to be put right in the account or the domain.

    `code` is its word for why.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PerhapsSent(Exception):
    """SES was asked and did not answer: nobody can know whether it took the mail."""


def send(key: Key, to_address: str, text: Text) -> str:
    """Send a mail.

    Args:
        key: the mail's key; the events that SES tells of it carry it.

    Returns:
        SES's message id.

    Raises:
        NeverSent: SES refuses this mail.
        HeldBack: SES refuses every mail for now.
        PerhapsSent: nobody knows.
        ClientError: SES did not take it this time, the next time may follow at once.
    """
    policy, told = settings().policy, settings().mail_configuration_set
    parts = {
        "Subject": {"Data": text.subject, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": text.body, "Charset": "UTF-8"}},
        "Headers": _HEADERS,
    }
    answers = {"ReplyToAddresses": [policy.mail_reply_to]} if policy.mail_reply_to else {}
    try:
        answer = client("sesv2", once=True).send_email(
            FromEmailAddress=formataddr((policy.mail_sender, f"online@{policy.mail_domain}")),
            Destination={"ToAddresses": [quoted(to_address)]},
            Content={"Simple": parts},
            EmailTags=[{"Name": _OWNER, "Value": _tag(key[0])}, {"Name": _MAIL, "Value": _tag(key[1])}],
            **answers,
            **({"ConfigurationSetName": told} if told else {}),
        )
    except ClientError as error:
        raise _judged(error) from None
    except (HTTPClientError, ResponseParserError) as error:
        raise PerhapsSent(type(error).__name__) from None
    return str(answer["MessageId"])


def _judged(error: ClientError) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    words = error.response["Error"].get("Message", "")
    if status >= 500:
        return error if status == _UNAVAILABLE else PerhapsSent(code)
    if code in _MAY_BE_THE_MAILS and _ABOUT_THE_MAIL.search(words):
        return NeverSent(code, of_address=bool(re.search("address|domain|local", words, re.IGNORECASE)))
    # A second later there is room again; not so once the day's number of mails is reached.
    return error if code in _TOO_FAST and "daily" not in words.lower() else HeldBack(code)


def key_in(tags: Mapping[str, str]) -> Key | None:
    """The key of the mail that an event's tags name, None if they name none."""
    try:
        key = _read(tags[_OWNER]), _read(tags[_MAIL])
    except (KeyError, ValueError):
        return None
    return key if key[1].startswith("MAIL#") else None


# Tags are ASCII letters, digits, - and _ only.
def _tag(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(tag: str) -> str:
    return base64.b64decode(tag + "=" * (-len(tag) % 4), altchars=b"-_", validate=True).decode()
