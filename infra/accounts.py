"""Accounts of staff and facilities, in the pool of a stage.

    python -m infra.accounts production [--staff FILE] [--reset NAME] [--sheet FILE]

Every facility of the stage's library has one account, named like its group. The list of staff is a CSV with the
columns username and name, one line a person. Safe to repeat: who has an account keeps it, and their password.

New temporary passwords are written to a sheet that only its owner can read, and are kept nowhere else. `--reset` is for
who has lost phone or password: the account is made anew, with both to be chosen again.
"""

import argparse
import csv
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from infra.faults import Faulty
from infra.stage import Checked, checked, outputs_of
from lending.aws.accounts import made_up_password
from lending.domain.calendar.facility import Facility

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

SHEET = Path(".local") / "accounts.csv"
STAFF = "desk"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,39}")


@dataclass(frozen=True)
class Account:
    """Who signs in by which name, and as what; `owner` is for the sheet."""

    username: str
    group: str
    owner: str = ""


@dataclass(frozen=True)
class Pool:
    """The pool of staff and facilities."""

    cognito: "CognitoIdentityProviderClient"
    pool_id: str

    def has(self, username: str) -> bool:
        """Whether there is an account of this name."""
        try:
            self.cognito.admin_get_user(UserPoolId=self.pool_id, Username=username)
        except self.cognito.exceptions.UserNotFoundException:
            return False
        return True

    def make_group(self, group: str) -> None:
        """See to it that there is a group; safe to repeat."""
        try:
            self.cognito.create_group(UserPoolId=self.pool_id, GroupName=group)
        except self.cognito.exceptions.GroupExistsException:
            return

    def make(self, account: Account, password: str) -> None:
        """Make an account that asks for a password of its owner's own at the first sign-in."""
        self.cognito.admin_create_user(
            UserPoolId=self.pool_id,
            Username=account.username,
            TemporaryPassword=password,
            MessageAction="SUPPRESS",
        )

    def put_in_group(self, account: Account) -> None:
        """See to it that an account is in its group; safe to repeat."""
        self.cognito.admin_add_user_to_group(
            UserPoolId=self.pool_id, Username=account.username, GroupName=account.group
        )

    def find(self, username: str) -> Account:
        """An account of staff or of a facility.

        Raises:
            ValueError: there is none of this name.
        """
        if self.has(username):
            found = self.cognito.admin_list_groups_for_user(UserPoolId=self.pool_id, Username=username)["Groups"]
            for group in (group["GroupName"] for group in found):
                if group == STAFF or group.startswith("facility-"):
                    return Account(username, group)
        raise ValueError(f"{username}: no account of staff or of a facility has this name")

    def delete(self, account: Account) -> None:
        """There is no such account any more."""
        self.cognito.admin_delete_user(UserPoolId=self.pool_id, Username=account.username)


def facility_accounts(facilities: Iterable[Facility]) -> list[Account]:
    """One account a facility, named like its group."""
    groups = [(f"facility-{facility.number:02}", facility.name) for facility in facilities]
    return [Account(group, group, name) for group, name in groups]


def staff_accounts(path: Path) -> list[Account]:
    """The accounts of a list of staff.

    Raises:
        ValueError: a name cannot be one of staff, or stands there twice.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    accounts = [Account((row.get("username") or "").strip(), STAFF, row.get("name") or "") for row in rows]
    names = [account.username for account in accounts]
    for line, name in enumerate(names, 2):
        if not _USERNAME.fullmatch(name) or name.startswith("facility-") or names.count(name) > 1:
            raise ValueError(f"{path}, line {line}: {name!r} is not a name of its own (a-z, 0-9, hyphen, full stop)")
    return accounts


def make_accounts(pool: Pool, accounts: list[Account], sheet: Path) -> list[Account]:
    """Make the accounts that are missing, with their passwords on a new sheet; those that were made.

    Raises:
        FileExistsError: the sheet is there already; what is on it is kept nowhere else.
    """
    for group in sorted({account.group for account in accounts}):
        pool.make_group(group)
    missing = [account for account in accounts if not pool.has(account.username)]
    if missing:
        _make_with_sheet(pool, missing, sheet)
    for account in accounts:
        pool.put_in_group(account)
    return missing


def _make_with_sheet(pool: Pool, accounts: list[Account], sheet: Path) -> None:
    sheet.parent.mkdir(exist_ok=True)
    opened = os.open(sheet, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["username", "temporary_password", "group", "name"])
        for account in accounts:
            password = made_up_password()
            rows.writerow([account.username, password, account.group, account.owner])
            # On paper first: a password that nobody knows would have to be made anew.
            file.flush()
            pool.make(account, password)


def reset_account(pool: Pool, username: str, sheet: Path) -> None:
    """Make an account anew: the password is temporary again, and the authenticator is asked for again.

    Raises:
        ValueError: there is no such account.
        FileExistsError: the sheet is there already.
    """
    account = pool.find(username)
    if sheet.exists():
        raise FileExistsError(sheet)
    pool.delete(account)
    make_accounts(pool, [account], sheet)


def _pool_of(stage: Checked) -> Pool:
    session: Any = boto3.Session(region_name=stage.region)
    return Pool(session.client("cognito-idp"), outputs_of(stage)["StaffPoolId"])


def main() -> int:
    """The command; its exit status is 1 if it could not be carried out."""
    parser = argparse.ArgumentParser(prog="python -m infra.accounts", description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="the name of a file in infra/stages")
    parser.add_argument("--staff", type=Path, help="a CSV of who works at the desk: username, name")
    parser.add_argument("--reset", metavar="NAME", help="make one account anew, for a lost phone or password")
    parser.add_argument("--sheet", type=Path, default=SHEET, help=f"where new passwords are written ({SHEET})")
    asked = parser.parse_args()
    try:
        print(_carry_out(asked))
    except FileExistsError:
        print(f"{asked.sheet} is there already: hand out what is on it, delete it, and ask again.", file=sys.stderr)
        return 1
    except (Faulty, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _carry_out(asked: argparse.Namespace) -> str:
    stage = checked(asked.stage)
    pool = _pool_of(stage)
    if asked.reset:
        reset_account(pool, asked.reset, asked.sheet)
        return f"{asked.reset} was made anew; the temporary password is in {asked.sheet}. Delete it once handed out."
    accounts = facility_accounts(stage.library.facilities) + (staff_accounts(asked.staff) if asked.staff else [])
    made = make_accounts(pool, accounts, asked.sheet)
    told = f"{len(made)} accounts made, {len(accounts) - len(made)} were there."
    return f"{told} Passwords: {asked.sheet}. Delete it once they are handed out." if made else told


if __name__ == "__main__":
    sys.exit(main())
