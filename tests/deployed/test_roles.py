"""Each function has just the rights its job needs: what it must not do is tried with its own role, and denied."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.stack import Stack

FUNCTIONS = (
    "registration", "images", "public", "holds", "my_library", "review", "desk", "runs", "facility", "allocator",
    "release", "notices", "catalogue", "exchange", "outbox", "mail", "bounces",
)  # fmt: skip
KEY = {"PK": {"S": "TEST#rights"}, "SK": {"S": "TEST"}}
DENIED = {"AccessDenied", "AccessDeniedException", "AccessDeniedFault", "AuthorizationError", "UnauthorizedOperation"}

Attempt = Callable[["Role"], Any]


class Role:
    """A function's own role, put on by the account's owner for the test."""

    def __init__(self, stack: Stack, function: str) -> None:
        self.stack = stack
        arn = _role_arn(stack, function)
        name = arn.rpartition("/")[2]
        anyone = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
        stack.client("iam").update_assume_role_policy(RoleName=name, PolicyDocument=trust)
        worn = stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="rights")["Credentials"]
        self._session: Any = boto3.Session(
            worn["AccessKeyId"], worn["SecretAccessKey"], worn["SessionToken"], region_name=stack.region
        )

    @cache  # noqa: B019 - a role lives as long as the test run
    def client(self, service: str) -> Any:
        once = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
        return self._session.client(service, endpoint_url=self.stack.endpoint, config=once)


def _role_arn(stack: Stack, function: str) -> str:
    for found in stack.client("lambda").get_paginator("list_functions").paginate():
        for configuration in found["Functions"]:
            if configuration["Environment"]["Variables"].get("POWERTOOLS_SERVICE_NAME") == function:
                return str(configuration["Role"])
    raise LookupError(function)


def table(role: Role, operation: str, **parameters: Any) -> Any:
    return getattr(role.client("dynamodb"), operation)(TableName=role.stack.outputs["TableName"], **parameters)


def read_item(role: Role) -> Any:
    return table(role, "get_item", Key=KEY)


def write_item(role: Role) -> Any:
    return table(role, "put_item", Item=KEY)


def delete_item(role: Role) -> Any:
    return table(role, "delete_item", Key=KEY)


def scan(role: Role) -> Any:
    return table(role, "scan")


def drop_table(role: Role) -> Any:
    return table(role, "delete_table")


def read_image(prefix: str) -> Attempt:
    return lambda role: role.client("s3").get_object(Bucket=role.stack.outputs["ImagesBucket"], Key=f"{prefix}/x")


def write_image(prefix: str) -> Attempt:
    return lambda role: role.client("s3").put_object(
        Bucket=role.stack.outputs["ImagesBucket"], Key=f"{prefix}/x", Body=b"x"
    )


def delete_image(prefix: str) -> Attempt:
    return lambda role: role.client("s3").delete_object(Bucket=role.stack.outputs["ImagesBucket"], Key=f"{prefix}/x")


def set_password(role: Role) -> Any:
    return role.client("cognito-idp").admin_set_user_password(
        UserPoolId=role.stack.outputs["UserPoolId"], Username="desk", Password="Rights-2026-x", Permanent=True
    )


def delete_account(role: Role) -> Any:
    return role.client("cognito-idp").admin_delete_user(UserPoolId=role.stack.outputs["UserPoolId"], Username="nobody")


def send_mail(role: Role) -> Any:
    text = {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}
    return role.client("sesv2").send_email(
        FromEmailAddress="online@plib.pref.aomori.lg.jp",
        Destination={"ToAddresses": ["x@example.jp"]},
        Content={"Simple": text},
    )


def publish_event(role: Role) -> Any:
    return role.client("sns").publish(TopicArn=role.stack.outputs["MailEventsTopicArn"], Message="{}")


def call_function(role: Role) -> Any:
    return role.client("lambda").invoke(FunctionName=role.stack.outputs["AllocatorFunction"], Payload=b"{}")


NOBODY_MAY = (scan, drop_table, publish_event, call_function)
READS_ONLY = ("public",)
NO_TABLE = ("outbox",)
# The first clean picture of a ticket stays: who makes another one looks at the one that lies there.
MAY_READ_IMAGES = {"images": ("intake", "clean"), "review": ("clean",)}
MAY_WRITE_IMAGES = {"registration": "intake", "images": "clean", "review": "clean"}
# A picture that was made clean while its application was decided must go again; one of a withdrawn application at once.
MAY_DELETE_IMAGES = dict.fromkeys(("registration", "images", "review"), ("intake", "clean"))
MAY_SET_PASSWORDS = ("review", "mail", "notices")
MAY_SEND_MAIL = ("mail",)
# Who leaves, is taken out by staff, or has not come for years.
MAY_DELETE_ACCOUNTS = ("my_library", "review", "notices")


def forbidden() -> list[Any]:
    """What each function must be denied, each a case of its own."""
    cases: list[tuple[str, Attempt]] = [(function, attempt) for function in FUNCTIONS for attempt in NOBODY_MAY]
    cases += [(function, attempt) for function in READS_ONLY for attempt in (write_item, delete_item)]
    cases += [(function, attempt) for function in NO_TABLE for attempt in (read_item, write_item, delete_item)]
    # Which items it may write, the local AWS does not look at; tests/template does.
    cases.append(("catalogue", read_item))
    cases += [(function, set_password) for function in FUNCTIONS if function not in MAY_SET_PASSWORDS]
    cases += [(function, delete_account) for function in FUNCTIONS if function not in MAY_DELETE_ACCOUNTS]
    cases += [(function, send_mail) for function in FUNCTIONS if function not in MAY_SEND_MAIL]
    for function in FUNCTIONS:
        for prefix in ("intake", "clean"):
            if prefix not in MAY_READ_IMAGES.get(function, ()):
                cases.append((function, read_image(prefix)))
            if MAY_WRITE_IMAGES.get(function) != prefix:
                cases.append((function, write_image(prefix)))
            if prefix not in MAY_DELETE_IMAGES.get(function, ()):
                cases.append((function, delete_image(prefix)))
    return [pytest.param(*case, id=f"{case[0]}-{n}-{case[1].__qualname__}") for n, case in enumerate(cases)]


@pytest.fixture(scope="module")
def role(stack: Stack) -> Callable[[str], Role]:
    return cache(lambda function: Role(stack, function))


@pytest.mark.parametrize(("function", "attempt"), forbidden())
def test_what_its_job_does_not_need_is_denied(role: Callable[[str], Role], function: str, attempt: Attempt) -> None:
    with pytest.raises(ClientError) as denied:
        attempt(role(function))
    assert denied.value.response["Error"]["Code"] in DENIED, denied.value


def test_what_its_job_needs_is_allowed(role: Callable[[str], Role]) -> None:
    # GIVEN the same roles THEN the denials above are not just a role that can do nothing
    read_item(role("public"))
    write_item(role("holds"))
    write_image("clean")(role("images"))
