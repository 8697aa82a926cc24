"""An older folder after a newer one would undo what is known better by now, so it is refused as a whole (RULES 42)."""

from datetime import datetime

from lending.aws.table import Overtaken, Table
from lending.aws.table.exchange import folders


class Older(Exception):
    """A newer folder has been taken in; `latest` is as of when that one tells."""

    def __init__(self, latest: datetime) -> None:
        super().__init__(latest)
        self.latest = latest


def begin(table: Table, as_of: datetime, *, dry: bool) -> None:
    """Let a folder be the newest. Begun again with the same, it goes on.

    Args:
        as_of: as of when it tells.
        dry: nothing is written.

    Raises:
        Older: a newer one has been taken in.
    """
    latest = folders.latest(table)
    if latest and latest > as_of:
        raise Older(latest)
    if dry or latest == as_of:
        return
    try:
        table.write(folders.latest_change(as_of))
    except Overtaken:
        raise Older(folders.latest(table) or as_of) from None
