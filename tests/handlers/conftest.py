"""Each function on moto: table, queues, pool and bucket in process, and events as the HTTP API sends them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from moto import mock_aws
from moto.utilities.utils import load_resource

from infra.library import as_parameter
from lending.aws import schedules, settings, table
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.catalogue import titles
from lending.aws.table.catalogue.copies import addition as copy_addition
from lending.aws.table.patrons import patrons
from lending.aws.table.queries import INDEXES
from lending.domain.catalogue.title import Copy, Title
from lending.domain.patrons.patron import Patron
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import indexes_of_template
from tests.handlers.crashing import Mortal
from tests.library import AOMORI

ROOT = Path(__file__).parents[2]
# Writes side by side are for stores that are atomic under threads; moto copies its whole table meanwhile.
ONE_AT_A_TIME = 1
# What tests play lies behind, whenever they are run.
LATER = datetime(2100, 1, 1, tzinfo=TOKYO)
NOON = datetime(2026, 6, 1, 12, tzinfo=TOKYO)  # a Monday


def sample(name: str) -> dict[str, Any]:
    """A sample event, such as `holds/place`."""
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def context() -> SimpleNamespace:
    """What Lambda hands over beside the event."""
    return SimpleNamespace(
        function_name="test", memory_limit_in_mb=128, aws_request_id="request",
        invoked_function_arn="arn:aws:lambda:ap-northeast-1:123456789012:function:test",
        get_remaining_time_in_millis=lambda: 30_000,
    )  # fmt: skip


def request(
    method: str,
    path: str,
    *,
    body: Any = None,
    group: str = "",
    user: str = "",
    now: datetime = NOON,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A request as the HTTP API hands it to a function (payload 2.0)."""
    claims = {"sub": user, "username": user, "token_use": "access", "cognito:groups": f"[{group}]"}
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"} | (headers or {}),
        **({"queryStringParameters": query} if query else {}),
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "requestId": "request",
            "stage": "$default",
            "timeEpoch": int(now.timestamp() * 1000),
            **({"authorizer": {"jwt": {"claims": claims}}} if group else {}),
        },
        **({"body": body if isinstance(body, str) else json.dumps(body)} if body is not None else {}),
        "isBase64Encoded": False,
    }


@pytest.fixture(scope="session", autouse=True)
def one_signing_key() -> Iterator[None]:
    """The key all pools of moto sign with, worked out once: doing so for each pool takes longer than most tests."""
    key = RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(RSAKey, "import_key", lambda _: key)
        yield


@pytest.fixture(autouse=True)
def around() -> Iterator[pytest.MonkeyPatch]:
    """What each test stands in, apart from what it changes itself: that it takes back its own leaves this."""
    with pytest.MonkeyPatch.context() as around:
        yield around


@pytest.fixture(autouse=True)
def aws(around: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS of one's own, with what the functions are told of it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        around.setenv(name, "testing")
    around.setenv("AWS_DEFAULT_REGION", "ap-northeast-1")
    with mock_aws():
        for name, value in _resources().items():
            around.setenv(name, value)
        settings.settings.cache_clear()
        around.setattr(schedules, "clock", lambda: LATER)
        around.setattr(table.library_table(), "at_once", ONE_AT_A_TIME)
        yield
        settings.settings.cache_clear()


@pytest.fixture(autouse=True)
def time_for_all_parts(around: pytest.MonkeyPatch) -> None:
    """A request does all its parts, however slow the machine is; tests of a short time say so."""
    around.setattr("lending.api.request._SECONDS_FOR_PARTS", float("inf"))


def _resources() -> dict[str, str]:
    # The clients outlive a test, what they see does not: making them is what would take the time.
    s3, sqs, cognito = client("s3"), client("sqs"), client("cognito-idp")
    lending_table("lending")
    for bucket in ("images", "catalogue", "site", "exchange"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    rule = {"MinimumLength": 8, "RequireLowercase": True, "RequireNumbers": True}  # the template's
    pool = cognito.create_user_pool(
        PoolName="patrons",
        AliasAttributes=["preferred_username"],
        Policies={"PasswordPolicy": rule | {"RequireUppercase": False, "RequireSymbols": False}},
    )
    pool_id = pool["UserPool"]["Id"]
    for group in ("patron", "desk"):
        cognito.create_group(GroupName=group, UserPoolId=pool_id)
    client("secretsmanager").create_secret(Name="signing", SecretString="for tests only")
    client("sesv2").create_email_identity(EmailIdentity="plib.pref.aomori.lg.jp")
    return {
        "POLICY": as_parameter(AOMORI.policy),
        "TABLE_NAME": "lending",
        "IMAGES_BUCKET": "images",
        "CATALOGUE_BUCKET": "catalogue",
        "SITE_BUCKET": "site",
        "EXCHANGE_BUCKET": "exchange",
        "USER_POOL_ID": pool_id,
        "SIGNING_SECRET": "signing",
        "MAIL_QUEUE_URL": sqs.create_queue(QueueName="mail")["QueueUrl"],
        "MAIL_CONFIGURATION_SET": "",
        "TEMPORARY_PASSWORD_DAYS": "7",
        "SITE_URL": "https://lending.example.jp",
        "TIME_TRAVEL": "false",
        "POWERTOOLS_SERVICE_NAME": "test",
    }


def lending_table(name: str) -> Table:
    """A table as the template makes it."""
    dynamodb, keys = client("dynamodb"), [name for pair in INDEXES.values() for name in pair]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=_schema(""),
        GlobalSecondaryIndexes=[
            {"IndexName": name, "KeySchema": _schema(name), "Projection": index.projection}
            for name, index in indexes_of_template().items()
        ],
    )
    return Table(dynamodb, name, ONE_AT_A_TIME)


def _schema(index: str) -> list[dict[str, str]]:
    pk, sk = INDEXES[index]
    return [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]


@pytest.fixture
def library() -> Table:
    """The library's table."""
    return table.library_table()


@dataclass
class Given:
    """What a test starts from, put straight into the table."""

    table: Table

    def patron(self, patron_id: str = "p-1", **changes: Any) -> Patron:
        """A patron with a working card, made up."""
        defaults: dict[str, Any] = {
            "card_number": f"1{patron_id.removeprefix('p-').zfill(7)}",
            "name": "見本 花子",
            "kana": "ミホン ハナコ",
            "birth_date": date(1990, 4, 1),
            "postal_code": "030-0184",
            "address": "青森県青森市荒川字藤戸119-7",
            "phone": "017-000-0000",
            "email": f"{patron_id}@example.jp",
            "expires_on": date(2027, 3, 31),
        }
        patron = Patron(patron_id=patron_id, **(defaults | changes))
        self.table.transact(patrons.addition(patron))
        return patron

    def title(self, title_id: str = "t-1", copies: int = 1, reference_only: bool = False) -> Title:
        """A title with its copies `<title>-1`, `<title>-2` …"""
        barcodes = tuple(f"{title_id}-{n}" for n in range(1, copies + 1))
        title = Title(
            title_id, f"見本の本 {title_id}", "見本 太郎", "", barcodes, lendable=0 if reference_only else copies
        )
        made = [Copy(barcode, title_id, f"913.6/{barcode}", reference_only) for barcode in barcodes]
        self.table.transact(titles.description_change(None, title), *map(copy_addition, made))
        return title


@pytest.fixture
def given(library: Table) -> Given:
    """What a test starts from."""
    return Given(library)


@pytest.fixture
def mortal(library: Table, monkeypatch: pytest.MonkeyPatch) -> Mortal:
    """The client of the library's table, which can be told to die."""
    mortal = Mortal(library._client)
    monkeypatch.setattr(library, "_client", mortal)
    return mortal
