"""Describing titles and their copies: one at the desk, many by an import (API.md, Desk)."""

from collections.abc import Iterable, Iterator, Sequence

from lending.aws.table import Overtaken, Table, again_when_overtaken, in_batches
from lending.aws.table.catalogue import copies, search_index, titles
from lending.aws.table.store import TRANSACTION_WRITES
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Title
from lending.domain.catalogue.title_changes import Changes, DescribedTitle, changes_to
from lending.domain.problems import Refused


@again_when_overtaken
def describe_title(table: Table, wanted: DescribedTitle, version: str) -> Title:
    """Make a title and its copies what the catalogue says. Copies that are not described are withdrawn.

    Args:
        version: a name for this change that no other has.

    Raises:
        Refused: a copy to be withdrawn is in use, or a bar code is another title's; all of them are named.
    """
    (changes,) = plan(table, [wanted], whole=True)
    if changes.reasons:
        raise Refused.for_all(list(changes.reasons))
    if changes.writes >= TRANSACTION_WRITES:
        raise Refused("too_large")
    if changes.writes:
        found_by = [search_index.title_change(changes.after, version)] if changes.in_words else []
        table.transact(*writes_of(changes), *found_by)
    return changes.after


def plan(table: Table, wanted: Sequence[DescribedTitle], *, whole: bool) -> list[Changes]:
    """What has to change for each of the titles described, in their order; two requests of the table."""
    before = titles.find_many(table, {title.title_id for title in wanted})
    barcodes = {barcode for title in before.values() for barcode in title.barcodes}
    barcodes |= {copy.barcode for title in wanted for copy in title.copies}
    found_copies = {copy.barcode: copy for copy in copies.find_many(table, sorted(barcodes))}
    found = []
    for title in wanted:
        was = before.get(title.title_id)
        own = {*(was.barcodes if was else ()), *(copy.barcode for copy in title.copies)}
        found.append(changes_to(title, was, {b: found_copies[b] for b in own if b in found_copies}, whole))
    return found


def writes_of(changes: Changes) -> list[Write]:
    """The writes, each of which demands that its item still is what was read."""
    same = changes.before == changes.after
    return [
        *([] if same else [titles.description_change(changes.before, changes.after)]),
        *map(copies.addition, changes.added),
        *(copies.description_change(before, after) for before, after in changes.changed),
        *map(copies.removal, changes.removed),
    ]


@again_when_overtaken
def _bring_in_one(table: Table, wanted: DescribedTitle) -> int:
    (changes,) = plan(table, [wanted], whole=False)
    if changes.reasons:
        return 0
    for part in in_batches(writes_of(changes), TRANSACTION_WRITES):
        table.transact(*part)
    return changes.writes


def bring_in(table: Table, wanted: Sequence[DescribedTitle]) -> tuple[int, list[Changes]]:
    """Write what differs of some titles of an import, many to a transaction; copies not described stay.

    Returns:
        How many items were written, and the titles that were not, with their reasons.
    """
    planned = plan(table, wanted, whole=False)
    refused = [changes for changes in planned if changes.reasons]
    fine = [changes for changes in planned if changes.writes and not changes.reasons]
    by_id = {title.title_id: title for title in wanted}
    count = 0
    for group in _in_transactions(fine):
        try:
            table.transact(*(write for changes in group for write in writes_of(changes)))
            count += sum(changes.writes for changes in group)
        except Overtaken:
            count += sum(_bring_in_one(table, by_id[changes.after.title_id]) for changes in group)
    return count, refused


def _in_transactions(planned: Iterable[Changes]) -> Iterator[list[Changes]]:
    group: list[Changes] = []
    for changes in planned:
        if group and sum(each.writes for each in group) + changes.writes > TRANSACTION_WRITES:
            yield group
            group = []
        group.append(changes)
    if group:
        yield group
