"""Make the file that is searched anew, of all titles in a table: `python -m infra.search_anew --stage STAGE`.

For a restored table, whose file is gone, or a bucket that has lost it. Nothing of the file before is needed.
"""

import argparse
import os
from collections.abc import Iterator
from contextlib import suppress

import boto3

from infra.faults import Faulty
from infra.stage import checked, outputs_of
from lending.actions.catalogue.refresh_search import refresh_search
from lending.aws.search_file import Entry
from lending.aws.table import Table
from lending.aws.table.codec import Unreadable, from_wire, value_of
from lending.domain.catalogue.title import Title


def search_anew(table: Table, bucket: str) -> int:
    """Let all titles of a table be found; how many they are."""
    return refresh_search(table, bucket, _titles(table), anew=True)


def _titles(table: Table) -> Iterator[Entry]:
    """Every title. No function may read the whole table; the account's owner may."""
    pages = boto3.client("dynamodb").get_paginator("scan").paginate(
        TableName=table.name,
        FilterExpression="SK = :title",
        ExpressionAttributeValues={":title": {"S": "TITLE"}},
    )  # fmt: skip
    for item in (item for page in pages for item in page["Items"]):
        with suppress(Unreadable):
            yield Entry.of(value_of(Title, from_wire(item)))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.search_anew", description=__doc__.splitlines()[0])
    parser.add_argument("--stage", help="the name of a file in infra/stages")
    parser.add_argument("--table", default="")
    parser.add_argument("--bucket", default="")
    asked = parser.parse_args()
    table, bucket = asked.table, asked.bucket
    try:
        if asked.stage:
            stage = checked(asked.stage)
            os.environ["AWS_DEFAULT_REGION"] = stage.region
            outputs = outputs_of(stage)
            table, bucket = outputs["TableName"], outputs["CatalogueBucket"]
    except Faulty as error:
        parser.exit(1, f"{error}\n")
    if not (table and bucket):
        parser.error("which table and bucket? Give --stage, or --table and --bucket.")
    print(f"{search_anew(Table(boto3.client('dynamodb'), table), bucket)} titles can be found")


if __name__ == "__main__":
    main()
