"""Images live as long as somebody may look at them: not a moment longer, and not a day shorter (RULES 3)."""

from typing import Any

import pytest

from functions.images.handler import handler as images
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.registration import applications
from lending.domain.registration.kinds import SlotStatus
from tests.handlers.applications import RECEIPT, TICKET, applied, decide, keys, kit, look, register, send, submitted
from tests.handlers.conftest import context, sample
from tests.handlers.registration.test_registration import uploads
from tests.handlers.registration.test_review_applications import crash, get, points, post

CARD = f"clean/{RECEIPT}/card-{TICKET}.jpg"
AGAIN: dict[str, Any] = {"decision": "image_again", "slots": ["card"], "reason": "裏面が写っています。"}


def told_by_the_stream() -> None:
    """The table's stream brings a change of the application."""
    images(sample("images/application_changed"), context())


def test_an_image_that_is_asked_for_again_is_gone_at_once(library: Table) -> None:
    # GIVEN a picture that shows what it must not WHEN staff ask for another
    submitted(library)
    assert decide(**AGAIN)[0] == 200
    # THEN nobody can see it any more, and the others are there
    assert CARD not in keys()
    assert len(keys()) == 2
    assert [image["slot"] for image in get(f"/applications/{RECEIPT}")[1]["images"]] == [
        "driving_licence_front", "driving_licence_back",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "after"), points(3))
def test_it_is_gone_whatever_is_cut_off(library: Table, number: int, after: bool) -> None:
    submitted(library)
    with crash(number, after=after):
        assert decide(**AGAIN)[0] == 500
    assert decide(**AGAIN)[0] == 200
    assert CARD not in keys()
    assert len(keys()) == 2


@pytest.mark.parametrize("decision", [AGAIN, {"decision": "refuse", "reason": "理由"}])
def test_it_is_gone_even_if_nobody_decides_again(library: Table, decision: dict[str, Any]) -> None:
    # GIVEN a decision that was cut off behind its transaction
    submitted(library)
    with crash(1, after=True):
        assert decide(**decision)[0] == 500
    assert CARD in keys()
    # WHEN the stream tells of it, twice and late THEN what nobody may see is deleted
    for _twice in range(2):
        told_by_the_stream()
    assert len(keys()) == (2 if decision is AGAIN else 0)


def test_a_decision_that_comes_again_leaves_the_new_picture(library: Table) -> None:
    # GIVEN an image that was sent anew
    submitted(library)
    decide(**AGAIN)
    uploads(RECEIPT, {"slots": ["card"]})
    application = applications.find(library, RECEIPT)
    assert application is not None
    ticket = application.slots["card"].ticket_id
    send(RECEIPT, "card", ticket=ticket)
    look("card", ticket=ticket)
    # WHEN the stream tells of the earlier change late THEN it is there
    told_by_the_stream()
    assert f"clean/{RECEIPT}/card-{ticket}.jpg" in keys()
    assert len(keys()) == 3


def test_images_go_with_an_application_that_time_has_erased(library: Table) -> None:
    # GIVEN an application that was never finished, erased by its time (RULES 41)
    application = applied(library)
    send(RECEIPT, "card")
    look("card")
    assert len(keys()) == 1
    found = applications.find(library, RECEIPT)
    assert found is not None
    library.write(applications.erasure(found))
    told_by_the_stream()
    assert keys() == []
    assert application.expires_at is not None


def test_nobody_registers_a_picture_that_is_gone(library: Table) -> None:
    # GIVEN an application whose picture was deleted by whatever went wrong (RULES 3)
    kit(library), submitted(library)
    client("s3").delete_object(Bucket="images", Key=CARD)
    # WHEN staff look THEN they are told; WHEN they register THEN that is refused, and nothing is written
    slots = {slot["slot"]: slot["gone"] for slot in get(f"/applications/{RECEIPT}")[1]["slots"]}
    assert slots == {"card": True, "driving_licence_front": False, "driving_licence_back": False}
    status, body = register()
    assert (status, body["code"]) == (409, "images_gone")
    assert "利用者カード" in body["detail"]
    # WHEN it has been asked for again and has come THEN they can
    assert decide(**AGAIN)[0] == 200
    ticket = uploads(RECEIPT, {})[1]["uploads"][0]["fields"]["key"].rsplit("/", 1)[1]
    send(RECEIPT, "card", ticket=ticket)
    look("card", ticket=ticket)
    assert register()[0] == 200


def test_pictures_can_be_blacked_out_wherever_staff_see_them(library: Table) -> None:
    # GIVEN applications that await an image, are at the desk, and were asked for one again
    part = {"rectangles": [{"left": 0, "top": 0, "right": 9, "bottom": 9}]}
    applied(library)
    send(RECEIPT, "driving_licence_front")
    look("driving_licence_front")
    submitted(library, "5000000005", "p-2")
    submitted(library, "6000000006", "p-3")
    decide("6000000006", **AGAIN)
    for receipt in (RECEIPT, "5000000005", "6000000006"):
        # THEN each picture that they see can be painted on, and no other
        _, seen = get(f"/applications/{receipt}")
        shown = {image["slot"] for image in seen["images"]}
        assert "driving_licence_front" in shown
        for slot in seen["slots"]:
            painted, _ = post(f"/applications/{receipt}/images/{slot['slot']}/blackout", part)
            assert painted == (204 if slot["slot"] in shown else 409)
            assert (slot["slot"] in shown) == (slot["status"] == SlotStatus.ACCEPTED)
