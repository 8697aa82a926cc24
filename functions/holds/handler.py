"""`/api/me/holds`: a patron's holds."""

from typing import Any

from lending.actions.placing_hold import cancel_hold, place_hold
from lending.actions.viewing_holds import HoldView, view_holds, view_placed
from lending.aws.asked import Asked, Place, Word
from lending.aws.http import Api, answer
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.hold import STATUS_LABELS, Hold, LastRun
from lending.domain.reasons import patron_sentence

api = Api()
handler = api


class HoldRequest(Asked):
    """What a patron asks for."""

    title_id: Word
    pickup_place: Place


@api.get("/api/me/holds")
def show() -> Any:
    """The patron's open holds."""
    patron_id = api.patron()
    views = view_holds(library_table(), patron_id, api.moment(), settings().policy)
    return api.listed(views, lambda view: (view.hold.placed_at.timestamp(), view.hold.title_id), _shown)


@api.post("/api/me/holds")
def place() -> Any:
    """Place a hold; the answer says what can be expected, and what is closed (RULES 40)."""
    patron_id, wanted = api.patron(), api.body(HoldRequest)
    table, moment, policy = library_table(), api.moment(), settings().policy
    hold = place_hold(table, patron_id, wanted.title_id, wanted.pickup_place, moment, policy)
    view, notices = view_placed(table, hold, moment, policy)
    shown = _shown(view) if view else _own(hold)
    return answer(201, shown | {"notices": [notice.text for notice in notices]})


@api.delete("/api/me/holds/<title_id>")
def cancel(title_id: str) -> Any:
    """Cancel a hold that still waits."""
    cancel_hold(library_table(), api.patron(), title_id, settings().policy)
    return answer(204)


def _own(hold: Hold) -> dict[str, Any]:
    return {
        "title_id": hold.title_id,
        "pickup_place": hold.pickup_place,
        "next_pickup_place": hold.next_pickup_place or None,
        "next_pickup_from": hold.next_pickup_from,
        "placed_at": hold.placed_at,
        "status": hold.status,
        "status_label": STATUS_LABELS[hold.status],
        "last_run": _last_run(hold.last_run) if hold.last_run else None,
    }


def _shown(view: HoldView) -> dict[str, Any]:
    return _own(view.hold) | {
        "title": view.title.title,
        "author": view.title.author,
        "position": view.position,
        "of": view.of,
        # A book for a partner facility has its days once it is lent, and then is a loan.
        "pickup_from": None,
        "pickup_until": view.hold.pickup_until,
        "earliest_pickup": view.earliest_pickup,
        "stopped_by": [
            {"code": each.code, "message": patron_sentence(each.code, each.facts)} for each in view.stopped_by
        ],
    }


def _last_run(run: LastRun) -> dict[str, Any]:
    return {"date": run.date, "code": run.code, "message": patron_sentence(run.code, run.facts), "facts": run.facts}
