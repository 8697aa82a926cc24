"""The person who borrows (RULES 8, 19, 21)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from lending.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Patron:
    """A registered person; of one who has had a card for long, name, reading, address, phone and mail may be unknown.

    `loan_cap` counts from the run of `loan_cap_from`; earlier runs still see `loan_cap_before` (RULES 19).
    `open_holds`, `loans`, `returning` (loans on their way back, RULES 30) and `lent_titles` are kept by the very
    writes that change holds and loans. `told_expired` and `told_renewal` are the last day of the card that a mail has
    been put about, so that there is one for each, though mails vanish (RULES 8, 37). `guardian` is who answers for a
    minor; `note` is for staff. `usual_pickup_place` is offered first when a hold is placed; empty if none is chosen.
    `former_cards` and `receipts` (of the applications that were registered) are what else is kept of the person under
    other keys, to be shown to them and to go with them (RULES 41).
    `paused_until` is the last day of a pause, `books_a_run` the most books wanted in one run, if the patron wants
    fewer than the cap (RULES 46, 49). `order_changes` counts changes of after and group among their holds: two at once
    can be told from one after the other. `books_of_run` is never stored: what the run that is looked at gives already.
    """

    patron_id: str
    card_number: str
    birth_date: date
    expires_on: date
    name: str = ""
    kana: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    guardian: str = ""
    note: str = ""
    online_lending: bool = True
    blocked: bool = False
    mail_to: str = ""
    usual_pickup_place: str = ""
    loan_cap: int = 10
    loan_cap_before: int = 10
    loan_cap_from: date | None = None
    open_holds: int = 0
    loans: int = 0
    returning: int = 0
    lent_titles: frozenset[str] = frozenset()
    told_expired: date | None = None
    told_renewal: date | None = None
    former_cards: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()
    paused_until: date | None = None
    books_a_run: int | None = None
    order_changes: int = 0
    books_of_run: int = 0

    def with_card(self, number: str) -> "Patron":
        """The patron with another card; the one before is remembered."""
        return replace(self, card_number=number, former_cards=(*self.former_cards, self.card_number))

    @property
    def cards(self) -> tuple[str, ...]:
        """The numbers of all cards there were, the one of now last."""
        return (*self.former_cards, self.card_number)

    def cap_on(self, day: date) -> int:
        """The number of books this patron may have on loan in the run of `day` (RULES 19)."""
        return self.loan_cap if self.loan_cap_from is None or self.loan_cap_from <= day else self.loan_cap_before

    def expired_on(self, day: date) -> bool:
        """Whether the card has run out: its last day still counts (RULES 8)."""
        return self.expires_on < day

    def paused_on(self, day: date) -> bool:
        """Whether the holds rest: the last day of a pause still counts (RULES 46)."""
        return self.paused_until is not None and day <= self.paused_until

    def renewal_due_on(self, day: date, policy: Policy) -> bool:
        """Whether the card is about to run out, as a mail says as well (RULES 37)."""
        return day <= self.expires_on <= day + timedelta(days=policy.expiry_notice_days)

    @property
    def hold_mails_to(self) -> str:
        """Where hold mails go, 「予約関連メール配信先」 (RULES 7)."""
        return self.mail_to or self.email
