"""A restore, played on the local AWS as the handbook has it: `make drill`.

The weeks are played up to their first run. Before it a hand at the table takes away every hold, and the file that is
searched is lost. The table is brought back as it was, and the weeks go on.

What the local AWS cannot do is to bring a table back to a moment: the drill keeps a copy of that moment instead.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from infra.local import story
from infra.local.load import command, load
from infra.local.people import Caller
from infra.local.played_weeks import played_weeks
from infra.local.player import Player, Step, must
from infra.local.stack import Stack, local_stack
from infra.local.week import diary
from infra.restore import make_ready
from lending.domain.week import TOKYO

Items = list[dict[str, Any]]


def drill(stack: Stack, now: datetime, tell: Callable[[Step], None] = lambda step: None) -> list[Step]:
    """Play it on a loaded stack; what happened.

    Raises:
        RuntimeError: something did not happen as it should.
    """
    weeks = played_weeks(now, stack.library.policy)
    player, entries = Player(stack, tell, weeks), diary(now, weeks)
    acts = [act for _, act in entries]
    run, end = acts.index(story.thursday_run), acts.index(story.sunday_release)
    for at, act in entries[:run]:
        act(player, at)
    _lose_and_restore(player, entries[run - 1][0])
    for at, act in entries[run : end + 1]:
        act(player, at)
    return player.steps


def _lose_and_restore(player: Player, at: datetime) -> None:
    stack = player.stack
    table, bucket = stack.outputs["TableName"], stack.outputs["CatalogueBucket"]
    kept = _items(stack, table)
    lost = _lose_holds(stack, table, kept) + _lose_search(stack, bucket)
    player.happened(at, "予約と検索ファイルが失われる", lost=lost)
    stack.change(Closed="true", Schedules="DISABLED")
    must(_status(stack, at) == 503, "the doors are closed")
    _put_back(stack, table, f"{table}-restored", kept)
    stack.change(**make_ready(stack.client("dynamodb"), f"{table}-restored"))
    must(stack.outputs["TableName"] == f"{table}-restored", "the restored table is used")
    command(stack, "infra.search_anew", "--table", stack.outputs["TableName"], "--bucket", bucket)
    must(_status(stack, at) == 503, "the doors stay closed")
    stack.change(Closed="false", Schedules="ENABLED")
    must(_status(stack, at) == 200, "titles are found again")
    player.happened(at, "閉館し、表を戻し、検索ファイルを作り直して再開", items=len(kept))


def _items(stack: Stack, table: str) -> Items:
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]


def _lose_holds(stack: Stack, table: str, items: Items) -> int:
    holds = [{name: item[name] for name in ("PK", "SK")} for item in items if item["SK"]["S"].startswith("HOLD#")]
    for key in holds:
        stack.client("dynamodb").delete_item(TableName=table, Key=key)
    return len(holds)


def _lose_search(stack: Stack, bucket: str) -> int:
    s3 = stack.client("s3")
    files = s3.list_objects_v2(Bucket=bucket)["Contents"]
    for file in files:
        s3.delete_object(Bucket=bucket, Key=file["Key"])
    return len(files)


def _put_back(stack: Stack, source: str, target: str, items: Items) -> None:
    """What a restore does: the keys and indexes of the source, and the items; neither stream nor erasure by time."""
    dynamodb = stack.client("dynamodb")
    known = dynamodb.describe_table(TableName=source)["Table"]
    indexes = [
        {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
        for index in known["GlobalSecondaryIndexes"]
    ]
    dynamodb.create_table(
        TableName=target, BillingMode="PAY_PER_REQUEST", KeySchema=known["KeySchema"],
        AttributeDefinitions=known["AttributeDefinitions"], GlobalSecondaryIndexes=indexes,
    )  # fmt: skip
    dynamodb.get_waiter("table_exists").wait(TableName=target)
    for item in items:
        dynamodb.put_item(TableName=target, Item=item)


def _status(stack: Stack, at: datetime) -> int:
    return Caller(stack).call("GET", "/titles?q=見本", at).status_code


def main() -> None:
    """The command."""
    with local_stack() as stack:
        stack.accounts.extend(load(stack))
        drill(stack, datetime.now(TOKYO), lambda step: print(step["at"][:16], step["what"], step["counts"], flush=True))
    print("The restore went through.", file=sys.stderr)


if __name__ == "__main__":
    main()
