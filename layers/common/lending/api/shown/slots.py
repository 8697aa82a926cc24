"""Pictures of an application."""

from datetime import datetime

from typing_extensions import TypedDict

from lending.domain.registration.application import SlotState
from lending.domain.registration.kinds import SlotStatus
from lending.domain.registration.slots import is_optional, slot_label


class SlotAnswer(TypedDict):
    """One picture of an application, and what became of it."""

    slot: str
    label: str
    optional: bool
    status: SlotStatus
    reason: str
    seen_at: datetime | None


def shown_slot(slot: str, state: SlotState) -> SlotAnswer:
    """A picture that is asked for."""
    return {
        "slot": slot,
        "label": slot_label(slot),
        "optional": is_optional(slot),
        "status": state.status,
        "reason": state.reason,
        "seen_at": state.seen_at,
    }
