"""The people, loans and holds of a folder, each row checked by the rules that a form is checked by (RULES 7, 42)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from infra.catalogue.mapping import read_mapping
from infra.moving_in.dates import day_of, moment_of
from infra.moving_in.rows import Cells, Found, Unusable, read_file, yes_or_no
from lending.actions.moving_in.lent_books import LentBook
from lending.actions.moving_in.waiting_holds import WaitingHold
from lending.domain.catalogue.title import CopyState
from lending.domain.catalogue.title_changes import CALL_NUMBER_LENGTH, NUMBER, DescribedCopy
from lending.domain.exchange.csv_rows import FileMapping
from lending.domain.form_fields import FieldFault, check_card_number
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.patrons.patron import Patron
from lending.domain.patrons.person import checked
from lending.domain.policy import Policy
from lending.domain.week import TOKYO

MAPPING = "mapping.json"
# As a copy can be on the day; of what patrons of this service have, `loans.csv` tells.
_STATES = (CopyState.ON_SHELF, CopyState.MISSING, CopyState.LOST, CopyState.DAMAGED, CopyState.ELSEWHERE)
_TEXTS = ("name", "kana", "postal_code", "address", "phone", "email", "mail_to", "guardian", "note")
PEOPLE_FIELDS = frozenset({"card_number", "birth_date", "expires_on", "blocked", "online_lending", *_TEXTS})
LOANS_FIELDS = frozenset({"card_number", "barcode", "lent_on", "due_on", "renewals", "pickup_place"})
COPIES_FIELDS = frozenset({"barcode", "title_id", "call_number", "reference_only", "state", "due_on"})
HOLDS_FIELDS = frozenset({"card_number", "title_id", "placed_at", "pickup_place"})


def mapping_of(folder: Path, part: str, known: frozenset[str]) -> FileMapping:
    """How the folder's library calls the fields of one of its files.

    Raises:
        NoMapping: its `mapping.json` cannot be used.
    """
    path = folder / MAPPING
    return read_mapping(path, part, known) if path.exists() else FileMapping()


def read_people(folder: Path, today: date, new_id: Callable[[], str]) -> Found[Patron]:
    """People by `patrons.csv`.

    Args:
        new_id: a patron's id that no other has.
    """
    mapping = mapping_of(folder, "patrons", PEOPLE_FIELDS)
    needed = ("card_number", "kana", "birth_date", "expires_on")
    row_of = partial(_person, today=today, new_id=new_id)
    return read_file(folder / "patrons.csv", mapping, PEOPLE_FIELDS, needed, row_of, lambda person: person.card_number)


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy with the title it is one of, and how the library's own system has it: on its shelf, missing, lent …"""

    title_id: str
    copy: DescribedCopy
    state: CopyState
    due_on: date | None = None


def read_copies(folder: Path) -> Found[CopyRow]:
    """Copies by `copies.csv`."""
    mapping = mapping_of(folder, "copies", COPIES_FIELDS)
    needed = ("barcode", "title_id", "call_number")
    return read_file(folder / "copies.csv", mapping, COPIES_FIELDS, needed, _copy_row, lambda row: row.copy.barcode)


def read_loans(folder: Path, policy: Policy) -> Found[LentBook]:
    """Books that are out, by `loans.csv`."""
    mapping = mapping_of(folder, "loans", LOANS_FIELDS)
    needed = ("card_number", "barcode", "due_on")
    row_of = partial(_lent_book, policy=policy)
    return read_file(folder / "loans.csv", mapping, LOANS_FIELDS, needed, row_of, lambda book: book.barcode)


def read_holds(folder: Path) -> Found[WaitingHold]:
    """Holds that wait, by `holds.csv`."""
    mapping = mapping_of(folder, "holds", HOLDS_FIELDS)
    needed = ("card_number", "title_id", "placed_at")
    return read_file(
        folder / "holds.csv", mapping, HOLDS_FIELDS, needed, _waiting_hold,
        lambda hold: f"{hold.card_number} {hold.title_id}",
    )  # fmt: skip


def _person(cells: Cells, today: date, new_id: Callable[[], str]) -> Patron:
    born = _day(cells, "birth_date")
    typed = {name: cells[name] for name in ("card_number", *_TEXTS) if cells.get(name)}
    known = checked(typed | {"birth_date": born.isoformat()}, today)
    if isinstance(known, tuple):
        raise Unusable(" ".join(fault.message for fault in known))
    return Patron(
        new_id(),
        **known,
        expires_on=_day(cells, "expires_on"),
        blocked=yes_or_no(cells, "blocked", otherwise=False),
        online_lending=yes_or_no(cells, "online_lending", otherwise=True),
    )


def _copy_row(cells: Cells) -> CopyRow:
    if len(cells["call_number"]) > CALL_NUMBER_LENGTH:
        raise Unusable(f"請求記号が{CALL_NUMBER_LENGTH}字より長くなっています。")
    state = cells.get("state") or CopyState.ON_SHELF
    if state not in _STATES:
        raise Unusable(f"stateが{'、'.join(_STATES)}のどれでもありません:{state}")
    reference_only = yes_or_no(cells, "reference_only", otherwise=False)
    copy = DescribedCopy(_number(cells, "barcode"), cells["call_number"], reference_only)
    due_on = _day(cells, "due_on") if state == CopyState.ELSEWHERE and cells.get("due_on") else None
    return CopyRow(_number(cells, "title_id"), copy, CopyState(state), due_on)


def _lent_book(cells: Cells, policy: Policy) -> LentBook:
    due_on = _day(cells, "due_on")
    usual = due_on - timedelta(days=policy.counter_loan_days)
    renewals = cells.get("renewals") or "0"
    if not (renewals.isdecimal() and len(renewals) < 3):
        raise Unusable(f"延長の回数が数ではありません:{renewals}")
    return LentBook(
        _card_number(cells),
        _number(cells, "barcode"),
        _moment(cells, "lent_on") if cells.get("lent_on") else datetime.combine(usual, time(), TOKYO),
        due_on,
        int(renewals),
        cells.get("pickup_place") or PREFECTURAL,
    )


def _waiting_hold(cells: Cells) -> WaitingHold:
    placed_at = _moment(cells, "placed_at")
    return WaitingHold(
        _card_number(cells), _number(cells, "title_id"), placed_at, cells.get("pickup_place") or PREFECTURAL
    )


def _card_number(cells: Cells) -> str:
    number = check_card_number(cells["card_number"])
    if isinstance(number, FieldFault):
        raise Unusable(number.message)
    return number


def _number(cells: Cells, name: str) -> str:
    if not NUMBER.fullmatch(cells[name]):
        raise Unusable(f"資料の番号ではありません:{cells[name]}")
    return cells[name]


def _day(cells: Cells, name: str) -> date:
    if (day := day_of(cells[name])) is None:
        raise Unusable(f"{name}が日付ではありません:{cells[name]}")
    return day


def _moment(cells: Cells, name: str) -> datetime:
    if (moment := moment_of(cells[name])) is None:
        raise Unusable(f"{name}が日時ではありません:{cells[name]}")
    return moment
