"""A library that moves in."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from infra.moving_in.folder import read_folder
from infra.moving_in.move import Moved, move_in
from lending.actions.library import Library
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.domain.calendar.facility import Facility
from lending.domain.week import TOKYO
from tests.library import aomori

BUCKET = "catalogue"
FACILITY = facilities.facility_record(Facility(12, "西北", "鰺ヶ沢町", "見本の公民館", True))
NOW = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


def move(table: Table, path: Path, *, dry: bool = False) -> Moved:
    """Move a folder in."""
    here = Library(table, aomori(), NOW)
    return move_in(here, BUCKET, read_folder(path, here.policy, here.today), lambda *_: None, dry=dry)


@pytest.fixture
def moving(library: Table) -> Callable[..., Moved]:
    """Moves a folder in, into a library with facility 12."""
    library.write(FACILITY)
    return partial(move, library)
