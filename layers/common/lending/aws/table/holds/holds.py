"""Holds: PATRON#id / HOLD#title. `by_title` orders the queue; `work` lists waiting and secured ones, or ready ones.

Why a hold got no book is not in it: see `reasons`.

Waiting and secured ones are on two lists: what the counter's pulls are about, and all others.

Each write that lets a hold start or stop waiting brings the count of those who wait for the title (`Write.counts`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from zlib import crc32

from lending.aws.concurrency import map_concurrently
from lending.aws.table.catalogue import queues
from lending.aws.table.catalogue.titles import title_key
from lending.aws.table.codec import Item, attributes, each_of, stamp, value_of
from lending.aws.table.holds import reasons
from lending.aws.table.patrons.patrons import partition
from lending.aws.table.store import Table
from lending.aws.table.writes import Count, Key, Write, check, delete, put_new, still, update
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus, Queued, in_turn
from lending.domain.holds.reasons_of_patron import ReasonsOfPatron

SHARDS = 16
WORK_READY = "READY"
_FOR_COUNTER, _FOR_FACILITIES = "COUNTER", "WAITING"
# So many queues are asked for each on its own; of more than that the whole list is sooner read, page by page.
ONE_BY_ONE = 300


def key(patron_id: str, title_id: str) -> Key:
    """The key of a hold: one per patron and title (RULES 9)."""
    return partition(patron_id), f"HOLD#{title_id}"


def hold_of(item: Item) -> Hold:
    """The hold that an item holds."""
    return value_of(Hold, item)


def find(table: Table, patron_id: str, title_id: str) -> Hold | None:
    """The hold as of now."""
    item = table.get(key(patron_id, title_id))
    return hold_of(item) if item else None


def find_many(table: Table, title_id: str, patron_ids: Iterable[str]) -> list[Hold]:
    """The holds that many patrons have on a title, in the order of the queue."""
    found = find_each(table, ((patron_id, title_id) for patron_id in patron_ids))
    return sorted(found, key=in_turn)


def in_queue(table: Table, title_id: str, queued: Sequence[Queued]) -> list[Hold]:
    """The holds of a part of a title's queue, in its order: a list has them together, ready ones lie elsewhere."""
    if not queued:
        return []
    first, last = _order(title_id, queued[0]), _order(title_id, queued[-1])
    lists = (_sharded(name, title_id) for name in (_FOR_COUNTER, _FOR_FACILITIES))
    listed = (item for each in lists for item in table.query(each, index="work", after=first, before=last))
    ready = [each.patron_id for each in queued if each.status is HoldStatus.READY]
    return sorted([*each_of(hold_of, listed), *find_many(table, title_id, ready)], key=in_turn)


def find_each(table: Table, holds: Iterable[Key]) -> list[Hold]:
    """Many holds by (patron id, title id); those that have ended are left out, and what calls itself otherwise."""
    wanted = set(holds)
    found = each_of(hold_of, table.get_many(key(*hold) for hold in sorted(wanted)))
    return [hold for hold in found if (hold.patron_id, hold.title_id) in wanted]


def of_patron(table: Table, patron_id: str) -> list[Hold]:
    """A patron's open holds with their reasons, oldest first."""
    items = list(table.query(partition(patron_id), "HOLD"))
    told = next(each_of(reasons.reasons_of, (item for item in items if item["SK"] == reasons.SK)), None)
    holds = each_of(hold_of, (item for item in items if item["SK"] != reasons.SK))
    told = told or ReasonsOfPatron(patron_id)
    return sorted(map(told.read_with, holds), key=lambda hold: hold.placed_at)


def to_be_served(table: Table, *, at_counter: bool = False) -> Iterator[Hold]:
    """All waiting and secured holds, which a weekly run considers (RULES 18).

    Args:
        at_counter: only those to be collected at the counter, now or from a later cycle on (RULES 14, 15).
    """
    yield from each_of(hold_of, _listed(table, at_counter))


def keys_to_be_served(table: Table, *, at_counter: bool = False) -> Iterator[Key]:
    """The keys of these holds."""
    for item in _listed(table, at_counter, only_keys=True):
        yield item["PK"], item["SK"]


def beside_the_counter(table: Table, title_ids: Collection[str]) -> list[Hold]:
    """Of the queues of some titles the waiting and secured holds that are not to be collected at the counter."""
    if len(title_ids) > ONE_BY_ONE:
        listed = each_of(hold_of, _on_list(table, _FOR_FACILITIES))
        return [hold for hold in listed if hold.title_id in title_ids]
    found = map_concurrently(partial(_of_title, table), sorted(title_ids), table.at_once)
    return [hold for holds in found for hold in holds]


def _listed(table: Table, at_counter: bool, **how: Any) -> Iterator[Item]:
    yield from _on_list(table, _FOR_COUNTER, **how)
    if not at_counter:
        yield from _on_list(table, _FOR_FACILITIES, **how)


def _on_list(table: Table, name: str, **how: Any) -> Iterator[Item]:
    for shard in range(SHARDS):
        yield from table.query(f"{name}#{shard:02}", index="work", **how)


def _of_title(table: Table, title_id: str) -> list[Hold]:
    list_ = _sharded(_FOR_FACILITIES, title_id)
    return list(each_of(hold_of, table.query(list_, f"{title_id}#", index="work")))


def page_of_ready(table: Table, start: Item | None, limit: int) -> tuple[list[Hold], Item | None]:
    """A part of the ready holds, the earliest deadline first, and where the next part goes on (RULES 16)."""
    page = table.page(WORK_READY, index="work", start=start, limit=limit)
    return list(each_of(hold_of, page.items)), page.last


def ready_until(table: Table, last_day: date) -> Iterator[Hold]:
    """Ready holds whose pickup deadline is on or before a day (RULES 16)."""
    yield from each_of(hold_of, table.query(WORK_READY, index="work", before=f"{last_day.isoformat()}#~"))


def _queue(hold: Hold) -> Item:
    return {
        "title_key": title_key(hold.title_id)[0],
        "title_order": f"HOLD#{stamp(hold.queued_at)}#{hold.patron_id}",
    }


def _work(hold: Hold) -> Item:
    if hold.status == HoldStatus.READY and hold.pickup_until:
        return {"work": WORK_READY, "work_order": f"{hold.pickup_until.isoformat()}#{hold.patron_id}#{hold.title_id}"}
    name = _FOR_COUNTER if PREFECTURAL in (hold.pickup_place, hold.next_pickup_place) else _FOR_FACILITIES
    return {"work": _sharded(name, hold.title_id), "work_order": _order(hold.title_id, hold)}


def _order(title_id: str, hold: Hold | Queued) -> str:
    return f"{title_id}#{stamp(hold.queued_at)}#{hold.patron_id}"


def _sharded(name: str, title_id: str) -> str:
    return f"{name}#{crc32(title_id.encode()) % SHARDS:02}"


def addition(hold: Hold) -> Write:
    """A new hold at the end of its queue."""
    write = put_new(key(hold.patron_id, hold.title_id), _attributes(hold) | _queue(hold) | _work(hold))
    return replace(write, counts=_waits(hold))


def change(before: Hold, after: Hold) -> Write:
    """A hold becomes another state of itself, if it still is what it was (status, copy, deadline, place, group).

    Only what differs is written.
    """
    was, now = _attributes(before), _attributes(after)
    changed = {name: now.get(name) for name in sorted(was.keys() | now.keys()) if was.get(name) != now.get(name)}
    condition, values = _still(before)
    set_ = changed | _queue(after) | _work(after)
    write = update(key(before.patron_id, before.title_id), set=set_, condition=condition, **values)
    # The hold's own condition holds the counts true as well: each start and stop is written exactly once.
    return replace(write, counts=(*_waits(before, -1), *_waits(after)))


def order_change(before: Hold, after: Hold) -> Write:
    """What the patron wants of a hold, beside their others: `after`, `group`, `rank` (RULES 47-49)."""
    condition, values = _still(before)
    wanted = {"after": after.after, "group": after.group, "rank": after.rank}
    return update(key(before.patron_id, before.title_id), set=wanted, condition=condition, **values)


def asked_record(hold: Hold, day: date) -> Write:
    """The patron is asked whether the hold is still wanted, if nobody has since it was read (RULES 37)."""
    condition, values = still(attributes(hold), "status", "queued_at", "asked_on")
    return update(key(hold.patron_id, hold.title_id), set={"asked_on": day}, condition=condition, **values)


def same_check(hold: Hold) -> Write:
    """Demand that the hold still is what was read."""
    condition, values = _still(hold)
    return check(key(hold.patron_id, hold.title_id), condition, **values)


def end(hold: Hold) -> Write:
    """The hold ends: cancelled, lent or expired; only if it still is what it was."""
    condition, values = _still(hold)
    return replace(delete(key(hold.patron_id, hold.title_id), condition, **values), counts=_waits(hold, -1))


def absence_check(patron_id: str, title_id: str) -> Write:
    """Demand that the patron does not hold the title."""
    return check(key(patron_id, title_id), "attribute_not_exists(#PK)")


def _attributes(hold: Hold) -> Item:
    return attributes(replace(hold, last_run=None))


def _waits(hold: Hold, change: int = 1) -> tuple[Count, ...]:
    return queues.changes(hold, change) if hold.status is HoldStatus.WAITING else ()


def _still(hold: Hold) -> tuple[str, Item]:
    return still(
        attributes(hold), "status", "queued_at", "barcode", "pickup_until", "pickup_place", "next_pickup_place", "group"
    )
