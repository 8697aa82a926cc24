"""What staff did (RULES 41)."""

from typing import Any

from lending.actions.patrons.view_trail import trail_of_patron, trail_of_staff
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.surface import Area
from lending.domain.patrons.audit_log import DEED_LABELS, Trace
from lending.domain.problems import Reason, Refused

area = Area("/api/desk", staff)


@area.get("/patrons/<card_number>/trail")
def show_trail_of_patron(card_number: str, request: Request) -> Page[dict[str, Any]]:
    """What staff did with a patron's record, the latest first."""
    staff, moment, policy = request.caller, request.moment, request.library.policy
    found, last = trail_of_patron(
        request.library.table, card_number, staff, moment, policy, request.start(), request.limit()
    )
    return request.page([_shown_trace(each) | {"by": each.act.by} for each in found], last)


@area.get("/trail")
def show_trail_of_staff(request: Request) -> Page[dict[str, Any]]:
    """What somebody of the staff did from a day on, the earliest first."""
    by, moment, policy = request.caller, request.moment, request.library.policy
    of, first = request.query("staff"), request.day("from")
    if not of:
        raise Refused("invalid_fields", Reason("missing_field", field="staff"))
    page = trail_of_staff(request.library.table, of, first, by, moment, policy, request.start(), request.limit())
    shown = [_shown_trace(each.trace) | {"on": each.on, "number": each.number} for each in page.lines]
    return request.page(shown, page.following)


def _shown_trace(trace: Trace) -> dict[str, Any]:
    act = trace.act
    done = {"at": act.at, "what": act.what, "label": DEED_LABELS[act.what], "note": act.note or None}
    return done | {"times": trace.times}
