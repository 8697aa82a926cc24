"""What staff do for a patron who calls: renew, hold, and keep a ready book longer (RULES 9, 10, 16, 31).

Each leaves a trace in its own transaction. It says what was done and not with which title: a trace lives longer than
anything that ties a patron to one may (RULES 41).
"""

from dataclasses import replace
from datetime import date

from lending.actions.holds.place import place_hold
from lending.actions.library import Library
from lending.actions.loans.renew import renew_loan
from lending.actions.lookup import patron_of_card
from lending.aws.table import again_when_overtaken
from lending.aws.table.calendar import calendar
from lending.aws.table.holds import holds
from lending.aws.table.patrons import audit_log
from lending.domain.holds.hold import Hold, refusal_to_extend
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import with_deadline
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.problems import Refused


def renew_for_caller(library: Library, card_number: str, barcode: str, staff: str) -> Loan:
    """Renew a loan by phone, also one that is overdue (RULES 31).

    Raises:
        Refused: no such card or loan, or with every reason at once.
    """
    patron, _ = patron_of_card(library.table, card_number)
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.RENEW), library.policy)
    return renew_loan(library, patron.patron_id, barcode, by_phone=trace)


def place_for_caller(library: Library, card_number: str, title_id: str, pickup_place: str, staff: str) -> Hold:
    """Place a hold for a patron, by the rules of their own holds (RULES 9, 10).

    Raises:
        Refused: no such card or title, or with every reason at once.
    """
    patron, _ = patron_of_card(library.table, card_number)
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.PLACE_HOLD), library.policy)
    return place_hold(library, patron.patron_id, title_id, pickup_place, trace)


@again_when_overtaken
def extend_deadline(library: Library, card_number: str, title_id: str, until: date | None, staff: str) -> Hold:
    """Keep a ready book until a later day (RULES 16). Asked again for the same day it changes nothing.

    Args:
        until: the last day on which it can be collected from now on.

    Raises:
        Refused: no such card or hold, it is not ready, or the day is not a later one on which the library is open.
    """
    patron, _ = patron_of_card(library.table, card_number)
    hold = holds.find(library.table, patron.patron_id, title_id)
    if hold is None:
        raise Refused("already_on_loan" if title_id in patron.lent_titles else "not_found")
    closed, today = calendar.load(library.table), library.today
    known = with_deadline(hold, today, closed, library.policy)
    if known.pickup_until == until:
        return known
    if reason := refusal_to_extend(known, until, today, closed.prefectural_open):
        raise Refused.for_all([reason])
    extended = replace(hold, pickup_until=until)
    trace = audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.EXTEND_HOLD), library.policy)
    library.table.transact(holds.change(hold, extended), trace)
    return extended
