"""The head of a title's queue, read as far as what is decided about it depends on it (RULES 11, 15, 23)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lending.actions.library import Library
from lending.actions.wishes import in_reading_order, with_books_of_run
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import holds
from lending.aws.table.patrons import patrons
from lending.domain.catalogue.title import Copy
from lending.domain.holds.hold import Hold, HoldStatus, in_turn
from lending.domain.patrons.patron import Patron
from lending.domain.pulls.pull import no_book_is_left
from lending.domain.run.run import Run, RunDecision


@dataclass(frozen=True, slots=True)
class Queue:
    """A title as of now: its copies, the holds at the head of its queue, and their patrons.

    `unread` more holds wait, `between` of them before the one that was asked for by name.
    """

    copies: list[Copy]
    holds: list[Hold]
    patrons: Mapping[str, Patron]
    unread: int = 0
    between: int = 0


def copies_of(table: Table, title_id: str) -> list[Copy]:
    """The copies of a title, as of now."""
    title = titles.find(table, title_id)
    return copies.find_many(table, title.barcodes if title else ())


def decided_queue(
    library: Library,
    title_id: str,
    run: Run,
    decide: Callable[[Queue], list[RunDecision]],
    mine: Hold | None = None,
    leaving: str = "",
) -> tuple[Queue, list[RunDecision]]:
    """What is decided about a queue, and the head of it, up to the first who gets none because no book is left.

    Whoever is behind that one gets none either. The index proposes; who really waits is read from the holds.

    Args:
        run: the one that planned the book; what patrons want from it, less what it gives them already, counts (49).
        mine: a hold that is looked at wherever it stands.
        leaving: a patron whose hold is looked at as well.
    """
    table = library.table
    waiting = queues.waiting_counts(table, {title_id})[title_id]
    queue, decided = Queue(copies_of(table, title_id), [], {}), list[RunDecision]()
    named = {mine.patron_id if mine else "", leaving} - {""}
    for page, is_last in queues.pages(table, title_id):
        proposed = {each.patron_id for each in page}
        found = holds.find_many(table, title_id, (proposed | named) - {hold.patron_id for hold in queue.holds})
        found = in_reading_order(table, found, library.policy)
        people = patrons.find_many(table, {hold.patron_id for hold in found})
        people = with_books_of_run(table, people, library.policy, run, scanned=title_id)
        queue = replace(queue, holds=sorted([*queue.holds, *found], key=in_turn), patrons={**queue.patrons, **people})
        named -= proposed
        far = mine if mine and mine.patron_id in named else None
        queue = replace(queue, unread=0, between=0) if is_last else _counted(table, queue, waiting, far)
        decided = decide(queue)
        if no_book_is_left(decided):
            break
    return queue, decided


def _counted(table: Table, queue: Queue, waiting: int, far: Hold | None) -> Queue:
    """The queue with what is not read of it; `far` is a hold behind its head."""
    read = [hold for hold in queue.holds if hold.status is HoldStatus.WAITING]
    unread = max(0, waiting - len(read))
    if far is None:
        return replace(queue, unread=unread, between=0)
    position, _ = queues.places(table, [far])[far.title_id]
    ahead = sum(in_turn(hold) < in_turn(far) for hold in read)
    return replace(queue, unread=unread, between=min(unread, max(0, position - 1 - ahead)))
