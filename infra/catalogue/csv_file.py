"""Titles and copies from a CSV, row by row: what cannot be used spoils no other row.

UTF-8 with or without a mark, or the Windows code page of Japan.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.catalogue.found import MOST, Catalogue
from infra.catalogue.years import year_of
from lending.domain.catalogue.description import Kind
from lending.domain.catalogue.title_changes import CALL_NUMBER_LENGTH, NUMBER, DescribedCopy, DescribedTitle
from lending.domain.exchange.csv_rows import FileMapping, read_rows

FIELDS = frozenset({"title_id", *MOST, "year", "kind", "barcode", "call_number", "reference_only"})
_REQUIRED = ("title_id", "title")
_YES = {"1", "true", "yes", "はい", "禁帯出"}
_NO = {"", "0", "false", "no", "いいえ"}


def read_csv(path: Path, mapping: FileMapping) -> Catalogue:
    """Read a file. A quotation mark that is not closed spoils no other row."""
    found = Catalogue()
    rows, bad = read_rows(path.read_bytes(), FIELDS, _REQUIRED, mapping)
    found.bad += bad
    for number, cells in rows:
        if why := _take(cells, number, found):
            found.bad.append((number, why))
    return found


def _take(cell: Mapping[str, str], line: int, found: Catalogue) -> str:
    kind, mark = cell.get("kind", ""), cell.get("reference_only", "").lower()
    barcode, call_number = cell.get("barcode", ""), cell.get("call_number", "")
    if barcode and not NUMBER.fullmatch(barcode):
        return f"資料の番号ではありません:{barcode}"
    if len(call_number) > CALL_NUMBER_LENGTH:
        return f"長すぎます:call_number({CALL_NUMBER_LENGTH}字まで)"
    if kind and kind not in set(Kind):
        return f"kindが{'、'.join(Kind)}のどれでもありません:{kind}"
    if mark not in _YES | _NO:
        return f"reference_onlyが「はい」でも「いいえ」でもありません:{mark}"
    texts: dict[str, Any] = {name: cell.get(name, "") for name in MOST}
    told = Kind(kind) if kind else None
    title = DescribedTitle(cell["title_id"], **texts, year=year_of(cell.get("year", "")), kind=told)
    why = found.take(title, line)
    if why or not barcode:
        return why
    return found.take_copy(title.title_id, DescribedCopy(barcode, call_number, mark in _YES), line)
