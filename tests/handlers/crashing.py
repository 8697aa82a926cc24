"""Death at any write: a client of DynamoDB whose process is gone before or after its nth one."""

from collections.abc import Callable, Iterator
from itertools import count
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
    """Whether an item is what a job has done: not what that took, nor the calendar's version, which is any number."""
    return key[1] != "COST" and key[0] != "CALENDAR_VERSION"


def one_at_a_time(client: Any) -> Table:
    """A table whose writes come in the same order each time, so that the nth is always the same."""
    return Table(client, "lending", at_once=1)


def everything(table: Table) -> list[dict[str, Any]]:
    """What there is, but for what doing it took."""
    found = table._client.scan(TableName=table.name)["Items"]
    return sorted((item for item in found if is_result(key_of(item))), key=key_of)


def restore(table: Table, items: list[dict[str, Any]]) -> None:
    """Make the table what it was; the dead write nothing, so this is by another hand."""
    client, wanted = table._client._client, {key_of(item): item for item in items}
    for item in everything(table):
        if wanted.get(key_of(item)) == item:
            del wanted[key_of(item)]
        elif key_of(item) not in wanted:
            client.delete_item(TableName=table.name, Key={name: item[name] for name in ("PK", "SK")})
    for item in wanted.values():
        client.put_item(TableName=table.name, Item=item)


def deaths(table: Table, mortal: Mortal, start: list[dict[str, Any]], job: Callable[[], Any]) -> Iterator[str]:
    """Play the job once for every write it can die at, before or after it by turns; yields when it has died."""
    for nth in count(1):
        restore(table, start)
        mortal.writes, mortal.dies_at, mortal.written = 0, nth, nth % 2 == 0
        try:
            job()
        except Crash:
            mortal.dies_at = 0
            yield f"{'after' if mortal.written else 'before'} write {nth}"
        else:
            mortal.dies_at = 0
            assert nth > 1, "the job wrote nothing"
            return


def dies_anywhere(table: Table, mortal: Mortal, job: Callable[[], Any]) -> int:
    """Check that every death is made good by one more invocation; answers how many deaths there were."""
    start = everything(table)
    answer = job()
    alive = everything(table)
    assert alive != start
    played = 0
    for death in deaths(table, mortal, start, job):
        again = job()
        assert everything(table) == alive, f"another end after dying {death}"
        assert again | {"already_done": None} == answer | {"already_done": None}, death
        played += 1
    return played
