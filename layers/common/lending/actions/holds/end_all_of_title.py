"""Ending all holds of a title, with a mail to each patron: a lost book that will not be replaced, say (RULES 9, 34)."""

from typing import NamedTuple

from lending.actions.holds.change_for_caller import freed
from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import holds
from lending.aws.table.mail import mails
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.writes import Write
from lending.domain.catalogue.title import Copy, Title
from lending.domain.holds.hold import Hold
from lending.domain.mail.kinds.books import HoldCancelledMail
from lending.domain.mail.mail import new_mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused


class Ended(NamedTuple):
    """How many holds ended now, the copies that were kept for them, to be put back, and how many are left."""

    cancelled: int
    copies: list[Copy]
    left: int


def cancel_all_of_title(library: Library, title_id: str, reason: str, staff: str, enough_time: EnoughTime) -> Ended:
    """End every open hold of a title in the order of its queue, each with a mail. Asked again it goes on (RULES 9).

    Args:
        reason: what the patrons are told.
        enough_time: asked before each hold.

    Raises:
        Refused: there is no such title.
    """
    title = titles.find(library.table, title_id)
    if title is None:
        raise Refused("not_found")
    ended: list[Hold] = []
    open_holds = queues.open_holds(library.table, title_id)
    for place, queued in enumerate(open_holds):
        if not enough_time():
            return _ended(library.table, ended, left=len(open_holds) - place)
        if hold := _end(library, queued.patron_id, title, reason, staff):
            ended.append(hold)
    return _ended(library.table, ended, left=0)


def _ended(table: Table, ended: list[Hold], left: int) -> Ended:
    return Ended(len(ended), copies.find_many(table, [hold.barcode for hold in ended if hold.barcode]), left)


@again_when_overtaken
def _end(library: Library, patron_id: str, title: Title, reason: str, staff: str) -> Hold | None:
    """The hold that ended, None if it was no hold any more: cancelled, or a loan by now."""
    hold = holds.find(library.table, patron_id, title.title_id)
    if hold is None:
        return None
    trace = audit_log.entry_of_patron(patron_id, Act(library.moment, staff, Deed.CANCEL_HOLD), library.policy)
    library.table.transact(*ended_with_mail(library, hold, title, reason), trace)
    return hold


def ended_with_mail(library: Library, hold: Hold, title: Title, reason: str) -> list[Write]:
    """A hold ends, its copy is free, and its patron is told why (RULES 38)."""
    # Named by the moment it was placed: a later hold on the same title is another matter.
    about = (hold.title_id, int(hold.placed_at.timestamp() * 1000))
    mail = new_mail(HoldCancelledMail, hold.patron_id, library.moment, *about, title=title.title, reason=reason)
    return [
        holds.end(hold),
        patrons.hold_decrement(hold.patron_id),
        *freed(library.table, hold, library.moment),
        mails.addition(mail, library.policy),
    ]
