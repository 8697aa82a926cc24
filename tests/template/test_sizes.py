"""What is read must be readable: no module, no function is longer than one can take in (CONTRIBUTING.md)."""

import ast
from pathlib import Path

import pytest

from tests.template.conftest import ROOT

MODULE, FUNCTION, HANDLER = 300, 40, 40
FILES = sorted(
    path for folder in ("layers/common/lending", "functions", "infra") for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_are_short(path: Path) -> None:
    source = path.read_text("utf-8")
    most = HANDLER if path.name == "handler.py" else MODULE
    assert len(source.splitlines()) <= most
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    long = {each.name: each.end_lineno - each.lineno + 1 for each in functions if each.end_lineno}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION} == {}
