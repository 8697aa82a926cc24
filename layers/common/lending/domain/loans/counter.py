"""Lending at the counter of the prefectural library (RULES 17, 19, 23)."""

from datetime import date, datetime

from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason
from lending.domain.week import counter_due_on, in_tokyo


def refusals_to_lend(patron: Patron, copy: Copy, hold: Hold | None, day: date) -> list[Reason]:
    """Everything that stands in the way of lending this book to this patron now (RULES 8, 9, 17, 19, 23).

    A book that is only planned for somebody, not yet scanned, may be taken; so may one that was missed.

    Args:
        hold: the patron's own hold on the title, if there is one.
    """
    return [*_of_patron(patron, copy, day), *_of_copy(patron, copy), *_of_hold(copy, hold)]


def _of_patron(patron: Patron, copy: Copy, day: date) -> list[Reason]:
    reasons = []
    if patron.blocked:
        reasons.append(Reason("blocked"))
    if patron.expired_on(day):
        reasons.append(Reason("card_expired", {"expired_on": patron.expires_on.isoformat()}))
    if patron.loans >= patron.cap_on(day):
        facts = {"cap": patron.cap_on(day), "on_loan": patron.loans, "on_the_way_back": patron.returning}
        reasons.append(Reason("loan_cap", facts))
    if copy.title_id in patron.lent_titles:
        reasons.append(Reason("already_on_loan"))
    return reasons


def _of_copy(patron: Patron, copy: Copy) -> list[Reason]:
    reasons = [Reason("copy_reference_only")] if copy.reference_only else []
    if copy.state in (CopyState.KEPT_ASIDE, CopyState.READY) and copy.holder != patron.patron_id:
        reasons.append(Reason("kept_for_other"))
    if copy.is_out:
        reasons.append(Reason("copy_on_loan"))
    if copy.state in (CopyState.LOST, CopyState.DAMAGED):
        reasons.append(Reason("copy_withdrawn"))
    return reasons


def _of_hold(copy: Copy, hold: Hold | None) -> list[Reason]:
    if hold is None or hold.status is HoldStatus.WAITING or hold.barcode == copy.barcode:
        return []
    return [Reason("another_copy_kept", {"barcode": hold.barcode})]


def counter_loan(patron: Patron, copy: Copy, title: str, moment: datetime, policy: Policy) -> Loan:
    """A loan at the counter: its days count from the day after (RULES 17)."""
    return Loan(
        patron_id=patron.patron_id,
        barcode=copy.barcode,
        title_id=copy.title_id,
        title=title,
        pickup_place=PREFECTURAL,
        lent_at=moment,
        due_on=counter_due_on(in_tokyo(moment).date(), policy),
    )
