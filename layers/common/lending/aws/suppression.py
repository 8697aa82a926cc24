"""SES's own list of addresses it takes mails for and silently does not send (DESIGN, things that bite)."""

from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.domain.patrons.mail_address import quoted


def remove_from_suppression_list(address: str) -> None:
    """Let SES try an address again. One that is not on the list is fine."""
    for written in {address, quoted(address)}:
        _take_off(written)


def _take_off(address: str) -> None:
    try:
        client("sesv2").delete_suppressed_destination(EmailAddress=address)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
