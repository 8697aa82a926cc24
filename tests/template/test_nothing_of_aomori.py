"""Nothing of Aomori stands outside its folder: another library's pages and texts are its own (RULES 57)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.library import LIBRARIES, read_library
from infra.local.pages import WEB, content_type, site_files
from lending.domain.own_words import own_words
from tests.library import AOMORIS, OTHER

ROOT = WEB.parent
FILLED = re.compile(r"\{([a-z_]+)\}")
# Which library is played where none is named; the examples of the questions; made-up people and the week that they
# live; the API's document, which is one for all.
OF_AOMORI = {"infra/library.py", "infra/new_library.py", "infra/openapi.py"} | {
    f"infra/local/{name}.py" for name in ("open_work", "people", "played_weeks", "samples", "story")
}
# The words that most libraries have, which a library changes.
OF_AOMORI |= {"layers/common/lending/domain/policy.py"}
PARTS = ("layers/common/lending/**/*.py", "functions/**/*.py", "infra/*.py", "infra/[!l]*/*.py", "infra/local/*.py",
         "infra/*.yaml", "web/*.html", "web/*.js", "web/[cfijt]*/**/*.*")  # fmt: skip
SOURCES = {str(path.relative_to(ROOT)): path for part in PARTS for path in ROOT.glob(part) if path.is_file()}


def strings(path: Path) -> str:
    """What a file says: of Python its strings without docstrings, of scripts and styles all but comments."""
    text = path.read_text("utf-8")
    if path.suffix in {".js", ".css"}:
        return re.sub(r"/\*.*?\*/|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
    return "\n".join(_strings(ast.parse(text))) if path.suffix == ".py" else text


def _strings(module: ast.Module) -> Iterator[str]:
    alone = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def test_no_word_of_aomori_stands_outside_its_folder() -> None:
    # RULES 57
    found = {name: AOMORIS.findall(strings(path)) for name, path in SOURCES.items() if name not in OF_AOMORI}
    assert {name: words for name, words in found.items() if words} == {}


def test_what_sentences_name_is_there() -> None:
    # GIVEN the sentences of the service THEN each word that they name is one of the library's, or filled by themselves
    named = {name for path in (ROOT / "layers").rglob("*.py") for name in FILLED.findall(strings(path))
             if name.endswith("_word")}  # fmt: skip
    assert named
    assert named <= set(own_words(OTHER.policy))


SITE = {name: body.decode() for name, body in site_files(WEB, OTHER) if content_type(name).endswith("utf-8")}


@pytest.mark.parametrize("kind", [".html", ".js", ".css"])
def test_the_pages_of_another_library_have_nothing_of_aomori(kind: str) -> None:
    texts = {name: text for name, text in SITE.items() if name.endswith(kind)}
    found = {name: AOMORIS.findall(re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)) for name, text in texts.items()}
    assert texts
    assert {name: words for name, words in found.items() if words} == {}


def test_two_runs_a_week_are_said_in_whole_sentences() -> None:
    guide, steps = SITE["guide.html"], SITE["js/library/first-steps.js"]
    for told in (
        "<strong>月曜日の17時まで</strong>の予約をもとに、その日に本を用意し、貸し出して、とどけ便受渡ステーションへ送ります。"
        "その週の火曜日から受け取れます。<strong>火曜日の17時まで</strong>",
        "受取期間は、火曜日から金曜日までの4日間、水曜日から金曜日までの3日間です",
        "処理をする月曜日か火曜日が休館日にあたる週",
    ):
        assert told in guide
    assert "月曜日か火曜日の17時までに予約すると、つぎの火曜日か水曜日から受け取れます" in steps


@pytest.mark.parametrize("name", sorted(path.parent.name for path in LIBRARIES.glob("*/library.json")))
def test_the_pages_of_every_library_can_be_filled(name: str) -> None:
    assert "{{" not in dict(site_files(WEB, read_library(name)))["guide.html"].decode()
