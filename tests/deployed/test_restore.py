"""A table that was damaged is brought back, and the week goes on (the drill of the handbook)."""

from datetime import datetime

from infra.local.drill import drill
from infra.local.load import load
from infra.local.server import free_port
from infra.local.stack import local_stack
from lending.domain.week import TOKYO


def test_a_damaged_table_is_brought_back_and_the_week_goes_on() -> None:
    # GIVEN a loaded stack
    with local_stack(free_port(), free_port()) as stack:
        stack.accounts.extend(load(stack))
        own = stack.outputs["TableName"]
        # WHEN its holds are lost before a run, and the table is restored; each step demands what it is for
        steps = drill(stack, datetime.now(TOKYO))
        # THEN another table is used, with what the stack's own has
        restored = stack.outputs["TableName"]
        assert restored != own
        dynamodb = stack.client("dynamodb")
        table = dynamodb.describe_table(TableName=restored)["Table"]
        assert (table["DeletionProtectionEnabled"], table["StreamSpecification"]["StreamEnabled"]) == (True, True)
        life = dynamodb.describe_time_to_live(TableName=restored)["TimeToLiveDescription"]
        assert (life["TimeToLiveStatus"], life["AttributeName"]) == ("ENABLED", "expires_at")
        backups = dynamodb.describe_continuous_backups(TableName=restored)["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    # AND the holds that were lost got their books, down to the mails
    lost = next(number for number, step in enumerate(steps) if "lost" in step["counts"])
    assert steps[lost]["counts"]["lost"] > 20
    assert [step["what"] for step in steps[lost + 2 :]]
