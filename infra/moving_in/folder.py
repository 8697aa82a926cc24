"""All that a folder says, read before anything is written (RULES 42)."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

from infra.catalogue.files import read
from infra.catalogue.found import Catalogue
from infra.moving_in.files import MAPPING, CopyRow, read_copies, read_holds, read_loans, read_people
from infra.moving_in.rows import Found
from lending.actions.moving_in.lent_books import LentBook
from lending.actions.moving_in.waiting_holds import WaitingHold
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy

_TITLES = ("titles.csv", "titles.mrc", "titles.xml")


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder. The copies stand with their titles as well; `titles` is the name of their file."""

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
    people = read_people(path, today, lambda: uuid4().hex)
    return Folder(name, catalogue, copies, people, read_loans(path, policy), read_holds(path))


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
