"""Death at any write: a client of DynamoDB whose process is gone before or after its nth one."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from lending.aws.table import Table

WRITES = ("put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item")

Key = tuple[str, str]
Items = dict[Key, dict[str, Any]]


class Crash(BaseException):
    """The function is gone, in the middle of it; nothing may catch that."""


class Mortal:
    """A client whose process dies before or after its nth write; nothing is written by the dead."""

    def __init__(self, client: Any, dies_at: int = 0, written: bool = False) -> None:
        self._client, self.writes, self.dies_at, self.written = client, 0, dies_at, written
        self._alone = Lock()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        return self._writing(call) if name in WRITES else call

    def _writing(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def write(**parameters: Any) -> Any:
            with self._alone:
                self.writes += 1
                dies = bool(self.dies_at) and self.writes >= self.dies_at
                # Beyond the nth: one of several at once, who has not yet heard.
                if dies and not (self.written and self.writes == self.dies_at):
                    raise Crash
                answer = call(**parameters)
            if dies:
                raise Crash
            return answer

        return write


def key_of(item: dict[str, Any]) -> Key:
    """Its key."""
    return item["PK"]["S"], item["SK"]["S"]


def is_result(key: Key) -> bool:
    """Whether an item is what a job has done, and not what doing it took: a death is not free."""
    return key[1] != "COST"


def one_at_a_time(client: Any) -> Table:
    """A table whose writes come in the same order each time, so that the nth is always the same."""
    return Table(client, "lending", at_once=1)
