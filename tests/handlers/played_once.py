"""What many tests start from is played once; whoever starts from it again has moto's table put back as it was left."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from lending.aws.table.calendar import calendar
from tests.handlers.conftest import Given
from tests.handlers.desk import SampleLibrary

Play = Callable[[Given], SampleLibrary]


def played_once(play: Play) -> Play:
    """Play it in an empty table the first time, and from then on put back what it left there.

    What it does elsewhere than in the table is not put back.
    """
    left: list[Any] = []

    @wraps(play)
    def once(given: Given) -> SampleLibrary:
        tables = dynamodb_backends[DEFAULT_ACCOUNT_ID]["ap-northeast-1"].tables
        name = given.table.name
        assert len(tables[name]) == 0, "it is not the first that happens"
        if not left:
            library = play(given)
            left.append(deepcopy(tables[name]))
            return library
        tables[name] = deepcopy(left[0])
        # The calendar's version goes on from the same number each time, and would be taken for that of another test.
        calendar._read.clear()
        return SampleLibrary(given)

    return once
