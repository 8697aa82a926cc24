"""What SES tells, what it makes of a mail, and what staff learn from it (RULES 38, 39; A15)."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.mail import STATE_LABELS, MailState, moved
from lending.domain.mail_events import (
    CAUSE_LABELS,
    BounceCause,
    Diagnosis,
    EventKind,
    MailEvent,
    Recipient,
    bare_address,
    classify,
    explanation,
    from_sns,
    parse,
)

SAMPLES = Path(__file__).parents[2] / "events" / "bounces"
WRONG, REFUSED, FULL, FORWARDING, UNKNOWN = BounceCause
HANAKO = "hanako@example.jp"

# Each sample: its kind and what it makes of the mail; for those staff hear of, cause and whether it is permanent.
READABLE = {
    "bounce_permanent_general": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_no_email": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_suppressed": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_on_account_suppression_list": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_domain_refused": (EventKind.BOUNCE, MailState.BOUNCED, REFUSED, True),
    "bounce_transient_general": (EventKind.BOUNCE, MailState.BOUNCED, UNKNOWN, False),
    "bounce_transient_mailbox_full": (EventKind.BOUNCE, MailState.BOUNCED, FULL, False),
    "bounce_transient_message_too_large": (EventKind.BOUNCE, MailState.BOUNCED, FULL, False),
    "bounce_transient_content_rejected": (EventKind.BOUNCE, MailState.BOUNCED, REFUSED, False),
    "bounce_transient_attachment_rejected": (EventKind.BOUNCE, MailState.BOUNCED, REFUSED, False),
    "bounce_undetermined": (EventKind.BOUNCE, MailState.BOUNCED, UNKNOWN, False),
    "bounce_auto_reply": (EventKind.BOUNCE, MailState.BOUNCED, UNKNOWN, False),
    "bounce_unknown_subtype": (EventKind.BOUNCE, MailState.BOUNCED, UNKNOWN, True),
    "bounce_unknown_fields": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_forwarding": (EventKind.BOUNCE, MailState.BOUNCED, FORWARDING, True),
    "bounce_several_recipients": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "old_bounce_with_dsn": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "old_bounce_without_dsn": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "complaint": (EventKind.COMPLAINT, MailState.COMPLAINED, REFUSED, True),
    "complaint_on_account_suppression_list": (EventKind.COMPLAINT, MailState.COMPLAINED, REFUSED, True),
    "old_complaint_with_feedback": (EventKind.COMPLAINT, MailState.COMPLAINED, REFUSED, True),
    "old_complaint_without_feedback": (EventKind.COMPLAINT, MailState.COMPLAINED, REFUSED, True),
    "reject": (EventKind.REJECT, MailState.REJECTED, UNKNOWN, False),
    "send": (EventKind.SEND, MailState.SENT, None, None),
    "delivery": (EventKind.DELIVERY, MailState.DELIVERED, None, None),
    "old_delivery": (EventKind.DELIVERY, MailState.DELIVERED, None, None),
    "delivery_delay": (EventKind.DELIVERY_DELAY, MailState.DELAYED, None, None),
    "complaint_not_spam": (EventKind.OTHER, None, None, None),
    "open": (EventKind.OTHER, None, None, None),
    "rendering_failure": (EventKind.OTHER, None, None, None),
    "subscription": (EventKind.OTHER, None, None, None),
    "unknown_type": (EventKind.OTHER, None, None, None),
    "old_topic_subscribed": (EventKind.OTHER, None, None, None),
    "topic_validated": (EventKind.OTHER, None, None, None),
}
MALFORMED = [
    "malformed_not_json",
    "malformed_no_type",
    "malformed_no_bounce",
    "malformed_no_message_id",
    "malformed_no_address",
]


def bodies(sample: str) -> list[str]:
    records = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))["Records"]
    return [record["body"] for record in records]


def bounced(
    status: str = "",
    diagnostic: str = "",
    kind: tuple[str, str] = ("Permanent", "General"),
    address: str = HANAKO,
) -> Diagnosis:
    recipient = Recipient(address, status, diagnostic, "failed")
    event = MailEvent("m", EventKind.BOUNCE, (recipient,), *kind, addressed_to=(HANAKO,))
    return classify(event, recipient)


def an_event(**changes: object) -> dict:
    mail = {"messageId": "m1", "timestamp": "2026-06-06T00:00:01.000Z", "destination": [HANAKO]}
    bounce = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": HANAKO}],
        "timestamp": "2026-06-06T00:00:05.000Z",
    }
    return {"eventType": "Bounce", "mail": mail, "bounce": bounce} | changes


def test_every_sample_is_tested():
    named = {*READABLE, *MALFORMED, "batch_with_malformed"}
    assert {path.stem for path in SAMPLES.glob("*.json")} == named


@pytest.mark.parametrize("sample", READABLE)
def test_a_sample_event_is_read(sample):
    # GIVEN an event as SQS hands it over, in either of SES's formats
    kind, state, cause, permanent = READABLE[sample]
    event = from_sns(bodies(sample)[0])
    # THEN it moves its mail as it should, and tells staff what they need (RULES 38, 39)
    assert (event.kind, event.moves_to, event.asks_for_contact) == (kind, state, cause is not None)
    if state:
        assert event.message_id.endswith("-000000")
        assert event.at is not None
        assert event.at.utcoffset() is not None
    if cause:
        diagnosis = classify(event, event.recipients[0])
        assert (diagnosis.cause, diagnosis.permanent) == (cause, permanent)


@pytest.mark.parametrize("sample", MALFORMED)
def test_a_malformed_event_is_refused(sample):
    # THEN it is an error, so that SQS brings it to the dead letters
    with pytest.raises(ValueError, match=r"."):
        from_sns(bodies(sample)[0])


def test_a_malformed_event_hurts_no_other_of_its_batch():
    delivery, malformed, bounce = bodies("batch_with_malformed")
    assert from_sns(delivery).kind is EventKind.DELIVERY
    with pytest.raises(ValueError, match="not JSON"):
        from_sns(malformed)
    assert from_sns(bounce).kind is EventKind.BOUNCE


@pytest.mark.parametrize(
    "changes",
    [
        {"eventType": None},
        {"mail": None},
        {"mail": ["m1"]},
        {"bounce": "Permanent"},
        {"mail": {"messageId": "", "timestamp": "2026-06-06T00:00:01Z"}},
        {"mail": {"messageId": "m1", "destination": "hanako@example.jp", "timestamp": "2026-06-06T00:00:01Z"}},
        {"bounce": {"bouncedRecipients": {}}},
        {"bounce": {"bouncedRecipients": [7]}},
        {"bounce": {"timestamp": "yesterday"}},
        {"bounce": {"timestamp": "2026-06-06T00:00:01"}},
    ],
)
def test_what_is_not_an_event_is_refused(changes):
    with pytest.raises(ValueError, match=r"."):
        parse(an_event(**changes))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["eventType", "mail", "bounce", "messageId", "destination", "Type", "Message"]) | st.text(), s
)))  # fmt: skip
def test_nonsense_is_a_value_error_and_nothing_else(nonsense):
    # GIVEN any JSON THEN it is read, or refused in the one way the function expects
    try:
        from_sns(json.dumps(nonsense))
    except ValueError:
        return


def test_the_bare_event_is_read_as_well():
    # GIVEN a subscription with raw message delivery THEN the body is the event itself
    assert from_sns(json.dumps(an_event())) == parse(an_event())


def test_an_event_keeps_what_the_function_needs():
    event = from_sns(bodies("bounce_permanent_general")[0])
    assert event.recipients[0].address == HANAKO
    assert event.recipients[0].status == "5.1.1"
    assert event.recipients[0].action == "failed"
    assert "User unknown" in event.recipients[0].diagnostic
    assert (event.type, event.subtype) == ("Permanent", "General")
    assert event.at == datetime(2026, 6, 6, 0, 0, 5, tzinfo=UTC)
    assert event.addressed_to == (HANAKO,)
    assert event.tags["ses:configuration-set"] == "mail"


def test_each_recipient_has_a_cause_of_its_own():
    # GIVEN one event with two recipients (RULES 39)
    event = from_sns(bodies("bounce_several_recipients")[0])
    assert [(r.address, classify(event, r).cause) for r in event.recipients] == [
        ("hanako@example.jp", WRONG),
        ("taro@example.com", REFUSED),
    ]


@pytest.mark.parametrize("sample", ["bounce_undetermined", "reject", "send"])
def test_an_event_that_names_no_one_concerns_whom_the_mail_was_sent_to(sample):
    # THEN nothing is lost (RULES 39)
    assert [recipient.address for recipient in from_sns(bodies(sample)[0]).recipients] == [HANAKO]


def test_a_moment_missing_in_the_part_is_that_of_the_mail():
    part = {"bounceType": "Permanent", "bounceSubType": "General"}
    assert parse(an_event(bounce=part)).at == datetime(2026, 6, 6, 0, 0, 1, tzinfo=UTC)


# --- What a bounce means -------------------------------------------------------------------------------------------

PROVIDERS = [
    # docomo
    ("5.5.0", "smtp; 550 Unknown user hanako@docomo.ne.jp", WRONG),
    ("5.1.1", "smtp; 550 Unknown user hanako@docomo.ne.jp (in reply to RCPT TO command)", WRONG),
    ("5.0.0", "smtp; 550 Unknown user hanako@docomo.ne.jp (in reply to end of DATA command)", REFUSED),
    ("5.2.0", "smtp; 550 Unknown user hanako@docomo.ne.jp", REFUSED),
    ("5.5.0", "smtp; 552 Too much mail data hanako@docomo.ne.jp", FULL),
    # au
    ("5.1.1", "smtp; 550 <hanako@ezweb.ne.jp>: User unknown", WRONG),
    ("5.0.0", "smtp; 550 <hanako@au.com>: User unknown (in reply to end of DATA command)", REFUSED),
    ("5.0.0", "smtp; 554 <hanako@au.example>: Relay access denied", WRONG),
    ("", "The user(s) account is temporarily over quota.", FULL),
    # SoftBank, Y!mobile
    ("5.0.0", "smtp; 550 Invalid recipient: <hanako@softbank.ne.jp>", WRONG),
    ("5.0.0", "smtp; 553 plib.example.jp does not exist", REFUSED),
    (
        "",
        "smtp; 552 We failed to deliver mail because the volume of recipient's mailbox exceeded the local limit.",
        FULL,
    ),
    # Gmail
    (
        "5.1.1",
        "smtp; 550-5.1.1 The email account that you tried to\n550-5.1.1 reach does not exist. Please try\n550 5.1.1 x",
        WRONG,
    ),
    ("", "smtp; 550-5.2.1 The email account that you tried to reach is disabled.", WRONG),
    ("4.2.2", "smtp; 452-4.2.2 The email account that you tried to reach is over quota.", FULL),
    ("5.2.2", "smtp; 552-5.2.2 The recipient's inbox is out of storage space and inactive.", FULL),
    ("5.7.1", "smtp; 550-5.7.1 [192.0.2.1] this message is likely unsolicited mail. To reduce spam sent", REFUSED),
    ("5.7.26", "smtp; 550-5.7.26 This mail is unauthenticated, which poses a security risk", REFUSED),
    ("4.2.1", "smtp; 450-4.2.1 The user you are trying to contact is receiving mail too quickly", UNKNOWN),
    # Yahoo! JAPAN
    (
        "5.0.0",
        "smtp; 554 delivery error: dd This user doesn't have a yahoo.co.jp account (x) [-5] - mta.example.jp",
        WRONG,
    ),
    (
        "5.0.0",
        "smtp; 554 delivery error: dd Sorry, your message to hanako cannot be delivered. This mailbox is full",
        FULL,
    ),
    ("5.7.9", "smtp; 550 5.7.9 This mail has been blocked because the sender is unauthenticated.", REFUSED),
    # Outlook.com, Exchange
    ("5.5.0", "smtp; 550 5.5.0 Requested action not taken: mailbox unavailable", WRONG),
    (
        "5.7.1",
        "smtp; 550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent; it is on our block list",
        REFUSED,
    ),
    ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", WRONG),
    ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", WRONG),
    ("5.2.2", "smtp; 554 5.2.2 mailbox full; STOREDRV.Deliver; QuotaExceededException", FULL),
    ("5.7.133", "smtp; 550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", REFUSED),
    ("5.7.1", "smtp; 550 5.7.1 Unable to relay", WRONG),
    ("5.4.14", "smtp; 554 5.4.14 Hop count exceeded - possible mail loop ATTR34", FORWARDING),
    ("5.7.520", "smtp; 550 5.7.520 Access denied, Your organization does not allow external forwarding.", FORWARDING),
    # Postfix, qmail, and others
    ("5.1.1", "smtp; 550 5.1.1 <x>: Recipient address rejected: User unknown in virtual mailbox table", WRONG),
    ("5.7.1", "smtp; 550 5.7.1 <x>: Recipient address rejected: Unknown user", WRONG),
    ("5.7.1", "smtp; 554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied", REFUSED),
    ("5.1.8", "smtp; 550 5.1.8 <online@plib.example.jp>: Sender address rejected: Domain not found", REFUSED),
    ("5.2.2", "smtp; 452 4.2.2 <x>: Quota exceeded (mailbox for user is full)", FULL),
    ("5.1.1", "<y@example.com> (expanded from <hanako@example.jp>): host mx said: 550 5.1.1 user unknown", FORWARDING),
    ("5.4.6", "smtp; 554 5.4.6 Too many hops", FORWARDING),
    ("", "Sorry, no mailbox here by that name. (#5.1.1)", WRONG),
    ("", "Recipient's mailbox is full, message returned to sender. (#5.2.2)", FULL),
    ("5.1.2", "smtp; 550 Host unknown", WRONG),
    ("5.4.4", "smtp; 550 5.4.4 Host or domain name not found", WRONG),
    ("4.7.1", "smtp; 450 4.7.1 Greylisted, see the policy", UNKNOWN),
    ("4.4.1", "smtp; connect to mx.example.jp: Connection refused", UNKNOWN),
    # Words alone
    ("", "mail forwarding loop for hanako", FORWARDING),
    ("", "554 too many hops, this message is looping", FORWARDING),
    ("", "STOREDRV.Deliver.Exception:QuotaExceededException", FULL),
    ("", "user is over quota", FULL),
    ("", "disk quota exceeded", FULL),
    ("", "550 RESOLVER.RST.NotAuthorized", REFUSED),
    ("", "550 RESOLVER.ADR.RecipNotFound", WRONG),
    ("", "550 https://support.example.com/?p=NoSuchUser", WRONG),
    ("", "550 this account is disabled", WRONG),
    ("", "550 lookup success but no user record found", WRONG),
    ("", "550 user not found", WRONG),
    ("", "no mailbox here by that name", WRONG),
    ("", "host unknown", WRONG),
    ("", "451 too many messages, against our policy", UNKNOWN),
    ("", "likely unsolicited mail", REFUSED),
    ("", "banned sending IP", REFUSED),
    ("", "554 message not accepted", REFUSED),
    ("", "looks like spam", REFUSED),
    ("", "access denied", REFUSED),
    # No words one knows: the status, also the one within the words
    ("5.1.1", "smtp; 550 nope", WRONG),
    ("5.1.7", "smtp; 550 nope", REFUSED),
    ("5.2.1", "smtp; 550 nope", WRONG),
    ("5.2.2", "smtp; 550 nope", FULL),
    ("5.3.4", "smtp; 552 nope", FULL),
    ("5.4.6", "smtp; 550 nope", FORWARDING),
    ("5.7.1", "smtp; 550 nope", REFUSED),
    ("5.0.0", "smtp; 550 5.2.2 nope", FULL),
    ("", "smtp; 550 #5.7.1 nope", REFUSED),
    ("5.0.0", "nope (#5.4.6)", FORWARDING),
    # Nothing known at all
    ("5.9.9", "smtp; 550 nope", UNKNOWN),
]


@pytest.mark.parametrize(("status", "diagnostic", "cause"), PROVIDERS)
def test_the_cause_is_told_from_the_words_of_the_other_side(status, diagnostic, cause):
    # GIVEN what a carrier or provider answers, where SES's own subtype says nothing
    # WHEN asked for the cause THEN it is one of the FAQ's (RULES 39, A15)
    assert bounced(status, diagnostic, ("Undetermined", "Undetermined")).cause is cause


@pytest.mark.parametrize("address", ["hanako@docomo.ne.jp", "hanako@ezweb.ne.jp", "hanako@au.com"])
def test_a_carriers_unknown_user_may_be_its_filter(address):
    # GIVEN a carrier that says the same for an unknown user and for a refused domain (A15)
    words = f"550 Unknown user {address}" if "docomo" in address else f"550 <{address}>: User unknown"
    diagnosis = bounced("5.1.1", f"smtp; {words}")
    # THEN staff hear of both
    assert (diagnosis.cause, diagnosis.also) == (WRONG, REFUSED)
    text = explanation(diagnosis, "plib.example.jp")
    assert "スペル" in text
    assert "@plib.example.jp からのメールを受信できる設定" in text


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (("Permanent", "General"), WRONG),
        (("Permanent", "NoEmail"), WRONG),
        (("Permanent", "Suppressed"), WRONG),
        (("Permanent", "OnAccountSuppressionList"), WRONG),
        (("Transient", "General"), UNKNOWN),
        (("Transient", "MailboxFull"), FULL),
        (("Transient", "MessageTooLarge"), FULL),
        (("Transient", "ContentRejected"), REFUSED),
        (("Transient", "AttachmentRejected"), REFUSED),
        (("Undetermined", "Undetermined"), UNKNOWN),
        (("Transient", "NeverHeardOf"), UNKNOWN),
        (("", ""), UNKNOWN),
    ],
)
def test_without_words_the_subtype_tells(kind, cause):
    assert bounced(kind=kind).cause is cause


def test_only_a_hard_bounce_is_permanent():
    # GIVEN the same words (RULES 39)
    words = ("5.1.1", "smtp; 550 5.1.1 user unknown")
    assert bounced(*words, kind=("Permanent", "General")).permanent
    assert not bounced(*words, kind=("Transient", "General")).permanent
    assert not bounced(*words, kind=("Undetermined", "Undetermined")).permanent


def test_a_full_mailbox_is_never_permanent():
    # GIVEN a hard bounce with 5.2.2 THEN the address is right and gets mail again once there is room
    assert not bounced("5.2.2", "smtp; 552 5.2.2 mailbox full", ("Permanent", "General")).permanent


def test_a_bounce_from_an_address_never_addressed_is_a_forwarding():
    # GIVEN a mail to one address that comes back from another (RULES 39, A15)
    assert bounced("5.1.1", "smtp; 550 5.1.1 user unknown", address="other@example.com").cause is FORWARDING
    # THEN also when that other one is full, or suppressed
    assert bounced("5.2.2", "smtp; 552 mailbox full", address="other@example.com").cause is FORWARDING
    assert bounced(kind=("Permanent", "Suppressed"), address="other@example.com").cause is FORWARDING


@pytest.mark.parametrize("written", ["Hanako@Example.JP", "花子 <hanako@example.jp>", '"H, N" <HANAKO@example.jp> '])
def test_another_way_to_write_an_address_is_no_forwarding(written):
    event = parse(an_event(mail=an_event()["mail"] | {"destination": [written]}))
    assert classify(event, event.recipients[0]).cause is WRONG


def test_without_a_destination_nothing_is_called_a_forwarding():
    event = parse(an_event(mail={"messageId": "m1", "timestamp": "2026-06-06T00:00:01Z"}))
    assert classify(event, event.recipients[0]).cause is WRONG


@pytest.mark.parametrize("address", ["a..b@docomo.ne.jp", ".ab.@ezweb.ne.jp", "x_-@example.jp"])
def test_addresses_no_standard_allows_stay_whole(address):
    # Carriers once gave such addresses out
    assert bare_address(address) == address


@pytest.mark.parametrize("subtype", ["Suppressed", "OnAccountSuppressionList"])
def test_a_suppressed_address_is_told_as_such(subtype):
    # GIVEN an address SES no longer even tries, be it for a bounce or a complaint
    assert bounced(kind=("Permanent", subtype)).suppressed
    complaint = MailEvent("m", EventKind.COMPLAINT, (Recipient(HANAKO),), "", subtype)
    assert classify(complaint, complaint.recipients[0]).suppressed
    # THEN staff know that it goes on once put right
    assert "送信を停止しています" in explanation(bounced(kind=("Permanent", subtype)), "plib.example.jp")
    assert not bounced().suppressed


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        (WRONG, "スペル"),
        (REFUSED, "キャリアメール"),
        (FULL, "容量不足"),
        (FORWARDING, "転送先・転送元のいずれか"),
        (UNKNOWN, "原因がわかりません"),
    ],
)
def test_staff_read_the_faqs_hint(cause, hint):
    # A15
    text = explanation(Diagnosis(cause), "plib.example.jp")
    assert hint in text
    assert "{" not in text
    assert set(CAUSE_LABELS) == set(BounceCause)


# --- What an event makes of a mail ---------------------------------------------------------------------------------

NEWS = [MailState.SENT, *(MailState(name) for name in ("delayed", "delivered", "bounced", "complained", "rejected"))]
AFTER = {
    # now: what it becomes by the news sent, delayed, delivered, bounced, complained, rejected
    "pending": "sent delayed delivered bounced complained rejected",
    "sending": "sent delayed delivered bounced complained rejected",
    "unsent": "sent delayed delivered bounced complained rejected",
    "sent": "sent delayed delivered bounced complained rejected",
    "delayed": "delayed delayed delivered bounced complained rejected",
    "delivered": "delivered delivered delivered bounced complained rejected",
    "bounced": "bounced bounced bounced bounced complained rejected",
    "complained": "complained complained complained complained complained rejected",
    "rejected": "rejected rejected rejected rejected rejected rejected",
}


@pytest.mark.parametrize("now", MailState)
def test_the_table_of_transitions(now):
    # RULES 38
    assert " ".join(moved(now, news) for news in NEWS) == AFTER[now]
    assert set(STATE_LABELS) == set(MailState)


def test_a_late_delivery_hides_no_bounce():
    # GIVEN a server that took the mail and sent it back; the events come the other way round (RULES 39)
    assert moved(moved(MailState.SENT, MailState.BOUNCED), MailState.DELIVERED) is MailState.BOUNCED


def test_an_event_may_be_earlier_than_the_senders_own_note():
    # GIVEN a delivery told before the sender has noted that SES took the mail (RULES 38)
    assert moved(moved(MailState.SENDING, MailState.DELIVERED), MailState.SENT) is MailState.DELIVERED


news = st.lists(st.sampled_from(NEWS), min_size=1, max_size=8)


@given(st.data(), st.sampled_from(MailState), news)
def test_any_order_and_number_of_events_ends_the_same(data, start, happened):
    # GIVEN what happened to a mail, told in any order and each any number of times
    again = data.draw(st.lists(st.sampled_from(happened), max_size=8))
    told = data.draw(st.permutations(happened + again))

    def end(states):
        state = start
        for to in states:
            state = moved(state, to)
        return state

    # THEN the end is the same (RULES 38)
    assert end(told) is end(happened)


@given(st.sampled_from(MailState), st.sampled_from(NEWS))
def test_an_event_told_twice_moves_the_mail_once(state, to):
    once = moved(state, to)
    assert moved(once, to) is once


@given(st.sampled_from(MailState), news)
def test_a_mail_never_goes_back(start, happened):
    # GIVEN a mail on which sender and events work THEN what is known only grows (RULES 38)
    order = list(MailState)
    state = start
    for to in happened:
        state, before = moved(state, to), state
        assert order.index(state) >= order.index(before)


def test_every_event_that_moves_a_mail_is_in_the_table():
    moves = {MailEvent("m", kind).moves_to for kind in EventKind}
    assert moves == {*NEWS, None}
