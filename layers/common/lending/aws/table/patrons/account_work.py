"""Accounts to be seen to: PATRON#id / ACCOUNT, while Cognito may lack what the table says; `work` lists them (6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lending.aws.table.codec import stamp, value_of, values_of
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, update

_WORK = "ACCOUNT"


@dataclass(frozen=True, slots=True)
class AccountWork:
    """What an act has left to be done in Cognito: `void_password` says that a chosen password is forgotten.

    `times` counts the acts, so that whoever has seen to it knows whether another has come since.
    """

    patron_id: str
    since: datetime
    void_password: bool = False
    times: int = 1


def key(patron_id: str) -> Key:
    """The key of what is to be done for a patron's account."""
    return partition(patron_id), _WORK


def find(table: Table, patron_id: str) -> AccountWork | None:
    """What is to be done for a patron's account, if anything is."""
    item = table.get(key(patron_id))
    return value_of(AccountWork, item) if item else None


def all_of_them(table: Table) -> Iterator[AccountWork]:
    """All accounts to be seen to, the oldest first."""
    return values_of(AccountWork, table.query(_WORK, index="work"))


def addition(patron_id: str, moment: datetime, *, void_password: bool = False) -> Write:
    """An account is to be seen to; put it in the transaction of what makes it necessary."""
    told = {"patron_id": patron_id, "since": stamp(moment), "work": _WORK, "work_order": f"{stamp(moment)}#{patron_id}"}
    return update(key(patron_id), set=told | ({"void_password": True} if void_password else {}), add={"times": 1})


def end(work: AccountWork) -> Write:
    """The account is right, unless another act has come since."""
    return delete(key(work.patron_id), "#times = :times", times=work.times)
