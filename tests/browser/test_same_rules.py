"""The pages check what people type by the rules of the domain, in its words; and scale photos down as they promise."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from infra.local.photos import CAMERA, card_photo
from infra.local.stack import Stack
from lending.domain import form_fields
from lending.domain.form_fields import FieldFault
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.form import KNOWN_FIELDS
from lending.domain.registration.kinds import KINDS, ApplicationKind
from lending.domain.registration.slots import document_of, is_optional, slot_label, slot_note, slots_of
from tests.browser.conftest import PATIENCE_MS
from tests.library import told

pytestmark = pytest.mark.browser

TODAY = datetime.now(UTC).date()
TYPED: dict[str, list[str]] = {
    "card_number": [
        "20100001", "２０１０ ０００１", "2010-0001", "20100001A", "12345", "123456789012345", "ー１２３４５６",
    ],
    "name": ["青森 太郎", "　青森　　太郎 ", "髙橋 﨑", "青" * 60, "青" * 61, "青\u200b森", "\u0007"],
    "kana": [
        "アオモリ タロウ", "あおもり　たろう", "ｱｵﾓﾘ ﾀﾛｳ", "ア-ト", "アオモリ 太郎", "Aomori", "ヴァ・ヶ", "ア" * 80,
        "ア" * 81, "一二三四", "ゝゞ",
    ],
    "birth_date": [
        "1980-04-01", "1980-4-1", "2023-02-29", "2024-02-29", "2999-01-01", "1850-01-01", "-04-01", "0000-01-01",
    ],
    "postal_code": ["030-0184", "0300184", "０３０ー０１８４", "〒030-0184", "030-018", "abc"],
    "phone": [
        "017-729-4300", "0177294300", "０１７ー７２９ー４３００", "(017)729-4300", "+81-17-729-4300",
        "+81 90 1234 5678", "090 1234 5678", "17-729-4300", "017-729-430", "でんわ",
    ],
    "address": ["青森県青森市荒川字藤戸119-7", "青森県\n青森市", "あ" * 200, "あ" * 201],
    "email": [
        "taro@example.jp", " Taro@EXAMPLE.jp ", "taro＠example.jp", "taro@example,jp", "taro@example。jp",
        "taro.example.jp", "ta@ro@example.jp", "太郎@example.jp", "ta ro@example.jp", "taro@example",
        "taro@-example.jp", "a..b.@example.ne.jp", "t(a)ro@example.jp", "ｔａｒｏ@ｅｘａｍｐｌｅ.jp",
        "taro@exa_mple.jp", "@", "taro、@example.jp", "t\u200baro@example.jp", "a" * 65 + "@example.jp",
        "a@" + "b" * 255,
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A page whose modules can be called."""
    context = browser.new_context(base_url=stack.outputs["SiteUrl"])
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto("/status.html")
    yield page
    context.close()


def ours(field: str, text: str) -> dict[str, str]:
    """What the domain answers, in the form the module has."""
    if field == "birth_date":
        answer: Any = form_fields.check_birth_date(text, TODAY)
    else:
        named = {"email": "mail_address"}.get(field, field)
        answer = getattr(form_fields, f"check_{named}")(text)
    if isinstance(answer, FieldFault):
        return {"fault": told(answer.message)}
    return {"value": answer.isoformat() if isinstance(answer, date) else answer}


@pytest.mark.parametrize("field", TYPED)
def test_a_field_is_checked_like_the_domain_checks_it(page: Page, field: str) -> None:
    asked = [[field, text] for text in TYPED[field]]
    script = """async (asked) => {
      const { check } = await import("/js/checks.js");
      return asked.map(([field, text]) => check(field, text, true));
    }"""
    theirs = dict(zip(TYPED[field], page.evaluate(script, asked), strict=True))
    assert theirs == {text: ours(field, text) for text in TYPED[field]}


def test_a_kind_asks_for_what_the_domain_asks_for(page: Page) -> None:
    theirs = page.evaluate(
        """async (names) => {
          const { KINDS, asks, needs } = await import("/js/kinds.js");
          const fields = (kind, test) => names.filter((name) => test(kind, name));
          return Object.keys(KINDS).map((kind) => [kind, fields(kind, asks), fields(kind, needs)]);
        }""",
        sorted(KNOWN_FIELDS - {"guardian"}),
    )
    assert theirs == [
        [name, sorted({*kind.required, *kind.optional}), sorted(kind.required)] for name, kind in KINDS.items()
    ]


def test_the_photos_are_those_of_the_domain(page: Page) -> None:
    theirs = page.evaluate(
        """async ([kinds, documents]) => {
          const { slotsOf, slotLabel, slotNote, documentOf, isOptional } = await import("/js/kinds.js");
          const shown = (slot) => [slot, slotLabel(slot), slotNote(slot), documentOf(slot), isOptional(slot)];
          return kinds.map((kind) => slotsOf(kind, documents).map(shown));
        }""",
        [list(ApplicationKind), list(DocumentKind)],
    )
    for kind, slots in zip(ApplicationKind, theirs, strict=True):
        named = slots_of(kind, DocumentKind)
        assert slots == [
            [slot, told(slot_label(slot)), slot_note(slot), document_of(slot), is_optional(slot)] for slot in named
        ]


def test_a_photo_is_sent_upright_smaller_and_without_where_it_was_taken(page: Page) -> None:
    # GIVEN a phone's photo: 4032 x 3024, lying on its side, with camera and position
    photo = card_photo("20100001")
    assert CAMERA.encode() in photo
    # WHEN the page prepares it
    script = """async (text) => {
      const { shrinkImage } = await import("/js/shrink-image.js");
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      const scaled = await shrinkImage(new File([bytes], "photo.jpg", { type: "image/jpeg" }), 10 * 1024 * 1024);
      return btoa(Array.from(new Uint8Array(await scaled.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
    }"""
    sent = b64decode(page.evaluate(script, b64encode(photo).decode()))
    # THEN it is upright, at most 2000 pixels long, and says nothing but what it shows
    picture = Image.open(BytesIO(sent))
    assert (picture.format, picture.size) == ("JPEG", (1500, 2000))
    assert not picture.getexif()
    assert CAMERA.encode() not in sent
    assert len(sent) < len(photo)


def test_the_years_of_the_eras(page: Page) -> None:
    asked = [
        ["ad", "1978"],
        ["showa", "５３"],
        ["showa", "64"],
        ["showa", "65"],
        ["heisei", "元"],
        ["reiwa", "1"],
        ["taisho", "0"],
    ]
    script = """async (asked) => {
      const { christianYear } = await import("/js/eras.js");
      return asked.map(([era, year]) => christianYear(era, year));
    }"""
    assert json.dumps(page.evaluate(script, asked)) == json.dumps(["1978", "1978", "1989", "", "1989", "2019", ""])
