"""What a patron's calendar shows to who has its link (RULES 16, 25, 28, 29, 31)."""

from collections.abc import Iterable, Sequence

from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.catalogue import titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.patrons import calendar_links
from lending.domain.calendar.icalendar import calendar_text
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.loans.own_dates import own_events, place_in_words
from lending.domain.loans.release import with_deadline
from lending.domain.problems import Refused


def view_feed(library: Library, patron_id: str, link_id: str) -> str:
    """A patron's pickup windows and due dates as a calendar.

    Raises:
        Refused: the link was revoked, another has taken its place, or the patron has gone.
    """
    link = calendar_links.find(library.table, patron_id)
    if link is None or link.link_id != link_id:
        raise Refused("not_found")
    patron_with_id(library.table, patron_id)
    lent, ready = loans.of_patron(library.table, patron_id), _ready(library, patron_id)
    called = _titles(library, lent, ready) if link.titles else {}
    events = own_events(lent, ready, library.today, link, called, _places(library, lent))
    policy = library.policy
    maker = f"{policy.library_name}//{policy.service_name}"
    return calendar_text(f"{policy.library_name} 受取りと返却", maker, events, library.moment)


def _ready(library: Library, patron_id: str) -> list[Hold]:
    """The holds whose books wait at the counter, each with the deadline that counts today (RULES 16)."""
    found = [hold for hold in holds.of_patron(library.table, patron_id) if hold.status is HoldStatus.READY]
    closed = calendar.load(library.table) if found else None
    return [with_deadline(hold, library.today, closed, library.policy) for hold in found] if closed else []


def _titles(library: Library, lent: Sequence[Loan], ready: Iterable[Hold]) -> dict[str, str]:
    known = titles.find_many(library.table, {hold.title_id for hold in ready})
    return {loan.title_id: loan.title for loan in lent} | {each: title.title for each, title in known.items()}


def _places(library: Library, lent: Iterable[Loan]) -> dict[str, str]:
    """What the places are called in which something may be collected."""
    found = {PREFECTURAL: library.policy.library_name}
    for number in {loan.pickup_place for loan in lent} - {PREFECTURAL}:
        known = facilities.find(library.table, number)
        found[number] = place_in_words(known.name if known else "", number, library.policy)
    return found
