"""Queues TITLE#id / QUEUE: how many holds wait for a title, by the day they queue since; QUEUED#day: by the minute.

Every write that lets a hold start or stop waiting brings the counters along (`changes`), under the hold's own
condition. So a place in a queue is read from two items, however long the queue is; who exactly is in it is a part of
`by_title`. The days of a week are one number, of five digits each from Monday on: a page of twenty queues reads a
seventh of the names, and adding to one day leaves the others as they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta

from lending.aws.table.catalogue.titles import title_key
from lending.aws.table.codec import Item, broken, each_of, stamp, values_of
from lending.aws.table.store import Busy, Overtaken, Table
from lending.aws.table.writes import Count, Key, Write, check, delete, update
from lending.domain.holds.hold import MOMENT, STEP, Hold, HoldStatus, Place, Queued
from lending.domain.week import DAY, DAYS_OF_WEEK, in_tokyo

_EMPTY = "attribute_not_exists(#waiting) OR #waiting = :none"
_FIRST_PAGE = 8
# Weeks, each with as many items as it has days.
_EMPTIED_AT_ONCE = 6
_A_DAY = 10**5  # no title is held so often on one day


def key(title_id: str) -> Key:
    """The key of a title's queue. Apart from the title, which the same transaction may write."""
    return f"TITLE#{title_id}", "QUEUE"


def day_key(title_id: str, moment: datetime) -> Key:
    """The key of what is known of one day of a title's queue."""
    return _day_key(title_id, in_tokyo(moment).date())


def _day_key(title_id: str, day: date) -> Key:
    return f"TITLE#{title_id}", f"QUEUED#{day:d%Y%m%d}"


def _week(moment: datetime) -> str:
    day = in_tokyo(moment).date()
    return f"{day - timedelta(days=day.weekday()):w%Y%m%d}"


def _days(count: int) -> list[int]:
    """How many there are of each day of a week, from Monday on, by the week's number."""
    return [count // _A_DAY**weekday % _A_DAY for weekday in range(DAYS_OF_WEEK)]


def _minute(moment: datetime) -> str:
    return in_tokyo(moment).strftime("m%H%M")


def changes(hold: Hold, change: int) -> tuple[Count, ...]:
    """One more or fewer waits. `holds` adds it to each write of a hold that starts or stops waiting."""
    queue, since = key(hold.title_id), hold.queued_at
    return (
        Count(queue, "waiting", change),
        Count(queue, _week(since), change * _A_DAY ** in_tokyo(since).weekday()),
        Count(day_key(hold.title_id, since), _minute(since), change),
    )


def empty_check(title_id: str) -> Write:
    """Demand that no hold waits for the title (RULES 31)."""
    return check(key(title_id), _EMPTY, none=0)


def removal(title_id: str) -> Write:
    """The queue of a title that is no more, if nobody waits in it."""
    return delete(key(title_id), _EMPTY, none=0)


def waiting_counts(table: Table, title_ids: Iterable[str]) -> dict[str, int]:
    """How many holds wait for each of the titles, as of now (RULES 31)."""
    wanted = set(title_ids)
    found = dict(each_of(_counted, table.get_many(map(key, wanted))))
    return {title_id: found.get(key(title_id), {}).get("waiting", 0) for title_id in wanted}


def _counted(item: Item) -> tuple[Key, Mapping[str, int]]:
    """The key of a queue, or of a day of one, and all that is counted there."""
    counts = {name: n for name, n in item.items() if name not in ("PK", "SK")}
    if wrong := [name for name, n in counts.items() if not isinstance(n, int)]:
        raise broken(item, "Queue", wrong)
    return (item["PK"], item["SK"]), counts


def places(table: Table, holds: Iterable[Hold]) -> dict[str, Place]:
    """The places of holds of several titles in their queues, by title; each counts as one that waits (RULES 11)."""
    wanted = {hold.title_id: hold for hold in holds}
    keys = [each for hold in wanted.values() for each in (key(hold.title_id), day_key(hold.title_id, hold.queued_at))]
    found = dict(each_of(_counted, table.get_many(keys)))
    return {title_id: _place(table, hold, found) for title_id, hold in wanted.items()}


def _place(table: Table, hold: Hold, found: Mapping[Key, Mapping[str, int]]) -> Place:
    weeks, minutes = found.get(key(hold.title_id), {}), found.get(day_key(hold.title_id, hold.queued_at), {})
    minute = _minute(hold.queued_at)
    itself = int(hold.status is HoldStatus.WAITING)
    ahead = _on_days_before(weeks, hold.queued_at) + sum(n for each, n in minutes.items() if each < minute)
    if minutes.get(minute, 0) > itself:
        ahead += _in_the_same_minute(table, hold)
    return Place(ahead + 1, max(ahead, weeks.get("waiting", 0) - itself) + 1)


def _on_days_before(weeks: Mapping[str, int], moment: datetime) -> int:
    """How many wait since a day before that of a moment."""
    mine, weekday = _week(moment), in_tokyo(moment).weekday()
    earlier = sum(sum(_days(count)) for week, count in weeks.items() if _is_week(week) and week < mine)
    return earlier + sum(_days(weeks.get(mine, 0))[:weekday])


def _is_week(name: str) -> bool:
    return name[0] == "w" and name[1:].isdecimal()


def _in_the_same_minute(table: Table, hold: Hold) -> int:
    """How many wait since the very minute, and before the hold."""
    moment = stamp(hold.queued_at)
    return table.count(
        title_key(hold.title_id)[0],
        "#status = :waiting AND #patron_id <> :mine",
        index="by_title",
        after=f"HOLD#{moment[:16]}",
        before=f"HOLD#{moment}#{hold.patron_id}",
        waiting=HoldStatus.WAITING,
        mine=hold.patron_id,
    )


def end(table: Table, title_id: str, moment: datetime) -> datetime:
    """When a hold queues that comes to the end at a moment: then, or a step behind who came in the same one (11)."""
    first, last = f"HOLD#{stamp(moment)}", f"HOLD#{stamp(moment + MOMENT)}"
    here = table.page(title_key(title_id)[0], index="by_title", after=first, before=last, forward=False, limit=1)
    return max((each.queued_at + STEP for each in values_of(Queued, here.items)), default=moment)


def drop_emptied_weeks(table: Table, title_id: str) -> None:
    """Forget weeks since which nobody queues any more, some at a time: a title that is held for years has many."""
    item = table.as_shown().get(key(title_id)) or {}
    emptied = [name for name, count in item.items() if _is_week(name) and count == 0]
    if len(emptied) < _EMPTIED_AT_ONCE:
        return
    weeks = emptied[:_EMPTIED_AT_ONCE]
    mondays = [datetime.strptime(week, "w%Y%m%d").date() for week in weeks]  # noqa: DTZ007 - a day, no moment
    days = [_day_key(title_id, monday + n * DAY) for monday in mondays for n in range(DAYS_OF_WEEK)]
    still_empty = " AND ".join(f"#{week} = :none" for week in weeks)
    drop = update(key(title_id), remove=tuple(weeks), condition=still_empty, none=0)
    # Somebody waits again since one of them, or others are at it: the next hold finds them.
    with suppress(Overtaken, Busy):
        table.transact(drop, *map(delete, days))


def drop_days(table: Table, title_id: str) -> None:
    """Forget all days of the queue of a title that is no more."""
    for item in table.query(f"TITLE#{title_id}", "QUEUED#"):
        table.write(delete((item["PK"], item["SK"])))


def open_holds(table: Table, title_id: str) -> list[Queued]:
    """All open holds of a title in the order of its queue, as the index shows them: for who ends or moves them all."""
    return list(values_of(Queued, table.query(title_key(title_id)[0], "HOLD#", index="by_title")))


def pages(table: Table, title_id: str) -> Iterator[tuple[list[Queued], bool]]:
    """The open holds of a title in the order of its queue, a few at first, then more: for who looks for the first.

    Each page, and whether it is the last; there is at least one, which may be empty.
    """
    start, limit = None, _FIRST_PAGE
    while True:
        found, start = page(table, title_id, start, limit)
        yield found, start is None
        if start is None:
            return
        limit *= 2


def page(table: Table, title_id: str, start: Item | None, limit: int) -> tuple[list[Queued], Item | None]:
    """A part of the open holds of a title in the order of its queue, and where the next part goes on."""
    found = table.page(title_key(title_id)[0], "HOLD#", index="by_title", start=start, limit=limit)
    return list(values_of(Queued, found.items)), found.last
