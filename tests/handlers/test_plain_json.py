"""DynamoDB is asked and read in plain JSON: nothing of an item is lost or changed, and errors say what they said."""

from datetime import datetime
from typing import Any

import pytest

from lending.aws.clients import client
from lending.aws.table import Overtaken, Table
from lending.aws.table.writes import key_of, put, put_new

KEY = ("THING#1", "THING")


@pytest.mark.parametrize(
    "item",
    [
        {"packed": b"\x00\xff", "texts": {"a", "b"}, "n": 12, "rate": 0.5, "yes": True, "words": ["本", None]},
        {"B": "a text", "M": {"B": "a text", "S": b"bytes"}, "S": {"B": {"B": b"\x01"}}},
    ],
    ids=["of every kind", "named as the kinds are"],
)
def test_an_item_comes_back_as_it_was(library: Table, item: dict[str, Any]) -> None:
    # GIVEN an item with values of every kind, or with names that JSON's own could be mistaken for
    library.write(put(KEY, item))
    # WHEN it is read by its key, in a batch, and in a list
    # THEN it is the same
    assert library.get(KEY) == library.get_many([KEY])[0] == next(library.query(KEY[0])) == key_of(KEY) | item


def test_a_refusal_says_which_write_lost(library: Table) -> None:
    library.write(put(KEY, {}))
    with pytest.raises(Overtaken) as overtaken:
        library.transact(put_new(("THING#2", "THING"), {}), put_new(KEY, {}))
    assert overtaken.value.failed == [1]


def test_what_is_no_item_is_read_along_its_model() -> None:
    # GIVEN an answer of DynamoDB with a date in it, and one of another service that speaks JSON
    described = client("dynamodb").describe_table(TableName="lending")
    pools = client("cognito-idp").list_user_pools(MaxResults=1)
    # THEN the dates are dates
    assert isinstance(described["Table"]["CreationDateTime"], datetime)
    assert isinstance(pools["UserPools"][0]["CreationDate"], datetime)
