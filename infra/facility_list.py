"""The partner facilities of a library as they stand in a CSV, and the outline of its land: read and checked."""

import csv
from collections.abc import Iterator
from pathlib import Path

from lending.domain.calendar.facility import MOST_DIGITS, Facility

COLUMNS = ("number", "district", "municipality", "name", "gives_out_kits", "alias", "latitude", "longitude")
MAY_BE_EMPTY = {"alias", "latitude", "longitude"}
HIGHEST = 10**MOST_DIGITS - 1
# Where Japan lies, in degrees.
WITHIN = {"latitude": (20, 46), "longitude": (122, 154)}

Row = dict[str, str]


def read_facilities(path: Path, faults: list[str]) -> tuple[Facility, ...]:
    """The facilities of a CSV; what is wrong with it is added to `faults`, and then there are none."""
    rows = _rows(path, COLUMNS, faults)
    found = [f"{path.name}, line {line}: {fault}" for line, row in enumerate(rows, 2) for fault in _faults(row)]
    found += [f"{path.name}: {fault}" for fault in _doubles(rows)]
    faults += found
    return () if found else tuple(map(_facility, rows))


def read_land(path: Path, faults: list[str]) -> tuple[tuple[float, float], ...]:
    """Points of an outline, as latitude and longitude in degrees; none if there is no such file."""
    if not path.exists():
        return ()
    rows = _rows(path, tuple(WITHIN), faults)
    found = [f"{path.name}, line {line}: {fault}" for line, row in enumerate(rows, 2) for fault in _odd_place(row)]
    faults += found
    return () if found else tuple((float(row["latitude"]), float(row["longitude"])) for row in rows)


def _rows(path: Path, columns: tuple[str, ...], faults: list[str]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [{name: (row.get(name) or "").strip() for name in columns} for row in reader]
            headings = reader.fieldnames or []
    except OSError:
        faults.append(f"{path.name} cannot be read")
        return []
    except UnicodeDecodeError:
        faults.append(f"{path.name} is not written in UTF-8")
        return []
    if wrong := [name for name in columns if name not in headings]:
        faults.append(f"{path.name}: has no column {', '.join(wrong)}; its columns are {', '.join(columns)}")
        return []
    if not rows:
        faults.append(f"{path.name}: has no line beside its headings")
    return rows


def _faults(row: Row) -> Iterator[str]:
    number = row["number"]
    if not (number.isascii() and number.isdecimal() and 1 <= int(number) <= HIGHEST):
        yield f"number: {number!r} is no whole number from 1 to {HIGHEST}"
    yield from (f"{name}: is empty" for name in COLUMNS[1:4] if not row[name])
    if row["gives_out_kits"] not in ("yes", "no"):
        yield f"gives_out_kits: {row['gives_out_kits']!r} is neither yes nor no"
    if row["latitude"] or row["longitude"]:
        yield from _odd_place(row)


def _odd_place(row: Row) -> Iterator[str]:
    for name, (least, most) in WITHIN.items():
        try:
            within = least <= float(row[name]) <= most
        except ValueError:
            within = False
        if not within:
            yield f"{name}: {row[name]!r} is not from {least} to {most} degrees"


def _doubles(rows: list[Row]) -> Iterator[str]:
    for name in ("number", "name"):
        each = [row[name] for row in rows if row[name]]
        yield from (
            f"{name} {value!r} stands there {n} times" for value in dict.fromkeys(each) if (n := each.count(value)) > 1
        )
    districts: dict[str, set[str]] = {}
    for row in rows:
        districts.setdefault(row["municipality"], set()).add(row["district"])
    for municipality, of in districts.items():
        if municipality and len(of) > 1:
            yield f"municipality {municipality!r} is in more than one district: {', '.join(sorted(of))}"


def _facility(row: Row) -> Facility:
    return Facility(
        int(row["number"]), row["district"], row["municipality"], row["name"],
        row["gives_out_kits"] == "yes", row["alias"],
        *(float(row[name]) if row[name] else None for name in WITHIN),
    )  # fmt: skip
