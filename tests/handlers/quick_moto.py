"""What moto does anew each time and need not: without it the tests take half as long, and moto answers the same."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table as MotoTable
from moto.utilities.utils import load_resource

Key = tuple[DynamoType, DynamoType]

# Kinds of values that are written as they are kept.
PLAIN = {"S", "N", "BOOL", "NULL", "SS", "NS"}


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take those things from moto."""
    _one_key_for_all_pools(monkeypatch)
    _transactions_that_copy_what_they_touch(monkeypatch)
    _values_as_they_are(monkeypatch)
    monkeypatch.setattr("moto.core.responses.method_names_from_class", cache(method_names_from_class))
    monkeypatch.setattr("moto.dynamodb.parsing.ast_nodes.DepthFirstTraverser.traverse", _traverse)


def _one_key_for_all_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    key = RSAKey.import_key(load_resource("cognitoidp/resources/jwks-private.json"))
    made = SimpleNamespace(RSAKey=SimpleNamespace(import_key=lambda _: key))
    monkeypatch.setattr("moto.cognitoidp.models.jwk", made)


def _transactions_that_copy_what_they_touch(monkeypatch: pytest.MonkeyPatch) -> None:
    transact = DynamoDBBackend.transact_write_items
    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", lambda *given: _all_or_nothing(transact, *given))
    # The copy of the whole table that moto would go back to.
    monkeypatch.setattr(MotoTable, "__deepcopy__", lambda table, _: table, raising=False)


def _all_or_nothing(transact: Callable[..., None], backend: DynamoDBBackend, requests: list[dict[str, Any]]) -> None:
    before = [(table, key, deepcopy(table.get_item(*key))) for table, key in _touched(backend, requests)]
    try:
        transact(backend, requests)
    except Exception:
        for table, key, item in before:
            _put_back(table, key, item)
        raise


def _touched(backend: DynamoDBBackend, requests: list[dict[str, Any]]) -> Iterable[tuple[MotoTable, Key]]:
    for request in requests:
        (operation,) = request.values()
        table, item = backend.get_table(operation["TableName"]), operation.get("Key") or operation["Item"]
        pk, sk = table.table_key_attrs
        yield table, (DynamoType(item[pk]), DynamoType(item[sk]))


def _put_back(table: MotoTable, key: Key, item: Item | None) -> None:
    pk, sk = key
    if item:
        table.items[pk][sk] = item
    else:
        table.items[pk].pop(sk, None)


def _values_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moto asks each value under each name of each kind that a value may be of."""
    look = BaseJSONSerializer._serialize_type_structure

    def serialize(serializer: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and type(value) is dict and value.keys() <= PLAIN:
            serializer._default_serialize(serialized, value, shape, key)
        else:
            look(serializer, serialized, value, shape, key)

    monkeypatch.setattr(BaseJSONSerializer, "_serialize_type_structure", serialize)


def _traverse(traverser: Any, node: Any) -> Any:
    """As moto does, but the kinds of nodes it looks for are listed once, not for each node."""
    kinds = tuple(traverser._processing_map())
    traverser.nodes_to_be_processed = lambda: kinds
    return traverser.traverse_node_recursively(node)
