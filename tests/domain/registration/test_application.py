"""An application from the form to the decision (RULES 1-5, 8, 41)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.registration.application import Application, ApplicationForm, SlotState, record_of
from lending.domain.registration.decision import Decision, decide_faults, decided, new_expiry, patron_changes
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.form import _TEXT_FIELDS, KNOWN_FIELDS, parse_form
from lending.domain.registration.kinds import (
    KINDS,
    ApplicationKind,
    ApplicationStatus,
    BarcodeMatch,
    DecisionKind,
    SlotStatus,
)
from lending.domain.registration.slots import (
    barcode_warning,
    missing_slots,
    open_application,
    slot_label,
    slot_note,
    slots_of,
    status_after_image,
    wants_image,
    with_card_number,
    with_image,
    with_tickets,
    without_image,
)
from lending.domain.registration.status import status_message
from tests.library import aomori, told

POLICY = aomori()
TODAY = date(2026, 6, 4)
NOW = datetime(2026, 6, 4, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
FORM = {
    "kind": "new",
    "card_number": "１２３４５６７８９０",
    "name": "青森 太郎",
    "kana": "あおもり たろう",
    "birth_date": "1980-04-01",
    "postal_code": "0300184",
    "address": "青森市荒川字藤戸119-7",
    "phone": "０１７－７２９－４３００",
    "email": "taro@example.com",
    "online_lending": True,
    "documents": ["driving_licence"],
}
LICENCE = ("driving_licence_front", "driving_licence_back")


def form(**values: object) -> ApplicationForm:
    read = parse_form({k: v for k, v in (FORM | values).items() if v is not ...}, POLICY, TODAY)
    assert isinstance(read, ApplicationForm), read
    return read


def faults(**values: object) -> set[tuple[str, str]]:
    read = parse_form({k: v for k, v in (FORM | values).items() if v is not ...}, POLICY, TODAY)
    assert isinstance(read, tuple), read
    assert all(fault.message for fault in read)
    return {(fault.field, fault.code) for fault in read}


def opened(**values: object) -> Application:
    return open_application(form(**values), "R1", "P1", "hash", NOW, POLICY)


def submitted(**values: object) -> Application:
    application = opened(**values)
    for slot in application.slots:
        application = with_image(application, slot, LATER, POLICY)
    return application


def decision_faults(application: Application, kind: str, **answers: Any) -> set[tuple[str, str]]:
    found = decide_faults(application, Decision(DecisionKind(kind), **answers), TODAY)
    return {(fault.field, fault.code) for fault in found}


# --- The form


def test_a_form_is_read_in_regular_words() -> None:
    """GIVEN a form as people type it WHEN read THEN every value is regular (RULES 1, 7)."""
    assert form() == ApplicationForm(
        kind=ApplicationKind.NEW,
        card_number="1234567890",
        name="青森 太郎",
        kana="アオモリ タロウ",
        birth_date=date(1980, 4, 1),
        postal_code="030-0184",
        address="青森市荒川字藤戸119-7",
        phone="017-729-4300",
        email="taro@example.com",
        online_lending=True,
        documents=(DocumentKind.DRIVING_LICENCE,),
    )


@pytest.mark.parametrize(
    ("documents", "read"),
    [
        ("driving_licence", ["driving_licence"]),
        ("my_number_card, other", ["my_number_card", "other"]),
        (["my_number_card", "my_number_card"], ["my_number_card"]),
        (("insurance_certificate",), ["insurance_certificate"]),
    ],
)
def test_documents_come_as_a_list_or_with_commas(documents: object, read: list[str]) -> None:
    assert list(form(documents=documents).documents) == read


@pytest.mark.parametrize(
    ("answer", "joins"),
    [(True, True), ("true", True), ("on", True), ("false", False), ("", False), (..., False), (False, False)],
)
def test_joining_comes_as_a_boolean_or_a_box(answer: object, joins: bool) -> None:
    assert form(online_lending=answer).online_lending is joins


def test_a_form_posts_values_one_by_one() -> None:
    """GIVEN every value as a list of one, as a form parser gives them WHEN read THEN it is the same form."""
    assert form(**{name: [str(value)] for name, value in FORM.items() if name != "documents"}) == form()


def test_every_fault_is_named_at_once() -> None:
    """GIVEN a form wrong in many ways WHEN read THEN one answer names them all."""
    found = faults(
        name="", kana="青森", birth_date="2030-01-01", postal_code="1", phone=..., email="taro＠example.com",
        card_number=1234567890, documents="passport", online_lending="maybe", role="desk",
    )  # fmt: skip
    assert found == {
        ("role", "unknown_field"),
        ("name", "missing_field"),
        ("kana", "kana"),
        ("birth_date", "in_future"),
        ("postal_code", "postal_code"),
        ("phone", "missing_field"),
        ("email", "full_width"),
        ("card_number", "not_text"),
        ("documents", "unknown_document"),
        ("online_lending", "not_a_choice"),
    }


@pytest.mark.parametrize(
    ("kind", "code"), [("card", "unknown_kind"), (..., "missing_field"), (["new", "new"], "unknown_kind")]
)
def test_without_a_kind_what_was_sent_is_still_checked(kind: object, code: str) -> None:
    assert faults(kind=kind, email="x", name="") == {("kind", code), ("email", "no_at")}


@pytest.mark.parametrize("kind", list(ApplicationKind))
def test_each_kind_asks_only_for_what_it_needs(kind: ApplicationKind) -> None:
    """GIVEN only what a kind requires WHEN read THEN it is enough, and each of it is needed (RULES 1)."""
    needed = {name: FORM[name] for name in KINDS[kind].required} | {"kind": kind, "documents": "my_number_card"}
    if kind is ApplicationKind.CHANGE:
        needed["phone"] = FORM["phone"]
    assert isinstance(parse_form(needed, POLICY, TODAY), ApplicationForm)
    for name in KINDS[kind].required:
        read = parse_form(needed | {name: " "}, POLICY, TODAY)
        assert isinstance(read, tuple)
        assert (name, "missing_field") in {(fault.field, fault.code) for fault in read}


@pytest.mark.parametrize("kind", list(ApplicationKind))
def test_what_a_kind_does_not_ask_for_is_not_kept(kind: ApplicationKind) -> None:
    """GIVEN all fields, good or bad, WHEN a kind asks for some THEN the others are empty afterwards (RULES 3, 41)."""
    asked = {*KINDS[kind].required, *KINDS[kind].optional}
    read = form(kind=kind, old_card_number="99999999", **({} if "address" in asked else {"address": "\x00"}))
    kept = {name for name in _TEXT_FIELDS if getattr(read, name)}
    assert kept == asked


def test_a_change_needs_something_to_change() -> None:
    """GIVEN a change of address WHEN nothing is changed THEN it says so; joining is enough (RULES 1)."""
    contact = dict.fromkeys(("postal_code", "address", "phone", "email"), "")
    assert faults(kind="change", online_lending=False, **contact) == {("address", "nothing_to_change")}
    assert form(kind="change", **contact).online_lending
    assert form(kind="change", **contact | {"email": "new@example.com"}).email == "new@example.com"


def test_an_address_comes_with_its_postal_code() -> None:
    assert faults(kind="change", postal_code="") == {("postal_code", "missing_field")}
    assert faults(kind="renewal", address="") == {("address", "missing_field")}


@pytest.mark.parametrize("documents", ["", [], ..., [None], [1], {"a": 1}])
def test_a_document_is_needed(documents: object) -> None:
    assert faults(documents=documents) == {("documents", "missing_field")}


def test_images_have_a_limit() -> None:
    """GIVEN a kit card and two documents of two sides WHEN read THEN five images are one too many (RULES 2)."""
    both = ["driving_licence", "insurance_certificate"]
    assert faults(documents=both) == {("documents", "too_many_images")}
    assert form(kind="change", documents=both)
    assert form(documents=["driving_licence", "my_number_card"])


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda v: st.lists(v, max_size=2) | st.dictionaries(st.text(), v),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(KNOWN_FIELDS)) | st.text(), json_values))
def test_nothing_that_is_sent_breaks_the_reading(values: dict[str, object]) -> None:
    """GIVEN any JSON object WHEN read THEN it has faults, each of which can be written in an answer."""
    read = parse_form(values, POLICY, TODAY)
    assert isinstance(read, tuple)
    assert all((fault.field + fault.message).encode() for fault in read)


# --- The images


@pytest.mark.parametrize(
    ("kind", "documents", "slots"),
    [
        ("new", ["driving_licence"], ["card", *LICENCE]),
        ("reissue", ["my_number_card"], ["card", "my_number_card_front"]),
        ("name_change", ["residence_record"], ["card", "residence_record_front", "residence_record_back"]),
        ("change", ["my_number_card"], ["my_number_card_front"]),
        ("renewal", ["insurance_certificate"], ["insurance_certificate_front", "insurance_certificate_back"]),
        ("password", ["other"], ["other_front", "other_back"]),
    ],
)
def test_slots_follow_kind_and_documents(kind: str, documents: list[str], slots: list[str]) -> None:
    """GIVEN a kind WHEN it has a kit THEN its card is photographed; a My-Number card has no back (RULES 1-3)."""
    assert list(slots_of(ApplicationKind(kind), map(DocumentKind, documents))) == slots
    assert list(opened(kind=kind, documents=documents).slots) == slots


def test_slots_are_called_by_what_a_person_sees_and_warned_of() -> None:
    assert told(slot_label("card")) == "利用者カード(名前を書いた面)"
    assert slot_label("driving_licence_back") == "運転免許証(裏)"
    assert slot_label("insurance_certificate_front") == "資格確認書(旧健康保険証)(表)"
    assert "隠して" in slot_note("insurance_certificate_front")
    assert "裏は、送らないで" in slot_note("my_number_card_front")
    assert slot_note("card") == slot_note("residence_record_front") == ""
    # What somebody decided about their organs is nobody's business here.
    donors = ("driving_licence_back", "my_number_card_front", "insurance_certificate_back")
    assert all("臓器提供の意思の欄は、紙などで隠して" in slot_note(slot) for slot in donors)


def test_the_last_image_submits_the_application() -> None:
    """GIVEN three slots WHEN the third image was looked at THEN, and not before, staff get it (RULES 2, 4)."""
    application = opened()
    assert missing_slots(application) == ("card", *LICENCE)
    for slot in ("driving_licence_back", "card"):
        application = with_image(application, slot, NOW, POLICY)
        assert application.status is ApplicationStatus.AWAITING_IMAGES
    application = with_image(application, "driving_licence_front", LATER, POLICY)
    assert application.status is ApplicationStatus.SUBMITTED
    assert application.submitted_at == LATER
    assert application.expires_at is None
    assert missing_slots(application) == ()


def test_an_unusable_image_is_missing_again_with_its_reason() -> None:
    """GIVEN an image that cannot be decoded WHEN looked at THEN its slot is missing, the applicant reads why."""
    application = without_image(opened(), "card", LATER, "画像が空でした。", POLICY)
    assert application.slots["card"] == SlotState(SlotStatus.AGAIN, reason="画像が空でした。", seen_at=LATER)
    assert "card" in missing_slots(application)
    assert "利用者カード(名前を書いた面): 画像が空でした。" in told(status_message(application, POLICY))
    application = with_image(application, "card", LATER, POLICY, ["A1234567890A"])
    number = application.card_number
    assert application.slots["card"] == SlotState(
        SlotStatus.ACCEPTED, seen_at=LATER, barcode=BarcodeMatch.MATCH, code=number
    )


def test_the_back_of_a_sheet_is_not_waited_for() -> None:
    """GIVEN a sheet of paper WHEN its front is there THEN staff get it; its back may still come, good or not."""
    application = with_tickets(opened(kind="change", documents="residence_record"), {"residence_record_back": "T"})
    application = with_image(application, "residence_record_front", NOW, POLICY)
    assert application.status is ApplicationStatus.SUBMITTED
    assert wants_image(application, "residence_record_back", "T")
    application = without_image(application, "residence_record_back", LATER, "壊れています。", POLICY)
    assert missing_slots(application) == ()
    assert application.status is ApplicationStatus.SUBMITTED
    assert application.submitted_at == NOW


def test_an_image_is_looked_at_once_and_with_its_own_ticket() -> None:
    """GIVEN events that come twice and late WHEN one arrives THEN only the awaited one is wanted."""
    application = with_tickets(opened(), {"card": "T2"})
    assert wants_image(application, "card", "T2")
    assert not wants_image(application, "card", "T1")
    assert not wants_image(application, "card", "")
    assert not wants_image(application, "my_number_card_back", "T2")
    assert not wants_image(with_image(application, "card", NOW, POLICY), "card", "T2")
    for status in (ApplicationStatus.REGISTERED, ApplicationStatus.REFUSED, ApplicationStatus.SUBMITTED):
        assert not wants_image(replace(application, status=status), "card", "T2")


def test_a_new_ticket_awaits_an_accepted_image_anew_and_keeps_a_reason() -> None:
    application = with_image(opened(), "card", NOW, POLICY)
    application = without_image(application, LICENCE[0], NOW, "なぜ", POLICY)
    application = with_tickets(application, {"card": "T1", LICENCE[0]: "T2", "unknown": "T3"})
    assert application.slots["card"].status is SlotStatus.AWAITING
    assert application.slots[LICENCE[0]] == SlotState(SlotStatus.AGAIN, "T2", "なぜ", NOW)
    assert list(application.slots) == ["card", *LICENCE]


@given(st.sampled_from(ApplicationStatus), st.lists(st.sampled_from(SlotStatus), min_size=3, max_size=3))
def test_a_status_only_moves_forward(status: ApplicationStatus, states: list[SlotStatus]) -> None:
    """GIVEN any state WHEN an image was looked at THEN only a complete, waiting application is submitted."""
    slots = {slot: SlotState(state) for slot, state in zip(("card", *LICENCE), states, strict=True)}
    after = status_after_image(status, slots)
    waiting = status in (ApplicationStatus.AWAITING_IMAGES, ApplicationStatus.IMAGE_AGAIN)
    complete = set(states) == {SlotStatus.ACCEPTED}
    assert after is (ApplicationStatus.SUBMITTED if waiting and complete else status)


@pytest.mark.parametrize(
    ("read", "match"),
    [
        (["A1234567890A"], "match"),
        (["*1234567890*"], "match"),
        (["https://example.com", "1234567890"], "match"),
        (["A1234567891A"], "mismatch"),
        ([], "unread"),
        (["no digits"], "unread"),
    ],
)
def test_the_bar_code_is_compared_with_the_number(read: list[str], match: str) -> None:
    application = with_image(replace(opened(), card_number="1234567890"), "card", NOW, POLICY, read)
    assert application.slots["card"].barcode == match
    # AND the applicant hears of another number at once, and only of that, and may go on all the same (RULES 5)
    assert application.slots["card"].status is SlotStatus.ACCEPTED
    warning = barcode_warning(application, "card")
    assert bool(warning) == (match == "mismatch") == ("1234567891" in told(status_message(application, POLICY)))


def test_a_corrected_number_is_compared_with_the_picture_anew() -> None:
    application = with_image(replace(opened(), card_number="1234567899"), "card", NOW, POLICY, ["A1234567890A"])
    corrected = with_card_number(application, "1234567890")
    assert (corrected.card_number, corrected.slots["card"].barcode) == ("1234567890", BarcodeMatch.MATCH)
    assert with_card_number(corrected, "1234567899") == application
    # AND a picture whose code nobody could read says nothing of either number
    unread = with_card_number(with_image(opened(), "card", NOW, POLICY, []), "1234567890")
    assert unread.slots["card"].barcode is BarcodeMatch.UNREAD


# --- Its life


def test_an_application_without_images_is_erased_and_one_at_the_desk_is_not() -> None:
    """GIVEN 30 days WHEN nothing comes THEN it may go; while staff have it never; refused after 30 days (RULES 41)."""
    assert opened().expires_at == NOW + timedelta(days=30)
    assert with_image(opened(), "card", LATER, POLICY).expires_at == LATER + timedelta(days=30)
    waiting = submitted()
    assert waiting.expires_at is None
    again = decided(waiting, Decision(DecisionKind.IMAGE_AGAIN, ("card",), "ぼけています"), "desk", LATER, POLICY)
    refused = decided(waiting, Decision(DecisionKind.REFUSE, reason="県外の方です"), "desk", LATER, POLICY)
    registered = decided(waiting, Decision(DecisionKind.REGISTER), "desk", LATER, POLICY)
    assert again.expires_at == refused.expires_at == LATER + timedelta(days=30)
    assert registered.expires_at is None


def test_the_record_of_a_registration_holds_nothing_personal() -> None:
    """GIVEN a registered application WHEN its record is kept THEN it says what was seen, by whom, when (RULES 3)."""
    decision = Decision(DecisionKind.REGISTER)
    record = record_of(decided(submitted(), decision, "desk-1", LATER, POLICY))
    seen = (record.checked_document, record.decided_by, record.decided_at)
    assert seen == (DocumentKind.DRIVING_LICENCE, "desk-1", LATER)
    text = repr(record)
    for name in ("name", "kana", "address", "postal_code", "phone", "email"):
        assert getattr(submitted(), name) not in text
    assert "1980" not in text


# --- The decision


def test_nobody_registers_while_images_are_missing() -> None:
    assert decision_faults(opened(), "register") == {("decision", "images_missing")}
    assert decision_faults(submitted(), "register") == set()


@pytest.mark.parametrize("masked", [True, False])
def test_masking_must_be_answered_for_an_insurance_document(masked: bool) -> None:
    """GIVEN an insurance document WHEN 「masked?」 is unanswered THEN nobody registers (RULES 3)."""
    application = submitted(documents="insurance_certificate")
    assert decision_faults(application, "register") == {("checked.masked", "masked_unanswered")}
    assert decision_faults(application, "register", masked=masked) == set()
    assert decision_faults(application, "refuse", reason="県外の方です") == set()
    assert decided(application, Decision(DecisionKind.REGISTER, masked=masked), "d", NOW, POLICY).masked is masked


def test_the_document_seen_is_one_that_was_sent() -> None:
    """GIVEN two documents WHEN registering THEN staff say which they saw; a single one goes without saying."""
    two = submitted(documents=["driving_licence", "my_number_card"])
    assert decision_faults(two, "register") == {("checked.document", "document_needed")}
    assert decision_faults(two, "register", document=DocumentKind.OTHER) == {("checked.document", "document_needed")}
    assert decision_faults(two, "register", document=DocumentKind.MY_NUMBER_CARD) == set()
    one = decided(submitted(), Decision(DecisionKind.REGISTER), "d", NOW, POLICY)
    assert one.checked_document is DocumentKind.DRIVING_LICENCE


def test_everything_in_the_way_of_registering_is_named_at_once() -> None:
    application = opened(documents=["insurance_certificate", "my_number_card"])
    assert decision_faults(application, "register", expires_on=TODAY - timedelta(days=1)) == {
        ("decision", "images_missing"),
        ("checked.document", "document_needed"),
        ("checked.masked", "masked_unanswered"),
        ("expires_on", "expires_in_past"),
    }


def test_asking_again_needs_slots_of_the_application_and_a_reason() -> None:
    assert decision_faults(submitted(), "image_again") == {("slots", "slots_needed"), ("reason", "missing_field")}
    wrong = decision_faults(submitted(), "image_again", slots=("my_number_card_back",), reason="不鮮明です")
    assert wrong == {("slots", "unknown_slot")}
    assert decision_faults(submitted(), "image_again", slots=("card",), reason="不鮮明です") == set()


def test_refusing_needs_a_reason() -> None:
    assert decision_faults(submitted(), "refuse", reason=" ") == {("reason", "missing_field")}
    assert decision_faults(opened(), "refuse", reason="県外の方です") == set()


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("status", [ApplicationStatus.REGISTERED, ApplicationStatus.REFUSED])
def test_a_decision_is_made_once(kind: DecisionKind, status: ApplicationStatus) -> None:
    decided = replace(submitted(), status=status)
    assert decision_faults(decided, kind) == {("decision", "already_decided")}


def test_asking_again_keeps_the_receipt_number_and_the_good_images() -> None:
    """GIVEN three images WHEN one is asked for again THEN only it is missing, then staff get it again (RULES 4)."""
    decision = Decision(DecisionKind.IMAGE_AGAIN, ("card",), " 名前が\n読めません ")
    again = decided(submitted(), decision, "desk", LATER, POLICY)
    assert (again.receipt_number, again.status) == ("R1", ApplicationStatus.IMAGE_AGAIN)
    assert missing_slots(again) == ("card",)
    assert told(status_message(again, POLICY)).endswith("・利用者カード(名前を書いた面): 名前が 読めません")
    assert again.decided_at is None
    back = with_image(again, "card", LATER, POLICY)
    assert back.status is ApplicationStatus.SUBMITTED
    assert back.slots["card"].reason == ""


def test_even_an_optional_image_is_missing_once_it_was_asked_for() -> None:
    application = submitted(kind="change", documents="other")
    again = decided(application, Decision(DecisionKind.IMAGE_AGAIN, ("other_back",), "裏も必要です"), "d", NOW, POLICY)
    assert missing_slots(again) == ("other_back",)
    assert missing_slots(without_image(again, "other_back", LATER, "壊れています", POLICY)) == ("other_back",)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("new", {"name", "kana", "birth_date", "postal_code", "address", "phone", "email", "online_lending"}),
        ("reissue", {"online_lending"}),
        ("name_change", {"name", "kana", "online_lending"}),
        ("change", {"postal_code", "address", "phone", "email", "online_lending"}),
        ("renewal", {"postal_code", "address", "phone", "email", "online_lending"}),
        ("password", {"online_lending"}),
    ],
)
def test_registering_changes_what_the_kind_is_about(kind: str, changed: set[str]) -> None:
    """GIVEN all fields WHEN registered THEN a re-issue moves nothing but the number (RULES 1)."""
    assert set(patron_changes(opened(kind=kind))) == changed
    assert "online_lending" not in patron_changes(opened(kind=kind, online_lending=False))


def test_what_was_left_open_is_not_changed() -> None:
    assert patron_changes(opened(kind="change", postal_code="", address="", email="", online_lending="")) == {
        "phone": "017-729-4300"
    }


def test_a_new_card_lives_for_the_policys_years() -> None:
    """GIVEN three years WHEN registered THEN new and renewed cards get them; others keep theirs (RULES 8)."""
    register = Decision(DecisionKind.REGISTER)
    for kind in ApplicationKind:
        expected = date(2029, 6, 4) if kind in ("new", "renewal") else None
        assert new_expiry(opened(kind=kind), register, TODAY, POLICY) == expected
    own = replace(register, expires_on=date(2027, 3, 31))
    assert new_expiry(opened(kind="change"), own, TODAY, POLICY) == date(2027, 3, 31)
    assert new_expiry(opened(), register, date(2028, 2, 29), POLICY) == date(2031, 2, 28)


@pytest.mark.parametrize("kind", list(ApplicationKind))
def test_every_status_has_a_message(kind: ApplicationKind) -> None:
    for status in ApplicationStatus:
        message = status_message(replace(submitted(kind=kind), status=status, reason="県外の方です"), POLICY)
        assert message.strip()
        assert ("県外の方です" in message) is (status is ApplicationStatus.REFUSED)


# --- A guardian


def test_a_child_applies_with_a_guardian() -> None:
    # GIVEN the day before the fifteenth birthday, and the day itself
    child, grown = "2011-06-05", "2011-06-04"
    assert faults(birth_date=child) == {("guardian", "missing_field")}
    assert faults(birth_date=child, guardian="青\u200b森") == {("guardian", "characters")}
    assert form(birth_date=child, guardian=" 青森　一郎 ").guardian == "青森 一郎"
    # THEN of who is old enough none is asked, and none is kept
    assert form(birth_date=grown, guardian="青森 一郎").guardian == ""
    # AND of no application is it kept after the registration
    opened_for_a_child = opened(birth_date=child, guardian="青森 一郎")
    assert patron_changes(opened_for_a_child)["guardian"] == "青森 一郎"
    assert record_of(opened_for_a_child).guardian == ""
    # AND the age is the library's to set
    read = parse_form(FORM | {"birth_date": grown}, aomori(guardian_below=18), TODAY)
    assert isinstance(read, tuple)
    assert [fault.field for fault in read] == ["guardian"]
