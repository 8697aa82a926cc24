"""The lists of books staff go through (RULES 9, 16, 20, 23, 34, 35)."""

from typing import Any

from lending.actions.catalogue.list_books import Line, list_books
from lending.api.desk.shared import shown_copy
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.surface import Area

area = Area("/api/desk", staff)


@area.get("/lists/<name>")
def show_list(name: str, request: Request) -> Page[dict[str, Any]]:
    """What is missing, kept, to be cleared, lost, overdue …, the longest first; that persons were seen is recorded."""
    staff, why = request.caller, request.query("for", "list")
    table, moment, policy = request.library.table, request.moment, request.library.policy
    lines, last = list_books(table, name, staff, why, moment, policy, request.start(), request.limit())
    return request.page([_shown_line(line) for line in lines], last)


def _shown_line(line: Line) -> dict[str, Any]:
    title = {name: getattr(line.title, name, "") for name in ("title", "author")}
    copy = shown_copy(line.copy) if line.copy else {}
    of = line.hold or line.loan
    until = {"pickup_until": of.pickup_until, "pickup_place": of.pickup_place} if of else {}
    concerned = {"card_number": line.card_number or None, "waiting": line.waiting} | until
    return {"title_id": line.title_id} | title | copy | concerned | {"since": line.since}
