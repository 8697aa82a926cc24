"""The latest scan of each book by a plan: COPY#barcode / SCAN, so that it can be undone (RULES 23)."""

from datetime import timedelta

from lending.aws.table.codec import attributes, epoch, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put
from lending.domain.pulls.scan import Scan

# Longer than any scan can be undone: until the crates leave, or the day is over.
KEPT = timedelta(days=7)


def key(barcode: str) -> Key:
    """The key of a book's latest scan."""
    return f"COPY#{barcode}", "SCAN"


def find(table: Table, barcode: str) -> Scan | None:
    """The latest scan of a book."""
    item = table.get(key(barcode))
    return value_of(Scan, item) if item else None


def record(scan: Scan) -> Write:
    """This is the latest scan of the book."""
    return put(key(scan.barcode), attributes(scan) | {"expires_at": epoch(scan.at + KEPT)})


def removal_of_any(barcode: str) -> Write:
    """What was scanned of the book can be undone no more: it has become another title's."""
    return delete(key(barcode))


def removal(scan: Scan) -> Write:
    """The scan is undone, if it still is the latest."""
    return delete(key(scan.barcode), "#at = :at", at=attributes(scan)["at"])
