"""The table of what is kept of people says the lifetimes that policy, template and code have (RULES 41)."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lending.actions.patrons import leave as leaving
from lending.aws.table import idempotency
from lending.aws.table.patrons import password_wishes
from lending.aws.table.pulls import scans
from lending.domain.policy import Policy
from tests.library import aomori
from tests.template.conftest import OfType

DOC = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOC.splitlines() if line.startswith("| ")]
HEAD, TABLE = ROWS[0], ROWS[1:]
NAMED = [(name, int(number)) for row in TABLE for name, number in re.findall(r"`([\w. -]+)` \((\d+)\)", row[3])]
# What ends when something else does.
WITH_ANOTHER = ("as the record", "as the suspension", "until they end", "the number for ever", "while they work here")
# Lifetimes of the policy that are not of personal data, and those that are.
PRIVATE = {name for name in Policy.model_fields if name in ("application_days", "address_link_hours")} | {
    name for name, field in Policy.model_fields.items() if "(41)" in (field.description or "")
}


def test_every_row_says_all_and_ends() -> None:
    assert HEAD == ["what", "why", "where", "how long", "who sees it"]
    for row in TABLE:
        assert len(row) == 5, row
        assert all(row), row
        assert re.search(r"`[\w. -]+` \(\d+\)", row[3]) or row[3].startswith(WITH_ANOTHER), row


@pytest.mark.parametrize(("name", "number"), sorted(set(NAMED)))
def test_a_lifetime_is_the_one_that_counts(name: str, number: int, template: dict[str, Any], of_type: OfType) -> None:
    # GIVEN a lifetime as people read it THEN it is the one in force, RULES 41
    assert number == lifetimes(template, of_type)[name]


def test_every_lifetime_of_personal_data_is_in_the_table() -> None:
    assert {name for name, _ in NAMED} >= PRIVATE


def lifetimes(template: dict[str, Any], of_type: OfType) -> dict[str, Any]:
    """By name: of the policy, of the code, of the template."""
    kept = [each["LifecycleConfiguration"] for each in of_type("AWS::S3::Bucket").values() if "Lifecycle" in str(each)]
    (table,) = of_type("AWS::DynamoDB::Table").values()
    (dead,) = {each["MessageRetentionPeriod"] for each in of_type("AWS::SQS::Queue").values() if len(each) == 2}
    client = of_type("AWS::Cognito::UserPoolClient")["UserPoolClient"]
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    return {
        **aomori().model_dump(),
        **{rule["Id"]: rule["ExpirationInDays"] for rules in kept for rule in rules["Rules"]},
        "idempotency.KEPT": idempotency.KEPT // timedelta(days=1),
        "password_wishes.KEPT": password_wishes.KEPT // timedelta(days=1),
        "scans.KEPT": scans.KEPT // timedelta(days=1),
        "leaving.ECHO": leaving.ECHO // timedelta(hours=1),
        "dead letters": dead // 86400,
        "RefreshTokenValidity": client["RefreshTokenValidity"]["Fn::If"][1],
        "LogDays": template["Parameters"]["LogDays"]["Default"],
        # DynamoDB keeps 35 days unless told otherwise.
        "PITR": table["PointInTimeRecoverySpecification"].get("RecoveryPeriodInDays", 35),
    }
