"""Files of movements for the library's own system: each change once, in order (RULES 43)."""

from contextlib import suppress
from datetime import datetime, timedelta

from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime
from lending.aws.concurrency import map_concurrently
from lending.aws.exchange_bucket import put_movements
from lending.aws.table import Overtaken, again_when_overtaken
from lending.aws.table.exchange import movements
from lending.aws.table.exchange.movements import OutFile
from lending.domain.exchange.movement import file_of, name_of_file

_ROWS_OF_FILE = 1000
# No request takes as long: what it writes at last has a moment from before.
_SETTLED = timedelta(minutes=1)
_NEXT = timedelta(milliseconds=1)


def send_movements(library: Library, enough_time: EnoughTime) -> dict[str, int]:
    """Put what has happened since into files. Safe to repeat: a file that was begun is sent again as it was.

    Args:
        enough_time: asked before each file; what is left goes out with the next call.

    Returns:
        How many `files`, and `movements` in them.
    """
    counts = {"files": 0, "movements": 0}
    while enough_time() and (file := _next_file(library)):
        put_movements(name_of_file(file.moment), file_of(file.rows))
        map_concurrently(library.table.write, map(movements.removal, file.rows), library.table.at_once)
        with suppress(Overtaken):  # by another that has sent the same file
            library.table.write(movements.sent_change(file))
        counts = {"files": counts["files"] + 1, "movements": counts["movements"] + len(file.rows)}
    return counts


@again_when_overtaken
def _next_file(library: Library) -> OutFile | None:
    """The file that was begun, or the next."""
    newest = movements.newest(library.table)
    if newest and newest.rows:
        return newest
    rows = movements.waiting(library.table, library.moment - _SETTLED, _ROWS_OF_FILE)
    if not rows:
        return None
    moment = datetime.fromisoformat(rows[-1].partition(",")[0])
    file = OutFile(max(moment, newest.moment + _NEXT) if newest else moment, tuple(rows))
    library.table.write(movements.file_record(newest, file))
    return file
