"""Registration over HTTP, from the form to a card that signs in (RULES 1-6, 41), and what people send by mistake."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from PIL import Image

from infra.local.people import Caller, mailbox, sign_in, until
from infra.local.photos import (
    CAMERA,
    card_photo,
    document_photo,
    heic,
    png,
    png_bomb,
    polyglot,
    truncated_jpeg,
)
from infra.local.stack import Stack
from lending.aws.table import Table, cards, patrons
from lending.domain.card import Card, CardState
from tests.deployed.conftest import NOON, PASSWORD, Given

SIZE = (1600, 1200)
MEGABYTE = 1024 * 1024


@dataclass
class Applicant:
    """A person with a phone: applies, sends pictures, looks where the application is."""

    stack: Stack
    form: dict[str, Any]
    receipt: str = ""
    code: str = ""
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Send the form."""
        told = Caller(self.stack).post("/applications", NOON, self.form, 201)
        self.receipt, self.code = told["receipt_number"], told["access_code"]
        self._keep(told)

    def _keep(self, told: dict[str, Any]) -> None:
        self.uploads |= {upload["slot"]: upload for upload in told["uploads"]}

    def _headers(self) -> dict[str, str]:
        return {"X-Access-Code": self.code}

    def look(self) -> dict[str, Any]:
        """Where the application is."""
        path = f"/applications/{self.receipt}"
        found: dict[str, Any] = Caller(self.stack).expect(200, "GET", path, NOON, headers=self._headers())
        return found

    def ask_for_tickets(self) -> list[str]:
        """New tickets for what is missing: the slots that got one."""
        path = f"/applications/{self.receipt}/uploads"
        told = Caller(self.stack).expect(201, "POST", path, NOON, {}, self._headers())
        self._keep(told)
        return [upload["slot"] for upload in told["uploads"]]

    def send(self, slot: str, data: bytes, kind: str = "image/jpeg", **otherwise: str) -> int:
        """Send a picture: the status S3 answers."""
        upload = self.uploads[slot]
        fields = upload["fields_by_type"][kind] | otherwise
        return requests.post(upload["url"], data=fields, files={"file": data}, timeout=60).status_code

    def send_all(self) -> None:
        """Send good pictures of everything that has a ticket, and wait until the desk has them."""
        for slot in self.uploads:
            photo = card_photo(self.form["card_number"], size=SIZE) if slot == "card" else document_photo(size=SIZE)
            assert self.send(slot, photo) == 204
        until(lambda: self.look()["status"] == "submitted", "the pictures to be looked at")

    def reason(self, slot: str) -> str:
        """Why the picture of a slot is unusable, once it was looked at."""

        def seen() -> str | None:
            return next((each["reason"] for each in self.look()["slots"] if each["slot"] == slot), "") or None

        return until(seen, f"the picture of {slot} to be looked at")


@pytest.fixture
def kits(given: Given, library: Table) -> Any:
    """Gives kit numbers nobody else uses."""

    def kit() -> str:
        given.made += 1
        number = f"7{given.made:07}"
        library.write(cards.add(Card(number, facility="1")))
        return number

    return kit


def form(given: Given, card_number: str, **changes: Any) -> dict[str, Any]:
    given.made += 1
    return {
        "kind": "new", "card_number": card_number, "name": "見本 花子", "kana": "ミホン ハナコ",
        "birth_date": "1990-04-01", "postal_code": "030-0184", "address": "青森県青森市荒川字藤戸119-7",
        "phone": "017-000-0000", "email": f"applicant{given.made:04}@example.jp", "online_lending": True,
        "documents": ["driving_licence"],
    } | changes  # fmt: skip


def register(given: Given, applicant: Applicant, **more: Any) -> requests.Response:
    body = {"decision": "register", "checked": {"document": applicant.form["documents"][0], "masked": True}} | more
    desk = given.account("desk")
    return Caller(given.stack, desk.token).call("POST", f"/desk/applications/{applicant.receipt}/decision", NOON, body)


def objects(stack: Stack, receipt: str) -> list[str]:
    found = stack.client("s3").list_objects_v2(Bucket=stack.outputs["ImagesBucket"]).get("Contents", [])
    return [item["Key"] for item in found if receipt in item["Key"]]


def temporary_password(stack: Stack, email: str, before: int = 0) -> str:
    """The temporary password of the mail after the first so many that tell one."""

    def come() -> str | None:
        texts = [mail["BodyText"] for mail in mailbox(stack) if email in mail["To"]]
        told = [found for text in texts for found in re.findall(r"仮パスワード: (\S+)", text)]
        return told[before] if len(told) > before else None

    return until(come, "the mail with a password")


def test_every_kind_from_form_to_decision(stack: Stack, given: Given, library: Table, kits: Any) -> None:
    # GIVEN a person with a kit WHEN they apply, send photos, and staff register
    first = Applicant(stack, form(given, kits(), email="every.kind@example.jp"))
    first.send_all()
    seen = given.account("desk").get(f"/desk/applications/{first.receipt}", NOON)
    assert {slot["slot"]: slot["barcode"] for slot in seen["slots"]}["card"] == "match"
    for image in seen["images"]:
        assert CAMERA.encode() not in requests.get(image["url"], timeout=30).content
    assert register(given, first).status_code == 200
    # THEN the card signs in, and no picture is left (RULES 3, 4)
    number = first.form["card_number"]
    me = sign_in(stack, number, temporary_password(stack, "every.kind@example.jp"), PASSWORD)
    assert me.get("/me", NOON)["card_number"] == number
    assert objects(stack, first.receipt) == []
    owner = cards.find(library, number).patron_id  # type: ignore[union-attr]
    # WHEN they apply for everything else there is, one after the other
    for kind, changes in (
        ("reissue", {"card_number": kits(), "old_card_number": number}),
        ("name_change", {"card_number": kits(), "name": "例示 花子", "kana": "レイジ ハナコ"}),
        ("change", {"phone": "090-0000-0000"}),
        ("renewal", {"phone": None}),
        ("password", {}),
    ):
        changes = {"card_number": number, "email": "every.kind@example.jp"} | changes
        if kind == "name_change":
            changes["old_card_number"] = number
        applicant = Applicant(stack, form(given, **({"kind": kind} | changes)))
        applicant.send_all()
        answered = register(given, applicant)
        assert (kind, answered.status_code) == (kind, 200), answered.text
        assert objects(stack, applicant.receipt) == []
        number = str(changes["card_number"])
    # THEN it is one patron, with the newest number and all the changes
    patron = patrons.find(library, owner)
    assert patron is not None
    assert (patron.card_number, patron.name, patron.phone) == (number, "例示 花子", "090-0000-0000")
    assert cards.find(library, first.form["card_number"]).state is CardState.RETIRED  # type: ignore[union-attr]
    again = temporary_password(stack, "every.kind@example.jp", before=1)
    assert sign_in(stack, number, again, PASSWORD).get("/me", NOON)["card_number"] == number


def test_what_a_ticket_does_not_allow_is_refused_at_the_door(stack: Stack, given: Given, kits: Any) -> None:
    applicant = Applicant(stack, form(given, kits()))
    photo = document_photo(size=SIZE)
    refused = {
        "another type": applicant.send("card", photo, **{"Content-Type": "image/gif"}),
        "another key": applicant.send("card", photo, key=f"clean/{applicant.receipt}/card-x.jpg"),
        "11 MB": applicant.send("card", b"\xff" * (11 * MEGABYTE)),
        "0 bytes": applicant.send("card", b""),
        "a changed policy": applicant.send("card", photo, policy="e30="),
    }
    assert {what: 400 <= status < 500 for what, status in refused.items()} == dict.fromkeys(refused, True)
    assert objects(stack, applicant.receipt) == []


def test_an_expired_ticket_is_refused(stack: Stack) -> None:
    s3, bucket = stack.client("s3"), stack.outputs["ImagesBucket"]
    ticket = s3.generate_presigned_post(bucket, "intake/expired/card/x", ExpiresIn=1)
    time.sleep(2)
    answered = requests.post(ticket["url"], data=ticket["fields"], files={"file": b"x"}, timeout=30)
    assert answered.status_code == 403
    assert objects(stack, "expired") == []


def test_unusable_pictures_are_told_and_harm_nobody(stack: Stack, given: Given, kits: Any) -> None:
    # GIVEN somebody's pictures that are none, and another one's good ones sent at the same time
    bad = [heic(), truncated_jpeg(SIZE), b"<svg/>", polyglot(SIZE)[::-1]]
    applicants = [Applicant(stack, form(given, kits())) for _ in bad]
    bomber, good = Applicant(stack, form(given, kits())), Applicant(stack, form(given, kits()))
    for applicant, data in zip(applicants, bad, strict=True):
        assert applicant.send("card", data) == 204
    assert bomber.send("card", png_bomb(), "image/png") == 204
    # THEN the good ones are looked at, and each of the others reads what is wrong
    good.send_all()
    words = [applicant.reason("card") for applicant in (*applicants, bomber)]
    told = ("HEIC形式", "途中で切れて", "JPEGかPNG", "JPEGかPNG", "縦横の大きさが大きすぎます")
    assert all(part in text for part, text in zip(told, words, strict=True)), words
    # WHEN one of them sends another picture with a new ticket THEN it counts
    assert "card" in bomber.ask_for_tickets()
    assert bomber.send("card", png(Image.new("RGB", (800, 600), "white")), "image/png") == 204
    until(lambda: "card" not in bomber.look()["missing_slots"], "the new picture to be looked at")


def test_a_polyglot_is_only_its_picture(stack: Stack, given: Given, kits: Any) -> None:
    applicant = Applicant(stack, form(given, kits()))
    assert applicant.send("card", polyglot(SIZE)) == 204
    until(lambda: "card" not in applicant.look()["missing_slots"], "the picture to be looked at")
    (key,) = objects(stack, applicant.receipt)
    data = stack.client("s3").get_object(Bucket=stack.outputs["ImagesBucket"], Key=key)["Body"].read()
    assert key.startswith("clean/")
    assert b"<script>" not in data


def test_a_picture_after_the_decision_is_deleted(stack: Stack, given: Given, kits: Any) -> None:
    applicant = Applicant(stack, form(given, kits()))
    applicant.send_all()
    assert register(given, applicant).status_code == 200
    assert applicant.send("card", document_photo(size=SIZE)) == 204
    until(lambda: not objects(stack, applicant.receipt), "the late picture to be deleted")


def test_eight_clicks_and_two_applications_for_one_kit(stack: Stack, given: Given, library: Table, kits: Any) -> None:
    # GIVEN two people who typed the same number, and staff who are in a hurry, RULES 5
    number = kits()
    both = [Applicant(stack, form(given, number)) for _ in range(2)]
    for applicant in both:
        applicant.send_all()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: (n % 2, register(given, both[n % 2])), range(8)))
    # THEN one of the two is registered, however often, and the other is told why not
    told = Counter((n, answer.status_code) for n, answer in answers)
    assert sorted(told.values()) == [4, 4], told
    assert {status for _, status in told} == {200, 409}
    assert {answer.json()["code"] for _, answer in answers if answer.status_code == 409} == {"card_not_usable"}
    winner = next(n for n, answer in answers if answer.status_code == 200)
    assert (objects(stack, both[winner].receipt), len(objects(stack, both[1 - winner].receipt))) == ([], 3)


def test_two_who_black_out_at_once_both_do(stack: Stack, given: Given, kits: Any) -> None:
    applicant = Applicant(stack, form(given, kits()))
    applicant.send_all()
    desk, path = given.account("desk"), f"/desk/applications/{applicant.receipt}"

    def paint(left: int) -> int:
        part = {"rectangles": [{"left": left, "top": 0, "right": left + 20, "bottom": 20}]}
        return Caller(stack, desk.token).call("POST", f"{path}/images/card/blackout", NOON, part).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(paint, range(0, 80, 20))) == {204}
    (url,) = (image["url"] for image in desk.get(path, NOON)["images"] if image["slot"] == "card")
    picture = Image.open(requests.get(url, stream=True, timeout=30).raw)
    assert all(max(picture.getpixel((left + 10, 10))) < 20 for left in range(0, 80, 20))  # type: ignore[arg-type]
