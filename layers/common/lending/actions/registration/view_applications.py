"""What staff see of applications; looking at one leaves a trace (RULES 4, 41)."""

from typing import Any, NamedTuple

from lending.actions.library import Library
from lending.actions.registration.decide import find_patron
from lending.actions.registration.keep_images import lost_images, upload_for
from lending.aws import image_bucket
from lending.aws.image_bucket import Upload
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.patrons import audit_log, patrons, people
from lending.aws.table.registration import applications, cards
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import Application, Rectangle, is_decided, is_over
from lending.domain.registration.kinds import ApplicationStatus, SlotStatus
from lending.domain.registration.right_person import differences

UNKNOWN_CARD = "unknown"


class ApplicationView(NamedTuple):
    """An application as staff see it.

    `card_state` is of the card it names: `unknown`, or as the card's own; `patron` is whose it is as far as known, and
    `differences` the fields of theirs that the form has otherwise; `duplicates` are patrons of the same reading and
    birthday; `links` are addresses of the clean pictures by slot, `gone` the slots
    whose picture was deleted by whatever went wrong.
    """

    application: Application
    card_state: str
    patron: Patron | None
    differences: tuple[str, ...]
    duplicates: tuple[Patron, ...]
    links: dict[str, str]
    gone: tuple[str, ...]


def list_applications(
    library: Library, status: ApplicationStatus, staff: str, limit: int, start: Any
) -> tuple[list[Application], Any]:
    """Some of the applications of a status, oldest first, and where the list goes on; None at its end.

    It names people, so that it was looked through leaves a trace with the list (RULES 41).

    Args:
        start: where the list went on after the page before, None at its beginning.
    """
    read, last = applications.page(library.table, status, limit, start)
    found = [application for application in read if not is_over(application, library.moment)]
    if any(application.name for application in found):
        library.table.write(
            audit_log.entry_of_list("applications", Act(library.moment, staff, Deed.LOOK), library.policy)
        )
    return found, last


def view_application(library: Library, receipt_number: str, staff: str, purpose: str) -> ApplicationView:
    """Show an application to staff, and record that they looked: at it, and at the patrons shown with it.

    Args:
        purpose: what for, as staff say.

    Raises:
        Refused: there is no such application.
    """
    application = applications.standing(library.table, receipt_number, library.moment)
    if application is None:
        raise Refused("not_found")
    view = _view(library.table, application, library.policy)
    seen = {patron.patron_id for patron in (*view.duplicates, view.patron) if patron}
    look = Act(library.moment, staff, Deed.LOOK, purpose)
    on_patrons = (audit_log.entry_of_patron(patron_id, look, library.policy) for patron_id in seen)
    library.table.transact(audit_log.entry_of_application(receipt_number, look, library.policy), *on_patrons)
    return view


def _view(table: Table, application: Application, policy: Policy) -> ApplicationView:
    card = cards.find(table, application.card_number)
    patron = None if is_decided(application) else find_patron(table, application)
    differing = differences(application, patron) if patron else ()
    gone = lost_images(application)
    links = {
        slot: image_bucket.link(upload_for(application, slot), policy)
        for slot, state in application.slots.items()
        if state.status is SlotStatus.ACCEPTED and slot not in gone and not is_decided(application)
    }
    duplicates = _duplicates(table, application, patron)
    state = card.state if card else UNKNOWN_CARD
    return ApplicationView(application, state, patron, differing, duplicates, links, gone)


def _duplicates(table: Table, application: Application, patron: Patron | None) -> tuple[Patron, ...]:
    namesakes = set(people.namesakes(table, application.kana, application.birth_date))
    known = {application.patron_id, patron.patron_id if patron else ""}
    found = patrons.find_many(table, namesakes - known)
    return tuple(found[patron_id] for patron_id in sorted(found))


def black_out_image(library: Library, receipt_number: str, slot: str, rectangles: list[Rectangle], staff: str) -> None:
    """Paint rectangles of an image black; the picture as it was is gone (RULES 3). Painting twice is painting once.

    Raises:
        Refused: there is no such application or picture, or a rectangle covers nothing of it.
    """
    application = applications.standing(library.table, receipt_number, library.moment)
    if application is None:
        raise Refused("not_found")
    state = application.slots.get(slot)
    if state is None or state.status is not SlotStatus.ACCEPTED or is_decided(application):
        raise Refused("no_picture")
    library.table.write(
        audit_log.entry_of_application(receipt_number, Act(library.moment, staff, Deed.BLACK_OUT, slot), library.policy)
    )
    _paint(Upload(receipt_number, slot, state.ticket_id), rectangles)


@again_when_overtaken
def _paint(upload: Upload, rectangles: list[Rectangle]) -> None:
    """Two people paint different parts at the same moment: who comes second paints on the first one's picture."""
    found = image_bucket.clean(upload)
    if found is None:
        raise Refused("no_picture")
    jpeg, version = found
    # Few requests paint, and Pillow takes 30 ms of processor time to import, a sixth of boto3 with a client.
    from lending.aws.image_cleaning import black_out

    try:
        painted = black_out(jpeg, rectangles)
    except ValueError:
        raise Refused("invalid_fields", Reason("covers_nothing", field="rectangles")) from None
    image_bucket.replace_clean(upload, painted.jpeg, version)
