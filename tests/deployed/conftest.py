"""The template on the local AWS, with rights enforced, for tests over HTTP with real tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from infra.library import as_parameter
from infra.local.load import load
from infra.local.people import Caller, sign_in
from infra.local.player import Step
from infra.local.server import free_port
from infra.local.stack import Stack, local_stack
from infra.local.week import play
from lending.aws.table import Table
from lending.aws.table.catalogue import titles
from lending.aws.table.catalogue.copies import addition as copy_addition
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.catalogue.title import Copy, Title
from lending.domain.holds.hold import Hold
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO
from tests.library import aomori

NOON = datetime(2026, 6, 1, 12, tzinfo=TOKYO)  # a Monday
PASSWORD = "Lending-Tests-2026"


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A loaded stack that all tests but the week share: each makes patrons and titles of its own.

    Of a group of holds one may answer all there, which makes no difference to those who have none (RULES 48).
    """
    policy = as_parameter(aomori(any_of=True))
    with local_stack(free_port(), free_port(), parameters={"Policy": policy}) as stack:
        stack.accounts.extend(load(stack))
        yield stack


@pytest.fixture(scope="session")
def library(stack: Stack) -> Table:
    """The stack's table, with its owner's rights."""
    return Table(stack.client("dynamodb"), stack.outputs["TableName"])


@dataclass(frozen=True)
class Played:
    """A stack of its own on which the weeks were played, and what happened."""

    stack: Stack
    now: datetime
    steps: list[Step]


@pytest.fixture(scope="session")
def played() -> Iterator[Played]:
    """A library after its weeks, up to now, with work of every kind left open (RULES, the week)."""
    now = datetime.now(TOKYO).replace(microsecond=0)
    with local_stack(free_port(), free_port()) as stack:
        stack.accounts.extend(load(stack))
        # The player demands the rules at each step and raises where one is broken.
        yield Played(stack, now, play(stack, now))
    # The stack leaves nothing behind.
    assert not stack.folder.exists()


@dataclass
class Given:
    """What a test starts from: put straight into the table and the pool, under names nobody else uses."""

    stack: Stack
    table: Table
    made: int = 0
    callers: dict[str, Caller] = field(default_factory=dict)

    def patron(self, **changes: Any) -> tuple[Patron, Caller]:
        """A patron with a working card who is signed in, made up."""
        self.made += 1
        name = f"patron{self.made:04}"
        defaults: dict[str, Any] = {
            "card_number": f"9{self.made:07}",
            "name": "見本 花子",
            "kana": "ミホン ハナコ",
            "birth_date": date(1990, 4, 1),
            "postal_code": "030-0184",
            "address": "青森県青森市荒川字藤戸119-7",
            "phone": "017-000-0000",
            "email": f"{name}@example.jp",
            "expires_on": date(2030, 3, 31),
        }
        patron = Patron(patron_id=name, **(defaults | changes))
        card = Card(patron.card_number, CardState.ACTIVE, patron_id=patron.patron_id)
        self.table.transact(patrons.addition(patron), cards.addition(card))
        return patron, self._signed_in(patron)

    def _signed_in(self, patron: Patron) -> Caller:
        cognito, pool = self.stack.client("cognito-idp"), {"UserPoolId": self.stack.outputs["UserPoolId"]}
        alias = [{"Name": "preferred_username", "Value": patron.card_number}]
        cognito.admin_create_user(Username=patron.patron_id, UserAttributes=alias, MessageAction="SUPPRESS", **pool)
        cognito.admin_set_user_password(Username=patron.patron_id, Password=PASSWORD, Permanent=True, **pool)
        cognito.admin_add_user_to_group(Username=patron.patron_id, GroupName="patron", **pool)
        return sign_in(self.stack, patron.card_number, PASSWORD)

    def title(self, copies: int = 1, reference_only: bool = False) -> Title:
        """A title with its copies."""
        self.made += 1
        title_id = f"X{self.made:05}"
        barcodes = tuple(f"{title_id}-{n}" for n in range(1, copies + 1))
        lendable = 0 if reference_only else copies
        title = Title(title_id, f"見本の本 {title_id}", "見本 太郎", "", barcodes, lendable)
        made = [Copy(barcode, title_id, f"913.6/{barcode}", reference_only) for barcode in barcodes]
        self.table.transact(titles.description_change(None, title), *map(copy_addition, made))
        return title

    def hold(self, patron: Patron, title: Title, place: str = "prefectural", at: datetime = NOON) -> Hold:
        """A waiting hold."""
        hold = Hold(patron.patron_id, title.title_id, place, placed_at=at, queued_at=at)
        self.table.transact(patrons.hold_increment(patron.patron_id, title.title_id, 20), holds.addition(hold))
        return hold

    def account(self, group: str) -> Caller:
        """The desk, or a facility, signed in."""
        if group not in self.callers:
            account = next(account for account in self.stack.accounts if account["group"] == group)
            self.callers[group] = sign_in(self.stack, account["username"], account["password"])
        return self.callers[group]


@pytest.fixture(scope="session")
def given(stack: Stack, library: Table) -> Given:
    """What tests start from."""
    return Given(stack, library)


def table_rows(stack: Stack) -> list[dict[str, Any]]:
    """Everything in the table, in the order of its keys: what a second time must not change."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"])
    rows = [item for page in pages for item in page["Items"]]
    return sorted(rows, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))


def logged(stack: Stack) -> str:
    """All that the functions have logged."""
    client = stack.client("logs")
    groups = [group["logGroupName"] for group in client.describe_log_groups()["logGroups"]]
    events = [event for name in groups for event in client.filter_log_events(logGroupName=name)["events"]]
    return "\n".join(event["message"] for event in events)
