"""What a mail says at the moment of sending, and where it goes (RULES 36, 37).

A mail's item only says what it is about. What is told is read when it is sent: a book that has come back meanwhile is
not in it, and a mail with nothing left to tell is not sent.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

from lending.actions.mend_accounts import password_unless_chosen
from lending.aws import accounts
from lending.aws.access_codes import link_code
from lending.aws.settings import settings
from lending.aws.signing import confirmation_token
from lending.aws.table import Table
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.catalogue import titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import applications
from lending.domain.calendar.calendar import Calendar
from lending.domain.holds.hold import Hold
from lending.domain.loans.loan import Loan
from lending.domain.mail.kinds import Facts, kind_named
from lending.domain.mail.mail import Mail, Unsent
from lending.domain.mail.pages import Page
from lending.domain.mail.text import Text
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo

# Where a mail goes, and what is told beside what is stored with it.
_Recipient: TypeAlias = tuple[str, Callable[[], Facts]]
_NOTHING = Text("", "")


class NotToBeSent(Exception):
    """There is a reason not to send the mail. `to_address` is empty if there is none; `shown` is what it would say."""

    def __init__(self, why: Unsent, to_address: str = "", shown: Text = _NOTHING) -> None:
        super().__init__(why)
        self.why = why
        self.to_address = to_address
        self.shown = shown


class Letter(NamedTuple):
    """A mail in words, and where it goes. `shown` is the same without secrets, `marked` that the address is."""

    to_address: str
    text: Text
    shown: Text
    marked: bool


def write_letter(table: Table, mail: Mail, policy: Policy) -> Letter:
    """Put a mail into words from what is true now.

    A temporary password is made here and is nowhere but in the words; an earlier temporary one is void (RULES 6).

    Raises:
        NotToBeSent: nothing to tell any more, no address, or one that nothing reaches.
        ValueError: the mail's item lacks what its kind needs.
    """
    kind = kind_named(mail.kind)
    known_address, tell = _applicant(table, mail) if kind.to_applicant else _patron(table, mail, policy)
    to_address = str(mail.facts.get("to") or known_address)
    if not to_address:
        raise NotToBeSent(Unsent.NO_ADDRESS)
    marked, told = bool(addresses.unreachable(table, {to_address})), kind.of({**mail.facts, **tell()})
    shown = told.without_secrets().text(policy)
    if marked and not kind.tries_address:
        raise NotToBeSent(Unsent.UNREACHABLE, to_address, shown)
    return Letter(to_address, told.text(policy), shown, marked)


def write_on_paper(table: Table, mail: Mail, patron: Patron, policy: Policy) -> tuple[Text, bool]:
    """A patron's mail as a letter, from what is true now (RULES 44).

    Returns:
        Its words, and whether a temporary password goes with it. That comes on a slip: none is made here.

    Raises:
        NotToBeSent: nothing to tell any more.
        ValueError, KeyError: the mail's item lacks what its kind needs.
    """
    now = _PatronNow(table, mail, patron, policy, str(mail.facts.get("site_url", "")), on_paper=True)
    facts = {**mail.facts, **now.told(), "on_paper": True}
    return kind_named(mail.kind).of(facts).text(policy), "temporary_password" in facts


def _applicant(table: Table, mail: Mail) -> _Recipient:
    application = applications.find(table, mail.owner)
    if application is None or kind_named(mail.kind).outdated(application):
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    receipt = application.receipt_number
    # In the fragment, which no server and no log ever sees.
    page = f"{settings().site_url}{Page.APPLICATION_STATUS}"
    link = f"{page}#{receipt}.{link_code(receipt, application.link)}"
    return application.email, lambda: {"receipt_number": receipt, "resume_url": link}


def _patron(table: Table, mail: Mail, policy: Policy) -> _Recipient:
    patron = patrons.find(table, mail.owner)
    if patron is None:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    address = patron.email if kind_named(mail.kind).personal else patron.hold_mails_to
    return address, _PatronNow(table, mail, patron, policy, settings().site_url).told


class _PatronNow(NamedTuple):
    """What is true of a patron now, for a mail to tell (`Sources`); `site` is the address of the pages."""

    table: Table
    mail: Mail
    patron: Patron
    policy: Policy
    site: str
    on_paper: bool = False

    def told(self) -> Facts:
        """All that the mail tells beside what is stored with it."""
        told = kind_named(self.mail.kind).told(self.mail.facts, self)
        if told is None:
            raise NotToBeSent(Unsent.NOTHING_TO_SAY)
        return {**told, "card_number": self.patron.card_number, "my_library_url": self.url(Page.MY_LIBRARY)}

    @property
    def mail_on(self) -> date:
        return in_tokyo(self.mail.created_at).date()

    @property
    def password_days(self) -> int:
        return settings().temporary_password_days

    def loans(self) -> list[Loan]:
        return loans.of_patron(self.table, self.patron.patron_id)

    def holds(self) -> list[Hold]:
        return holds.of_patron(self.table, self.patron.patron_id)

    def titles(self, title_ids: Iterable[str]) -> Mapping[str, str]:
        found = titles.find_many(self.table, set(title_ids))
        return {title_id: title.title for title_id, title in found.items()}

    def calendar(self) -> Calendar:
        return calendar.load(self.table)

    def facility_name(self, number: str) -> str:
        facility = facilities.find(self.table, number)
        return facility.name if facility else ""

    def new_password(self) -> str:
        """On paper it comes on a slip, for which it is made when that is printed."""
        if not self.on_paper:
            return password_unless_chosen(self.table, self.patron.patron_id)
        return "" if accounts.has_chosen_password(self.patron.patron_id) else "同封の票"

    def confirmation_token(self, pending_id: str) -> str:
        return confirmation_token(self.patron.patron_id, pending_id)

    def url(self, page: Page) -> str:
        return f"{self.site}{page}"
