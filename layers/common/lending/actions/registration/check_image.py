"""Looking at the images people send: made safe, kept clean, or asked for again (RULES 2, 3)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from lending.actions.library import Library
from lending.aws import image_bucket
from lending.aws.barcodes import codes_on
from lending.aws.image_bucket import Upload
from lending.aws.image_cleaning import UnusablePicture, clean_picture
from lending.aws.settings import settings
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.registration import applications
from lending.aws.telemetry import logger
from lending.domain.policy import Policy
from lending.domain.registration.application import Application, last_asked_at
from lending.domain.registration.kinds import SlotStatus
from lending.domain.registration.slots import CARD_SLOT, wants_image, with_image, without_image


def look_at_images(table: Table, arrivals: Iterable[tuple[Upload | None, datetime]], policy: Policy) -> None:
    """Look at all images that one message tells of; that one fails is no reason to leave the others alone.

    Args:
        arrivals: each image and when it arrived, None for what was never asked for.

    Raises:
        Exception: what the first of those said that failed.
    """
    failures = []
    for upload, moment in arrivals:
        try:
            _log_outcome(Library(table, policy, moment), upload)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def _log_outcome(library: Library, upload: Upload | None) -> None:
    if upload is None:
        logger().warning("an object without a ticket")
        return
    outcome = look_at_image(library, upload)
    logger().info("image", extra={"slot": upload.slot, "outcome": outcome})


def look_at_image(library: Library, upload: Upload) -> str:
    """Look at an image that has arrived; whatever comes of it, the original is deleted.

    News of one image may come twice, late and out of order: an image nobody waits for (looked at before, of an older
    ticket, after the decision, of an application that is gone) leaves nothing behind.

    Returns:
        What came of it, for the logs: `accepted`, `not_wanted`, `gone`, or the code of why it is unusable.
    """
    application = applications.find(library.table, upload.receipt_number)
    if application is None or not wants_image(application, upload.slot, upload.ticket_id):
        return _put_away(upload, application)
    if settings().time_travel:
        # Nobody tells when it is that a picture comes: it comes at the moment at which it was asked for.
        library = replace(library, moment=last_asked_at(application, library.policy))
    data = image_bucket.sent(upload, library.policy)
    if data is None:
        return "gone"
    outcome = _looked_at(library, upload, data)
    image_bucket.delete_sent(upload)
    return outcome


def _looked_at(library: Library, upload: Upload, data: bytes) -> str:
    try:
        picture = clean_picture(data, library.policy)
    except UnusablePicture as finding:
        message = finding.message
        noted = _note(
            library.table,
            upload,
            lambda before: without_image(before, upload.slot, library.moment, message, library.policy),
        )
        return finding.code if noted else "not_wanted"
    kept = image_bucket.keep_clean(upload, picture.jpeg)
    # What the bar code says is shown to staff and to the applicant; it decides nothing (RULES 5).
    codes = codes_on(kept) if upload.slot == CARD_SLOT else None
    if _note(
        library.table, upload, lambda before: with_image(before, upload.slot, library.moment, library.policy, codes)
    ):
        return "accepted"
    return _put_away(upload, applications.find(library.table, upload.receipt_number))


@again_when_overtaken
def _note(table: Table, upload: Upload, after: Callable[[Application], Application]) -> bool:
    """Write what was seen into the application, if the image still is wanted."""
    before = applications.find(table, upload.receipt_number)
    if before is None or not wants_image(before, upload.slot, upload.ticket_id):
        return False
    table.write(applications.change(before, after(before)))
    return True


def _put_away(upload: Upload, application: Application | None) -> str:
    """Delete an image nobody waits for; its clean picture too, unless it is the one that was accepted."""
    image_bucket.delete_sent(upload)
    state = application.slots.get(upload.slot) if application else None
    if state is None or state.status is not SlotStatus.ACCEPTED or state.ticket_id != upload.ticket_id:
        image_bucket.delete_clean(upload)
    return "not_wanted"
