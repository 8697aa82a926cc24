"""Titles TITLE#id / TITLE and copies COPY#barcode / COPY; `by_title` shows a title with its copies and its queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lending.aws.table.codec import Item, attributes, value_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, check, delete, put, put_new, still, update
from lending.domain.hold import Queued
from lending.domain.title import Copy, CopyState, Pull, Title


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
    titles = (value_of(Title, item) for item in table.get_many(map(title_key, sorted(title_ids))))
    return {title.title_id: title for title in titles}


def find_copy(table: Table, barcode: str) -> Copy | None:
    """The copy as of now."""
    item = table.get(copy_key(barcode))
    return value_of(Copy, item) if item else None


def find_copies(table: Table, barcodes: list[str]) -> list[Copy]:
    """Many copies by bar code, in the order of their shelves."""
    copies = (value_of(Copy, item) for item in table.get_many(map(copy_key, barcodes)))
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
        copies=[value_of(Copy, item) for item in found["COPY"]],
        holds=[value_of(Queued, item) for item in found["HOLD"]],
    )


def put_title(title: Title) -> Write:
    """A title as the catalogue describes it now."""
    pk, sk = title_key(title.title_id)
    return put((pk, sk), attributes(title) | {"title_key": pk, "title_order": sk})


def add_copy(copy: Copy) -> Write:
    """A copy that was not known."""
    item = attributes(copy) | {"title_key": title_key(copy.title_id)[0], "title_order": f"COPY#{copy.barcode}"}
    return put_new(copy_key(copy.barcode), item)


def describe(before: Title | None, after: Title) -> Write:
    """A title as the catalogue describes it from now on, if it still is what was read."""
    pk, sk = title_key(after.title_id)
    if before is None:
        return put_new((pk, sk), attributes(after) | {"title_key": pk, "title_order": sk})
    was = attributes(before)
    condition, values = still(was, *dict.fromkeys([*was, *attributes(after)]))
    return update((pk, sk), set=dict.fromkeys(was) | attributes(after), condition=condition, **values)


def describe_copy(before: Copy, after: Copy) -> Write:
    """A copy has another call number, or may leave the library or not, if it still is what was read."""
    condition, values = still(attributes(before), "title_id", "state", "call_number", "reference_only")
    unchanged, planned = _still_planned(before)
    order = _pull_order(after) if before.pull else {}
    return update(
        copy_key(before.barcode),
        set={"call_number": after.call_number, "reference_only": after.reference_only} | order,
        condition=f"{condition} AND {unchanged}",
        **values,
        **planned,
    )


def withdraw_copy(copy: Copy) -> Write:
    """A copy leaves the catalogue, if nobody has it or is promised it meanwhile."""
    condition, values = still(attributes(copy), "state", "holder")
    return delete(copy_key(copy.barcode), condition, **values)


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


def count_waiting(title_id: str, change: int) -> Write:
    """More or fewer waiting holds. `holds` adds it to each write of a hold that starts or stops waiting."""
    return update(queue_key(title_id), add={"waiting": change})


def nobody_waits(title_id: str) -> Write:
    """Demand that no hold waits for the title (RULES 31)."""
    return check(queue_key(title_id), "attribute_not_exists(#waiting) OR #waiting = :none", none=0)


def can_be_held(title_id: str) -> Write:
    """Demand that a copy of the title may leave the library (RULES 9)."""
    return check(title_key(title_id), "attribute_exists(#PK) AND #lendable > :none", none=0)


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
        set={"pull": attributes(pull)} | _pull_order(copy),
        condition=f"#state = :state AND ({unchanged} OR (#pull.#run = :mine_run AND #pull.#patron_id = :mine_patron))",
        state=copy.state,
        **mine,
        **was,
    )


def drop_pull(copy: Copy) -> Write:
    """Take a copy off the pull list, if the plan on it still is what was read (RULES 23)."""
    unchanged, was = _still_planned(copy)
    return update(copy_key(copy.barcode), remove=("pull", "work", "work_order"), condition=unchanged, **was)


def _pull_order(copy: Copy) -> Item:
    return {"work": f"PULL#{shelf(copy.call_number)}", "work_order": f"{copy.call_number}#{copy.barcode}"}


def _still_planned(copy: Copy) -> tuple[str, Item]:
    if copy.pull is None:
        return "attribute_not_exists(#pull)", {}
    was = {"was_run": copy.pull.run, "was_patron": copy.pull.patron_id}
    return "(#pull.#run = :was_run AND #pull.#patron_id = :was_patron)", was


def pulls(table: Table) -> Iterator[Copy]:
    """The pull list in shelf order (RULES 23)."""
    for part in SHELVES:
        for item in table.query(f"PULL#{part}", index="work"):
            yield value_of(Copy, item)


def give_to(barcode: str, patron_id: str, due_on: date, expected: tuple[CopyState, ...]) -> Write:
    """The copy goes on loan; whatever plan stood on it is done."""
    return _move(barcode, expected, CopyState.ON_LOAN, holder=patron_id, due_on=due_on)


def keep_for(barcode: str, patron_id: str, state: CopyState, expected: tuple[CopyState, ...]) -> Write:
    """The copy is kept for one hold, `KEPT_ASIDE` or `READY` (RULES 15, 20)."""
    return _move(barcode, expected, state, holder=patron_id)


def put_on(barcode: str, state: CopyState, expected: tuple[CopyState, ...]) -> Write:
    """The copy is nobody's: on the shelf, missing, lost or damaged."""
    return _move(barcode, expected, state)


def move(
    copy: Copy,
    state: CopyState,
    *,
    holder: str = "",
    due_on: date | None = None,
    returned_on: date | None = None,
    keep_pull: bool = False,
) -> Write:
    """The copy goes to another state, if it still is what was read: its state, whose it is, and the plan on it.

    Args:
        holder: whose loan it is, or whose hold it is kept for.
        returned_on: the day of the check-in, if this is one.
        keep_pull: whether the plan on it stands; otherwise it is done.
    """
    same, was = still(attributes(copy), "state", "holder")
    unchanged, planned = _still_planned(copy)
    returned = {"returned_on": returned_on} if returned_on else {}
    return update(
        copy_key(copy.barcode),
        set={"state": state, "holder": holder, "due_on": due_on} | returned,
        remove=() if keep_pull else ("pull", "work", "work_order"),
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
        found += [value_of(Copy, item) for item in page.items]
        part, key = (part, page.last) if page.last else (part + 1, None)
        if len(found) == limit:
            return found, {"part": part, "key": key} if part < len(SHELVES) else None
    return found, None


def count_lendable(title_id: str, change: int) -> Write:
    """More or fewer copies of the title that may leave the library (RULES 9, 34)."""
    return update(title_key(title_id), add={"lendable": change}, condition="attribute_exists(#PK)")


def _move(barcode: str, expected: tuple[CopyState, ...], state: CopyState, **changes: Any) -> Write:
    was: Item = {f"was_{n}": state for n, state in enumerate(expected)}
    return update(
        copy_key(barcode),
        set={"state": state, "holder": "", "due_on": None} | changes,
        remove=("pull", "work", "work_order"),
        condition=f"#state IN ({', '.join(f':{name}' for name in was)})",
        **was,
    )
