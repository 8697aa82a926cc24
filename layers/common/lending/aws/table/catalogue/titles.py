"""Titles TITLE#id / TITLE; `by_title` shows a title with its copies and its queue."""

from dataclasses import dataclass, replace

from lending.aws.table.codec import Item, attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Count, Key, Write, check, delete, put, put_new, still, update
from lending.domain.catalogue.title import Copy, Title
from lending.domain.holds.hold import Queued

WORK_NO_COPY_LEFT = "NO_COPY_LEFT"


def title_key(title_id: str) -> Key:
    """The key of a title; its first part is also the partition of `by_title`."""
    return f"TITLE#{title_id}", "TITLE"


@dataclass(frozen=True, slots=True)
class TitleView:
    """A title with its copies and its open holds in queue order, as one query shows it."""

    title: Title
    copies: list[Copy]
    holds: list[Queued]


def find(table: Table, title_id: str) -> Title | None:
    """The title as of now."""
    item = table.get(title_key(title_id))
    return value_of(Title, item) if item else None


def find_many(table: Table, title_ids: set[str]) -> dict[str, Title]:
    """Many titles by id."""
    titles = values_of(Title, table.get_many(map(title_key, sorted(title_ids))))
    return {title.title_id: title for title in titles}


def view(table: Table, title_id: str) -> TitleView | None:
    """A title, its copies and its queue in one query of the index: it proposes, conditions on base items decide."""
    found: dict[str, list[Item]] = {"TITLE": [], "COPY": [], "HOLD": []}
    for item in table.query(title_key(title_id)[0], index="by_title"):
        found[item["title_order"].split("#")[0]].append(item)
    if not found["TITLE"]:
        return None
    return TitleView(
        title=value_of(Title, found["TITLE"][0]),
        copies=list(values_of(Copy, found["COPY"])),
        holds=list(values_of(Queued, found["HOLD"])),
    )


def _title_item(title: Title) -> Item:
    pk, sk = title_key(title.title_id)
    return attributes(title) | {"title_key": pk, "title_order": sk}


def description_change(before: Title | None, after: Title) -> Write:
    """A title as the catalogue describes it from now on, if it still is what was read."""
    key = title_key(after.title_id)
    if before is None:
        return put_new(key, _title_item(after))
    was = attributes(before)
    condition, values = still(was, *dict.fromkeys([*was, *attributes(after)]))
    changed = dict.fromkeys(was) | attributes(after) | _left(before.lendable, after)
    return update(key, set=changed, condition=condition, **values)


def _left(lendable_before: int, after: Title) -> Item:
    """The mark of a title that had a copy to be lent and has none left, for the list of its holds (RULES 9).

    One that never had any has no mark: nobody could ever hold it.
    """
    if after.lendable > 0:
        return {"work": None, "work_order": None}
    return {"work": WORK_NO_COPY_LEFT, "work_order": after.title_id} if lendable_before > 0 else {}


def page_without_copy(table: Table, start: Item | None, limit: int) -> tuple[list[Title], Item | None]:
    """A part of the titles that had a copy to be lent and have none left, and where the next part goes on (RULES 9)."""
    page = table.page(WORK_NO_COPY_LEFT, index="work", start=start, limit=limit)
    return list(values_of(Title, page.items)), page.last


def merger(source: Title, target: Title) -> list[Write]:
    """A title is no more, for it was the same as another: no copy is left to it, and nobody waits for it."""
    was = attributes(source)
    condition, values = still(was, *was, "barcodes")
    return [
        delete(title_key(source.title_id), condition, **values),
        delete(queue_key(source.title_id), "attribute_not_exists(#waiting) OR #waiting = :none", none=0),
        put(_merged_key(source.title_id), {"into": target.title_id}),
    ]


def merged_into(table: Table, title_id: str) -> str:
    """The title that another one has become, empty if it has become none."""
    item = table.get(_merged_key(title_id))
    return str(item["into"]) if item else ""


def _merged_key(title_id: str) -> Key:
    return f"TITLE#{title_id}", "MERGED"


def waiting_counts(table: Table, title_ids: set[str]) -> dict[str, int]:
    """How many holds wait for each of the titles, as of now (RULES 31)."""
    counts = {item["PK"].removeprefix("TITLE#"): item["waiting"] for item in table.get_many(map(queue_key, title_ids))}
    return {title_id: counts.get(title_id, 0) for title_id in title_ids}


def queue_key(title_id: str) -> Key:
    """The key of a title's queue: how many holds wait. Apart from the title, which the same transaction may write."""
    return f"TITLE#{title_id}", "QUEUE"


def waiting_change(title_id: str, change: int) -> Count:
    """More or fewer waiting holds. `holds` adds it to each write of a hold that starts or stops waiting."""
    return Count(queue_key(title_id), "waiting", change)


def empty_queue_check(title_id: str) -> Write:
    """Demand that no hold waits for the title (RULES 31)."""
    return check(queue_key(title_id), "attribute_not_exists(#waiting) OR #waiting = :none", none=0)


def lendable_check(title_id: str) -> Write:
    """Demand that a copy of the title may leave the library, and that it is not becoming another title (RULES 9)."""
    return check(
        title_key(title_id),
        "#lendable > :none AND (attribute_not_exists(#merge) OR #merge.#into = :self)",
        none=0,
        self=title_id,
    )


def lendable_change(title: Title, change: int) -> Write:
    """More or fewer copies of the title that may leave the library, if they still are as many (RULES 9, 34)."""
    after = replace(title, lendable=title.lendable + change)
    return update(
        title_key(title.title_id),
        set={"lendable": after.lendable} | _left(title.lendable, after),
        condition="#lendable = :was",
        was=title.lendable,
    )
