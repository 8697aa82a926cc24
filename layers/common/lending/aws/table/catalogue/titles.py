"""Titles TITLE#id / TITLE and copies COPY#barcode / COPY; `by_title` shows a title with its copies and its queue."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from lending.aws.table.codec import Item, attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Count, Key, Write, check, delete, put, put_new, still, update
from lending.domain.catalogue.title import Copy, CopyState, LiesAt, Pull, Title, usual_place
from lending.domain.holds.hold import Queued

WORK_NO_COPY_LEFT = "NO_COPY_LEFT"
_WORK = ("work", "work_order")


def title_key(title_id: str) -> Key:
    """The key of a title; its first part is also the partition of `by_title`."""
    return f"TITLE#{title_id}", "TITLE"


def copy_key(barcode: str) -> Key:
    """The key of a copy: a bar code is one book, whatever its title."""
    return f"COPY#{barcode}", "COPY"


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


def find_copy(table: Table, barcode: str) -> Copy | None:
    """The copy as of now."""
    item = table.get(copy_key(barcode))
    return value_of(Copy, item) if item else None


def find_copies(table: Table, barcodes: list[str]) -> list[Copy]:
    """Many copies by bar code, in the order of their shelves."""
    copies = values_of(Copy, table.get_many(map(copy_key, barcodes)))
    return sorted(copies, key=lambda copy: (copy.call_number, copy.barcode))


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


def put_title(title: Title) -> Write:
    """A title as the catalogue describes it now."""
    return put(title_key(title.title_id), _title_item(title))


def _title_item(title: Title) -> Item:
    pk, sk = title_key(title.title_id)
    return attributes(title) | {"title_key": pk, "title_order": sk}


def add_copy(copy: Copy) -> Write:
    """A copy that was not known."""
    item = attributes(copy) | {"title_key": title_key(copy.title_id)[0], "title_order": f"COPY#{copy.barcode}"}
    return put_new(copy_key(copy.barcode), item)


def describe(before: Title | None, after: Title) -> Write:
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


def describe_copy(before: Copy, after: Copy) -> Write:
    """A copy has another call number, or may leave the library or not, if it still is what was read."""
    condition, values = still(attributes(before), "title_id", "state", "call_number", "reference_only")
    unchanged, planned = _still_planned(before)
    order = _work(after) if before.pull else {}
    return update(
        copy_key(before.barcode),
        set={"call_number": after.call_number, "reference_only": after.reference_only} | order,
        condition=f"{condition} AND {unchanged}",
        **values,
        **planned,
    )


def move_to_title(copy: Copy, title_id: str) -> Write:
    """The copy is another title's, if it still is what was read: its title, its state, whose it is, the plan on it."""
    same, was = still(attributes(copy), "title_id", "state", "holder")
    unchanged, planned = _still_planned(copy)
    pull = {"pull": attributes(replace(copy.pull, title_id=title_id))} if copy.pull else {}
    return update(
        copy_key(copy.barcode),
        set={"title_id": title_id, "title_key": title_key(title_id)[0]} | pull,
        condition=f"{same} AND {unchanged}",
        **was,
        **planned,
    )


def gone_into(source: Title, target: Title) -> list[Write]:
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


def withdraw_copy(copy: Copy) -> Write:
    """A copy leaves the catalogue, if nobody has it or is promised it meanwhile."""
    condition, values = still(attributes(copy), "state", "holder")
    unchanged, planned = _still_planned(copy)
    return delete(copy_key(copy.barcode), f"{condition} AND {unchanged}", **values, **planned)


def due_anew(barcode: str, patron_id: str, due_on: date) -> Write:
    """The copy's loan to the patron has another due date (RULES 31)."""
    return update(
        copy_key(barcode),
        set={"due_on": due_on},
        condition="#state = :on_loan AND #holder = :patron",
        on_loan=CopyState.ON_LOAN,
        patron=patron_id,
    )


def waiting_counts(table: Table, title_ids: set[str]) -> dict[str, int]:
    """How many holds wait for each of the titles, as of now (RULES 31)."""
    counts = {item["PK"].removeprefix("TITLE#"): item["waiting"] for item in table.get_many(map(queue_key, title_ids))}
    return {title_id: counts.get(title_id, 0) for title_id in title_ids}


def queue_key(title_id: str) -> Key:
    """The key of a title's queue: how many holds wait. Apart from the title, which the same transaction may write."""
    return f"TITLE#{title_id}", "QUEUE"


def count_waiting(title_id: str, change: int) -> Count:
    """More or fewer waiting holds. `holds` adds it to each write of a hold that starts or stops waiting."""
    return Count(queue_key(title_id), "waiting", change)


def nobody_waits(title_id: str) -> Write:
    """Demand that no hold waits for the title (RULES 31)."""
    return check(queue_key(title_id), "attribute_not_exists(#waiting) OR #waiting = :none", none=0)


def can_be_held(title_id: str) -> Write:
    """Demand that a copy of the title may leave the library, and that it is not becoming another title (RULES 9)."""
    return check(
        title_key(title_id),
        "#lendable > :none AND (attribute_not_exists(#merge) OR #merge.#into = :self)",
        none=0,
        self=title_id,
    )


def shelf(call_number: str) -> str:
    """The pull list's part for a call number: its first digit, or Z. Parts in order are the shelf order."""
    return call_number[:1] if call_number[:1].isdigit() else "Z"


SHELVES = (*"0123456789", "Z")


def plan_pull(copy: Copy, pull: Pull) -> Write:
    """Put a copy on the pull list, if it and the plan on it still are what was read (RULES 15, 23).

    Planned again it changes nothing.
    """
    unchanged, was = _still_planned(copy)
    mine: Item = {"mine_run": pull.run, "mine_patron": pull.patron_id}
    return update(
        copy_key(copy.barcode),
        set={"pull": attributes(pull)} | _work(replace(copy, pull=pull)),
        condition=f"#state = :state AND ({unchanged} OR (#pull.#run = :mine_run AND #pull.#patron_id = :mine_patron))",
        state=copy.state,
        **mine,
        **was,
    )


def drop_pull(copy: Copy) -> Write:
    """Take a copy off the pull list, if the plan on it still is what was read (RULES 23)."""
    unchanged, was = _still_planned(copy)
    listed = dict.fromkeys(("pull", *_WORK)) | _work(replace(copy, pull=None))
    return update(copy_key(copy.barcode), set=listed, condition=unchanged, **was)


# The lists of copies that staff look through, by the state they are in; to be cleared is what lies elsewhere.
TO_CLEAR = "to_clear"
_LISTED = frozenset({CopyState.MISSING, CopyState.LOST, CopyState.DAMAGED, CopyState.KEPT_ASIDE})


def _work(copy: Copy) -> Item:
    """On which list of staff a copy is: the pull list in shelf order, or one by its state, the longest there first."""
    if copy.pull:
        return {"work": f"PULL#{shelf(copy.call_number)}", "work_order": f"{copy.call_number}#{copy.barcode}"}
    elsewhere = copy.state is CopyState.ON_SHELF and copy.lies_at is not LiesAt.SHELF
    name = copy.state if copy.state in _LISTED else TO_CLEAR if elsewhere else ""
    return {"work": f"COPIES#{name}", "work_order": f"{copy.since or ''}#{copy.barcode}"} if name else {}


def listed(table: Table, name: str, start: Item | None, limit: int) -> tuple[list[Copy], Item | None]:
    """A part of a list of copies, the longest there first, and where the next part goes on.

    Args:
        name: `missing`, `lost`, `damaged`, `kept_aside` or `to_clear`. What is on the pull list is in none of them.
    """
    page = table.page(f"COPIES#{name}", index="work", start=start, limit=limit)
    return list(values_of(Copy, page.items)), page.last


def _still_planned(copy: Copy) -> tuple[str, Item]:
    if copy.pull is None:
        return "attribute_not_exists(#pull)", {}
    was = {"was_run": copy.pull.run, "was_patron": copy.pull.patron_id}
    return "(#pull.#run = :was_run AND #pull.#patron_id = :was_patron)", was


def pulls(table: Table) -> Iterator[Copy]:
    """The pull list in shelf order (RULES 23)."""
    for part in SHELVES:
        yield from values_of(Copy, table.query(f"PULL#{part}", index="work"))


def move(
    copy: Copy,
    state: CopyState,
    *,
    on: date,
    holder: str = "",
    due_on: date | None = None,
    lies_at: LiesAt | None = None,
    returned_on: date | None = None,
    pull: Pull | None = None,
) -> Write:
    """The copy goes to another state, if it still is what was read: its title, its state, whose it is, the plan on it.

    Args:
        on: the day of it.
        holder: whose loan it is, or whose hold it is kept for.
        lies_at: where it lies, if not where one of its state does.
        returned_on: the day of the check-in, if this is one.
        pull: the plan on it from now on; the one it had is done.
    """
    same, was = still(attributes(copy), "title_id", "state", "holder")
    unchanged, planned = _still_planned(copy)
    after = replace(
        copy,
        state=state,
        holder=holder,
        due_on=due_on,
        lies_at=lies_at or usual_place(state),
        since=on,
        returned_on=returned_on or copy.returned_on,
        pull=pull,
    )
    changed = ("state", "holder", "due_on", "lies_at", "since", "returned_on", "pull")
    told = attributes(after)
    return update(
        copy_key(copy.barcode),
        set={name: told.get(name) for name in changed} | dict.fromkeys(_WORK) | _work(after),
        condition=f"{same} AND {unchanged}",
        **was,
        **planned,
    )


def page_of_pulls(table: Table, start: Item | None, limit: int) -> tuple[list[Copy], Item | None]:
    """A part of the pull list in shelf order, and where the next part goes on (RULES 23)."""
    found: list[Copy] = []
    part, key = (start["part"], start["key"]) if start else (0, None)
    while part < len(SHELVES):
        page = table.page(f"PULL#{SHELVES[part]}", index="work", start=key, limit=limit - len(found))
        found += values_of(Copy, page.items)
        part, key = (part, page.last) if page.last else (part + 1, None)
        if len(found) == limit:
            return found, {"part": part, "key": key} if part < len(SHELVES) else None
    return found, None


def count_lendable(title: Title, change: int) -> Write:
    """More or fewer copies of the title that may leave the library, if they still are as many (RULES 9, 34)."""
    after = replace(title, lendable=title.lendable + change)
    return update(
        title_key(title.title_id),
        set={"lendable": after.lendable} | _left(title.lendable, after),
        condition="#lendable = :was",
        was=title.lendable,
    )
