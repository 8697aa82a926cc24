"""What must never break, seen in the rows of the table alone (RULES 9, 10, 19, 24, 30-32)."""

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]
Rows = list[Row]

KEPT, OUT = ("kept_aside", "ready"), ("on_loan", "lost", "damaged")


def what_must_never_break(rows: Rows, hold_limit: int, cap: int) -> None:
    """One holder for a copy, no copy lost, counters as the rows, limits kept, nobody has a title twice.

    Args:
        rows: of whole patrons, copies, bags and queues; all that belongs to them must be there.
    """
    held = [row for row in rows if row["SK"].startswith("HOLD#")]
    lent = [row for row in rows if row["SK"].startswith("LOAN#")]
    bags = [row for row in rows if row["SK"].startswith("BAG#")]
    for copy in _of("COPY", rows):
        _has_one_place(copy, held, lent, bags)
    for patron in _of("PATRON", rows):
        held_by, lent_to = ([row for row in kind if row["PK"] == patron["PK"]] for kind in (held, lent))
        _is_counted(patron, held_by, lent_to, hold_limit, cap)
    for queue in _of("QUEUE", rows):
        title = queue["PK"].removeprefix("TITLE#")
        waiting = [row for row in held if row["title_id"] == title and row["status"] == "waiting"]
        assert queue["waiting"] == len(waiting), title


def _of(kind: str, rows: Rows) -> Iterable[Row]:
    return (row for row in rows if row["SK"] == kind)


def _has_one_place(copy: Row, held: Rows, lent: Rows, bags: Rows) -> None:
    barcode, state = copy["barcode"], copy["state"]
    kept_for = [row for row in held if row.get("barcode") == barcode]
    with_patron = [row for row in lent if row["barcode"] == barcode]
    holders = [row["PK"] for row in [*kept_for, *with_patron]]
    assert holders == ([f"PATRON#{copy['holder']}"] if "holder" in copy else []), barcode
    assert bool(kept_for) == (state in KEPT), barcode
    assert not with_patron or state in OUT, barcode
    assert with_patron or state != "on_loan", barcode
    assert state != "on_loan" or copy["due_on"] == with_patron[0]["due_on"], barcode
    sent_out = [row["pickup_from"] for row in with_patron if "pickup_from" in row]
    assert [bag["PK"].removeprefix("WEEK#") for bag in bags if barcode in bag.get("barcodes", ())] == sent_out, barcode


def _is_counted(patron: Row, held: Rows, lent: Rows, hold_limit: int, cap: int) -> None:
    titles = [row["title_id"] for row in [*held, *lent]]
    assert len(titles) == len(set(titles)), "a title twice"
    assert patron["open_holds"] == len(held) <= hold_limit
    assert patron["loans"] == len(lent) <= cap
    assert patron["returning"] == sum("released_at" in row for row in lent)
    assert patron.get("lent_titles", set()) == {row["title_id"] for row in lent}
    assert not any("released_at" in row and "handed_over_at" in row for row in lent), "on its way back, and collected"
