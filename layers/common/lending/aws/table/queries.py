"""What DynamoDB is asked for a part of a list: of a partition of the table, or of one of its indexes."""

import re
from typing import Any

from lending.aws.table.codec import Item, to_wire
from lending.domain.problems import Refused

INDEXES = {"": ("PK", "SK"), "by_title": ("title_key", "title_order"), "work": ("work", "work_order")}


def part_of_list(index: str, pk: str, sk_prefix: str, after: str, before: str) -> dict[str, Any]:
    """The request for a part of a list: what begins with `sk_prefix`, or lies up to `before`, and from `after` on."""
    pk_name, sk_name = INDEXES[index]
    part, values = _part(sk_prefix, after, before)
    return {
        "KeyConditionExpression": f"#pk = :pk{part}",
        "ExpressionAttributeNames": {"#pk": pk_name} | ({"#sk": sk_name} if part else {}),
        "ExpressionAttributeValues": to_wire({":pk": pk} | values),
    } | ({"IndexName": index} if index else {})


def _part(sk_prefix: str, after: str, before: str) -> tuple[str, Item]:
    """The condition for a part of a partition, and its values."""
    if sk_prefix:
        return " AND begins_with(#sk, :sk)", {":sk": sk_prefix}
    if after and before:
        return " AND #sk BETWEEN :after AND :sk", {":after": after, ":sk": before}
    return (" AND #sk <= :sk", {":sk": before}) if before else ("", {})


def going_on(index: str, pk: str, part: tuple[str, str, str], start: Item | None) -> dict[str, Any]:
    """Where a list goes on, which must be in the very part of it that is read: DynamoDB demands it.

    Args:
        part: what its sort keys begin with, the least and the last of them; each may be empty.
    """
    if not start:
        return {}
    pk_name, sk_name = INDEXES[index]
    (prefix, after, before), order = part, str(start.get(sk_name, ""))
    within = order.startswith(prefix) and after <= order and (not before or order <= before)
    if start.get(pk_name) != pk or not within:
        raise Refused("bad_cursor")
    return {"ExclusiveStartKey": to_wire(start)}


def less(limit: int, only_keys: bool, index: str) -> dict[str, Any]:
    """What keeps an answer short."""
    keys = ", ".join(dict.fromkeys((*INDEXES[""], INDEXES[index][1])))
    return ({"Limit": limit} if limit else {}) | ({"ProjectionExpression": keys} if only_keys else {})


def only(*paths: tuple[str, ...]) -> dict[str, Any]:
    """What keeps each item of an answer to its key and some of its attributes, or of what is inside them."""
    inner = [part for path in paths for part in path]
    names = {f"#p{number}": part for number, part in enumerate(dict.fromkeys(inner))}
    called = {part: name for name, part in names.items()}
    asked = [".".join(called[part] for part in path) for path in paths]
    return {"ProjectionExpression": ", ".join([*INDEXES[""], *asked]), "ExpressionAttributeNames": names}


def counting(request: dict[str, Any], condition: str, values: Item) -> dict[str, Any]:
    """The same request, for how many there are that keep to a condition, with the condition's values by name."""
    names = {f"#{name}": name for name in re.findall(r"#(\w+)", condition)}
    return request | {
        "Select": "COUNT",
        "FilterExpression": condition,
        "ExpressionAttributeNames": request["ExpressionAttributeNames"] | names,
        "ExpressionAttributeValues": request["ExpressionAttributeValues"]
        | to_wire({f":{name}": value for name, value in values.items()}),
    }
