"""What the player of the weeks does over and over, as the people do it: through the surfaces, at a moment."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypedDict

import requests

from infra.local.people import Caller, mailbox, run_job, sign_in, until
from infra.local.photos import card_photo, document_photo
from infra.local.played_weeks import PlayedWeeks
from infra.local.samples import Person, home_of, kit_of
from infra.local.stack import Stack
from lending.domain.policy import Policy

PASSWORD = "Lending-Week-2026"
# Half as wide as a phone's, a quarter of the time to look at.
PHOTO = (2016, 1512)

Pull = dict[str, Any]


class Step(TypedDict):
    """One thing that happened: the moment in the played weeks (ISO 8601), what, and how many of what."""

    at: str
    what: str
    counts: dict[str, int]


def must(holds: object, what: str) -> None:
    """Demand something of the service.

    Raises:
        RuntimeError: it is not so.
    """
    if not holds:
        raise RuntimeError(f"not as the rules say: {what}")


@dataclass
class Player:
    """A stack and who is signed in to it; `steps` is what has happened so far."""

    stack: Stack
    tell: Callable[[Step], None]
    weeks: PlayedWeeks
    steps: list[Step] = field(default_factory=list)
    patrons: dict[Person, Caller] = field(default_factory=dict)
    accounts: dict[str, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = self.account("desk")

    def account(self, group: str) -> Caller:
        """Whoever has the sample account of a group, signed in."""
        if group not in self.accounts:
            account = next(account for account in self.stack.accounts if account["group"] == group)
            self.accounts[group] = sign_in(self.stack, account["username"], account["password"])
        return self.accounts[group]

    def facility(self, number: int) -> Caller:
        """A facility, signed in."""
        return self.account(f"facility-{number:02}")

    @property
    def policy(self) -> Policy:
        """What the library has set for itself."""
        return self.weeks.policy

    def home(self, person: Person) -> int:
        """The facility where a person collects books."""
        return home_of(person, self.stack.library)

    def card(self, person: Person) -> str:
        """The number on the blank card that a person took home from there."""
        return kit_of(person, self.stack.library)

    def form(self, person: Person) -> dict[str, object]:
        """What a person types into the form of a new card."""
        return person.form(self.card(person), self._town(person))

    def form_of_move(self, person: Person) -> dict[str, object]:
        """What a person types who has moved."""
        return person.form_of_move(self.card(person), self._town(person))

    def _town(self, person: Person) -> str:
        of = {facility.number: facility.municipality for facility in self.stack.library.facilities}
        return of[self.home(person)]

    @property
    def first_loans(self) -> int:
        """How many books the first run lends to who wants as many as a patron may hold, and takes one back."""
        return min(self.policy.loan_cap, self.policy.hold_limit - 1)

    def happened(self, at: datetime, what: str, **counts: int) -> None:
        """Note a step, and tell of it."""
        self.steps.append({"at": at.isoformat(), "what": what, "counts": counts})
        self.tell(self.steps[-1])

    def job(self, function: str, job: str, at: datetime) -> dict[str, Any]:
        """The scheduler's part; what the job says it did."""
        return run_job(self.stack, function, job, at)

    # Registration

    def apply(self, form: dict[str, object], person: Person, at: datetime) -> int:
        """Send an application in with its pictures, which have been looked at when this returns; how many they were."""
        visitor = Caller(self.stack)
        accepted = visitor.post("/applications", at, form, 201)
        for upload in accepted["uploads"]:
            _send_picture(person, self.card(person), upload)
        path, code = f"/applications/{accepted['receipt_number']}", {"X-Access-Code": accepted["access_code"]}

        def submitted() -> bool:
            return bool(visitor.expect(200, "GET", path, at, headers=code)["status"] == "submitted")

        until(submitted, "the images to be looked at")
        return len(accepted["uploads"])

    def sign_in(self, person: Person) -> None:
        """Sign in for the first time, with the temporary password of the mail, and choose one of one's own."""
        text = self.mail_to(person, "仮パスワード: ")["BodyText"]
        temporary = re.findall(r"仮パスワード: (\S+)", text)[0]
        self.patrons[person] = sign_in(self.stack, self.card(person), temporary, PASSWORD)
        self.stack.accounts.append({"group": "patron", "username": self.card(person), "password": PASSWORD})

    # Holds and loans

    def holds(self, person: Person, at: datetime) -> dict[str, dict[str, Any]]:
        """A patron's holds by title."""
        return {hold["title_id"]: hold for hold in self.patrons[person].items("/me/holds", at)}

    def hold(self, person: Person, titles: Iterable[str], at: datetime, place: str = "") -> int:
        """Place holds, to be collected at the person's facility unless said otherwise; how many."""
        bodies = [{"title_id": title_id, "pickup_place": place or str(self.home(person))} for title_id in titles]
        for body in bodies:
            self.patrons[person].post("/me/holds", at, body, 201)
        return len(bodies)

    def reasons(self, person: Person, at: datetime) -> dict[str, str]:
        """Why a patron's holds got no book in the last run: its code by title."""
        holds = self.holds(person, at).items()
        return {title_id: hold["last_run"]["code"] for title_id, hold in holds if hold["last_run"]}

    def loans(self, person: Person, at: datetime) -> dict[str, dict[str, Any]]:
        """A patron's loans by title."""
        return {barcode_title(loan["barcode"]): loan for loan in self.patrons[person].items("/me/loans", at)}

    def states(self, person: Person, at: datetime) -> Counter[str]:
        """How many of a patron's loans are in which state."""
        return Counter(loan["state"] for loan in self.loans(person, at).values())

    # The desk and the facilities

    def pulls(self, at: datetime) -> list[Pull]:
        """The pull list."""
        return self.desk.items("/desk/pulls", at)

    def scan(self, pulls: Iterable[Pull], at: datetime, missing: Iterable[str] = ()) -> Counter[str]:
        """Go through lines of the pull list: what was done with the books, by the answer to each scan.

        Args:
            missing: titles that are not found on the shelf.
        """
        did: Counter[str] = Counter()
        for pull in pulls:
            result = "missing" if pull["title_id"] in missing else "found"
            answer = self.desk.post(f"/desk/pulls/{pull['barcode']}", at, {"result": result})
            did[answer["action"]] += 1
        return did

    def bags(self, facility: int, at: datetime) -> list[dict[str, Any]]:
        """The bags a facility is to hand over, or has handed over."""
        return self.facility(facility).items("/facility/bags", at)

    def collect(self, person: Person, at: datetime) -> None:
        """The facility hands over a patron's oldest bag, and records it."""
        mine = [bag for bag in self.bags(self.home(person), at) if bag["card_number"] == self.card(person)]
        oldest = min((bag for bag in mine if not bag["handed_over_at"]), key=lambda bag: str(bag["pickup_from"]))
        self.facility(self.home(person)).post(f"/facility/bags/{oldest['id']}/handover", at)

    # Mail

    def mail_to(self, person: Person, words: str) -> dict[str, Any]:
        """The mail in a person's mailbox that says certain words."""

        def look() -> dict[str, Any] | None:
            mails = (mail for mail in mailbox(self.stack) if person.email in mail["To"] and words in mail["BodyText"])
            return next(mails, None)

        return until(look, f"a mail with {words}")

    def sent_mail_to(self, person: Person, words: str, at: datetime) -> dict[str, Any]:
        """The same mail of a patron, once it is noted as sent: news that come before that come again, and late."""
        mail = self.mail_to(person, words)
        until(lambda: self._is_noted(person, mail["Subject"], at), f"the note of a mail with {words}")
        return mail

    def _is_noted(self, person: Person, subject: str, at: datetime) -> bool:
        mails = self.patrons[person].items("/me/mails", at)
        states = [mail["state"] for mail in mails if mail["subject"] == subject]
        return bool(states) and not {"pending", "sending"} & {*states}

    def ses_tells(self, news: str, mail: dict[str, Any], at: datetime) -> None:
        """Play SES's part: what its configuration set publishes of a mail; `news` is one of `NEWS`."""
        message = json.dumps(_ses_event(news, mail, at))
        self.stack.client("sns").publish(TopicArn=self.stack.outputs["MailEventsTopicArn"], Message=message)


# What happens at a moment, which is one step.
Act = Callable[[Player, datetime], None]


def barcode_title(barcode: str) -> str:
    """The title that a sample copy is of."""
    return f"T{barcode[1:5]}"


def barcode_of(title_id: str, copy: int = 1) -> str:
    """The bar code of a sample title's copy."""
    return f"B{title_id[1:]}{copy}"


@cache
def _document_photo() -> bytes:
    return document_photo(size=PHOTO)


def _send_picture(person: Person, card_number: str, upload: dict[str, Any]) -> None:
    of_card = upload["slot"] == "card"
    photo = card_photo(card_number, person.latin_name, PHOTO) if of_card else _document_photo()
    requests.post(upload["url"], data=upload["fields"], files={"file": photo}, timeout=60).raise_for_status()


def _bounce(kind: str, subtype: str, status: str, words: str) -> tuple[str, Callable[[str], dict[str, Any]]]:
    told = {"action": "failed", "status": status, "diagnosticCode": f"smtp; {words}"}
    return "Bounce", lambda address: {
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [told | {"emailAddress": address}],
    }


# What can become of a mail: SES's name of the event, and what it says beside, by the address.
NEWS: dict[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "wrong_address": _bounce("Permanent", "General", "5.1.1", "550 5.1.1 user unknown"),
    "mailbox_full": _bounce("Transient", "MailboxFull", "5.2.2", "552 5.2.2 mailbox full"),
    "delivered": ("Delivery", lambda address: {"recipients": [address], "smtpResponse": "250 ok"}),
    "delayed": (
        "DeliveryDelay",
        lambda address: {
            "delayType": "TransientCommunicationFailure",
            "delayedRecipients": [{"emailAddress": address}],
        },
    ),
    "complained": (
        "Complaint",
        lambda address: {
            "complaintFeedbackType": "abuse",
            "complainedRecipients": [{"emailAddress": address}],
        },
    ),
    "rejected": ("Reject", lambda address: {"reason": "Bad content"}),
}


def _ses_event(news: str, mail: dict[str, Any], at: datetime) -> dict[str, Any]:
    """An event of SES's about a mail, in the format of event publishing."""
    event, told = NEWS[news]
    return {
        "eventType": event,
        event[0].lower() + event[1:]: told(mail["To"][0]) | {"timestamp": at.isoformat(), "feedbackId": "played"},
        "mail": {
            "timestamp": at.isoformat(),
            "source": mail["Source"],
            "messageId": mail["MessageId"],
            "destination": mail["To"],
        },
    }
