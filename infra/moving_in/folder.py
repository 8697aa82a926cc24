"""All that a folder says, read before anything is written (RULES 42)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from infra.catalogue.files import read
from infra.catalogue.found import Catalogue
from infra.moving_in.files import MAPPING, CopyRow, read_copies, read_holds, read_loans, read_people
from infra.moving_in.rows import Found
from lending.actions.moving_in.lent_books import LentBook
from lending.actions.moving_in.waiting_holds import WaitingHold
from lending.domain.catalogue.title import CopyState
from lending.domain.exchange.copies_file import moment_of_file
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.week import TOKYO

_TITLES = ("titles.csv", "titles.mrc", "titles.xml")
_FILES = (*_TITLES, "copies.csv", "patrons.csv", "loans.csv", "holds.csv")


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder. The copies stand with their titles as well; `titles` is the name of their file.

    `as_of` is the moment of which it tells: that in the folder's name, or else when its newest file was written.
    """

    as_of: datetime
    titles: str
    catalogue: Catalogue
    copies: Found[CopyRow]
    people: Found[Patron]
    loans: Found[LentBook]
    holds: Found[WaitingHold]

    def counts(self) -> dict[str, int]:
        """How many there are of each."""
        copies = sum(len(title.copies) for title in self.catalogue.titles.values())
        return {
            "titles": len(self.catalogue.titles),
            "copies": copies,
            "patrons": len(self.people.rows),
            "loans": len(self.loans.rows),
            "holds": len(self.holds.rows),
        }


def read_folder(path: Path, policy: Policy, today: date) -> Folder:
    """Read all files of a folder; whichever there are.

    Raises:
        NoMapping: its `mapping.json` cannot be used.
    """
    name = next((name for name in _TITLES if (path / name).exists()), _TITLES[0])
    titles = path / name
    mapping = path / MAPPING
    catalogue = read(titles, mapping if mapping.exists() else None) if titles.exists() else Catalogue()
    copies = read_copies(path)
    _join(catalogue, copies)
    people, loans = read_people(path, today, lambda: uuid4().hex), read_loans(path, policy)
    _leave_to_loans(copies, loans)
    return Folder(_as_of(path), name, catalogue, copies, people, loans, read_holds(path))


def _as_of(path: Path) -> datetime:
    files = [path / name for name in _FILES if (path / name).exists()]
    written = max((int(file.stat().st_mtime) for file in files), default=0)
    return moment_of_file(path.resolve().name, datetime.fromtimestamp(written, TOKYO))


def _leave_to_loans(copies: Found[CopyRow], loans: Found[LentBook]) -> None:
    """Of a copy that is elsewhere, its row among the loans tells more."""
    lent = {book.barcode for book in loans.rows.values()}
    for line, row in copies.rows.items():
        if row.state is CopyState.ELSEWHERE and row.copy.barcode in lent:
            copies.rows[line] = replace(row, state=CopyState.ON_SHELF, due_on=None)


def _join(catalogue: Catalogue, copies: Found[CopyRow]) -> None:
    """Put each copy to its title."""
    known = {copy.barcode for title in catalogue.titles.values() for copy in title.copies}
    for line, row in list(copies.rows.items()):
        title = catalogue.titles.get(row.title_id)
        if title is None:
            copies.leave_out(line, f"書誌{row.title_id}がありません。")
        elif row.copy.barcode in known:
            copies.leave_out(line, "この資料は書誌のファイルにもあります。")
        else:
            catalogue.titles[row.title_id] = replace(title, copies=(*title.copies, row.copy))
