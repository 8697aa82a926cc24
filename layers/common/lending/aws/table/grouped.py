"""Many independent writes in as few transactions as can be: each happens if its own condition holds."""

from collections.abc import Iterable, Iterator
from functools import partial

from lending.aws.concurrency import map_concurrently
from lending.aws.table.store import TRANSACTION_WRITES, Busy, Overtaken, Table
from lending.aws.table.writes import Write

_Numbered = list[tuple[int, Write]]


def write_what_holds(table: Table, writes: Iterable[Write]) -> list[int]:
    """Carry out every write whose condition holds, whatever becomes of the others.

    Up to `table.at_once` transactions are under way at the same moment.

    Args:
        writes: of different items; what must go together belongs into a transaction of its own.

    Returns:
        The positions of those whose condition did not hold, in order.

    Raises:
        Busy: others kept writing one of the items; any of the other writes may have been made.
    """
    lost = map_concurrently(partial(_lost_of, table), _groups(writes), table.at_once)
    return sorted(number for numbers in lost for number in numbers)


def _groups(writes: Iterable[Write]) -> Iterator[_Numbered]:
    group: _Numbered = []
    size = 0
    for number, write in enumerate(writes):
        if size + write.size > TRANSACTION_WRITES:
            yield group
            group, size = [], 0
        group.append((number, write))
        size += write.size
    if group:
        yield group


def _lost_of(table: Table, group: _Numbered) -> list[int]:
    lost: list[int] = []
    while group:
        try:
            table.transact(*(write for _, write in group))
            return lost
        except Overtaken as overtaken:
            lost += [group[n][0] for n in overtaken.failed]
            group = [each for n, each in enumerate(group) if n not in set(overtaken.failed)]
        except Busy:
            if len(group) == 1:
                raise
            half = len(group) // 2
            return lost + _lost_of(table, group[:half]) + _lost_of(table, group[half:])
    return lost
