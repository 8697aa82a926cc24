"""Bring a catalogue in, and make the file that is searched.

    python -m infra.import_catalogue FILE [--mapping mapping.json] [--stage STAGE | --table NAME --bucket NAME]

Without names they are TABLE_NAME and CATALOGUE_BUCKET of the environment, or those of `.local/outputs.json`.
A file `.mrc` is ISO 2709, `.xml` MARCXML, with titles alone. Anything else is CSV with the columns, in any order:
title_id, title; if they are there title_kana, author, author_kana, isbn, volume, publisher, year, ndc, kind; and of a
copy barcode, call_number, reference_only (1, true or 禁帯出). One row a copy, the copy's columns empty for a title
without one. Other headings and codes are told by a mapping (`infra/catalogue/mapping.py`).

Safe to repeat, also after it was stopped anywhere: what is there already is not written again, and no copy changes its
state. Copies that are not in the file stay. Rows and records that cannot be used are named by their number; all others
are brought in. They have the limits of `PUT /desk/titles/{id}`.
"""

import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from infra.catalogue.files import read
from infra.catalogue.found import Catalogue, at
from infra.catalogue.mapping import NoMapping
from infra.faults import Faulty
from infra.stage import checked, outputs_of
from lending.actions.catalogue.describe_titles import bring_in
from lending.actions.catalogue.refresh_search import refresh_search
from lending.aws.search_file import Entry
from lending.aws.table import Table, in_batches
from lending.domain.catalogue.title_changes import Changes

OUTPUTS = Path(__file__).parents[1] / ".local" / "outputs.json"
# As many titles as fit one request for them and mostly one for their copies.
_AT_ONCE = 40
_THREADS = 4


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: titles and copies in the file, items written, titles that can be found, what was left out.

    `unit` is what is counted of a file: lines, or records.
    """

    titles: int
    copies: int
    written: int
    searchable: int
    unit: str
    bad: list[tuple[int, str]]


def import_catalogue(table: Table, bucket: str, path: Path, mapping: Path | None = None) -> Report:
    """Bring a file in, then make a search file of everything known.

    Raises:
        OSError: the file cannot be read.
        NoMapping: the mapping cannot be used.
    """
    return bring_in_catalogue(table, bucket, read(path, mapping))


def bring_in_catalogue(table: Table, bucket: str, found: Catalogue) -> Report:
    """Bring titles and copies in, then make a search file of everything known."""
    with ThreadPoolExecutor(_THREADS) as pool:
        results = list(pool.map(lambda part: bring_in(table, part), in_batches(found.titles.values(), _AT_ONCE)))
    refused = [changes for _, part in results for changes in part]
    for changes in refused:
        title = found.titles.pop(changes.after.title_id)
        found.bad.append((found.places[title.title_id], refusal(changes)))
    searchable = refresh_search(table, bucket, map(Entry.of, found.titles.values()))
    copies = sum(len(title.copies) for title in found.titles.values())
    written = sum(count for count, _ in results)
    return Report(len(found.titles), copies, written, searchable, found.unit, sorted(found.bad))


def refusal(changes: Changes) -> str:
    """Why a title could not be written, in words."""
    return "".join(reason.sentence for reason in changes.reasons)


def names_of(asked: argparse.Namespace) -> tuple[str, str]:
    """Table and bucket: those given, of the stage, of the environment, or of the AWS on one's own machine."""
    given = asked.table or os.environ.get("TABLE_NAME", ""), asked.bucket or os.environ.get("CATALOGUE_BUCKET", "")
    if asked.stage:
        stage = checked(asked.stage)
        os.environ["AWS_DEFAULT_REGION"] = stage.region
        outputs = outputs_of(stage)
        return outputs["TableName"], outputs["CatalogueBucket"]
    if all(given) or not OUTPUTS.exists():
        return given
    told = json.loads(OUTPUTS.read_text())
    os.environ.setdefault("AWS_ENDPOINT_URL", told["Endpoint"])
    os.environ.setdefault("AWS_DEFAULT_REGION", told["Region"])
    return told["TableName"], told["CatalogueBucket"]


def main() -> int:
    """The command; its exit status is 1 if something was left out."""
    parser = argparse.ArgumentParser(prog="python -m infra.import_catalogue", description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", type=Path, help="headings and codes of the CSV")
    parser.add_argument("--stage", help="the name of a file in infra/stages")
    parser.add_argument("--table")
    parser.add_argument("--bucket")
    asked = parser.parse_args()
    try:
        table, bucket = names_of(asked)
        if not (table and bucket):
            parser.error("which table and bucket? Give --stage, or --table and --bucket.")
        report = import_catalogue(Table(boto3.client("dynamodb"), table), bucket, asked.file, asked.mapping)
    except (Faulty, NoMapping) as error:
        parser.exit(1, f"{error}\n")
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            parser.exit(1, "検索用のファイルがありません。`make search` で作り直してから、もう一度実行してください。\n")
        raise
    for place, why in report.bad:
        print(f"{at(report.unit, place)}:{why}", file=sys.stderr)
    print(f"書誌{report.titles:,}件、資料{report.copies:,}点。書き込み{report.written:,}件、"
          f"検索できる書誌{report.searchable:,}件、使えなかったもの{len(report.bad):,}件")  # fmt: skip
    return 1 if report.bad else 0


if __name__ == "__main__":
    sys.exit(main())
