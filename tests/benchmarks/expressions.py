"""The expressions that writes of the table are made with: conditions and updates, on items in DynamoDB's typed form."""

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from functools import cache
from typing import Any

Item = Mapping[str, Any]
Value = Mapping[str, Any] | None
Operand = Callable[[Item, "Given"], Value]
Condition = Callable[[Item, "Given"], bool]
Given = tuple[Mapping[str, str], Mapping[str, Any]]
"""What `#name` and `:name` stand for."""

_TOKEN = re.compile(r"<>|<=|>=|[()=<>,.]|[#:]?\w+")
_CLAUSES = re.compile(r"\b(SET|ADD|DELETE|REMOVE)\b")


def holds(expression: str, item: Item, given: Given) -> bool:
    """Whether a condition holds for an item; `{}` is one that does not exist."""
    return _condition(expression)(item, given)


@cache
def _condition(expression: str) -> Condition:
    reader = _Reader(expression)
    condition = reader.alternatives()
    if reader.left:
        raise ValueError(f"cannot read {reader.left} of {expression!r}")
    return condition


class _Reader:
    """Reads a condition: OR binds less than AND, AND less than NOT."""

    def __init__(self, expression: str) -> None:
        self.left = _TOKEN.findall(expression)

    def _next(self, *expected: str) -> bool:
        found = bool(self.left) and self.left[0] in expected
        if found:
            self.left.pop(0)
        return found

    def _take(self) -> str:
        return str(self.left.pop(0))

    def alternatives(self) -> Condition:
        terms = [self._conjunction()]
        while self._next("OR"):
            terms.append(self._conjunction())
        return terms[0] if len(terms) == 1 else lambda item, given: any(term(item, given) for term in terms)

    def _conjunction(self) -> Condition:
        terms = [self._term()]
        while self._next("AND"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else lambda item, given: all(term(item, given) for term in terms)

    def _term(self) -> Condition:
        if self._next("NOT"):
            denied = self._term()
            return lambda item, given: not denied(item, given)
        if self._next("("):
            inner = self.alternatives()
            self._take()
            return inner
        if self.left[0] in _FUNCTIONS:
            function, arguments = _FUNCTIONS[self._take()], self._arguments()
            return lambda item, given: function(*(argument(item, given) for argument in arguments))
        return self._comparison()

    def _arguments(self) -> list[Operand]:
        found = []
        self._take()
        while not self._next(")"):
            found.append(self._operand())
            self._next(",")
        return found

    def _comparison(self) -> Condition:
        left = self._operand()
        word = self._take()
        if word == "IN":
            choices = self._arguments()
            return lambda item, given: any(_equal(left(item, given), choice(item, given)) for choice in choices)
        if word == "BETWEEN":
            return self._between(left)
        right, compare = self._operand(), _COMPARISONS[word]
        return lambda item, given: compare(left(item, given), right(item, given))

    def _between(self, held: Operand) -> Condition:
        least, _, most = self._operand(), self._take(), self._operand()
        compare = _COMPARISONS["<="]
        return lambda item, given: all((
            compare(least(item, given), held(item, given)), compare(held(item, given), most(item, given))
        ))  # fmt: skip

    def _operand(self) -> Operand:
        token = self._take()
        if token.startswith(":"):
            return lambda item, given: given[1][token]
        path = [token]
        while self._next("."):
            path.append(self._take())
        return lambda item, given: _at(item, [given[0].get(part, part) for part in path])


def _at(item: Item, path: list[str]) -> Value:
    found: Value = item.get(path[0])
    for part in path[1:]:
        found = found.get("M", {}).get(part) if found else None
    return found


def _equal(left: Value, right: Value) -> bool:
    return left is not None and right is not None and _plain(left) == _plain(right)


def _plain(value: Any) -> Any:
    ((kind, held),) = value.items()
    if kind == "N":
        return kind, Decimal(held)
    return kind, frozenset(held) if kind in ("SS", "NS", "BS") else held


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Value, Value], bool]:
    def answer(left: Value, right: Value) -> bool:
        if left is None or right is None:
            return False
        (left_kind, a), (right_kind, b) = _plain(left), _plain(right)
        return left_kind == right_kind and compare(a, b)

    return answer


_COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "=": _equal,
    "<>": lambda left, right: not _equal(left, right),
    "<": _ordered(lambda a, b: a < b),
    "<=": _ordered(lambda a, b: a <= b),
    ">": _ordered(lambda a, b: a > b),
    ">=": _ordered(lambda a, b: a >= b),
}


def _contains(whole: Value, part: Value) -> bool:
    if whole is None or part is None:
        return False
    ((kind, held),) = whole.items()
    if kind == "L":
        return any(_equal(each, part) for each in held)
    ((part_kind, sought),) = part.items()
    return part_kind == kind[0] and sought in held


def _begins_with(whole: Value, start: Value) -> bool:
    return whole is not None and start is not None and str(whole.get("S", "")).startswith(start["S"])


_FUNCTIONS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "begins_with": _begins_with,
    "contains": _contains,
}


def parts_of(expression: str, item: Item, names: Mapping[str, str]) -> dict[str, Any]:
    """What a projection leaves of an item: whole attributes, or of maps what is asked for inside them."""
    left: dict[str, Any] = {}
    for path in expression.split(", "):
        parts = [names.get(part, part) for part in path.split(".")]
        if (found := _at(item, parts)) is not None:
            into = left
            for part in parts[:-1]:
                into = into.setdefault(part, {"M": {}})["M"]
            into[parts[-1]] = found
    return left


def updated(expression: str, item: Item, given: Given) -> dict[str, Any]:
    """An item after an update; only whole attributes are set, added to, taken from or removed."""
    names, values = given
    after = dict(item)
    for word, name, term in _changes(expression):
        attribute = names.get(name, name)
        if word == "REMOVE":
            after.pop(attribute, None)
            continue
        changed = _CHANGES[word](after.get(attribute), values[term])
        after.pop(attribute, None) if changed is None else after.update({attribute: changed})
    return after


@cache
def _changes(expression: str) -> tuple[tuple[str, str, str], ...]:
    """Word, name and value of each change; a REMOVE has no value."""
    parts = _CLAUSES.split(expression)[1:]
    terms = [(word, term) for word, terms in zip(parts[::2], parts[1::2], strict=True) for term in terms.split(",")]
    split = [(word, re.split(r"\s*=\s*|\s+", term.strip())) for word, term in terms]
    return tuple((word, found[0], found[1] if len(found) > 1 else "") for word, found in split)


# As many digits as DynamoDB keeps.
_exact = Context(prec=38)


def _added(held: Value, more: Any) -> Value:
    ((kind, value),) = more.items()
    if kind == "N":
        return {"N": str(_exact.add(Decimal(held["N"] if held else 0), Decimal(value)))}
    return {kind: sorted({*(held or {}).get(kind, ()), *value})}


def _taken(held: Value, less: Any) -> Value:
    ((kind, value),) = less.items()
    left = sorted(set((held or {}).get(kind, ())) - set(value))
    return {kind: left} if left else None


_CHANGES: dict[str, Callable[[Value, Any], Value]] = {"SET": lambda _, value: value, "ADD": _added, "DELETE": _taken}
