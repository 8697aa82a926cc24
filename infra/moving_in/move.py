"""The steps of moving in, in their order: what is lent must be there, and who has it (RULES 42)."""

from dataclasses import dataclass, replace

from infra.import_catalogue import Report, bring_in_catalogue, refusal
from infra.moving_in import steps
from infra.moving_in.folder import Folder
from infra.moving_in.rows import Fault
from infra.moving_in.steps import Coming, Seen, Step
from lending.actions.catalogue.describe_titles import plan
from lending.actions.library import Library
from lending.actions.moving_in.begin import begin
from lending.aws.table import Table, in_batches

_TITLES_AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of the titles with their copies, and of the rows of each other file."""

    titles: Step
    written: int
    others: list[Step]

    @property
    def faults(self) -> list[Fault]:
        """All that cannot be used."""
        return [fault for step in (self.titles, *self.others) for fault in step.faults]


def move_in(library: Library, bucket: str, folder: Folder, seen: Seen, *, dry: bool) -> Moved:
    """Take in what a folder says, or see what would become of it.

    Args:
        bucket: of the search file.
        seen: is told how many rows of a file are done, of how many.
        dry: nothing is written.

    Raises:
        Older: a newer folder has been taken in.
        Busy: the table took no more; begun again, it goes on.
    """
    table = library.table
    begin(table, folder.as_of, dry=dry)
    coming = Coming()
    if dry:
        report, coming = _would_be_brought_in(table, folder, seen)
    elif folder.catalogue.titles:
        report = bring_in_catalogue(table, bucket, folder.catalogue)
    else:
        report = Report(0, 0, 0, 0, folder.catalogue.unit, folder.catalogue.bad)
    titles = Step(folder.titles, faults=[Fault(folder.titles, place, why) for place, why in report.bad])
    people, cards = steps.people(library, folder.people, seen, dry=dry)
    if dry:
        coming = replace(coming, cards=cards)
    return Moved(
        titles,
        report.written,
        [
            steps.conditions(library, folder.copies, folder.as_of, coming, seen, dry=dry),
            people,
            steps.loans(library, folder.loans, folder.as_of, coming, seen, dry=dry),
            steps.holds(library, folder.holds, coming, seen, dry=dry),
        ],
    )


def _would_be_brought_in(table: Table, folder: Folder, seen: Seen) -> tuple[Report, Coming]:
    """What bringing the catalogue in would do, and what of it is new."""
    found = folder.catalogue
    bad, written, titles, barcodes = list(found.bad), 0, set(), set()
    done = 0
    for part in in_batches(found.titles.values(), _TITLES_AT_ONCE):
        for changes in plan(table, part, whole=False):
            if changes.reasons:
                bad.append((found.places[changes.after.title_id], refusal(changes)))
                continue
            written += changes.writes
            titles |= {changes.after.title_id} if changes.before is None else set()
            barcodes |= {copy.barcode for copy in changes.added}
        done += len(part)
        seen(folder.titles, done, len(found.titles))
    counts = folder.counts()
    report = Report(counts["titles"], counts["copies"], written, 0, found.unit, sorted(bad))
    return report, Coming(barcodes=frozenset(barcodes), titles=frozenset(titles))
