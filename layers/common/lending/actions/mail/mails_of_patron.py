"""A patron's mails: what they said and how far they came, and one of them sent again (RULES 38, 39)."""

from datetime import timedelta

from lending.actions.library import Library
from lending.actions.lookup import patron_of_card
from lending.aws.table import again_when_overtaken
from lending.aws.table.mail import mails
from lending.aws.table.patrons import audit_log
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import Mail, first_name, name_again, repeated
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused

# A button pressed twice sends one mail.
_AT_ONCE = timedelta(minutes=1)


def view_mails(library: Library, patron_id: str) -> list[Mail]:
    """A patron's mails of the last days, the newest first: nothing is lost with one that did not arrive (RULES 38)."""
    first = library.moment - timedelta(days=library.policy.history_days)
    return [mail for mail in mails.of_patron(library.table, patron_id) if mail.created_at >= first]


def show_mails(library: Library, card_number: str, staff: str) -> list[Mail]:
    """The mails of the last days, the newest first. That staff looked at them leaves a trace (RULES 41).

    Raises:
        Refused: no such card.
    """
    patron, _ = patron_of_card(library.table, card_number)
    library.table.write(
        audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.LOOK, "mails"), library.policy)
    )
    return view_mails(library, patron.patron_id)


@again_when_overtaken
def send_again(library: Library, card_number: str, mail_id: str, staff: str) -> Mail:
    """Send once more what a mail is about; it says what is true now. One on its way, or sent again just now, will do.

    A letter that was to say the same need not be printed any more (RULES 44).

    Returns:
        The new mail, or the one that will do.

    Raises:
        Refused: no such card or mail; or it has a link that only the patron can ask for anew.
    """
    patron, _ = patron_of_card(library.table, card_number)
    theirs = {mail.mail_id: mail for mail in mails.of_patron(library.table, patron.patron_id)}
    mail = theirs.get(mail_id)
    if mail is None:
        raise Refused("not_found")
    if kind_named(mail.kind).patron_repeats:
        raise Refused("link_by_patron")
    same = [other for other in theirs.values() if first_name(other.mail_id) == first_name(mail_id)]
    for other in same:
        if other.on_its_way or (other.mail_id != first_name(mail_id) and other.created_at > library.moment - _AT_ONCE):
            return other
    again = Mail(name_again(mail_id, theirs), mail.owner, mail.kind, library.moment, mail.facts)
    trace = audit_log.entry_of_patron(
        patron.patron_id, Act(library.moment, staff, Deed.SEND_MAIL, mail.kind), library.policy
    )
    letters = [mails.change(other, repeated(other)) for other in same if other.is_letter]
    library.table.transact(mails.addition(again, library.policy), trace, *letters)
    return again
