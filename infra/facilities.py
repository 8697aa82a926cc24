"""The partner facilities of a stage's library, into its table: `python -m infra.facilities STAGE`."""

import argparse
from collections.abc import Iterable

import boto3

from infra.faults import Faulty
from infra.stage import checked, outputs_of
from lending.aws.table import Table, in_batches
from lending.aws.table.calendar import facilities
from lending.aws.table.store import TRANSACTION_WRITES
from lending.domain.calendar.facility import Facility


def load_facilities(table: Table, listed: Iterable[Facility]) -> None:
    """Put the facilities as they are listed now; safe to repeat."""
    for part in in_batches(map(facilities.facility_record, listed), TRANSACTION_WRITES):
        table.transact(*part)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.facilities", description=__doc__)
    parser.add_argument("stage", help="the name of a file in infra/stages")
    try:
        stage = checked(parser.parse_args().stage)
    except Faulty as error:
        parser.exit(1, f"{error}\n")
    client = boto3.client("dynamodb", region_name=stage.region)
    load_facilities(Table(client, outputs_of(stage)["TableName"]), stage.library.facilities)
    print(f"{len(stage.library.facilities)} facilities are in {stage.stack}")


if __name__ == "__main__":
    main()
