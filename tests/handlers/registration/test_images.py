"""Images that people send, RULES 2, 3 and 41, as the function looks at them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from functions.images.handler import handler
from infra.local.photos import CAMERA, COMMENT, card_photo, document_photo, heic, png_bomb, polyglot, truncated_jpeg
from lending.aws import image_bucket as bucket
from lending.aws import settings
from lending.aws.clients import client
from lending.aws.image_cleaning import clean_picture
from lending.aws.table import Table
from lending.aws.table.registration import applications
from lending.domain.registration.application import Application
from lending.domain.registration.decision import Decision, decided
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import ApplicationStatus, DecisionKind, SlotStatus
from lending.domain.registration.slots import with_tickets
from tests.handlers.applications import POLICY, RECEIPT, TICKET, applied, decide, keys, look, send, submitted
from tests.handlers.conftest import NOON, context, sample

ALL_DONE: dict[str, list[Any]] = {"batchItemFailures": []}
SLOTS = ("card", "driving_licence_front", "driving_licence_back")
SMALL = (640, 480)


def found(library: Table, receipt: str = RECEIPT) -> Application:
    application = applications.find(library, receipt)
    assert application is not None
    return application


def clean_key(slot: str, ticket: str = TICKET) -> str:
    return f"clean/{RECEIPT}/{slot}-{ticket}.jpg"


def test_a_picture_is_kept_clean_and_the_original_deleted(library: Table) -> None:
    # GIVEN a phone's photo with position, camera and comment
    applied(library)
    send(RECEIPT, "card", document_photo(size=SMALL))
    # WHEN the sample tells of it
    assert handler(sample("images/picture"), context()) == ALL_DONE
    # THEN only a clean JPEG is left, and the slot counts (RULES 3)
    assert keys() == [clean_key("card")]
    data = client("s3").get_object(Bucket="images", Key=clean_key("card"))["Body"].read()
    assert CAMERA.encode() not in data
    assert COMMENT not in data
    picture = Image.open(BytesIO(data))
    assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (480, 640), {})
    assert found(library).slots["card"].status is SlotStatus.ACCEPTED
    assert found(library).status is ApplicationStatus.AWAITING_IMAGES


def test_the_last_picture_puts_the_application_on_the_desk(library: Table) -> None:
    applied(library)
    for slot in SLOTS:
        send(RECEIPT, slot)
    assert handler(sample("images/all_pictures"), context()) == ALL_DONE
    application = found(library)
    assert application.status is ApplicationStatus.SUBMITTED
    assert application.submitted_at == NOON + timedelta(minutes=5)
    assert application.expires_at is None
    assert [each.receipt_number for each in applications.page(library, ApplicationStatus.SUBMITTED, 10)[0]] == [RECEIPT]


def test_on_a_stack_that_travels_in_time_a_picture_comes_when_it_was_asked_for(
    library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a stack to which nobody tells when it is that a picture comes
    monkeypatch.setenv("TIME_TRAVEL", "true")
    settings.settings.cache_clear()
    # WHEN all pictures of an application have come THEN it is at the desk since the moment it was sent
    assert submitted(library).submitted_at == NOON
    # AND of one that was asked for again since then, so that it has waited for no days in between (RULES 4)
    later = NOON + timedelta(days=9)
    assert decide(now=later, decision="image_again", slots=["card"], reason="反射")[0] == 200
    before = found(library)
    library.write(applications.change(before, with_tickets(before, {"card": "again"})))
    send(RECEIPT, "card", ticket="again")
    look("card", ticket="again")
    assert found(library).submitted_at == later


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空でした"),
        (b"<html></html>", "JPEGかPNG"),
        (heic(), "HEIC"),
        (truncated_jpeg(SMALL), "途中で切れている"),
        (png_bomb(), "大きすぎます"),
        (b"\xff" * (POLICY.image_bytes + 1), "10MBまで"),
    ],
    ids=["empty", "page", "heic", "truncated", "bomb", "large"],
)
def test_an_unusable_picture_is_missing_again_with_its_reason(library: Table, data: bytes, words: str) -> None:
    applied(library)
    send(RECEIPT, "card", data)
    assert look("card") == ALL_DONE
    state = found(library).slots["card"]
    assert state.status is SlotStatus.AGAIN
    assert words in state.reason
    assert keys() == []


def test_a_polyglot_keeps_nothing_but_its_pixels(library: Table) -> None:
    applied(library)
    send(RECEIPT, "card", polyglot(SMALL))
    look("card")
    data = client("s3").get_object(Bucket="images", Key=clean_key("card"))["Body"].read()
    assert b"<script>" not in data
    assert b"PK\x03\x04" not in data


def test_news_that_come_twice_change_nothing(library: Table) -> None:
    # GIVEN one accepted and one unusable image, both originals deleted
    applied(library)
    send(RECEIPT, "card")
    send(RECEIPT, "driving_licence_front", b"x")
    look("card", "driving_licence_front")
    before = (found(library), keys())
    # WHEN the queue tells of them again, in another order
    assert look("driving_licence_front", "card") == ALL_DONE
    # THEN all is as it was
    assert (found(library), keys()) == before


def test_a_picture_with_an_older_ticket_leaves_nothing(library: Table) -> None:
    before = applied(library)
    library.write(applications.change(before, with_tickets(before, {"card": "newer"})))
    send(RECEIPT, "card")
    look("card")
    assert (found(library).slots["card"].status, keys()) == (SlotStatus.AWAITING, [])


@pytest.mark.parametrize("kind", [DecisionKind.REGISTER, DecisionKind.REFUSE])
def test_a_picture_after_the_decision_leaves_nothing(library: Table, kind: DecisionKind) -> None:
    before = applied(library)
    decision = Decision(kind, reason="理由", document=DocumentKind.DRIVING_LICENCE)
    library.write(applications.change(before, decided(before, decision, "staff-1", NOON, POLICY)))
    send(RECEIPT, "card")
    assert look("card") == ALL_DONE
    assert keys() == []
    assert found(library).decided_at == NOON


def test_a_decision_in_the_middle_of_looking_leaves_nothing(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN an application that is refused, its images deleted, while a late picture is being stored
    before, keep = applied(library), bucket.keep_clean
    decision = Decision(DecisionKind.REFUSE, reason="理由")

    def decided_meanwhile(*args: Any) -> bytes:
        bucket.delete_all(RECEIPT)
        library.write(applications.change(before, decided(before, decision, "staff-1", NOON, POLICY)))
        kept: bytes = keep(*args)
        return kept

    monkeypatch.setattr(bucket, "keep_clean", decided_meanwhile)
    send(RECEIPT, "card")
    assert look("card") == ALL_DONE
    assert (found(library).status, keys()) == (ApplicationStatus.REFUSED, [])


def clean_picture_of(slot: str) -> bytes:
    data: bytes = client("s3").get_object(Bucket="images", Key=clean_key(slot))["Body"].read()
    return data


def test_a_ticket_used_twice_puts_nothing_in_the_place_of_what_was_looked_at(
    library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN one ticket by which two pictures come, the second being looked at while the first one is stored
    applied(library)
    keep = bucket.keep_clean
    first, second = card_photo("10000001", size=SMALL), card_photo("20000002", size=SMALL)

    def another_meanwhile(upload: Any, jpeg: bytes) -> bytes:
        kept = keep(upload, jpeg)
        monkeypatch.setattr(bucket, "keep_clean", keep)
        send(RECEIPT, "card", second)
        look("card")
        return kept

    monkeypatch.setattr(bucket, "keep_clean", another_meanwhile)
    send(RECEIPT, "card", first)
    look("card")
    # THEN the first one lies there, and what is said of the card is said of it
    assert clean_picture_of("card") == clean_picture(first, POLICY).jpeg
    assert found(library).slots["card"].code == "10000001"
    # AND nothing that comes later by the ticket changes what staff have looked at and blacked out
    upload = bucket.Upload(RECEIPT, "card", TICKET)
    there = bucket.clean(upload)
    assert there
    bucket.replace_clean(upload, b"blacked out", there[1])
    send(RECEIPT, "card", second)
    look("card")
    assert bucket.keep_clean(upload, second) == clean_picture_of("card") == b"blacked out"


def test_two_pictures_at_the_same_moment_both_count(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN the second picture being looked at between reading and writing of the first
    applied(library, kind="change", card_number="10000001", documents=["driving_licence"])
    write = Table.write

    def meanwhile(table: Table, wanted: Any) -> None:
        monkeypatch.setattr(Table, "write", write)
        look("driving_licence_back")
        write(table, wanted)

    send(RECEIPT, "driving_licence_front")
    send(RECEIPT, "driving_licence_back")
    monkeypatch.setattr(Table, "write", meanwhile)
    look("driving_licence_front")
    assert found(library).status is ApplicationStatus.SUBMITTED


@pytest.mark.parametrize("step", ["sent", "keep_clean", "delete_sent"])
def test_a_crash_at_any_step_is_mended_by_the_next_try(
    library: Table, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    applied(library)
    send(RECEIPT, "card")
    send(RECEIPT, "driving_licence_front")
    real = getattr(bucket, step)

    def crash(upload: Any, *rest: Any) -> Any:
        done = real(upload, *rest)
        if upload.slot == "card":
            raise ConnectionError
        return done

    # WHEN one picture of a batch fails THEN it alone is told of again
    monkeypatch.setattr(bucket, step, crash)
    assert look("card", "driving_licence_front") == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    monkeypatch.setattr(bucket, step, real)
    assert look("card") == ALL_DONE
    assert sorted(keys()) == [clean_key("card"), clean_key("driving_licence_front")]
    assert found(library).slots["card"].status is SlotStatus.ACCEPTED


def test_the_test_event_and_strange_keys_are_taken_as_done() -> None:
    for name in ("test_event", "unknown_key"):
        assert handler(sample(f"images/{name}"), context()) == ALL_DONE


def test_the_key_is_decoded(library: Table) -> None:
    before = applied(library)
    library.write(applications.change(before, with_tickets(before, {"card": "sample ticket+1"})))
    send(RECEIPT, "card", ticket="sample ticket+1")
    assert handler(sample("images/encoded_key"), context()) == ALL_DONE
    assert found(library).slots["card"].status is SlotStatus.ACCEPTED


@pytest.mark.parametrize(("number", "match"), [("20100001", "match"), ("20100002", "mismatch"), (None, "unread")])
def test_the_bar_code_of_the_card_is_compared_for_staff_only(library: Table, number: str | None, match: str) -> None:
    # GIVEN a photo of a card with the number typed, with another one, or with no bar code at all
    applied(library)
    send(RECEIPT, "card", card_photo(number, size=(1600, 1200)) if number else document_photo(size=SMALL))
    send(RECEIPT, "driving_licence_front", card_photo("20100001", size=(1600, 1200)))
    # WHEN they are looked at THEN the card's slot says so, the document's does not, and either counts
    look("card", "driving_licence_front")
    slots = found(library).slots
    assert (slots["card"].barcode, slots["driving_licence_front"].barcode) == (match, None)
    assert {slots["card"].status, slots["driving_licence_front"].status} == {SlotStatus.ACCEPTED}


def test_an_application_that_is_gone_leaves_nothing(library: Table) -> None:
    send(RECEIPT, "card")
    assert look("card") == ALL_DONE
    assert keys() == []


def test_the_optional_back_may_come_when_staff_already_look(library: Table) -> None:
    applied(library, documents=["residence_record"])
    for slot in ("card", "residence_record_front", "residence_record_back"):
        send(RECEIPT, slot)
    look("card", "residence_record_front")
    assert found(library).status is ApplicationStatus.SUBMITTED
    look("residence_record_back")
    assert found(library).slots["residence_record_back"].status is SlotStatus.ACCEPTED
