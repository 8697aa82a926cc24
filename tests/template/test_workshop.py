"""The workshop leads where it says: its changes can be made one after the other, and what it has people run passes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.template.conftest import ROOT

TEXT = (ROOT / "docs" / "workshop.md").read_text("utf-8")
CHANGES = re.findall(r"^```diff\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
LINES = re.findall(r"^cat >> (\S+) <<'END'\n(.*?)^END$", TEXT, re.MULTILINE | re.DOTALL)
FILES = re.findall(r"-m pytest -n 0 (\S+)$", TEXT, re.MULTILINE)
# What its changes and tests read.
FOLDERS = ("docs", "events", "functions", "infra", "layers", "tests", "web")
LEFT_OUT = shutil.ignore_patterns("node_modules", ".*")


@pytest.mark.skipif((ROOT / FILES[0]).exists(), reason="the workshop has been followed in this very repository")
def test_who_follows_the_workshop_ends_with_a_rule_that_is_proved(tmp_path: Path) -> None:
    # GIVEN the repository as it is
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    # WHEN each change of the workshop is made in it, in their order
    for change in CHANGES:
        subprocess.run(["git", "apply"], input=change, text=True, cwd=tmp_path, check=True)  # noqa: S607
    for file, lines in LINES:
        with (tmp_path / file).open("a", encoding="utf-8") as kept:
            kept.write(lines)
    # THEN the tests that it names pass, among them those that were written in it
    assert len(FILES) == 4
    command = [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", *FILES]
    subprocess.run(command, cwd=tmp_path, check=True)
