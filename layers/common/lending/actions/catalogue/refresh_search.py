"""The file that is searched: made with each import and every night, of the one before and of what has changed since."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from lending.aws import search_file, search_making
from lending.aws.search_file import Entry
from lending.aws.table import Overtaken, Table, again_when_overtaken
from lending.aws.table.catalogue import search_index


@again_when_overtaken
def renew_search(table: Table, bucket: str) -> dict[str, int]:
    """Let the next file have what was described since the last one; each search reads what the file lacks.

    Returns:
        How many titles had changed.
    """
    changed = len(search_index.state(table).changes)
    if changed:
        refresh_search(table, bucket)
    return {"changed": changed}


def refresh_search(table: Table, bucket: str, entries: Iterable[Entry] = (), *, anew: bool = False) -> int:
    """Make a new search file of the one before, what has changed since, and `entries`, and search it from now on.

    Safe at any moment: a change made meanwhile stays a change, and of two who do this at once one is overtaken.

    Args:
        anew: leave the file before out, which may be gone; `entries` are all titles that there are.

    Returns:
        How many titles can be found.

    Raises:
        Overtaken: another file was made meanwhile; this one is not used.
    """
    state = search_index.state(table)
    changed = [Entry.of(each) for each in state.changes if each.title]
    removed = {each.title_id for each in state.changes if not each.title}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        known = state.file_key and not anew
        before = search_file.opened(bucket, state.file_key).entries() if known else iter(())
        stays = (entry for entry in before if entry.title_id not in removed)
        count = search_making.build(path, (entry for part in (stays, changed, entries) for entry in part))
        file_key = search_file.upload(bucket, path)
    if file_key != state.file_key:
        table.write(search_index.file_change(file_key, state.file_key))
    for change in state.changes:
        _no_longer_lacks(table, change)
    if state.file_key and file_key != state.file_key:
        search_file.forget(bucket, state.file_key)
    return count


def _no_longer_lacks(table: Table, change: search_index.Change) -> None:
    try:
        table.write(search_index.change_removal(change))
    except Overtaken:
        return  # changed again meanwhile: the next file has it
