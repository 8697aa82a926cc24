"""How long a function takes to be ready, as a multiple of what nobody can do without: `import boto3` and one client.

What is started is what is deployed: the folder of a function and the layer, its dependencies beside our own code, laid
out and compiled as `make build` leaves them; only for the processor and the Python of this machine. Each in a fresh
process that sees nothing else, from the first import to a table in hand with its client and the settings. Processor
time is compared, for starting up is computing, and the best of several rounds that go through all of them in turn: a
busy machine can only make it slower.
"""

import atexit
import compileall
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from math import inf
from pathlib import Path
from py_compile import PycInvalidationMode
from tempfile import mkdtemp

from infra.library import as_parameter
from tests.library import AOMORI

ROUNDS = 5
# Compiling takes seconds, beside which what else the machine does is little.
ROUNDS_WITHOUT = 2
BASELINE = 'import boto3; boto3.client("dynamodb")'
_READY = """
import handler
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
_LAYER = _ROOT / "layers" / "common"
_REQUIRED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
_IMPORT = re.compile(r"import time:\s+(?P<own>\d+) \|\s+(?P<whole>\d+) \| *(?P<module>\S+)")
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "ap-northeast-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "POLICY": as_parameter(AOMORI.policy),
    "TABLE_NAME": "lending",
    # A package on Lambda cannot be written to.
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True, slots=True)
class Ratios:
    """Each function's multiple of the baseline: 1.5 is half as long again."""

    as_deployed: dict[str, float]
    without_bytecode: dict[str, float]


def functions() -> list[str]:
    """The names of all functions."""
    return sorted(path.parent.name for path in (_ROOT / "functions").glob("*/handler.py"))


def run() -> dict[str, float]:
    """Each function's multiple of the baseline, as it is deployed."""
    return measure().as_deployed


@cache
def measure() -> Ratios:
    """Start all functions in turn, with bytecode and without, beside the baseline with it."""
    baseline, compiled, plain = _rounds(_built())
    return Ratios(*({name: round(each / baseline, 2) for name, each in way.items()} for way in (compiled, plain)))


def _rounds(built: Path) -> tuple[float, dict[str, float], dict[str, float]]:
    """The best seconds of the baseline, and of each function with bytecode and without."""
    baseline, compiled, plain = inf, dict.fromkeys(functions(), inf), dict.fromkeys(functions(), inf)
    for number in range(ROUNDS):
        baseline = min(baseline, _seconds(built, "", BASELINE))
        for name in functions():
            compiled[name] = min(compiled[name], _seconds(built, name, _READY))
            if number < ROUNDS_WITHOUT:
                nowhere = f"pycache_prefix={built / 'nowhere'}"
                plain[name] = min(plain[name], _seconds(built, name, _READY, "-X", nowhere))
    return baseline, compiled, plain


def details(_: dict[str, float]) -> list[str]:
    """What it would be without bytecode, and the slowest imports of each function, for people."""
    plain = ", ".join(f"{name} {ratio}" for name, ratio in measure().without_bytecode.items())
    slowest = [f"{name:14}{slowest_imports(_built(), name)}" for name in functions()]
    return [f"without bytecode: {plain}", *slowest]


def slowest_imports(built: Path, name: str, count: int = 8) -> str:
    """What a function imports beyond the baseline, the slowest packages first, by the time of their own modules."""
    code = f"{BASELINE}; print('beyond', file=__import__('sys').stderr); import handler"
    told = _python(built, name, "-X", "importtime", "-c", code).stderr.partition("beyond\n")[2]
    spent: dict[str, float] = {}
    for found in _IMPORT.finditer(told):
        package = ".".join(found["module"].split(".")[:2])
        spent[package] = spent.get(package, 0) + int(found["own"]) / 1000
    first = sorted(spent.items(), key=lambda each: -each[1])[:count]
    return ", ".join(f"{package} {milliseconds:.0f}" for package, milliseconds in first) + " ms"


@cache
def _built() -> Path:
    """A folder with the layer under `python/` and a folder each function, compiled, until the process ends."""
    built = Path(mkdtemp(prefix="cold-start-"))
    atexit.register(shutil.rmtree, built)
    for name in _REQUIRED.findall((_LAYER / "requirements.txt").read_text("utf-8")):
        _copy_distribution(name, built / "python")
    shutil.copytree(_LAYER / "lending", built / "python" / "lending", ignore=shutil.ignore_patterns("__pycache__"))
    for name in functions():
        shutil.copytree(_ROOT / "functions" / name, built / name, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(built, quiet=1, workers=0, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return built


def _copy_distribution(name: str, target: Path) -> None:
    for file in distribution(name).files or []:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.locate(), target / file)


def _seconds(built: Path, name: str, code: str, *options: str) -> float:
    return float(_python(built, name, *options, "-c", _TIMED.format(code=code)).stdout)


def _python(built: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with a function and the layer, and nothing that is installed here beside (`-S`)."""
    environment = os.environ | _ENVIRONMENT | {"PYTHONPATH": f"{built / name}:{built / 'python'}"}
    command = [sys.executable, "-S", *arguments]
    return subprocess.run(command, env=environment, cwd=built, check=True, capture_output=True, text=True)
