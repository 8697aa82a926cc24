"""Two records of one work become one: copies, loans and holds move to the title that stays (RULES 9, 11, 31).

Each step is one transaction that leaves everything true, so it may stop anywhere and be asked for again. A title that
is being merged is marked first: it is found no more and takes no new hold. Then its holds move, from the last in the
queue to the first, so that none of them is overtaken by one behind it; what is kept or planned for a hold moves with
it. Then the copies that are left, those on loan with their loans. At last a title without anything is gone.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from lending.actions.holds.change_for_caller import freed
from lending.actions.holds.end_all_of_title import ended_with_mail
from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.catalogue import copies, queues, search_index, titles
from lending.aws.table.holds import holds, reasons
from lending.aws.table.loans import loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.pulls import scans
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, CopyState, Merge, Title
from lending.domain.holds.hold import Hold
from lending.domain.holds.merging import ALREADY_ON_LOAN, come_after, joined_queue, refusals_to_merge
from lending.domain.loans.loan import Loan
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Reason, Refused

_KEPT = (CopyState.KEPT_ASIDE, CopyState.READY)


class Merged(NamedTuple):
    """What was moved now, how many holds ended with a mail, and whether the title is gone or there is more to do."""

    copies: int
    holds: int
    ended: int
    done: bool


def merge_titles(
    library: Library, title_id: str, into: str, version: str, staff: str, enough_time: EnoughTime
) -> Merged:
    """Let a title's copies, loans and holds be those of another. Asked again it goes on where it was.

    Who holds both keeps the older place; who holds one and has the other at home is told that the hold has ended.

    Args:
        into: the title that stays.
        version: a name for this change of the catalogue that no other has.
        enough_time: asked before each step.

    Raises:
        Refused: there are no such titles, or with every reason at once.
    """
    if not _begin(library.table, title_id, into, version):
        # Whoever was at it before may have died just here.
        queues.drop_days(library.table, title_id)
        return Merged(0, 0, 0, done=True)
    merging, moved = _Merging(library, title_id, into, staff), Counter[str]()
    for step in merging.steps():
        if not enough_time():
            return _merged(moved, done=False)
        moved.update(step())
    return _merged(moved, done=merging.end())


def _merged(moved: Counter[str], done: bool) -> Merged:
    return Merged(moved["copies"], moved["holds"], moved["ended"], done)


@again_when_overtaken
def _begin(table: Table, title_id: str, into: str, version: str) -> bool:
    """Mark both titles, and take the one out of what is searched. False if it is merged already."""
    source, target = titles.find(table, title_id), titles.find(table, into)
    if source is None and titles.merged_into(table, title_id) == into:
        return False
    if source is None:
        raise Refused("not_found")
    if target is None:
        raise Refused("invalid_fields", Reason("unknown_title", field="into"))
    if source.merging_into == into:
        return True
    found_copies = copies.find_many(table, [*source.barcodes, *target.barcodes])
    if reasons := refusals_to_merge(source, target, found_copies):
        raise Refused.for_all(reasons)
    table.transact(
        titles.description_change(source, replace(source, merge=Merge(title_id, into))),
        titles.description_change(target, replace(target, merge=Merge(title_id, into))),
        search_index.title_removal(title_id, version),
    )
    return True


class _Merging(NamedTuple):
    """One title on its way into another."""

    library: Library
    source: str
    target: str
    staff: str

    def steps(self) -> Iterator[Callable[[], Counter[str]]]:
        """What is to be done, one after the other; what a step leaves undone is done when asked again."""
        for queued in reversed(queues.open_holds(self.library.table, self.source)):
            yield partial(_move_hold, self, queued.patron_id)
        for barcode in self.title(self.source).barcodes:
            yield partial(_move_copy, self, barcode)

    def end(self) -> bool:
        """Whether the title is gone, for nothing of it is left."""
        return _end(self)

    def title(self, title_id: str) -> Title:
        """One of the two, as of now.

        Raises:
            Refused: somebody else has brought the merge to its end.
        """
        title = titles.find(self.library.table, title_id)
        if title is None:
            raise Refused("busy")
        return title

    def copies_moved(self, found_copies: list[Copy]) -> list[Write]:
        """Copies are those of the title that stays; both titles know at once how many they have (RULES 9)."""
        if not found_copies:
            return []
        source, target = self.title(self.source), self.title(self.target)
        moved, lendable = {copy.barcode for copy in found_copies}, sum(copy.can_be_lent for copy in found_copies)
        left = tuple(barcode for barcode in source.barcodes if barcode not in moved)
        more = tuple(sorted({*target.barcodes, *moved}))
        return [
            titles.description_change(source, replace(source, barcodes=left, lendable=source.lendable - lendable)),
            titles.description_change(target, replace(target, barcodes=more, lendable=target.lendable + lendable)),
            *(copies.title_change(copy, self.target) for copy in found_copies),
            # To undo a scan would bring a hold on the title back that is no more.
            *(scans.removal_of_any(copy.barcode) for copy in found_copies),
        ]

    def tied_to(self, hold: Hold) -> list[Copy]:
        """The copies of the title that are kept or planned for a hold."""
        found_copies = copies.find_many(self.library.table, list(self.title(self.source).barcodes))
        return [copy for copy in found_copies if copy.barcode == hold.barcode or _planned_for(copy) == hold.patron_id]

    def trace(self, patron_id: str, what: Deed) -> Write:
        """That staff did it to somebody's hold or loan."""
        return audit_log.entry_of_patron(patron_id, Act(self.library.moment, self.staff, what), self.library.policy)

    def end_hold(self, hold: Hold) -> None:
        """A hold ends, with a mail: its patron has the book at home."""
        trace = self.trace(hold.patron_id, Deed.CANCEL_HOLD)
        title = self.title(hold.title_id)
        mail = ended_with_mail(self.library, hold, title, ALREADY_ON_LOAN)
        self.library.table.transact(*mail, trace)


@again_when_overtaken
def _move_hold(merging: _Merging, patron_id: str) -> Counter[str]:
    """A patron's hold joins the other queue at its own place, with the copies that are kept or planned for it."""
    table = merging.library.table
    hold, patron = holds.find(table, patron_id, merging.source), patrons.find(table, patron_id)
    if hold is None or patron is None:
        return Counter()
    if merging.target in patron.lent_titles:
        merging.end_hold(hold)
        return Counter(ended=1)
    there, tied = holds.find(table, patron_id, merging.target), merging.tied_to(hold)
    told = reasons.find(table, patron_id)
    open_holds = holds.of_patron(table, patron_id)
    one = joined_queue(told.read_with(hold), there and told.read_with(there), merging.target, open_holds)
    if there is None:
        joined = [holds.addition(one), patrons.title_absence_check(patron_id, merging.target)]
    else:
        joined = [holds.change(there, one), patrons.hold_decrement(patron_id)]
    told_of_one = told.after((hold, None), (one, one.last_run))
    joined += reasons.change(told, told_of_one, merging.library.moment, merging.library.policy)
    if there and there.barcode and hold.barcode:
        # One book is enough: the other is free, and moves with those that are nobody's.
        joined += freed(table, hold, merging.library.moment)
        tied = [copy for copy in tied if copy.barcode != hold.barcode]
    after = [holds.order_change(*each) for each in come_after(open_holds, hold, merging.target)]
    trace = merging.trace(patron_id, Deed.MERGE)
    table.transact(holds.end(hold), *joined, *after, *merging.copies_moved(tied), trace)
    return Counter(holds=1, copies=len(tied))


@again_when_overtaken
def _move_copy(merging: _Merging, barcode: str) -> Counter[str]:
    """A copy that no hold counts on, with its loan if it has one."""
    table, copy = merging.library.table, copies.find(merging.library.table, barcode)
    if copy is None or copy.title_id != merging.source:
        return Counter()
    for patron_id in {copy.holder if copy.state in _KEPT else "", _planned_for(copy)} - {""}:
        if holds.find(table, patron_id, merging.source):
            return _move_hold(merging, patron_id)  # the index had not shown it yet
    loan = loans.find(table, copy.holder, barcode) if copy.holder else None
    if loan is not None:
        return _move_loan(merging, copy, loan)
    table.transact(*merging.copies_moved([copy]))
    return Counter(copies=1)


def _move_loan(merging: _Merging, copy: Copy, loan: Loan) -> Counter[str]:
    """A copy on loan. Lent with one of the other title since the merge began, it stays until one of them is back."""
    table, patron = merging.library.table, patrons.find(merging.library.table, loan.patron_id)
    if patron is None or merging.target in patron.lent_titles:
        return Counter()
    moved = Counter(copies=1)
    if held := holds.find(table, loan.patron_id, merging.target):
        merging.end_hold(held)
        moved["ended"] = 1
    title = merging.title(merging.target).title
    table.transact(
        *merging.copies_moved([copy]),
        loans.change(loan, replace(loan, title_id=merging.target, title=title)),
        patrons.title_change(patron, merging.source, merging.target),
        holds.absence_check(loan.patron_id, merging.target),
        merging.trace(loan.patron_id, Deed.MERGE),
    )
    return moved


@again_when_overtaken
def _end(merging: _Merging) -> bool:
    source, target = (
        titles.find(merging.library.table, merging.source),
        titles.find(merging.library.table, merging.target),
    )
    if source is None or target is None:
        return source is None
    if source.barcodes or queues.waiting_counts(merging.library.table, {merging.source})[merging.source]:
        return False
    merging.library.table.transact(
        *titles.merger(source, target),
        queues.removal(source.title_id),
        titles.description_change(target, replace(target, merge=None)),
    )
    queues.drop_days(merging.library.table, source.title_id)
    return True


def _planned_for(copy: Copy) -> str:
    return copy.pull.patron_id if copy.pull else ""
