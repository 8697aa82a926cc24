"""Reads whatever file a catalogue comes in, told by its name."""

from collections.abc import Callable
from pathlib import Path

from infra.catalogue.csv_file import FIELDS, read_csv
from infra.catalogue.found import Catalogue
from infra.catalogue.mapping import read_mapping
from infra.catalogue.marc_file import read_iso2709, read_marcxml
from lending.domain.exchange.csv_rows import FileMapping

_READERS: dict[str, Callable[[Path], Catalogue]] = {
    ".mrc": read_iso2709,
    ".marc": read_iso2709,
    ".iso": read_iso2709,
    ".xml": read_marcxml,
}


def read(path: Path, mapping: Path | None = None) -> Catalogue:
    """Read a file. Nothing is written.

    Args:
        mapping: a `mapping.json` with the headings and codes of a CSV.

    Raises:
        OSError: the file cannot be read.
        NoMapping: the mapping cannot be used.
    """
    if reader := _READERS.get(path.suffix.lower()):
        return reader(path)
    return read_csv(path, read_mapping(mapping, "titles", FIELDS) if mapping else FileMapping())
