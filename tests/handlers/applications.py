"""Applications as tests of several functions start from them."""

import json
from datetime import datetime
from typing import Any

from PIL import Image

from functions.images.handler import handler as images
from functions.review.handler import handler as review
from infra.local.photos import png
from lending.actions.library import Library
from lending.actions.registration.apply import apply
from lending.aws.access_codes import access_code, code_hash
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.registration import applications, cards
from lending.domain.registration.application import Application, ApplicationForm
from lending.domain.registration.card import Card
from lending.domain.registration.form import parse_form
from tests.handlers.conftest import NOON, context, request, sample
from tests.library import aomori

RECEIPT = "4821773019"
KIT = "20100001"
POLICY = aomori()
TICKET = "sampleticket"


def form_of(**changes: Any) -> ApplicationForm:
    """The form of the sample, with changes; None leaves a field out."""
    values = json.loads(sample("registration/apply")["body"]) | changes
    form = parse_form({name: value for name, value in values.items() if value is not None}, POLICY, NOON.date())
    assert isinstance(form, ApplicationForm), form
    return form


def applied(library: Table, receipt: str = RECEIPT, patron_id: str = "p-new", **changes: Any) -> Application:
    """An application that awaits its images; every slot has the same ticket."""
    hashed = code_hash(receipt, access_code(receipt))
    return apply(Library(library, POLICY, NOON), form_of(**changes), receipt, patron_id, hashed, lambda: TICKET)


def submitted(library: Table, receipt: str = RECEIPT, patron_id: str = "p-new", **changes: Any) -> Application:
    """An application whose images have been looked at; its kit card is known."""
    application = applied(library, receipt, patron_id, **changes)
    for slot in application.slots:
        send(receipt, slot)
    look(*application.slots, receipt=receipt)
    found = applications.find(library, receipt)
    assert found is not None
    return found


def kit(library: Table, number: str = KIT) -> Card:
    """A blank kit card."""
    card = Card(number, facility="1")
    library.write(cards.addition(card))
    return card


def send(receipt: str, slot: str, data: bytes | None = None, ticket: str = TICKET) -> None:
    """An image is uploaded."""
    data = png(Image.new("RGB", (80, 60), "white")) if data is None else data
    client("s3").put_object(Bucket="images", Key=f"intake/{receipt}/{slot}/{ticket}", Body=data)


def look(*slots: str, receipt: str = RECEIPT, ticket: str = TICKET) -> Any:
    """The queue tells of images, one message each."""
    event = sample("images/picture")
    (first,) = event["Records"]
    bodies = [first["body"].replace(f"{RECEIPT}/card/{TICKET}", f"{receipt}/{slot}/{ticket}") for slot in slots]
    event["Records"] = [first | {"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    return images(event, context())


def keys() -> list[str]:
    """Everything in the bucket."""
    return [item["Key"] for item in client("s3").list_objects_v2(Bucket="images").get("Contents", [])]


def decide(receipt: str = RECEIPT, now: datetime = NOON, **decision: Any) -> tuple[int, dict[str, Any]]:
    """Staff decide: status and body of the answer."""
    path = f"/api/desk/applications/{receipt}/decision"
    answered = review(request("POST", path, body=decision, group="desk", user="staff-1", now=now), context())
    return answered["statusCode"], json.loads(answered["body"])


def register(receipt: str = RECEIPT, document: str = "driving_licence", **more: Any) -> tuple[int, dict[str, Any]]:
    """Staff register."""
    return decide(receipt, decision="register", checked={"document": document}, **more)
