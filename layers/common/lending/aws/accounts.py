"""Accounts in Cognito: the patron's id is the user name, the card number the alias to sign in with.

Passwords live there and nowhere else; a temporary one is Cognito's own state of an account (RULES 6).
"""

import secrets
import string
from typing import Any

from botocore.exceptions import ClientError

from lending.aws.clients import client
from lending.aws.settings import settings

PATRONS = "patron"
_ALPHABET = "".join(set(string.ascii_letters + string.digits) - set("0O1lI"))
_LENGTH = 12


def ensure_account(patron_id: str, card_number: str) -> None:
    """See to it that a patron has an account that signs in with this card number; safe to repeat."""
    attributes = [{"Name": "preferred_username", "Value": card_number}]
    try:
        _call("admin_create_user", patron_id, UserAttributes=attributes, MessageAction="SUPPRESS")
    except ClientError as error:
        if error.response["Error"]["Code"] != "UsernameExistsException":
            raise
        _call("admin_update_user_attributes", patron_id, UserAttributes=attributes)
    _call("admin_add_user_to_group", patron_id, GroupName=PATRONS)


def delete_account(patron_id: str) -> None:
    """A patron has no account any more; safe to repeat."""
    try:
        _call("admin_delete_user", patron_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise


def new_temporary_password(patron_id: str) -> str:
    """Give an account a temporary password that must be changed at the next sign-in; the one before is void."""
    password = made_up_password()
    _call("admin_set_user_password", patron_id, Password=password, Permanent=False)
    return password


def has_chosen_password(patron_id: str) -> bool:
    """Whether the person has put a password of their own in the place of a temporary one."""
    try:
        return str(_call("admin_get_user", patron_id)["UserStatus"]) == "CONFIRMED"
    except ClientError as error:
        if error.response["Error"]["Code"] != "UserNotFoundException":
            raise
        return False


def made_up_password() -> str:
    """A password of letters and digits that nobody mistakes for one another on a small screen, one of each class."""
    while True:
        word = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        if any(c.islower() for c in word) and any(c.isupper() for c in word) and any(c.isdigit() for c in word):
            return word


def _call(operation: str, patron_id: str, **parameters: Any) -> Any:
    call = getattr(client("cognito-idp"), operation)
    return call(UserPoolId=settings().user_pool_id, Username=patron_id, **parameters)
