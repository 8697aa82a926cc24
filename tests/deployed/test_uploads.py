"""What people send by mistake or on purpose, on the deployed stack: refused at the door, or told, harming nothing.

An upload ticket is good for one object of so many bytes, for an hour (RULES 2); what has come in is made
safe or asked for again (RULES 3), and nothing of it outlives the decision (RULES 3, 41).
"""

import base64
import json
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import chain
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from PIL import Image

from infra.local.people import Caller, until
from infra.local.photos import CAMERA, COMMENT, LATITUDE, LONGITUDE, PAGE, heic, png, png_bomb, polyglot, truncated_jpeg
from infra.local.stack import Stack
from lending.domain.week import TOKYO
from tests.deployed.applicants import SIZE, Applicant, Counter, card, document
from tests.deployed.conftest import NOON, Given, logged, table_rows

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def counter(given: Given) -> Counter:
    """Where people apply and staff decide."""
    return Counter(given)


# At the door


def renamed(applicant: Applicant, key: str) -> int:
    return applicant.send("card", document(), key=key).status_code


# What a ticket does not allow, by what S3 answers to it.
NOT_ALLOWED: dict[str, Callable[[Applicant], int]] = {
    "another type": lambda someone: someone.send("card", document(), **{"Content-Type": "image/gif"}).status_code,
    "a page": lambda someone: someone.send("card", PAGE, **{"Content-Type": "text/html"}).status_code,
    "a key among the clean ones": lambda someone: renamed(someone, f"clean/{someone.receipt}/card-1.jpg"),
    "another slot's key": lambda someone: renamed(someone, someone.uploads["my_number_card_front"]["fields"]["key"]),
    "another person's key": lambda someone: renamed(someone, "intake/1234567890/card/ticket"),
    "a key it does not name": lambda someone: renamed(someone, "intake/x/../../config.json"),
    "11 MB": lambda someone: someone.send("card", b"\xff\xd8\xff" + bytes(11 * MEGABYTE)).status_code,
    "one byte too many": lambda someone: someone.send("card", bytes(10 * MEGABYTE + 1)).status_code,
    "0 bytes": lambda someone: someone.send("card", b"").status_code,
    "no encryption": lambda s: s.send("card", document(), **{"x-amz-server-side-encryption": "none"}).status_code,
    "no policy": lambda someone: someone.send("card", document(), policy="").status_code,
    "a policy of one's own": lambda someone: someone.send("card", document(), policy=later(someone)).status_code,
}


def later(applicant: Applicant) -> str:
    """The policy of a ticket that somebody makes last longer by hand."""
    policy = policy_of(applicant)
    policy["expiration"] = "2099-01-01T00:00:00Z"
    return base64.b64encode(json.dumps(policy).encode()).decode()


def policy_of(applicant: Applicant) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads(base64.b64decode(applicant.uploads["card"]["fields"]["policy"]))
    return policy


def test_what_a_ticket_does_not_allow_is_refused_at_the_door(counter: Counter) -> None:
    # GIVEN a ticket WHEN it is used for anything else
    applicant = counter.new_applicant()
    answers = {what: send(applicant) for what, send in NOT_ALLOWED.items()}
    # THEN the bucket refuses it, and nothing has come in
    assert {what: status for what, status in answers.items() if not 400 <= status < 500} == {}
    assert applicant.kept() == []
    assert {slot["status"] for slot in applicant.look()["slots"]} == {"awaiting"}
    # AND the ticket is as good as before
    applicant.send_photos()
    assert applicant.look()["status"] == "submitted"


def test_a_ticket_is_for_any_picture_that_is_accepted(counter: Counter) -> None:
    # GIVEN a ticket for each image, whose fields are sent as they are
    applicant = counter.new_applicant()
    pictures = {
        "card": card(applicant.form["card_number"]),
        "my_number_card_front": png(Image.new("RGB", SIZE, "white")),
    }
    # WHEN one is a JPEG, the other a PNG THEN both are taken and can be used (RULES 2)
    assert {applicant.send(slot, picture).status_code for slot, picture in pictures.items()} == {204}
    until(lambda: applicant.look()["missing_slots"] == [], "the pictures to be looked at")


def test_an_expired_ticket_is_refused(counter: Counter, stack: Stack) -> None:
    # GIVEN a ticket, which says itself that it ends an hour after it was made
    asked_at = datetime.now(TOKYO).replace(microsecond=0)
    applicant = counter.new_applicant()
    ends = datetime.fromisoformat(policy_of(applicant)["expiration"].replace("Z", "+00:00"))
    assert asked_at <= ends - timedelta(hours=1) <= datetime.now(TOKYO)
    # WHEN it has run out (the same fields and conditions, signed to have ended a minute ago) THEN it is refused
    past, still_good = (signed(stack, applicant, seconds) for seconds in (-60, 3600))
    assert post(past).status_code == 403
    assert applicant.kept() == []
    # AND that is because of its end alone: signed alike to end in an hour it is good
    assert post(still_good).status_code == 204
    until(lambda: applicant.slot("card")["status"] == "accepted", "the photo to be looked at")
    # AND the person is not stuck: there is a new one for the asking
    assert applicant.ask_for_tickets() == ["my_number_card_front"]


def signed(stack: Stack, applicant: Applicant, seconds: int) -> Any:
    """The ticket's own fields and conditions, signed to end so many seconds from now."""
    ticket = applicant.uploads["card"]["fields"]
    exact = {name: ticket[name] for name in ("Content-Type", "x-amz-server-side-encryption")}
    session: Any = boto3.Session("test", "test", region_name=stack.region)
    s3 = session.client("s3", endpoint_url=stack.endpoint, config=Config(signature_version="s3v4"))
    conditions = [*({name: value} for name, value in exact.items()), ["content-length-range", 1, 10 * MEGABYTE]]
    bucket = stack.outputs["ImagesBucket"]
    return s3.generate_presigned_post(bucket, ticket["key"], dict(exact), conditions, seconds)


def post(ticket: Any) -> requests.Response:
    return requests.post(ticket["url"], data=ticket["fields"], files={"file": document()}, timeout=60)


# What has come in


def test_what_is_no_picture_is_asked_for_again_with_the_reason(counter: Counter, stack: Stack) -> None:
    # GIVEN people with many documents, and somebody whose photos are fine
    good = counter.new_applicant()
    patron, _ = counter.member()
    form = counter.form_of(patron, "change", "driving_licence", phone="090-0000-0000")
    form["documents"] = ["driving_licence", "insurance_certificate"]
    one, other = counter.applied(form), counter.applied(form)
    slots = list(one.uploads)
    # WHEN they send what is no picture, or none that can be used
    sent = {
        one: [(heic(), "HEIC形式"), (truncated_jpeg(SIZE), "途中で切れて"), (png_bomb(), "大きさが大きすぎ"),
              (PAGE, "画像として読み取れません")],
        other: [(b"x", "画像として読み取れません"), (b"\xff\xd8\xff" + bytes(2 * MEGABYTE), "壊れています"),
                (png(Image.new("RGB", (300, 200)))[:-40], "途中で切れて"), (polyglot(SIZE)[::-1], "読み取れません")],
    }  # fmt: skip
    assert 40_000 < len(png_bomb()) < 60_000
    for applicant, files in sent.items():
        for slot, (data, _) in zip(slots, files, strict=True):
            assert applicant.send(slot, data).status_code == 204
    # THEN the other one's photos are looked at all the same
    good.send_photos()
    assert good.look()["status"] == "submitted"
    # AND each image is missing again, with a reason the person understands
    for applicant, files in sent.items():
        for slot, (_, words) in zip(slots, files, strict=True):
            until(lambda: applicant.slot(slot)["reason"] or None, f"{slot} to be looked at")  # noqa: B023
            assert words in applicant.slot(slot)["reason"], slot
        now = applicant.look()
        assert (now["status"], now["missing_slots"]) == ("awaiting_images", slots)
        assert sent[applicant][0][1] in now["message"]
        # AND nothing of it was kept
        until(lambda: not applicant.kept(), "the originals to be deleted")  # noqa: B023
    # AND no function has failed on it: nothing waits to be tried again, nothing was given up
    until(lambda: messages_in(stack, "ImagesQueue") == 0, "all messages to be done")
    assert messages_in(stack, "ImagesDeadLetters") == 0
    # WHEN good ones come with new tickets THEN staff have the whole
    assert one.ask_for_tickets() == slots
    one.send_photos()
    assert one.look()["status"] == "submitted"


def messages_in(stack: Stack, queue: str) -> int:
    """How many messages wait in a queue, or have been taken out of it and neither been done with nor come back."""
    sqs = stack.client("sqs")
    (url,) = (url for url in sqs.list_queues()["QueueUrls"] if f"-{queue}-" in url)
    numbers = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=numbers)["Attributes"]
    return sum(int(found[number]) for number in numbers)


def test_a_polyglot_is_only_its_picture(counter: Counter) -> None:
    # GIVEN a sound photo that is a page with a script and an archive as well WHEN it is sent
    applicant = counter.new_applicant()
    assert PAGE in polyglot(SIZE)
    assert applicant.send("card", polyglot(SIZE)).status_code == 204
    until(lambda: applicant.slot("card")["status"] == "accepted", "the photo to be looked at")
    until(lambda: len(applicant.kept()) == 1, "the original to be deleted")
    # THEN what staff can see is a picture and nothing else, and comes as one
    applicant.send_photos(["my_number_card_front"])
    images = counter.desk.get(f"/desk/applications/{applicant.receipt}", NOON)["images"]
    for image in images:
        shown = requests.get(image["url"], timeout=60)
        assert shown.headers["Content-Type"] == "image/jpeg"
        assert b"<script" not in shown.content
        assert shown.content.endswith(b"\xff\xd9")
        assert b"PK\x03\x04" not in shown.content[-200:]


# What is left of it


def told_by_the_camera() -> list[bytes]:
    """Latitude and longitude as EXIF has them, and what else a phone puts into a photo."""
    fractions = [[Fraction(str(degree)).as_integer_ratio() for degree in place] for place in (LATITUDE, LONGITUDE)]
    # Without the zeros around them small numbers are the same in both byte orders.
    packed = [struct.pack("<6I", *chain(*place)).strip(b"\x00") for place in fractions]
    return [*packed, CAMERA.encode(), COMMENT, b"Exif\x00\x00", b"<x:xmpmeta"]


def test_the_position_of_a_photo_is_found_nowhere(counter: Counter, stack: Stack) -> None:
    # GIVEN photos that say where and with what they were taken
    marks = told_by_the_camera()
    applicant = counter.new_applicant()
    for photo in (card(applicant.form["card_number"]), document()):
        assert all(mark in photo for mark in marks)
    # WHEN they have been looked at
    applicant.send_photos()
    assert len(applicant.kept()) == 2
    until(lambda: messages_in(stack, "ImagesQueue") == 0, "the functions to have logged")
    # THEN the clean ones, which are all there is, say nothing of it, nor does what staff see
    links = counter.desk.get(f"/desk/applications/{applicant.receipt}", NOON)["images"]
    seen = [requests.get(each["url"], timeout=60).content for each in links]
    kept = applicant.objects()
    assert all(key.startswith("clean/") for key in kept)
    assert len(seen) == 2
    assert [mark for mark in marks for picture in (*kept.values(), *seen) if mark in picture] == []
    # AND neither does any row or any line of the logs, before the decision and after it, when no picture is left
    assert said_of_a_camera(stack) == []
    assert counter.register(applicant).status_code == 200
    assert applicant.kept() == []
    assert said_of_a_camera(stack) == []


def said_of_a_camera(stack: Stack) -> list[str]:
    """What the table and the logs say of the position and the camera of a photo."""
    rows, lines = str(table_rows(stack)), logged(stack)
    assert "accepted" in rows
    assert "accepted" in lines
    words = [CAMERA, COMMENT.decode(), "GPS", "Exif", str(LATITUDE)[1:-1], str(LONGITUDE)[1:-1]]
    return [word for word in words if word in rows + lines]


@pytest.mark.parametrize("decision", ["register", "refuse"])
def test_what_comes_after_the_decision_is_deleted(counter: Counter, decision: str) -> None:
    # GIVEN an application with a ticket that is still good WHEN it is decided
    applicant = counter.new_applicant("residence_record")
    applicant.send_photos()
    if decision == "register":
        answer = counter.register(applicant)
    else:
        answer = counter.decide(applicant, "refuse", reason="お名前が読めません")
    assert answer.status_code == 200
    assert applicant.kept() == []
    # THEN what is sent with it is gone as soon as it is seen, and counts for nothing (RULES 3)
    before = applicant.look()
    for slot in ("card", "residence_record_back"):
        assert applicant.send(slot, document()).status_code == 204
    until(lambda: not applicant.kept(), "the late photos to be deleted")
    assert applicant.look() == before
    # AND there are no new tickets
    headers = {"X-Access-Code": applicant.code}
    path = f"/applications/{applicant.receipt}/uploads"
    answer = Caller(counter.stack).call("POST", path, NOON, {}, headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_decided")
