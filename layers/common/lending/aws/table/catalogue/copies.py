"""Copies COPY#barcode / COPY, and the lists on which staff find them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from lending.aws.table.codec import Item, attributes, value_of, values_of
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put_new, still, update
from lending.domain.catalogue.title import Copy, CopyState, LiesAt, Pull, usual_place

_WORK = ("work", "work_order")


def key(barcode: str) -> Key:
    """The key of a copy: a bar code is one book, whatever its title."""
    return f"COPY#{barcode}", "COPY"


def find(table: Table, barcode: str) -> Copy | None:
    """The copy as of now."""
    item = table.get(key(barcode))
    return value_of(Copy, item) if item else None


def find_many(table: Table, barcodes: Iterable[str]) -> list[Copy]:
    """Many copies by bar code, in the order of their shelves."""
    copies = values_of(Copy, table.get_many(map(key, barcodes)))
    return sorted(copies, key=lambda copy: (copy.call_number, copy.barcode))


def addition(copy: Copy) -> Write:
    """A copy that was not known."""
    return put_new(key(copy.barcode), attributes(copy))


def description_change(before: Copy, after: Copy) -> Write:
    """A copy has another call number, or may leave the library or not, if it still is what was read."""
    condition, values = still(attributes(before), "title_id", "state", "call_number", "reference_only")
    unchanged, planned = _still_planned(before)
    order = _work(after) if before.pull else {}
    return update(
        key(before.barcode),
        set={"call_number": after.call_number, "reference_only": after.reference_only} | order,
        condition=f"{condition} AND {unchanged}",
        **values,
        **planned,
    )


def title_change(copy: Copy, title_id: str) -> Write:
    """The copy is another title's, if it still is what was read: its title, its state, whose it is, the plan on it."""
    same, was = still(attributes(copy), "title_id", "state", "holder")
    unchanged, planned = _still_planned(copy)
    pull = {"pull": attributes(replace(copy.pull, title_id=title_id))} if copy.pull else {}
    return update(
        key(copy.barcode),
        set={"title_id": title_id} | pull,
        condition=f"{same} AND {unchanged}",
        **was,
        **planned,
    )


def removal(copy: Copy) -> Write:
    """A copy leaves the catalogue, if nobody has it or is promised it meanwhile."""
    condition, values = still(attributes(copy), "state", "holder")
    unchanged, planned = _still_planned(copy)
    return delete(key(copy.barcode), f"{condition} AND {unchanged}", **values, **planned)


def due_date_change(barcode: str, patron_id: str, due_on: date) -> Write:
    """The copy's loan to the patron has another due date (RULES 31)."""
    return update(
        key(barcode),
        set={"due_on": due_on},
        condition="#state = :on_loan AND #holder = :patron",
        on_loan=CopyState.ON_LOAN,
        patron=patron_id,
    )


def shelf(call_number: str) -> str:
    """The pull list's part for a call number: its first digit, or Z. Parts in order are the shelf order."""
    return call_number[:1] if call_number[:1].isdigit() else "Z"


SHELVES = (*"0123456789", "Z")


def pull_change(copy: Copy, pull: Pull) -> Write:
    """Put a copy on the pull list, if it and the plan on it still are what was read (RULES 15, 23).

    Planned again it changes nothing.
    """
    unchanged, was = _still_planned(copy)
    mine: Item = {"mine_run": pull.run, "mine_patron": pull.patron_id}
    return update(
        key(copy.barcode),
        set={"pull": attributes(pull)} | _work(replace(copy, pull=pull)),
        condition=f"#state = :state AND ({unchanged} OR (#pull.#run = :mine_run AND #pull.#patron_id = :mine_patron))",
        state=copy.state,
        **mine,
        **was,
    )


def pull_removal(copy: Copy) -> Write:
    """Take a copy off the pull list, if the plan on it still is what was read (RULES 23)."""
    unchanged, was = _still_planned(copy)
    page_of_list = dict.fromkeys(("pull", *_WORK)) | _work(replace(copy, pull=None))
    return update(key(copy.barcode), set=page_of_list, condition=unchanged, **was)


# The lists of copies that staff look through, by the state they are in; to be cleared is what lies elsewhere.
TO_CLEAR = "to_clear"


_LISTED = frozenset({CopyState.MISSING, CopyState.LOST, CopyState.DAMAGED, CopyState.KEPT_ASIDE, CopyState.ELSEWHERE})


def _work(copy: Copy) -> Item:
    """On which list of staff a copy is: the pull list in shelf order, or one by its state, the longest there first."""
    if copy.pull:
        return {"work": f"PULL#{shelf(copy.call_number)}", "work_order": f"{copy.call_number}#{copy.barcode}"}
    elsewhere = copy.state is CopyState.ON_SHELF and copy.lies_at is not LiesAt.SHELF
    name = copy.state if copy.state in _LISTED else TO_CLEAR if elsewhere else ""
    return {"work": f"COPIES#{name}", "work_order": f"{copy.since or ''}#{copy.barcode}"} if name else {}


def page_of_list(table: Table, name: str, start: Item | None, limit: int) -> tuple[list[Copy], Item | None]:
    """A part of a list of copies, the longest there first, and where the next part goes on.

    Args:
        name: `missing`, `lost`, `damaged`, `kept_aside` or `to_clear`. What is on the pull list is in none of them.
    """
    page = table.page(f"COPIES#{name}", index="work", start=start, limit=limit)
    return list(values_of(Copy, page.items)), page.last


def elsewhere(table: Table) -> Iterator[Copy]:
    """All copies that the library's own system has lent (RULES 43)."""
    return values_of(Copy, table.query(f"COPIES#{CopyState.ELSEWHERE}", index="work"))


def _still_planned(copy: Copy) -> tuple[str, Item]:
    if copy.pull is None:
        return "attribute_not_exists(#pull)", {}
    was = {"was_run": copy.pull.run, "was_patron": copy.pull.patron_id}
    return "(#pull.#run = :was_run AND #pull.#patron_id = :was_patron)", was


def pulls(table: Table) -> Iterator[Copy]:
    """The pull list in shelf order (RULES 23)."""
    for part in SHELVES:
        yield from values_of(Copy, table.query(f"PULL#{part}", index="work"))


def state_change(
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
    changed = dict.fromkeys(("state", "holder", "due_on", "lies_at", "since", "returned_on", "pull", *_WORK))
    return update(
        key(copy.barcode),
        set=changed | {name: value for name, value in attributes(after).items() if name in changed} | _work(after),
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
