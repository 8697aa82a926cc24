"""The partner facilities of `infra/data/facilities.csv`, into a table: `python -m infra.facilities TABLE`."""

import csv
import sys
from pathlib import Path

import boto3

from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.domain.calendar.facility import Facility

CSV = Path(__file__).parent / "data" / "facilities.csv"


def read_facilities(path: Path = CSV) -> list[Facility]:
    """The facilities of a CSV: number, district, municipality, name, gives_out_kits (yes or no), alias."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Facility(
                int(row["number"]), row["district"], row["municipality"], row["name"],
                row["gives_out_kits"] == "yes", row["alias"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def load_facilities(table: Table, listed: list[Facility]) -> None:
    """Put the facilities as they are listed now; safe to repeat."""
    table.transact(*map(facilities.facility_record, listed))


if __name__ == "__main__":
    load_facilities(Table(boto3.client("dynamodb"), sys.argv[1]), read_facilities())
