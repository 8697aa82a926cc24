"""Images live as long as somebody may look at them (RULES 3): no longer, whatever was cut off; and no shorter."""

from lending.aws import image_bucket
from lending.aws.image_bucket import Upload
from lending.aws.table import Table
from lending.aws.table.registration import applications
from lending.domain.registration.application import Application, is_decided
from lending.domain.registration.kinds import SlotStatus


def clear_images(table: Table, receipt_number: str) -> None:
    """Delete the images of an application that nobody may see any more; safe to repeat.

    All of one that is decided or gone; of another those that staff have asked for again.
    """
    application = applications.find(table, receipt_number)
    if application is None or is_decided(application):
        image_bucket.delete_all(receipt_number)
        return
    for slot, state in application.slots.items():
        if state.void_ticket:
            image_bucket.delete(Upload(receipt_number, slot, state.void_ticket))


def lost_images(application: Application) -> tuple[str, ...]:
    """Slots whose image was accepted and is not there any more: nobody can have seen what it shows."""
    accepted = [slot for slot, state in application.slots.items() if state.status is SlotStatus.ACCEPTED]
    if not accepted or is_decided(application):
        return ()
    kept = image_bucket.kept(application.receipt_number)
    return tuple(slot for slot in accepted if upload_for(application, slot).clean_key not in kept)


def upload_for(application: Application, slot: str) -> Upload:
    """Where the image of a slot is."""
    return Upload(application.receipt_number, slot, application.slots[slot].ticket_id)
