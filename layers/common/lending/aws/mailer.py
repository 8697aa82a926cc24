"""SES: one mail at a time. It has no token that makes a sending happen once; what is known of its end is told apart."""

import base64
from collections.abc import Mapping
from email.utils import formataddr

from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table.writes import Key
from lending.domain.mail_texts import Text

# These are about the mail. What is about the account (paused, over its rate, domain not verified) passes.
_ABOUT_THE_MAIL = frozenset({"MessageRejected", "BadRequestException"})
_UNAVAILABLE = 503
_OWNER, _MAIL = "owner", "mail"


class NeverSent(Exception):
    """SES will not take this mail, now or later. `code` is its word for why."""

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
        PerhapsSent: nobody knows.
        ClientError: SES did not take it this time.
    """
    policy, told = settings().policy, settings().mail_configuration_set
    parts = {
        "Subject": {"Data": text.subject, "Charset": "UTF-8"},
        "Body": {"Text": {"Data": text.body, "Charset": "UTF-8"}},
    }
    try:
        answer = client("sesv2", once=True).send_email(
            FromEmailAddress=formataddr((policy.mail_sender, f"online@{policy.mail_domain}")),
            Destination={"ToAddresses": [to_address]},
            Content={"Simple": parts},
            EmailTags=[{"Name": _OWNER, "Value": _tag(key[0])}, {"Name": _MAIL, "Value": _tag(key[1])}],
            **({"ConfigurationSetName": told} if told else {}),
        )
    except ClientError as error:
        raise _judged(error) from None
    except (HTTPClientError, ResponseParserError) as error:
        raise PerhapsSent(type(error).__name__) from None
    return str(answer["MessageId"])


def _judged(error: ClientError) -> Exception:
    code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    if code in _ABOUT_THE_MAIL:
        return NeverSent(code)
    return PerhapsSent(code) if status >= 500 and status != _UNAVAILABLE else error


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
