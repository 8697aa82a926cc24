"""The table of rules in docs/rules.md is true: every rule is in it, what it names exists and cites the rule."""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "rules.md"
RULES = [
    "Week",
    *map(str, range(1, 42)),
    "42",
    "43",
    "44",
    "45",
    "46",
    "47",
    "48",
    "49",
    "50",
    "51",
    "52",
    "53",
    "54",
    "55",
    "56",
    "57",
]

ROW = re.compile(r"^\| (\w+) \| ([^|]+) \| `([^`|]+)` \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`([^`]+)::(test_\w+)`")
# `RULES 9, 10-12`, `RULES "The week", 11`, or only `(9, 10)` where it is clear what is meant; `rule_20` in a name.
NUMBERS = r"\d+(?:-\d+)?"
CITED = re.compile(
    rf'RULES? (?:"[^"]*"(?:, )?)?({NUMBERS}(?:(?:, | and ){NUMBERS})*)|\(({NUMBERS}(?:, {NUMBERS})*)\)|rule_(\d+)'
)

Row = tuple[str, str, str, list[tuple[str, str]]]


def rows() -> list[Row]:
    """Rule, what it asks, the module that decides it, and the tests as (file, name)."""
    return [
        (rule, asks, module, TEST.findall(tests)) for rule, asks, module, tests in ROW.findall(TABLE.read_text("utf-8"))
    ]


DECIDED = [(rule, module) for rule, _, module, _ in rows()]
PROOFS = [(rule, *test) for rule, _, _, tests in rows() for test in tests]


@cache
def functions(file: str) -> dict[str, str]:
    """What each test of a file says of itself: its name, docstring and comments."""
    source = (TESTS / file).read_text("utf-8")
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    return {node.name: _said(node, source.splitlines()) for node in found}


def _said(test: ast.FunctionDef, lines: list[str]) -> str:
    first = min([test.lineno, *(decorator.lineno for decorator in test.decorator_list)])
    text = "\n".join(lines[first - 1 : test.end_lineno]) + "\n"
    comments = [
        each.string for each in tokenize.generate_tokens(io.StringIO(text).readline) if each.type == tokenize.COMMENT
    ]
    return "\n".join([test.name, ast.get_docstring(test) or "", *comments])


def cited(text: str) -> set[int]:
    """The numbers of the rules that a text names."""
    parts = [part for groups in CITED.findall(text) for part in re.findall(NUMBERS, " ".join(groups))]
    spans = [part.partition("-") for part in parts]
    return {number for first, _, last in spans for number in range(int(first), int(last or first) + 1)}


def test_every_rule_is_in_the_table_once_and_in_order() -> None:
    assert [rule for rule, _, _, _ in rows()] == RULES


def test_every_rule_has_its_words_and_a_proof() -> None:
    assert [rule for rule, asks, _, tests in rows() if not tests or not asks.strip()] == []


@pytest.mark.parametrize(("rule", "module"), DECIDED)
def test_the_module_that_decides_exists_and_cites_its_rule(rule: str, module: str) -> None:
    root = TESTS.parent if module.startswith("web/") else TESTS.parent / "layers" / "common" / "lending"
    assert (root / module).is_file(), module
    if rule.isdigit():
        assert int(rule) in cited((root / module).read_text("utf-8")), f"{module} does not cite rule {rule}"


@pytest.mark.parametrize(("rule", "file", "name"), PROOFS)
def test_a_proof_exists_and_cites_its_rule(rule: str, file: str, name: str) -> None:
    assert (TESTS / file).is_file(), file
    assert name in functions(file), f"{file} has no {name}"
    if rule.isdigit():
        assert int(rule) in cited(functions(file)[name]), f"{name} does not cite rule {rule}"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("GIVEN a hold (RULES 9, 11-13)", {9, 11, 12, 13}),
        ('counts from S (RULES "The week", 25)', {25}),
        ("one for each, (24)", {24}),
        ("test_in_the_order_of_rule_20", {20}),
        ("31 days, 12 books", set()),
    ],
)
def test_numbers_are_read_where_they_mean_rules(text: str, numbers: set[int]) -> None:
    assert cited(text) == numbers
