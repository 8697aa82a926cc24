"""What a mail says at the moment of sending, and where it goes (RULES 36, 37).

A mail's item only says what it is about. What is told is read when it is sent: a book that has come back meanwhile is
not in it, and a mail with nothing left to tell is not sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

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
from lending.domain.holds.hold import HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import with_deadline
from lending.domain.loans.reminders import overdue_from
from lending.domain.mail.mail import SECRET_FACTS, Mail, MailKind, Unsent
from lending.domain.mail.pages import Page
from lending.domain.mail.texts import Text, compose
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.registration.application import is_decided
from lending.domain.registration.kinds import KINDS, ApplicationStatus
from lending.domain.week import in_tokyo

Facts: TypeAlias = dict[str, Any]
_Recipient: TypeAlias = tuple[str, Callable[[], Facts]]

_TO_APPLICANTS = frozenset({MailKind.RECEIPT, MailKind.IMAGE_AGAIN, MailKind.REFUSAL})
# These go to the person's own address, all others to where hold mails go (RULES 7).
_PERSONAL = frozenset({MailKind.ACCEPTANCE, MailKind.TEMPORARY_PASSWORD})
# These find out whether an address can be reached, or let somebody in who has no other way to ask: a mark on it is no
# reason not to send them (RULES 6, 39).
_TRYING = _TO_APPLICANTS | _PERSONAL | {MailKind.TEST, MailKind.ADDRESS_CONFIRMATION}
_HIDDEN = "(ここには表示しません)"


_NOTHING = Text("", "")


class NotToBeSent(Exception):
    """There is a reason not to send the mail. `to_address` is empty if there is none; `shown` is what it would say."""

    def __init__(self, why: Unsent, to_address: str = "", shown: Text = _NOTHING) -> None:
        super().__init__(why)
        self.why = why
        self.to_address = to_address
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Letter:
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
    recipient = _applicant if mail.kind in _TO_APPLICANTS else _patron
    known_address, tell = recipient(table, mail, policy)
    to_address = str(mail.facts.get("to") or known_address)
    if not to_address:
        raise NotToBeSent(Unsent.NO_ADDRESS)
    marked, facts = bool(addresses.unreachable(table, {to_address})), {**mail.facts, **tell()}
    shown = compose(mail.kind, facts | dict.fromkeys(SECRET_FACTS & facts.keys(), _HIDDEN), policy)
    if marked and mail.kind not in _TRYING:
        raise NotToBeSent(Unsent.UNREACHABLE, to_address, shown)
    return Letter(to_address, compose(mail.kind, facts, policy), shown, marked)


def write_on_paper(table: Table, mail: Mail, patron: Patron, policy: Policy) -> tuple[Text, bool]:
    """A patron's mail as a letter, from what is true now (RULES 44).

    Returns:
        Its words, and whether a temporary password goes with it. That comes on a slip: none is made here.

    Raises:
        NotToBeSent: nothing to tell any more.
        ValueError, KeyError: the mail's item lacks what its kind needs.
    """
    about = _About(table, mail, patron, policy, str(mail.facts.get("site_url", "")), on_paper=True)
    facts = {**mail.facts, **about.told(), "on_paper": True}
    return compose(mail.kind, facts, policy), "temporary_password" in facts


def _applicant(table: Table, mail: Mail, policy: Policy) -> _Recipient:
    application = applications.find(table, mail.owner)
    if application is None:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    if mail.kind is MailKind.IMAGE_AGAIN and application.status is not ApplicationStatus.IMAGE_AGAIN:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    if mail.kind is MailKind.RECEIPT and is_decided(application):
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    receipt = application.receipt_number
    # In the fragment, which no server and no log ever sees.
    link = f"{_url(Page.APPLICATION_STATUS)}#{receipt}.{link_code(receipt, application.link)}"
    facts = {"receipt_number": receipt, "resume_url": link}
    return application.email, lambda: facts


def _patron(table: Table, mail: Mail, policy: Policy) -> _Recipient:
    patron = patrons.find(table, mail.owner)
    if patron is None:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    address = patron.email if mail.kind in _PERSONAL else patron.hold_mails_to
    return address, _About(table, mail, patron, policy, settings().site_url).told


@dataclass(frozen=True, slots=True)
class _About:
    """What the facts of a patron's mail are read from; `site` is the address of the pages."""

    table: Table
    mail: Mail
    patron: Patron
    policy: Policy
    site: str
    on_paper: bool = False

    def told(self) -> Facts:
        """All that the mail tells."""
        whose = {"card_number": self.patron.card_number, "my_library_url": self.url(Page.MY_LIBRARY)}
        return _TELL[self.mail.kind](self) | whose

    def url(self, page: Page) -> str:
        """The address of a page."""
        return f"{self.site}{page}"


def _acceptance(about: _About) -> Facts:
    """The 受理メール, with the way to the first password (RULES 4, 6)."""
    told: Any = about.mail.facts.get("application_kind")
    if told not in KINDS or not KINDS[told].with_account:
        return {}
    return _new_password(about) or {"password_chosen": True}


def _password(about: _About) -> Facts:
    """A password of now, unless the person has chosen one meanwhile (RULES 6)."""
    if made := _new_password(about):
        return made
    raise NotToBeSent(Unsent.NOTHING_TO_SAY)


def _new_password(about: _About) -> Facts:
    """A temporary password with the way to use it; nothing where the person has chosen one (RULES 6)."""
    password = (
        _on_a_slip(about.patron) if about.on_paper else password_unless_chosen(about.table, about.patron.patron_id)
    )
    way = {"valid_days": settings().temporary_password_days, "reissue_url": about.url(Page.PASSWORD)}
    return {"temporary_password": password} | way if password else {}


def _on_a_slip(patron: Patron) -> str:
    return "" if accounts.has_chosen_password(patron.patron_id) else "同封の票"


def _lending(about: _About) -> Facts:
    """What is on loan at this moment for one facility and Sunday (RULES 36)."""
    batch = _batch(about)
    return {
        "facility": _facility(about),
        "pickup_until": batch[0].pickup_until,
        "due_on": batch[0].due_on,
        "books": [loan.title for loan in batch],
    }


def _shift(about: _About) -> Facts:
    """The books whose days have moved, or no longer do (RULES 40)."""
    return {"facility": _facility(about), "books": [loan.title for loan in _batch(about)]}


def _batch(about: _About) -> list[Loan]:
    pickup_from, facility = date.fromisoformat(about.mail.facts["pickup_from"]), about.mail.facts["facility"]
    return _some(
        [
            loan
            for loan in loans.of_patron(about.table, about.patron.patron_id)
            if (loan.pickup_from, loan.pickup_place) == (pickup_from, facility) and loan.released_at is None
        ]
    )


def _facility(about: _About) -> str:
    facility = facilities.find(about.table, about.mail.facts["facility"])
    return facility.name if facility else ""


def _ready(about: _About) -> Facts:
    """Books that were made ready on one day and still wait (RULES 15, 16)."""
    ready_on = date.fromisoformat(about.mail.facts["ready_on"])
    waiting = [hold for hold in holds.of_patron(about.table, about.patron.patron_id) if hold.ready_on == ready_on]
    closed, day = calendar.load(about.table), in_tokyo(about.mail.created_at).date()
    ready = _some(
        [with_deadline(hold, day, closed, about.policy) for hold in waiting if hold.status is HoldStatus.READY]
    )
    found = titles.find_many(about.table, {hold.title_id for hold in ready})
    books = [found[hold.title_id].title for hold in ready if hold.title_id in found]
    return {"books": books, "pickup_until": min(hold.pickup_until for hold in ready if hold.pickup_until)}


def _overdue(about: _About) -> Facts:
    """Books the mail's day asks for and that have not come back (RULES 35)."""
    day = date.fromisoformat(about.mail.facts["reminded_on"])
    lent, closed = loans.of_patron(about.table, about.patron.patron_id), calendar.load(about.table)
    since = {loan.barcode: overdue_from(loan, closed, about.policy) for loan in lent}
    late = _some([loan for loan in lent if (overdue := since[loan.barcode]) and overdue <= day])
    return {"books": [{"title": loan.title, "due_on": loan.due_on} for loan in late]}


def _card_expired_hold(about: _About) -> Facts:
    """Unless the card was renewed, or nothing is held any more (RULES 8)."""
    _check_expiry(about, "expired_on")
    if not about.patron.open_holds:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    return {"holds": about.patron.open_holds, "renew_url": about.url(Page.RENEWAL)}


def _card_renewal(about: _About) -> Facts:
    """Unless the card was renewed (RULES 37)."""
    _check_expiry(about, "expires_on")
    return {"renew_url": about.url(Page.RENEWAL)}


def _check_expiry(about: _About, name: str) -> None:
    if about.patron.expires_on.isoformat() != about.mail.facts[name]:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)


def _address_confirmation(about: _About) -> Facts:
    """The link that proves an address; its token is in the fragment, which no server and no log ever sees (RULES 7)."""
    token = confirmation_token(about.patron.patron_id, about.mail.facts["pending"])
    return {"confirm_url": f"{about.url(Page.CONFIRM_ADDRESS)}#{token}"}


_TELL: dict[MailKind, Callable[[_About], Facts]] = {
    MailKind.ACCEPTANCE: _acceptance,
    MailKind.TEMPORARY_PASSWORD: _password,
    MailKind.LENDING: _lending,
    MailKind.SHIFT: _shift,
    MailKind.READY: _ready,
    MailKind.OVERDUE: _overdue,
    MailKind.CARD_EXPIRED_HOLD: _card_expired_hold,
    MailKind.CARD_RENEWAL: _card_renewal,
    MailKind.ADDRESS_CONFIRMATION: _address_confirmation,
    MailKind.HOLD_CANCELLED: lambda about: {},
    MailKind.TEST: lambda about: {},
}


def _some(things: list[Any]) -> list[Any]:
    """The things, of which there must be some for the mail to say anything (RULES 36)."""
    if not things:
        raise NotToBeSent(Unsent.NOTHING_TO_SAY)
    return things


def _url(page: Page) -> str:
    return f"{settings().site_url}{page}"
