"""Bring the table of a stage back as it was, beside the one that is used: `python -m infra.restore STAGE MOMENT`.

The new table gets what a restore leaves off, and is used once the stage's file names it.
"""

import argparse
from datetime import datetime
from typing import Any

import boto3

from infra.faults import Faulty
from infra.stage import checked, outputs_of

# A restore of any size takes twenty minutes and more.
_PATIENCE = {"Delay": 20, "MaxAttempts": 540}


def restore(dynamodb: Any, source: str, at: datetime, target: str) -> None:
    """Make a new table of what another one held at a moment, and wait until it is there.

    Raises:
        botocore.exceptions.ClientError: the moment is out of reach, or there is a table of that name.
    """
    dynamodb.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, RestoreDateTime=at)
    dynamodb.get_waiter("table_exists").wait(TableName=target, WaiterConfig=_PATIENCE)


def make_ready(dynamodb: Any, table: str) -> dict[str, str]:
    """Give a restored table what the stack's own has; the parameters by which the stack uses it.

    A restore brings items and indexes; what is erased by time, told to the stream and kept from loss is off.
    """
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    waiter = dynamodb.get_waiter("table_exists")
    changed = dynamodb.update_table(TableName=table, StreamSpecification=stream)
    waiter.wait(TableName=table, WaiterConfig=_PATIENCE)
    dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
    waiter.wait(TableName=table, WaiterConfig=_PATIENCE)
    life = {"AttributeName": "expires_at", "Enabled": True}
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=life)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    return {"RestoredTable": table, "RestoredStream": changed["TableDescription"]["LatestStreamLabel"]}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="the name of a file in infra/stages")
    parser.add_argument("at", type=datetime.fromisoformat, help="the moment, such as 2026-06-04T08:00:00+09:00")
    options = parser.parse_args()
    try:
        stage = checked(options.stage)
    except Faulty as error:
        parser.exit(1, f"{error}\n")
    dynamodb: Any = boto3.client("dynamodb", region_name=stage.region)
    target = f"{stage.stack}-{options.at:%Y-%m-%d-%H%M%S}"
    restore(dynamodb, outputs_of(stage)["TableName"], options.at, target)
    print(f"To be written among the parameters of infra/stages/{options.stage}.json:")
    for name, value in make_ready(dynamodb, target).items():
        print(f'    "{name}": "{value}",')


if __name__ == "__main__":
    main()
