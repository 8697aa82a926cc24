"""Titles TITLE#id / TITLE; each names its copies."""

from dataclasses import replace

from lending.aws.table.codec import Item, attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, check, delete, put, put_new, still, update
from lending.domain.catalogue.title import Title

WORK_NO_COPY_LEFT = "NO_COPY_LEFT"


def title_key(title_id: str) -> Key:
    """The key of a title; its first part is also the partition of its queue in `by_title`."""
    return f"TITLE#{title_id}", "TITLE"


def find(table: Table, title_id: str) -> Title | None:
    """The title as of now."""
    item = table.get(title_key(title_id))
    return value_of(Title, item) if item else None


def find_many(table: Table, title_ids: set[str]) -> dict[str, Title]:
    """Many titles by id; one that calls itself otherwise is none of them."""
    titles = values_of(Title, table.get_many(map(title_key, sorted(title_ids))))
    return {title.title_id: title for title in titles if title.title_id in title_ids}


def description_change(before: Title | None, after: Title) -> Write:
    """A title as the catalogue describes it from now on, if it still is what was read."""
    key = title_key(after.title_id)
    if before is None:
        return put_new(key, attributes(after))
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
    """A title is no more, for it was the same as another: no copy is left to it."""
    was = attributes(source)
    condition, values = still(was, *was, "barcodes")
    return [
        delete(title_key(source.title_id), condition, **values),
        put(_merged_key(source.title_id), {"into": target.title_id}),
    ]


def merged_into(table: Table, title_id: str) -> str:
    """The title that another one has become, empty if it has become none."""
    item = table.get(_merged_key(title_id))
    return str(item["into"]) if item else ""


def _merged_key(title_id: str) -> Key:
    return f"TITLE#{title_id}", "MERGED"


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
