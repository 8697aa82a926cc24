"""People who apply on the deployed stack, each with a phone and made-up photos, and the staff who decide about them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import requests

from infra.local.people import Caller, mailbox, until
from infra.local.photos import card_photo, document_photo
from infra.local.stack import Stack
from lending.aws.table.patrons import people
from lending.domain.patrons.patron import Patron
from tests.deployed.conftest import NOON, Given

# Small, to spare processors: what a phone's full resolution does is tried with the pictures themselves.
SIZE = (800, 600)
FACILITY = 1
DECIDED = NOON + timedelta(days=1)


@cache
def document() -> bytes:
    """A phone's photo of a document, with position, camera and comment in it."""
    return document_photo(size=SIZE)


@cache
def card(number: str) -> bytes:
    """A phone's photo of a library card."""
    return card_photo(number, size=SIZE)


@dataclass(eq=False)
class Applicant:
    """Somebody who has sent in a form, and what the answer gave them."""

    stack: Stack
    form: dict[str, Any]
    receipt: str
    code: str
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)

    def look(self) -> dict[str, Any]:
        """Where the application is."""
        found: dict[str, Any] = self._call(200, "GET", "", None)
        return found

    def slot(self, name: str) -> dict[str, Any]:
        """One image as the applicant sees it."""
        return next(slot for slot in self.look()["slots"] if slot["slot"] == name)

    def ask_for_tickets(self, slots: Iterable[str] = ()) -> list[str]:
        """New upload tickets, for what is missing unless told otherwise: the slots that have got one."""
        told = self._call(201, "POST", "/uploads", {"slots": list(slots)})
        assert told["receipt_number"] == self.receipt
        fresh = {upload["slot"]: upload for upload in told["uploads"]}
        self.uploads |= fresh
        return list(fresh)

    def withdraw(self) -> None:
        """Take the application back."""
        self._call(200, "POST", "/withdrawal", {})

    def _call(self, status: int, method: str, path: str, body: Any) -> Any:
        headers = {"X-Access-Code": self.code}
        return Caller(self.stack).expect(status, method, f"/applications/{self.receipt}{path}", NOON, body, headers)

    def send(self, slot: str, data: bytes, **otherwise: str) -> requests.Response:
        """Send a file with the slot's ticket; `otherwise` are fields that differ from the ticket's."""
        ticket = self.uploads[slot]
        return requests.post(ticket["url"], data=ticket["fields"] | otherwise, files={"file": data}, timeout=60)

    def kept(self) -> list[str]:
        """The keys of all objects of the application in the bucket."""
        pages = self.stack.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        return [item["Key"] for page in pages for item in page.get("Contents", []) if self.receipt in item["Key"]]

    def objects(self) -> dict[str, bytes]:
        """What is in the bucket of the application, by its key, once nothing is being deleted any more."""
        s3 = self.stack.client("s3")
        return {key: s3.get_object(Bucket=self._bucket, Key=key)["Body"].read() for key in self.kept()}

    @property
    def _bucket(self) -> str:
        return self.stack.outputs["ImagesBucket"]

    def send_photos(self, slots: Iterable[str] = ()) -> None:
        """Send good photos, of everything that is not optional unless told otherwise, and wait for them to count.

        A photo counts before its original is deleted: that is waited for as well.
        """
        wanted = list(slots) or [slot for slot, ticket in self.uploads.items() if not ticket["optional"]]
        for slot in wanted:
            photo = card(self.form["card_number"]) if slot == "card" else document()
            assert self.send(slot, photo).status_code == 204
        until(lambda: not set(wanted) & set(self.look()["missing_slots"]), "the photos to be looked at")
        until(lambda: all(key.startswith("clean/") for key in self.kept()), "the originals to be deleted")


@dataclass
class Counter:
    """Where people apply, and where staff decide."""

    given: Given

    @property
    def stack(self) -> Stack:
        """The stack everything happens on."""
        return self.given.stack

    @property
    def desk(self) -> Caller:
        """Staff, with a connection of their own."""
        return Caller(self.stack, self.given.account("desk").token)

    def kit(self) -> str:
        """The number of a blank card that a facility has just been given."""
        self.given.made += 1
        number = f"7{self.given.made:07}"
        self.desk.post("/desk/cards", NOON, {"facility": FACILITY, "numbers": [number]}, 201)
        return number

    def form(self, kind: str, card_number: str, document: str, **changes: Any) -> dict[str, Any]:
        """What somebody types into the form of a kind; nobody else has their birthday and mail address."""
        self.given.made += 1
        whole = kind in ("new", "reissue", "name_change")
        typed = {
            "kind": kind,
            "card_number": card_number,
            "name": "見本 花子",
            "birth_date": (date(1950, 1, 1) + timedelta(days=self.given.made)).isoformat(),
            "email": f"applicant{self.given.made:04}@example.jp",
            "documents": [document],
        }
        typed |= {"kana": "ミホン ハナコ"} if whole else {}
        if kind == "new":
            typed |= {"postal_code": "030-0184", "address": "青森県青森市荒川字藤戸119-7", "phone": "017-000-0000"}
        return typed | changes

    def post(self, form: dict[str, Any], way: str = "json") -> requests.Response:
        """Send a form in, as `json`, `urlencoded` or `multipart`."""
        pairs = [(name, str(each)) for name, value in form.items() for each in _listed(value)]
        sent: dict[str, dict[str, Any]] = {
            "json": {"json": form},
            "urlencoded": {"data": pairs},
            "multipart": {"files": [(name, (None, value)) for name, value in pairs]},
        }
        headers = {"X-Now": NOON.isoformat()}
        return requests.post(f"{self.stack.outputs['ApiUrl']}/applications", headers=headers, timeout=60, **sent[way])

    def applied(self, form: dict[str, Any], way: str = "json") -> Applicant:
        """Somebody whose form was taken in."""
        answer = self.post(form, way)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        uploads = {upload["slot"]: upload for upload in told["uploads"]}
        return Applicant(self.stack, form, told["receipt_number"], told["access_code"], uploads)

    def new_applicant(self, document: str = "my_number_card") -> Applicant:
        """Somebody who applies for their first card with a kit of their own."""
        return self.applied(self.form("new", self.kit(), document))

    def member(self, **changes: Any) -> tuple[Patron, Caller]:
        """A patron with a card, found by its number as by name and birthday."""
        self.given.made += 1
        born = date(1930, 1, 1) + timedelta(days=self.given.made)
        patron, caller = self.given.patron(**({"birth_date": born} | changes))
        self.given.table.transact(*people.name_changes(None, patron))
        return patron, caller

    def form_of(self, patron: Patron, kind: str, document: str, **changes: Any) -> dict[str, Any]:
        """What a patron types into the form of a kind; reading and mail address where it asks for them."""
        own: dict[str, Any] = {"birth_date": patron.birth_date.isoformat(), "email": patron.email}
        return self.form(kind, patron.card_number, document, **(own | changes))

    def decide(self, applicant: Applicant, decision: str, at: datetime = DECIDED, **more: Any) -> requests.Response:
        """Staff decide."""
        body = {"decision": decision} | more
        return self.desk.call("POST", f"/desk/applications/{applicant.receipt}/decision", at, body)

    def register(self, applicant: Applicant, **more: Any) -> requests.Response:
        """Staff register: they have seen the document, and nothing in it that is to be hidden."""
        checked = {"document": applicant.form["documents"][0], "masked": True}
        return self.decide(applicant, "register", **({"checked": checked} | more))

    def mail_to(self, address: str, words: str) -> str:
        """The text of the mail to an address that has certain words in it, once it has come."""

        def look() -> str | None:
            return next((text for text in self.mails_to(address) if words in text), None)

        return until(look, f"a mail with {words}")

    def mails_to(self, address: str) -> list[str]:
        """The texts of all mails to an address, oldest first."""
        return [mail["BodyText"] for mail in mailbox(self.stack) if address in mail["To"]]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
