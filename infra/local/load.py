"""What a fresh stack is given: facilities, kit cards, a sample catalogue, accounts to sign in with."""

import csv
import os
import secrets
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from infra.facilities import load_facilities
from infra.local.samples import catalogue, kit_numbers
from infra.local.stack import ROOT, Stack
from lending.aws.table import Table
from lending.aws.table.registration import cards
from lending.domain.calendar.facility import Facility
from lending.domain.registration.card import Card

_AT_ONCE = 8


def load(stack: Stack) -> list[dict[str, str]]:
    """Load the sample data; the sign-in data of the accounts made, as `{group, username, password}`.

    Raises:
        subprocess.CalledProcessError: the catalogue could not be imported.
    """
    table = Table(stack.client("dynamodb"), stack.outputs["TableName"])
    facilities = stack.library.facilities
    load_facilities(table, facilities)
    for facility in facilities:
        _load_kits(table, facility)
    _import_catalogue(stack)
    groups = ["desk", *(f"facility-{facility.number:02}" for facility in facilities)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda group: _make_account(stack, group), groups))


def _load_kits(table: Table, facility: Facility) -> None:
    if facility.gives_out_kits:
        table.transact(*(cards.addition(Card(n, facility=str(facility.number))) for n in kit_numbers(facility.number)))


def _import_catalogue(stack: Stack) -> None:
    file = stack.folder / "catalogue.csv"
    rows = list(catalogue())
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    names = ["--table", stack.outputs["TableName"], "--bucket", stack.outputs["CatalogueBucket"]]
    command(stack, "infra.import_catalogue", str(file), *names)


def command(stack: Stack, module: str, *arguments: str) -> None:
    """Carry out the very command that a library uses.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    words = [sys.executable, "-m", module, *arguments]
    subprocess.run(words, env=_environment(stack), cwd=ROOT, check=True, stdout=sys.stderr)


def _environment(stack: Stack) -> dict[str, str]:
    """The environment in which a command of the repository speaks to the local AWS as its owner."""
    return os.environ | {
        "AWS_ENDPOINT_URL": stack.endpoint,
        "AWS_DEFAULT_REGION": stack.region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PYTHONPATH": str(Path("layers/common")) + os.pathsep + ".",
        "TMPDIR": str(stack.folder),
    }


def _make_account(stack: Stack, group: str) -> dict[str, str]:
    """An account named like its group; nobody's real one, with a password made for this stack."""
    cognito, pool = stack.client("cognito-idp"), {"UserPoolId": stack.outputs["StaffPoolId"]}
    password = f"Local-{secrets.token_urlsafe(9)}-1"
    if group != "desk":
        cognito.create_group(GroupName=group, **pool)
    cognito.admin_create_user(Username=group, MessageAction="SUPPRESS", **pool)
    cognito.admin_set_user_password(Username=group, Password=password, Permanent=True, **pool)
    cognito.admin_add_user_to_group(Username=group, GroupName=group, **pool)
    return {"group": group, "username": group, "password": password}
