"""`/api/me/holds`: a patron's holds."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from lending.actions.placing_hold import cancel_hold, place_hold
from lending.actions.viewing_holds import HoldView, view_holds
from lending.aws.http import Api, answer
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.hold import STATUS_LABELS

api = Api()
handler = api


class HoldRequest(BaseModel):
    """What a patron asks for."""

    model_config = ConfigDict(extra="forbid")

    title_id: str
    pickup_place: str


@api.get("/api/me/holds")
def show() -> Any:
    """The patron's open holds."""
    return api.items([_shown(view) for view in view_holds(library_table(), api.patron())])


@api.post("/api/me/holds")
def place() -> Any:
    """Place a hold."""
    patron_id, wanted = api.patron(), api.body(HoldRequest)
    hold = place_hold(library_table(), patron_id, wanted.title_id, wanted.pickup_place, api.moment(), settings().policy)
    return answer(201, {"title_id": hold.title_id, "pickup_place": hold.pickup_place, "placed_at": hold.placed_at})


@api.delete("/api/me/holds/<title_id>")
def cancel(title_id: str) -> Any:
    """Cancel a hold that still waits."""
    cancel_hold(library_table(), api.patron(), title_id, settings().policy)
    return answer(204)


def _shown(view: HoldView) -> dict[str, Any]:
    hold = view.hold
    return {
        "title_id": hold.title_id,
        "title": view.title.title,
        "pickup_place": hold.pickup_place,
        "placed_at": hold.placed_at,
        "status": hold.status,
        "status_label": STATUS_LABELS[hold.status],
        "position": view.position,
        "of": view.of,
    }
