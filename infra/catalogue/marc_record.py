"""What a MARC 21 record says of a title, without the marks of ISBD (RULES 45).

Readings stand in field 880, tied to what they are readings of; of the scripts there, that of kana counts. A volume is
told in the title (245 $n, $p), or else it is the part of a series (830, 490).
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from pymarc import Field, Record

from infra.catalogue.found import MOST
from infra.catalogue.years import year_of
from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.title_changes import DescribedTitle

_MARKS = re.compile(r"^[\s/:;,=]+|(?:\s*[/:;,=]|(?<!\.)\.|\s)+$")
_BRACKETS = str.maketrans("", "", "[]")
_ISBN = re.compile(r"[0-9][0-9-]{8,16}[0-9Xx]")
_KANA = re.compile("[ァ-ヴぁ-ん]")
_LATIN_SCRIPT = re.compile(r"/(?:\(B|\(N|\(S|\(2|\(3|\(4)")
_NAMES = ("100", "110", "111", "700", "710", "711")
_KINDS = {"c": Kind.SCORE, "d": Kind.SCORE, "e": Kind.MAP, "f": Kind.MAP, "g": Kind.DVD, "i": Kind.CD, "j": Kind.CD,
          "m": Kind.DIGITAL}  # fmt: skip
_SERIAL_LEVELS, _TEXT = "bis", "at"
_READER, _FOR_CHILDREN = 22, "abcj"


class Unusable(Exception):
    """A record cannot be used; it says why."""


def described(record: Record) -> DescribedTitle:
    """The title of a record.

    Raises:
        Unusable: it has no number, no title, or is deleted.
    """
    if str(record.leader)[5] == "d":
        raise Unusable("作成した機関が削除したレコードです。")
    number, title = record.get("001"), record.get("245")
    if number is None or title is None or not _first(title, "a"):
        raise Unusable("書誌の番号(001)か書名(245 $a)がありません。")
    return DescribedTitle(
        str(number.data).strip(),
        _title(title),
        _author(record, title),
        _isbn(record),
        title_kana=_title_kana(record),
        author_kana=_joined((_first(each, "a") for each in _readings(record, _NAMES)), MOST["author_kana"]),
        volume=_volume(record, title),
        publisher=_publisher(record),
        year=_year(record),
        ndc=_ndc(record),
        kind=_kind(record),
    )


def _bare(text: str) -> str:
    """A text without marks of ISBD around it."""
    return _MARKS.sub("", text).strip()


def _first(field: Field, code: str) -> str:
    return next((bare for each in field.get_subfields(code) if (bare := _bare(each))), "")


def _joined(texts: Iterable[str], most: int) -> str:
    """As many of the texts as there is room for."""
    joined = ""
    for text in filter(None, texts):
        longer = f"{joined} ; {text}" if joined else text
        if len(longer) > most:
            break
        joined = longer
    return joined


def _title(field: Field) -> str:
    """The title with what goes with it, and with its name in another language."""
    told = field.get_subfields("a", "b")
    parts = [_bare(told[0])]
    for before, part in pairwise(told):
        parts += [" = " if before.rstrip().endswith("=") else " : ", _bare(part)]
    return "".join(parts)[: MOST["title"]]


def _title_kana(record: Record) -> str:
    """The reading, with that of the volume where it is more than a number."""
    field = next(iter(_readings(record, ("245",))), None)
    if field is None:
        return ""
    volume = " ".join(_bare(each) for each in field.get_subfields("n", "p"))
    reading = _title(field) if field.get_subfields("a") else ""
    return _joined([reading, volume if _KANA.search(volume) else ""], MOST["title_kana"])


def _readings(record: Record, tags: Iterable[str]) -> Iterator[Field]:
    """The fields 880 with readings of fields of these tags, as those stand; one of each."""
    seen = set()
    for field in record.get_fields("880"):
        tied = _first(field, "6")
        if tied[:3] in tags and not _LATIN_SCRIPT.search(tied) and tied[:6] not in seen:
            seen.add(tied[:6])
            yield field


def _author(record: Record, title: Field) -> str:
    told = _first(title, "c") or _joined((_first(each, "a") for each in record.get_fields(*_NAMES)), MOST["author"])
    return told.translate(_BRACKETS)[: MOST["author"]]


def _isbn(record: Record) -> str:
    for field in record.get_fields("020"):
        if found := _ISBN.search(_first(field, "a")):
            return found[0]
    return ""


def _volume(record: Record, title: Field) -> str:
    volume = " ".join(_bare(each) for each in title.get_subfields("n", "p"))
    if not volume:
        series = next((each for each in record.get_fields("830", "490", "440") if _first(each, "v")), None)
        volume = f"{_first(series, 'a').partition(' / ')[0]} {_first(series, 'v')}" if series else ""
    return volume[: MOST["volume"]].strip()


def _publisher(record: Record) -> str:
    """The first that is told, rather than who only sells it."""
    names = [_bare(name.translate(_BRACKETS)) for field in record.get_fields("264", "260")
             for name in field.get_subfields("b")]  # fmt: skip
    own = [name for name in names if "発売" not in name] or names
    return next(filter(None, own), "")[: MOST["publisher"]]


def _year(record: Record) -> int | None:
    dated = record.get("008")
    told = [str(dated.data)[7:11] if dated else ""]
    told += [each for field in record.get_fields("264", "260") for each in field.get_subfields("c")]
    return next((year for each in told if (year := year_of(each))), None)


def _ndc(record: Record) -> str:
    for field in record.get_fields("084", "083"):
        if _first(field, "2").startswith(("njb", "ndc")):
            return _first(field, "a")[: MOST["ndc"]]
    return ""


def _kind(record: Record) -> Kind:
    leader, coded = str(record.leader), record.get("008")
    if leader[6] not in _TEXT:
        return _KINDS.get(leader[6], Kind.OTHER)
    if leader[7] in _SERIAL_LEVELS:
        return Kind.MAGAZINE
    reader = str(coded.data)[_READER : _READER + 1] if coded else ""
    return Kind.CHILDREN if reader and reader in _FOR_CHILDREN else Kind.BOOK
