"""What a fresh stack is given: facilities, kit cards, a sample catalogue, accounts to sign in with."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lending.actions.cataloguing import describe_title

from infra.facilities import load_facilities, read_facilities
from infra.local.samples import catalogue, kit_numbers
from infra.local.stack import Stack
from lending.aws.table import Table, cards
from lending.domain.card import Card
from lending.domain.facility import Facility

_AT_ONCE = 8


def load(stack: Stack) -> list[dict[str, str]]:
    """Load the sample data; the sign-in data of the accounts made, as `{group, username, password}`."""
    table = Table(stack.client("dynamodb"), stack.outputs["TableName"])
    facilities = read_facilities()
    load_facilities(table, facilities)
    for facility in facilities:
        _load_kits(table, facility)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda title: _load_title(table, title), catalogue()))
        groups = ["desk", *(f"facility-{facility.number:02}" for facility in facilities)]
        return list(pool.map(lambda group: _make_account(stack, group), groups))


def _load_kits(table: Table, facility: Facility) -> None:
    if facility.gives_out_kits:
        table.transact(*(cards.add(Card(n, facility=str(facility.number))) for n in kit_numbers(facility.number)))


def _load_title(table: Table, title: Any) -> None:
    describe_title(table, title.title_id, title.title, title.author, title.isbn, title.copies)


def _make_account(stack: Stack, group: str) -> dict[str, str]:
    """An account named like its group; nobody's real one, with a password made for this stack."""
    cognito, pool = stack.client("cognito-idp"), {"UserPoolId": stack.outputs["UserPoolId"]}
    password = f"Local-{secrets.token_urlsafe(9)}-1"
    if group != "desk":
        cognito.create_group(GroupName=group, **pool)
    cognito.admin_create_user(Username=group, MessageAction="SUPPRESS", **pool)
    cognito.admin_set_user_password(Username=group, Password=password, Permanent=True, **pool)
    cognito.admin_add_user_to_group(Username=group, GroupName=group, **pool)
    return {"group": group, "username": group, "password": password}
