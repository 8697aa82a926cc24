"""How long a function takes to be ready, as a multiple of what nobody can do without: `import boto3` and one client.

Each in a fresh process, from the first import to a table in hand with its client and the function's settings. Processor
time is compared, for starting up is computing, and the best of several rounds that go through all of them in turn: a
busy machine can only make it slower.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROUNDS = 5
BASELINE = 'import boto3; boto3.client("dynamodb")'
_READY = """
import importlib
importlib.import_module("functions.{name}.handler")
from lending.aws.settings import settings
from lending.aws.table import library_table
settings(), library_table()
"""
_TIMED = """
from time import process_time
started = process_time()
{code}
print(process_time() - started)
"""
_ROOT = Path(__file__).parents[2]
_IMPORT = re.compile(r"import time:\s+(?P<own>\d+) \|\s+(?P<whole>\d+) \| *(?P<module>\S+)")
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "TABLE_NAME": "lending",
}


def functions() -> list[str]:
    """The names of all functions."""
    return sorted(path.parent.name for path in (_ROOT / "functions").glob("*/handler.py"))


def run(rounds: int = ROUNDS) -> dict[str, float]:
    """Each function's multiple of the baseline: 1.5 is half as long again."""
    code = {"": BASELINE} | {name: _READY.format(name=name) for name in functions()}
    # Compiled files are there on Lambda, too.
    seconds = {name: [_seconds(each) for _ in range(2)][1:] for name, each in code.items()}
    for _ in range(rounds - 1):
        for name, each in code.items():
            seconds[name].append(_seconds(each))
    return {name: round(min(seconds[name]) / min(seconds[""]), 2) for name in functions()}


def slowest_imports(name: str, count: int = 8) -> list[tuple[str, float]]:
    """What a function imports beyond the baseline, the slowest packages first, in milliseconds of their own modules."""
    code = f"{BASELINE}; print('beyond', file=__import__('sys').stderr); import functions.{name}.handler"
    told = _python("-X", "importtime", "-c", code).stderr.partition("beyond\n")[2]
    spent: dict[str, float] = {}
    for found in _IMPORT.finditer(told):
        package = ".".join(found["module"].split(".")[:2])
        spent[package] = spent.get(package, 0) + int(found["own"]) / 1000
    return sorted(spent.items(), key=lambda each: -each[1])[:count]


def details(ratios: dict[str, float]) -> list[str]:
    """The slowest imports of each function, for people."""
    return [
        f"{name:14}" + ", ".join(f"{package} {spent:.0f}" for package, spent in slowest_imports(name)) + " ms"
        for name in ratios
    ]


def _seconds(code: str) -> float:
    return float(_python("-c", _TIMED.format(code=code)).stdout)


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | _ENVIRONMENT
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=_ROOT, check=True, capture_output=True, text=True
    )
