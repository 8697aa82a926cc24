"""The partner facilities of `infra/data/facilities.csv`, into a table: `python -m infra.facilities STAGE`."""

import argparse
import csv
from pathlib import Path

import boto3

from infra.stage import Faulty, checked, outputs_of
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.domain.calendar.facility import Facility

CSV = Path(__file__).parent / "data" / "facilities.csv"


def read_facilities(path: Path = CSV) -> list[Facility]:
    """The facilities of a CSV: number, district, municipality, name, gives_out_kits (yes or no), alias, place."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Facility(
                int(row["number"]), row["district"], row["municipality"], row["name"],
                row["gives_out_kits"] == "yes", row["alias"], float(row["latitude"]), float(row["longitude"]),
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def load_facilities(table: Table, listed: list[Facility]) -> None:
    """Put the facilities as they are listed now; safe to repeat."""
    table.transact(*map(facilities.facility_record, listed))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.facilities", description=__doc__)
    parser.add_argument("stage", help="the name of a file in infra/stages")
    try:
        stage = checked(parser.parse_args().stage)
    except Faulty as error:
        parser.exit(1, f"{error}\n")
    listed = read_facilities()
    client = boto3.client("dynamodb", region_name=stage.region)
    load_facilities(Table(client, outputs_of(stage)["TableName"]), listed)
    print(f"{len(listed)} facilities are in {stage.stack}")


if __name__ == "__main__":
    main()
