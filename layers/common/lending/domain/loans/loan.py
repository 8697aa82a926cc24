"""A book in a patron's hands, or on its way there or back (RULES 17, 19, 25, 30-32)."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from lending.domain.policy import Policy
from lending.domain.problems import Reason
from lending.domain.week import renewal_window
from lending.domain.words import day_in_words

RESERVED_LABEL = "予約 有り"
STATE_LABELS = {
    "in_transit": "受取館へ運搬中",
    "to_collect": "受取できます",
    "window_over": "受取期間は終わりました",
    "on_loan": "貸出",
    "returning": "返送中",
    "declared_returned": "返却手続き中",
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """A patron says to have given the book back: on which day, at the prefectural library or which facility (52)."""

    on: date
    place: str


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan, open until the book is checked in at the prefectural library (RULES 32).

    For a partner facility `pickup_from` is Sunday S and `pickup_until` S+7; both are None for a counter loan.
    `handed_over_at` is set when a facility records it, `released_at` by the Sunday release (RULES 30), and
    `released_before` keeps the release that a later hand-over has proved wrong. `declared` is when and where the patron
    says to have given it back (RULES 52).
    """

    patron_id: str
    barcode: str
    title_id: str
    title: str
    pickup_place: str
    lent_at: datetime
    due_on: date
    renewals: int = 0
    pickup_from: date | None = None
    pickup_until: date | None = None
    handed_over_at: datetime | None = None
    released_at: datetime | None = None
    released_before: datetime | None = None
    lost: bool = False
    damaged: bool = False
    declared: Declaration | None = None

    def state_on(self, day: date) -> str:
        """`in_transit`, `to_collect`, `window_over`, `on_loan`, `returning` or `declared_returned` (RULES 28-30, 52).

        Where a facility has recorded nothing, nobody knows after the last pickup day whether the book was collected,
        unless it was renewed.
        """
        if self.declared and self.released_at is None:
            return "declared_returned"
        if self.pickup_from is None or self.handed_over_at is not None:
            return "on_loan"
        if self.released_at is not None:
            return "returning"
        if day < self.pickup_from:
            return "in_transit"
        if self.pickup_until is None or day <= self.pickup_until:
            return "to_collect"
        return "on_loan" if self.renewals else "window_over"

    def handed_over(self, moment: datetime) -> "Loan":
        """The loan once its bag was handed over: it is not on its way back, whatever the release took it for (30)."""
        return replace(self, handed_over_at=moment, released_at=None, released_before=self.released_at)

    def not_handed_over(self) -> "Loan":
        """The loan as it was before its bag was handed over, on its way back again if it was (RULES 30)."""
        return replace(self, handed_over_at=None, released_at=self.released_before, released_before=None)

    def renewed(self, today: date, policy: Policy) -> "Loan":
        """The loan after one renewal: its days count from the old due date (RULES 31).

        They count from today for one so long overdue that it would be overdue again. The patron has the book after all.
        """
        due_on = renewal_window(self.due_on, policy).next_due
        if due_on < today:
            due_on = renewal_window(today, policy).next_due
        return replace(self, due_on=due_on, renewals=self.renewals + 1, declared=None)


def refusals_to_renew(loan: Loan, waiting: int, today: date, policy: Policy, by_phone: bool = False) -> list[Reason]:
    """Everything that stands in the way of a renewal, online or by phone (RULES 31).

    Whether the facility has recorded the hand-over does not matter: it may leave that out. What the release has sent
    on its way back is not renewed (RULES 30).

    Args:
        waiting: how many holds wait for the title; none of them is the borrower's, who cannot hold what is on loan.
        today: the day of the request.
        by_phone: whether staff do it: they can when the book is overdue.
    """
    window = renewal_window(loan.due_on, policy)
    counter = {"counter_name": policy.counter_name, "counter_phone": policy.counter_phone}
    reasons = []
    if loan.declared and not by_phone:
        reasons.append(Reason("declared_returned", counter))
    if loan.lost or loan.damaged:
        reasons.append(Reason("lost" if loan.lost else "damaged", counter))
    if today < window.opens:
        reasons.append(Reason("too_early", {"renewable_from": window.opens, "day": day_in_words(window.opens)}))
    if loan.released_at is not None:
        reasons.append(Reason("returning", counter))
    if today > window.closes and not by_phone:
        reasons.append(Reason("overdue", {"due_on": loan.due_on, "day": day_in_words(loan.due_on)} | counter))
    if loan.renewals >= policy.renewal_limit:
        reasons.append(Reason("renewal_limit", {"limit": policy.renewal_limit}))
    if waiting:
        reasons.append(Reason("held_by_others", {"waiting": waiting}))
    return reasons


def refusals_to_declare(loan: Loan, declared: Declaration, today: date) -> list[Reason]:
    """Everything that stands in the way of saying that a book was given back (RULES 52). What was said first stands.

    Args:
        today: the day of the request.
    """
    reasons = []
    if loan.declared and loan.declared != declared:
        reasons.append(Reason("already_declared", {"day": day_in_words(loan.declared.on)}))
    if loan.state_on(today) in ("in_transit", "returning"):
        reasons.append(Reason("not_collected"))
    return reasons


def faults_of_declaration(loan: Loan, declared: Declaration, today: date) -> list[Reason]:
    """What is wrong with the day: it is to come, or lies before the loan."""
    first = loan.pickup_from or loan.lent_at.date()
    faults = (("in_future", declared.on > today), ("before_the_loan", declared.on < first))
    return [Reason(code, field="on") for code, there in faults if there]
