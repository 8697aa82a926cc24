"""A library is a folder of `infra/libraries`: what it says of itself, checked as one before anything is built.

`library.json` has its names, its words, its week and each number that is not as `lending/domain/policy.py` has it;
`facilities.csv` its partner facilities; `land.csv`, if there is one, the outline of its land for their map;
`texts`, if there are any, parts of the pages that it has written otherwise than `web/texts`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.colours import Colours
from infra.facility_list import read_facilities, read_land
from infra.faults import Faulty
from infra.local.filling import OUT_OF_A_STRING
from lending.domain.calendar.facility import Facility
from lending.domain.own_words import own_words
from lending.domain.policy import Policy

LIBRARIES = Path(__file__).parent / "libraries"
# Who is played where nobody else is named.
FIRST = "aomori"


class Library(BaseModel):
    """All that a library says of itself.

    `source` names where the facts of an example are from, and what is made up. The people of the played weeks collect
    their books at the `sample_facilities`, or at the first three that hand out kits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z][a-z0-9-]{0,30}$")
    policy: Policy
    source: tuple[str, ...] = ()
    sample_facilities: tuple[int, int, int] | None = None
    facilities: tuple[Facility, ...] = ()
    land: tuple[tuple[float, float], ...] = ()
    colours: Colours = Colours()
    texts: dict[str, str] = {}

    @property
    def homes(self) -> tuple[int, ...]:
        """The facilities at which the people of the played weeks collect their books, by number."""
        return self.sample_facilities or tuple(each.number for each in self.facilities if each.gives_out_kits)[:3]


def read_library(name: str, folder: Path = LIBRARIES) -> Library:
    """The library of a folder.

    Args:
        folder: where the folders of libraries are.

    Raises:
        Faulty: something in its files is wrong: everything that is, in words.
    """
    faults: list[str] = []
    facilities = read_facilities(folder / name / "facilities.csv", faults)
    land = read_land(folder / name / "land.csv", faults)
    said = _read_json(folder / name / "library.json", faults)
    library = None
    if said is not None:
        try:
            library = Library.model_validate({**said, "name": name})
        except ValidationError as error:
            faults += [f"library.json: {fault_in_words(each)}" for each in error.errors()]
        else:
            faults += [f"library.json: policy.{fault}" for fault in _odd_words(library.policy)]
    if library is None or faults:
        raise Faulty([f"{name}: {fault}" for fault in faults])
    texts = {path.stem: path.read_text("utf-8") for path in (folder / name / "texts").glob("*.html")}
    return library.model_copy(update={"facilities": facilities, "land": land, "texts": texts})


def as_parameter(policy: Policy) -> str:
    """What of a policy differs from its defaults, as JSON, without a backslash before quotes or blanks.

    It goes into the environment of each function, which is small; and SAM takes such backslashes for its own.
    """
    text = json.dumps(policy.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False)
    return text.replace("\\\\", "\\u005c").replace('\\"', "\\u0022")


def fault_in_words(fault: Any) -> str:
    """What a model found wrong: the place, what stands there, and what may."""
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{where}: there is no such value"
    if fault["type"] == "missing":
        return f"{where}: is missing"
    given = fault["input"]
    shown = f"{given!r}: " if isinstance(given, str | int | float) else ""
    return f"{where}: {shown}{fault['msg']}" if where else str(fault["msg"])


def _odd_words(policy: Policy) -> Iterator[str]:
    """Words that would not stay within the texts of scripts and answers."""
    examples = {"example_name": policy.example_name, "example_kana": policy.example_kana}
    for name, word in (own_words(policy) | examples).items():
        if odd := OUT_OF_A_STRING.search(word):
            yield f"{name}: {word!r}: {odd[0]!r} can stand in no text of the pages"


def _read_json(path: Path, faults: list[str]) -> dict[str, Any] | None:
    try:
        said = json.loads(path.read_bytes())
    except OSError:
        faults.append(f"{path.name} cannot be read")
    except ValueError as error:
        faults.append(f"{path.name} is no JSON: {error}")
    else:
        if isinstance(said, dict):
            return said
        faults.append(f"{path.name} is no JSON object")
    return None
