"""What a folder says is taken in, step by step. Each is safe to repeat: the whole can stop anywhere and go on."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from infra.moving_in.files import CopyRow
from infra.moving_in.rows import Fault, Found
from lending.actions.library import Library
from lending.actions.moving_in.conditions import take_in_condition
from lending.actions.moving_in.lent_books import AT_MOST, LentBook, take_in_loans
from lending.actions.moving_in.people import take_in_people
from lending.actions.moving_in.take_in import Taken
from lending.actions.moving_in.waiting_holds import WaitingHold, take_in_hold
from lending.aws.concurrency import map_concurrently
from lending.aws.table import in_batches
from lending.aws.table.exchange import copies_files
from lending.domain.catalogue.title import CopyState
from lending.domain.patrons.patron import Patron

Row = TypeVar("Row")
# As many people as some transactions side by side hold, and as many who have books.
_PEOPLE, _READERS, _ONE_BY_ONE = 400, 200, 40

WHY = {
    Taken.UNKNOWN_CARD: "このカードの利用者がいません。",
    Taken.KIT_CARD: "この番号は、{partner_word}に置いてある{kit_short}のカードです。",
    Taken.CARD_ENDED: "この番号のカードは、使用が終わっています。",
    Taken.UNKNOWN_COPY: "この資料がありません。",
    Taken.UNKNOWN_TITLE: "この書誌がありません。",
    Taken.UNKNOWN_PLACE: "この受取館がありません。",
    Taken.LENT_TO_ANOTHER: "この資料は、ここではほかの方に貸し出しています。",
    Taken.IN_USE: "この資料は、ここでは予約のために取り置いてあるか、貸し出しています。",
    Taken.CAME_BACK: "この資料は、ファイルの日からあとに、ここで返却されています。",
    Taken.NOT_TO_BE_LENT: "貸し出せる資料ではありません(禁帯出、紛失、破損)。",
    Taken.TITLE_ON_LOAN: "同じ書誌の資料を、この方に貸し出しています。",
    Taken.TITLE_HELD: "同じ書誌を、この方が予約しています。",
    Taken.HOLD_LIMIT: "この方の予約が上限に達しています。",
    Taken.OVERTAKEN: "ほかの処理と重なりました。もう一度実行してください。",
}


@dataclass(slots=True)
class Step:
    """What became of the rows of a file."""

    file: str
    counts: Counter[Taken] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def note(self, line: int, taken: Taken) -> None:
        """Count what became of a line."""
        if taken.is_fault:
            self.faults.append(Fault(self.file, line, WHY[taken]))
        else:
            self.counts[taken] += 1


@dataclass(frozen=True, slots=True)
class Coming:
    """What only comes with this folder: a dry run does not find it in the table."""

    cards: frozenset[str] = frozenset()
    barcodes: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()


Seen = Callable[[str, int, int], None]


def people(library: Library, found: Found[Patron], seen: Seen, *, dry: bool) -> tuple[Step, frozenset[str]]:
    """Take people in; also the cards of those who are new."""
    step, new = _begun(found), set()
    for part in _parts(found, _PEOPLE, seen):
        for (line, person), taken in zip(part, take_in_people(library.table, _rows(part), dry=dry), strict=True):
            step.note(line, taken)
            if taken is Taken.ADDED:
                new.add(person.card_number)
    return step, frozenset(new)


def conditions(
    library: Library, found: Found[CopyRow], as_of: datetime, coming: Coming, seen: Seen, *, dry: bool
) -> Step:
    """Let copies be missing, lost, damaged or elsewhere; where a nightly file tells more lately, that one counts."""
    step = _begun(found)
    nightly = copies_files.newest(library.table)
    known_better = {CopyState.ELSEWHERE} if nightly and nightly.moment > as_of else set()
    to_be_told = {line: row for line, row in found.rows.items() if row.state is not CopyState.ON_SHELF}
    wanted = Found(found.file, {line: row for line, row in to_be_told.items() if row.state not in known_better})
    step.counts[Taken.SAME] += len(to_be_told) - len(wanted.rows)
    for part in _parts(wanted, _ONE_BY_ONE, seen):
        for line, row in part:
            if row.copy.barcode in coming.barcodes:
                step.note(line, Taken.CHANGED)
            else:
                told = row.copy.barcode, row.state, row.due_on, as_of.date()
                step.note(line, take_in_condition(library, *told, dry=dry))
    return step


def loans(library: Library, found: Found[LentBook], as_of: datetime, coming: Coming, seen: Seen, *, dry: bool) -> Step:
    """Take books in that are out."""
    step = _begun(found)
    here = _here(step, found, lambda book: book.card_number in coming.cards or book.barcode in coming.barcodes)
    parts = (part for each in _rounds(here.items(), AT_MOST) for part in _in_parts(each, _READERS, seen, found.file))
    for part in parts:
        taken = take_in_loans(library.table, [_rows(books) for books in part], as_of.date(), dry=dry)
        for books, of_books in zip(part, taken, strict=True):
            for (line, _), each in zip(books, of_books, strict=True):
                step.note(line, each)
    return step


def holds(library: Library, found: Found[WaitingHold], coming: Coming, seen: Seen, *, dry: bool) -> Step:
    """Take holds in, those of a person one after the other, in the order they were placed."""
    step = _begun(found)
    here = _here(step, found, lambda hold: hold.card_number in coming.cards or hold.title_id in coming.titles)
    by_moment = sorted(here.items(), key=lambda row: row[1].placed_at)
    take = partial(_holds_of_one, library, dry)
    (by_card,) = _rounds(by_moment, len(by_moment) or 1) or [[]]
    for part in _in_parts(by_card, _ONE_BY_ONE, seen, found.file):
        for taken in map_concurrently(take, part, library.table.at_once):
            for line, each in taken:
                step.note(line, each)
    return step


def _holds_of_one(library: Library, dry: bool, held: Sequence[tuple[int, WaitingHold]]) -> list[tuple[int, Taken]]:
    return [(line, take_in_hold(library, hold, dry=dry)) for line, hold in held]


def _begun(found: Found[Row]) -> Step:
    return Step(found.file, faults=list(found.faults))


def _here(step: Step, found: Found[Row], is_coming: Callable[[Row], bool]) -> dict[int, Row]:
    """The rows whose people and books are in the table; the others would be new, as far as can be told before."""
    coming = {line for line, row in found.rows.items() if is_coming(row)}
    step.counts[Taken.ADDED] += len(coming)
    return {line: row for line, row in found.rows.items() if line not in coming}


def _rounds(rows: Iterable[tuple[int, Row]], most: int) -> list[list[list[tuple[int, Row]]]]:
    """Rows by the card they name, at most so many together; the rest of a card's rows comes in a later round."""
    by_card: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for line, row in rows:
        by_card[row.card_number].append((line, row))  # type: ignore[attr-defined]  # loans and holds have one
    longest = max(map(len, by_card.values()), default=0)
    starts = range(0, longest, most)
    return [[of_card[start : start + most] for of_card in by_card.values() if start < len(of_card)] for start in starts]


def _rows(part: Iterable[tuple[int, Row]]) -> list[Row]:
    return [row for _, row in part]


def _parts(found: Found[Row], size: int, seen: Seen) -> Iterator[list[tuple[int, Row]]]:
    yield from _in_parts(list(found.rows.items()), size, seen, found.file)


def _in_parts(rows: Sequence[Row], size: int, seen: Seen, file: str) -> Iterator[list[Row]]:
    done = 0
    for part in in_batches(rows, size):
        yield part
        done += len(part)
        seen(file, done, len(rows))
