"""What the kinds of mail ask of the moment of sending; how it is read is not theirs to know."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from lending.domain.calendar.calendar import Calendar
from lending.domain.holds.hold import Hold
from lending.domain.loans.loan import Loan
from lending.domain.mail.pages import Page
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy


class Sources(Protocol):
    """What is true now of the patron a mail is for, read when it is asked for."""

    @property
    def patron(self) -> Patron:
        """Whose mail it is."""

    @property
    def policy(self) -> Policy:
        """What the library has set for itself."""

    @property
    def mail_on(self) -> date:
        """The day the mail was put on its way."""

    @property
    def password_days(self) -> int:
        """How long a temporary password is valid, in days."""

    def loans(self) -> list[Loan]:
        """What the patron has on loan."""

    def holds(self) -> list[Hold]:
        """The patron's open holds."""

    def titles(self, title_ids: Iterable[str]) -> Mapping[str, str]:
        """The names of titles by their ids, as far as they are known."""

    def calendar(self) -> Calendar:
        """What is closed when."""

    def facility_name(self, number: str) -> str:
        """The name of a facility, empty if there is none."""

    def new_password(self) -> str:
        """A temporary password made for this mail, empty where the person has chosen one of their own (RULES 6)."""

    def confirmation_token(self, pending_id: str) -> str:
        """What proves that an address is the patron's."""

    def url(self, page: Page) -> str:
        """The address of a page."""
