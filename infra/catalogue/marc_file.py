"""Titles from MARC 21, as ISO 2709 or MARCXML, record by record: a broken one hurts no other (RULES 45)."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from pymarc import Record
from pymarc.marcxml import MARC_XML_NS, XmlHandler, parse_xml

from infra.catalogue.found import Catalogue
from infra.catalogue.marc_record import Unusable, described
from lending.domain.exchange.csv_rows import is_utf8

# Where a record ends, or where another begins behind one that has lost its end.
_BETWEEN = re.compile(rb"\x1d|(?<=\x1e)(?=[0-9]{5}[acdnp][a-z][a-z ].[ a]22[0-9]{5})", re.DOTALL)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_XML_RECORD = re.compile(r"(?=<(?:[A-Za-z][\w.-]*:)?record[\s>])")
_XML_END = re.compile(r"</(?:[A-Za-z][\w.-]*:)?record\s*>")
_NO_TEXT = "文字として読めないところがあります。"
_UTF8_MARK = 9
_PREFIX = re.compile(r"<([A-Za-z][\w.-]*):record")


def read_iso2709(path: Path) -> Catalogue:
    """Read a file of ISO 2709 records, in UTF-8 or MARC-8."""
    parts = (part.strip(b"\r\n \x1a") for part in _BETWEEN.split(path.read_bytes().removeprefix(b"\xef\xbb\xbf")))
    return _read(enumerate((part for part in parts if part), start=1), _iso2709)


def read_marcxml(path: Path) -> Catalogue:
    """Read a file of MARCXML; what is around the records is not looked at, so it may be broken, too."""
    data = path.read_bytes()
    told = _XML_ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    text = data.decode(told[1].decode() if told else "utf-8-sig", errors="replace").removeprefix("\ufeff")
    return _read(enumerate(_XML_RECORD.split(text)[1:], start=1), _marcxml)


def _read(parts: Iterator[tuple[int, "bytes | str"]], record_of: Callable[..., Record]) -> Catalogue:
    found = Catalogue(unit="record")
    for number, part in parts:
        try:
            why = found.take(described(record_of(part)), number)
        except Unusable as error:
            why = str(error)
        except Exception as error:
            # Strangers' bytes in a package that tells faults by whatever is raised: the record is named, and no more.
            why = f"壊れたレコードです({type(error).__name__} {error})。"
        if why:
            found.bad.append((number, why))
    return found


def _iso2709(part: bytes) -> Record:
    in_utf8 = is_utf8(part)
    if part[_UTF8_MARK : _UTF8_MARK + 1] == b"a" and not in_utf8:
        raise Unusable(_NO_TEXT)
    return Record(data=part + b"\x1d", force_utf8=in_utf8, to_unicode=True)


def _marcxml(part: str) -> Record:
    end = _XML_END.search(part)
    if end is None:
        raise Unusable("レコードが終わっていません。")
    if "\ufffd" in part[: end.end()]:
        raise Unusable(_NO_TEXT)
    prefix = _PREFIX.match(part)
    names = f"xmlns:{prefix[1]}" if prefix else "xmlns"
    handler: Any = XmlHandler()  # type: ignore[no-untyped-call]
    whole = f"<collection {names}={quoteattr(MARC_XML_NS)}>{part[: end.end()]}</collection>"
    parse_xml(BytesIO(whole.encode()), handler)  # type: ignore[no-untyped-call]
    record: Record = handler.records[0]
    return record
