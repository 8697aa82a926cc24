"""The texts for people: each `make`, `python -m` and `aws` in them exists, each place they lead to and each picture."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import botocore.session
import pytest
from botocore import xform_name
from PIL import Image

from tests.benchmarks import bill
from tests.template.conftest import ROOT

TEXTS = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
README = (ROOT / "README.md").read_text("utf-8")
NUMBER = re.compile(r"\d+(?:[,.]\d+)*")
# What the AWS CLI knows beside the operations of a service, and options that every operation has.
CLI_ONLY = {("logs", "tail"), ("s3", "rm"), ("configure", "sso")}
CLI_OPTIONS = {"region", "query", "output", "cli-read-timeout", "cli-binary-format"}
SERVICES = set(botocore.session.get_session().get_available_services()) | {"s3"}


def code(text: str) -> Iterator[str]:
    """What stands in blocks and between backticks; lines that end in a backslash go on."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    yield from (line for block in fenced for line in block.replace("\\\n", " ").splitlines())
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def faults(text: str) -> list[str]:
    """What a text has people type and does not exist."""
    return [fault for line in code(text) for fault in [*_of_make(line), *_of_python(line), *_of_aws(line)]]


def _of_make(line: str) -> Iterator[str]:
    for words in re.findall(r"(?:^|&&|;)\s*make((?:\s+[\w=./$-]+)*)", line):
        for word in re.sub(r"\s-C \S+", "", words).split():
            name, variable, _ = word.partition("=")
            if f"$({name})" not in MAKEFILE and f"$(if $({name})" not in MAKEFILE if variable else name not in TARGETS:
                yield f"make {word}"


def _of_python(line: str) -> Iterator[str]:
    yield from (f"python -m {name}" for name in re.findall(r"python -m ([\w.]+)", line) if not _module(name))


def _module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _of_aws(line: str) -> Iterator[str]:
    for service, operation, rest in re.findall(r"\baws ([a-z0-9-]+) ([a-z][a-z0-9-]+)([^|;`]*)", line):
        if (service, operation) in CLI_ONLY:
            continue
        known = _options(service, operation)
        if known is None:
            yield f"aws {service} {operation}"
        else:
            given = set(re.findall(r"(?<=\s)--([a-z][a-z0-9-]+)", rest.split("$(aws", 1)[0])) - CLI_OPTIONS
            yield from (f"aws {service} {operation} --{option}" for option in sorted(given - known))


def _options(service: str, operation: str) -> set[str] | None:
    """The options of an operation, switches with their opposite; None if there is no such operation."""
    if service not in SERVICES:
        return None
    model = botocore.session.get_session().get_service_model(service)
    named = {xform_name(name, "-"): name for name in model.operation_names}
    if operation not in named:
        return None
    shape = model.operation_model(named[operation]).input_shape
    names = [xform_name(name, "-") for name in shape.members] if shape else []
    return {*names, *(f"no-{name}" for name in names)}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_command_that_is_written_exists(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_place_that_is_referred_to_exists(path: Path) -> None:
    wanted = re.findall(r"\]\(([^)#\s:]*)(?:#([^)]+))?\)", path.read_text("utf-8"))
    assert [place for place in wanted if not _place(path, *place)] == []


def _place(path: Path, file: str, heading: str) -> bool:
    told = path.parent / file if file else path
    headings = re.findall(r"^#+ (.+)$", told.read_text("utf-8"), re.MULTILINE) if heading else []
    return told.exists() and (not heading or heading in {_anchor(each) for each in headings})


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_picture_is_there_and_can_be_read(path: Path) -> None:
    text = path.read_text("utf-8")
    wanted = re.findall(r'(?:src|srcset)="([^":]+)"', text) + re.findall(r"!\[[^\]]*\]\(([^):]+)\)", text)
    assert [picture for picture in wanted if not _seen(path.parent / picture)] == []
    # AND whoever does not see it is told what it shows
    assert [each for each in re.findall(r"<img[^>]*>", text) if not re.search(r'alt="[^"]+"', each)] == []
    assert "![](" not in text


def _seen(picture: Path) -> bool:
    """Whether it is a picture with something in it: all of one colour shows nothing."""
    if not picture.is_file():
        return False
    if picture.suffix == ".svg":
        return len(ElementTree.parse(picture).getroot()) > 0  # noqa: S314 - our own file
    with Image.open(picture) as image:
        return len(image.convert("RGB").getcolors(image.width * image.height) or []) > 1


def test_a_figure_of_the_readme_stands_where_it_was_measured() -> None:
    measured = (ROOT / "docs" / "performance.md").read_text("utf-8")
    parts = {_anchor(part.partition("\n")[0]): part for part in measured.split("\n## ")}
    rows = re.findall(r"^\| (.+) \| .+\(docs/performance\.md#([\w-]+)\) \|$", README, re.MULTILINE)
    assert len(rows) > 5
    for said, part in rows:
        assert set(NUMBER.findall(said)) <= set(NUMBER.findall(parts[part])), part


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_a_command_that_does_not_exist_is_found() -> None:
    # GIVEN texts with a target, a variable, a module, an operation and an option that nobody has, and prose beside them
    assert faults("`make nothing`") == ["make nothing"]
    assert faults("```\nmake accounts NOBODY=1\n```\n") == ["make NOBODY=1"]
    assert faults("`python -m infra.nothing`") == ["python -m infra.nothing"]
    assert faults("`aws dynamodb restore-everything`") == ["aws dynamodb restore-everything"]
    assert faults("`aws sqs purge-queue --all`") == ["aws sqs purge-queue --all"]
    assert faults("make what you like, with aws or python -m nothing") == []


def test_the_handbook_says_what_stands_there_each_month() -> None:
    # GIVEN the table of costs in the handbook, and what the template has now
    said = re.search(r"\*\*together\*\* \| \| \*\*([0-9.]+)\*\*", (ROOT / "docs" / "operations.md").read_text("utf-8"))
    now = sum(line.dollars for line in bill.standing())
    # THEN they are much the same
    assert said
    assert float(said[1]) == pytest.approx(now, rel=0.15)
