"""One item that cannot be read, of any kind and in any way: whose it is hears so, and everybody else goes on.

The items are those of a played library, broken in turn, field by field. Asked are those surfaces and jobs that read the
item while it was whole: what never reads it, it cannot disturb.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from logging import LogRecord
from types import SimpleNamespace
from typing import Any

import pytest

from lending.aws import suppression
from lending.aws.table import library_table
from lending.aws.table.calendar import calendar
from lending.aws.table.codec import key_hash
from tests.benchmarks.counting_store import Item, Key
from tests.handlers.metrics import counts_in
from tests.handlers.played import BOTH_WAIT_FOR, NOW, ONE, TWO, Watched, play
from tests.handlers.played_asking import Asked, questions

PARTS, PROBES_OF_PART = 3, 160
INDEXED = {"title_key", "title_order", "work", "work_order"}
SECRET = "花子さんの秘密"
NO_WORDS_OF_OURS: dict[str, Item] = {
    "unreadable": {"M": {"not": {"S": SECRET}}},
    "unknown": {"S": "tomorrow"},
}
FAILED = 500
# The file that is searched is what a search asks for; whatever changes the calendar counts its version up.
ITS_OWN = {("CATALOGUE", "GET /api/titles 0 ")}
OF_ALL = {"CALENDAR_VERSION"}


@dataclass(frozen=True)
class Probe:
    """An item with one field taken away, of a wrong type, or with a word that only tomorrow's software knows."""

    key: Key
    field: str
    how: str

    def of(self, item: Item) -> Item:
        broken = {name: value for name, value in item.items() if name != self.field}
        return broken if self.how == "gone" else broken | {self.field: NO_WORDS_OF_OURS[self.how]}

    def may_be_told_of_by(self, asked: Asked) -> bool:
        """Whether the item is what is asked for."""
        return asked.of is ONE or (self.key[0], asked.name) in ITS_OWN or self.key[0] in OF_ALL


class Forgetful(dict[str, Any]):
    """What a process keeps of the calendar: nothing, for a broken one is put there by no write of ours."""

    def __setitem__(self, table: str, found: Any) -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A played library, in which nothing but what is asked makes a difference."""
    store = Watched()
    monkeypatch.setattr(library_table(), "_client", store)
    # moto has no suppression list
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    monkeypatch.setattr("lending.aws.table.store._pause", lambda attempt: None)
    monkeypatch.setattr(calendar, "_read", Forgetful())
    monkeypatch.setattr("lending.aws.table.calendar.calendar.randbelow", lambda most: 1)
    monkeypatch.setattr("lending.api.desk.calendar.uuid4", lambda: SimpleNamespace(hex="new"))
    monkeypatch.setattr("lending.aws.mailer.send", lambda key, to_address, text: f"ses-{key}")
    monkeypatch.setattr("functions.mail.handler.datetime", SimpleNamespace(now=lambda zone: NOW))
    play(library_table())
    return store


@dataclass(frozen=True)
class Told:
    """What was answered, the lines in it that are of the second alone, and what became of their items."""

    status: int
    lines: list[str]
    left: dict[Key, Item]
    stuck: bool
    again: bool


def told(store: Watched, asked: Asked) -> Told:
    """Ask; what raises has failed."""
    try:
        answer = asked.ask()
    except Exception as error:
        answer = {"statusCode": FAILED, "body": json.dumps({"error": repr(error)})}
    items, body = store.items(), json.loads(answer.get("body") or "{}")
    listed = [json.dumps(each, ensure_ascii=False, sort_keys=True) for each in body.get("items") or []]
    left = {key: items.get(key, {}) for key in store.changed}
    return Told(
        answer.get("statusCode", 200),
        [line for line in listed if is_of_two(line)],
        {key: item for key, item in left.items() if is_of_two(str((key, item)))},
        # Whoever is stuck has done all that can be done, and says so.
        "Stuck" in str(body.get("error")),
        {"itemIdentifier": "m-1"} in answer.get("batchItemFailures", ()),
    )


def is_of_two(text: str) -> bool:
    """Whether something is the second's, and has nothing to do with the first."""
    return TWO.is_named_in(text) and not ONE.is_named_in(text) and BOTH_WAIT_FOR not in text


def ask_all(store: Watched) -> tuple[dict[str, Told], dict[Key, list[Asked]]]:
    """What all is answered while everything is whole, and who reads which item."""
    answers, readers = {}, defaultdict[Key, list[Asked]](list)
    for asked in questions():
        with store.undone():
            answers[asked.name] = told(store, asked)
            for key in store.read:
                readers[key].append(asked)
    return answers, readers


def probes(store: Watched) -> list[Probe]:
    """Each way to break a field of a kind of item, at one of those that are the first's or everybody's."""
    alike = defaultdict[tuple[str, ...], list[Probe]](list)
    for key, item in store.items().items():
        if ONE.is_named_in(text := str((key, item))) or not TWO.is_named_in(text):
            kind = [part.split("#")[0] for part in key]
            kind += [str(item.get(name)) for name in ("status", "state", "kind", "scope")]
            for field in item.keys() - {"PK", "SK"}:
                for how in ("gone", *(each for each in NO_WORDS_OF_OURS if each == "unknown" or field not in INDEXED)):
                    alike[*kind, field, how].append(Probe(key, field, how))
    chance = random.Random(12)
    return [chance.choice(found) for _, found in sorted(alike.items())]


def faults(probe: Probe, asked: Asked, whole: Told, now: Told, log: list[LogRecord]) -> Iterator[str]:
    """What is not as it should be when this is asked while that is broken."""
    if now.status == FAILED and not now.stuck and not is_named(probe.key, log) and not refused_by_aws(log):
        yield "the log does not name it"
    if probe.may_be_told_of_by(asked):
        return
    if now.status != whole.status and not now.stuck:
        yield f"{now.status} instead of {whole.status}"
    if now.lines != whole.lines and not now.stuck:
        yield "a line of somebody else is not as it was"
    if now.left != whole.left:
        yield f"something else became of {sorted(now.left.keys() ^ whole.left.keys()) or 'them'}"
    if now.again:
        yield "somebody else's message comes again"


def is_named(key: Key, log: list[LogRecord]) -> bool:
    """Whether the log has the hash of an item's key."""
    return key_hash({"PK": key[0], "SK": key[1]}) in {vars(line).get("item") for line in log}


def refused_by_aws(log: list[LogRecord]) -> bool:
    """Whether the store itself would not take a write: it does not add to what is no number."""
    return any(vars(line).get("place", "").startswith("Table._ask_once") for line in log)


def test_there_is_something_of_nearly_every_kind(store: Watched) -> None:
    kinds = {(key[0].split("#")[0], key[1].split("#")[0]) for key in store.items()}
    assert len(kinds) > 40
    assert len(probes(store)) > 1000
    answers, readers = ask_all(store)
    assert {name: each.status for name, each in answers.items() if each.status >= FAILED} == {}
    # THEN nearly all of it is read by somebody, and the second has lines and changes that could be lacking
    assert len({(key[0].split("#")[0], key[1].split("#")[0]) for key in readers}) > 30
    assert sum(bool(each.lines) for each in answers.values()) > 20
    assert sum(bool(each.left) for each in answers.values()) > 60


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_is_broken_everybody_else_goes_on(
    store: Watched, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], part: int
) -> None:
    answers, readers = ask_all(store)
    wrong, named, asked_for = [], 0, 0
    for probe in random.Random(part).sample(probes(store)[part::PARTS], PROBES_OF_PART):
        for asked in readers[probe.key]:
            with store.undone():
                # GIVEN one item that is broken WHEN somebody asks who read it
                store.load([probe.of(store.items()[probe.key])])
                caplog.clear()
                now = told(store, asked)
                # THEN only whose it is may hear so, and the log has its key's hash
                found = list(faults(probe, asked, answers[asked.name], now, caplog.records))
                wrong += [(probe, asked.name, fault) for fault in found]
                named += is_named(probe.key, caplog.records)
                asked_for += 1
    log = capsys.readouterr().out
    assert [f"{probe} {name}: {fault}" for probe, name, fault in wrong] == []
    assert asked_for > 1000
    # AND each time it is counted for the alarm, and what is in it is in no log
    assert len(counts_in(log)["BrokenItems"]) >= named > 300
    assert SECRET not in log
