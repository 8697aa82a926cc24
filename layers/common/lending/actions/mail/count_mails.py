"""How many mails became what, by the day they were put, for people to see (RULES 56)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date

from lending.aws.table import Busy, Table, statistics
from lending.domain.mail.mail import Mail
from lending.domain.week import in_tokyo


class MailCounts:
    """What a batch of mails, or of news, has changed of the counts; whatever the order of news, the sum is the same."""

    def __init__(self) -> None:
        self._changes: dict[date, Counter[str]] = {}

    def note(self, before: Mail, after: Mail) -> None:
        """A mail was one thing, and is another now. Those on their way are not counted: they are on a list."""
        changes = self._changes.setdefault(in_tokyo(before.created_at).date(), Counter())
        if not before.on_its_way:
            changes[str(before.state)] -= 1
        if not after.on_its_way:
            changes[str(after.state)] += 1

    def by_day(self) -> Iterator[tuple[date, dict[str, int]]]:
        """The changes of each day."""
        for day, changes in sorted(self._changes.items()):
            if changed := {state: number for state, number in changes.items() if number}:
                yield day, changed


@contextmanager
def mails_counted(table: Table) -> Iterator[MailCounts]:
    """Add up what a batch has changed, one write a day. It is a number for people, and holds up no mail."""
    counts = MailCounts()
    yield counts
    for day, changes in counts.by_day():
        with suppress(Busy):
            table.write(statistics.mails_increment(day, changes))
