"""A file from the library's own system is taken in by what it is (RULES 43)."""

from lending.actions.exchange.candidates import take_in_answer
from lending.actions.exchange.take_in_copies import take_in_copies
from lending.actions.library import Library
from lending.aws.exchange_bucket import COPIES, content


def take_in_file(library: Library, key: str) -> None:
    """Take in a file of the bucket, if it is there still.

    Args:
        library: as of the moment at which the file came.
        key: its key.
    """
    data, name = content(key), key.rpartition("/")[2]
    if data is None:
        return
    if key.startswith(COPIES):
        take_in_copies(library, name, library.moment, data)
    else:
        take_in_answer(library, name.rpartition(".")[0], data)
