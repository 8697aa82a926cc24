"""What builds a write is named as a thing, and a write that is built is made."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LENDING = ROOT / "layers" / "common" / "lending"
TABLE = LENDING / "aws" / "table"
FILES = sorted([*LENDING.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])

# What a write is called: the last word of its name, or the one before `of`, `by`, `from`.
NOUNS = (
    "addition|adoption|activation|changes?|check|claim|confirmation|decrement|end|entry|erasure|increment|merger|record|"
    "removal|retirement"
)
NAMED_AS_A_THING = re.compile(rf"(\w+_)?({NOUNS})(_(of|by|from)_\w+)?")


def _builds(function: ast.FunctionDef) -> bool:
    return function.returns is not None and bool(re.search(r"\b(Write|Count)\b", ast.unparse(function.returns)))


def _functions(path: Path) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(LENDING.parent).with_suffix("").parts) if LENDING in path.parents else path.stem


BUILDERS = {f"{_module(path)}.{function.name}" for path in FILES for function in _functions(path) if _builds(function)}


def _imported(tree: ast.AST) -> dict[str, str]:
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {name.asname or name.name: f"{node.module}.{name.name}" for node in imports for name in node.names}


def forgotten(source: str, module: str) -> list[int]:
    """The lines that build a write and do nothing with it."""
    tree = ast.parse(source)
    known = _imported(tree) | {"self": module}

    def called(function: ast.expr) -> str:
        if isinstance(function, ast.Name):
            return known.get(function.id, f"{module}.{function.id}")
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return f"{known.get(function.value.id, '')}.{function.attr}"
        return ""

    statements = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    return [call.lineno for call in statements if isinstance(call, ast.Call) and called(call.func) in BUILDERS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_write_that_is_built_is_made(path: Path) -> None:
    assert forgotten(path.read_text("utf-8"), _module(path)) == []


def test_a_forgotten_write_is_found() -> None:
    # GIVEN an action that builds the end of a hold twice, and makes it once
    source = "from lending.aws.table.holds import holds\nholds.end(hold)\ntable.write(holds.end(hold))\n"
    assert forgotten(source, "lending.actions.holds.place") == [2]
    # AND a module that forgets a write of its own
    assert forgotten("key(hold)\nend(hold)\n", "lending.aws.table.holds.holds") == [2]


@pytest.mark.parametrize("path", sorted(TABLE.rglob("*.py")), ids=lambda path: str(path.relative_to(TABLE)))
def test_what_builds_a_write_is_named_as_a_thing(path: Path) -> None:
    # GIVEN `writes`, whose functions are DynamoDB's own words
    if path.name == "writes.py":
        return
    built = [function.name for function in _functions(path) if _builds(function) and function.name[0] != "_"]
    # THEN every other builder is a noun, so that nobody takes it for the act
    assert [name for name in built if not NAMED_AS_A_THING.fullmatch(name)] == []
