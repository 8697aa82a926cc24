"""What SES tells, what it makes of a mail, and what staff learn from it (RULES 38, 39; A15)."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.aws.ses_events import from_sns, parse
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.bounces import classify
from lending.domain.mail.events import EventKind, MailEvent
from lending.domain.mail.mail import STATE_LABELS, MailState, moved
from tests.domain.mail.ses import HANAKO, an_event
from tests.stopwatch import lasts_again, timed

SAMPLES = Path(__file__).parents[3] / "events" / "bounces"
WRONG, REFUSED, FULL, FORWARDING, UNKNOWN = BounceCause

# Each sample: its kind and what it makes of the mail; for those staff hear of, cause and whether it is permanent.
READABLE = {
    "bounce_permanent_general": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_no_email": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_suppressed": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_on_account_suppression_list": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, True),
    "bounce_permanent_domain_refused": (EventKind.BOUNCE, MailState.BOUNCED, REFUSED, False),
    "bounce_transient_general": (EventKind.BOUNCE, MailState.BOUNCED, WRONG, False),
    "bounce_transient_mailbox_full": (EventKind.BOUNCE, MailState.BOUNCED, FULL, False),
    "bounce_transient_message_too_large": (EventKind.BOUNCE, MailState.BOUNCED, FULL, False),
    "bounce_transient_content_rejected": (EventKind.BOUNCE, MailState.BOUNCED, REFUSED, False),
    "bounce_transient_attachment_rejected": (EventKind.BOUNCE, MailState.BOUNCED, REFUSED, False),
    "bounce_undetermined": (EventKind.BOUNCE, MailState.BOUNCED, UNKNOWN, False),
    "bounce_auto_reply": (EventKind.BOUNCE, None, None, None),
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


def test_every_sample_is_tested() -> None:
    named = {*READABLE, *MALFORMED, "batch_with_malformed"}
    assert {path.stem for path in SAMPLES.glob("*.json")} == named


@pytest.mark.parametrize("sample", READABLE)
def test_a_sample_event_is_read(sample: str) -> None:
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
def test_a_malformed_event_is_refused(sample: str) -> None:
    # THEN it is an error, so that SQS brings it to the dead letters
    with pytest.raises(ValueError, match=r"."):
        from_sns(bodies(sample)[0])


def test_a_malformed_event_hurts_no_other_of_its_batch() -> None:
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
def test_what_is_not_an_event_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(an_event(**changes))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(
    st.sampled_from(["eventType", "mail", "bounce", "messageId", "destination", "Type", "Message"]) | st.text(), s
)))  # fmt: skip
def test_nonsense_is_a_value_error_and_nothing_else(nonsense: object) -> None:
    # GIVEN any JSON THEN it is read, or refused in the one way the function expects
    try:
        from_sns(json.dumps(nonsense))
    except ValueError:
        return


def test_the_bare_event_is_read_as_well() -> None:
    # GIVEN a subscription with raw message delivery THEN the body is the event itself
    assert from_sns(json.dumps(an_event())) == parse(an_event())


def test_an_event_keeps_what_the_function_needs() -> None:
    event = from_sns(bodies("bounce_permanent_general")[0])
    assert event.recipients[0].address == HANAKO
    assert event.recipients[0].status == "5.1.1"
    assert event.recipients[0].action == "failed"
    assert "User unknown" in event.recipients[0].diagnostic
    assert (event.type, event.subtype) == ("Permanent", "General")
    assert event.at == datetime(2026, 6, 6, 0, 0, 5, tzinfo=UTC)
    assert event.addressed_to == (HANAKO,)
    assert event.tags["ses:configuration-set"] == "mail"


def test_each_recipient_has_a_cause_of_its_own() -> None:
    # GIVEN one event with two recipients (RULES 39)
    event = from_sns(bodies("bounce_several_recipients")[0])
    assert [(r.address, classify(event, r).cause) for r in event.recipients] == [
        ("hanako@example.jp", WRONG),
        ("taro@example.com", REFUSED),
    ]


@pytest.mark.parametrize("sample", ["bounce_undetermined", "reject", "send"])
def test_an_event_that_names_no_one_concerns_whom_the_mail_was_sent_to(sample: str) -> None:
    # THEN nothing is lost (RULES 39)
    assert [recipient.address for recipient in from_sns(bodies(sample)[0]).recipients] == [HANAKO]


@pytest.mark.parametrize(
    "words", ["a" * 250_000, "a." * 100_000, "https:" * 40_000, "\n" * 250_000, "x@" * 100_000],
    ids=["letters", "hosts", "links", "lines", "addresses"],
)  # fmt: skip
def test_a_long_answer_of_a_server_takes_no_time(words: str) -> None:
    # GIVEN a bounce whose server has much to say
    bounce = json.loads(json.loads(bodies("bounce_permanent_general")[0])["Message"])
    bounce["bounce"]["bouncedRecipients"][0]["diagnosticCode"] = f"smtp; 550 5.1.1 user unknown {words}"
    # WHEN its cause is looked for
    looking = partial(cause_of, bounce)
    found, seconds = timed(looking)
    # THEN the first words say it, and the rest costs nothing
    assert found is WRONG
    assert seconds < 1 or not lasts_again(looking, 1)


def cause_of(bounce: dict[str, Any]) -> BounceCause:
    read = parse(bounce)
    return classify(read, read.recipients[0]).cause


def test_a_moment_missing_in_the_part_is_that_of_the_mail() -> None:
    part = {"bounceType": "Permanent", "bounceSubType": "General"}
    assert parse(an_event(bounce=part)).at == datetime(2026, 6, 6, 0, 0, 1, tzinfo=UTC)


# --- What an event makes of a mail ---------------------------------------------------------------------------------

NEWS = [MailState.SENT, *(MailState(name) for name in ("delayed", "delivered", "bounced", "complained", "rejected"))]
AFTER = {
    # now: what it becomes by the news sent, delayed, delivered, bounced, complained, rejected
    "pending": "sent delayed delivered bounced complained rejected",
    "sending": "sent delayed delivered bounced complained rejected",
    "unsent": "sent delayed delivered bounced complained rejected",
    "printed": "sent delayed delivered bounced complained rejected",
    "sent": "sent delayed delivered bounced complained rejected",
    "delayed": "delayed delayed delivered bounced complained rejected",
    "delivered": "delivered delivered delivered bounced complained rejected",
    "bounced": "bounced bounced bounced bounced complained rejected",
    "complained": "complained complained complained complained complained rejected",
    "rejected": "rejected rejected rejected rejected rejected rejected",
}


@pytest.mark.parametrize("now", MailState)
def test_the_table_of_transitions(now: MailState) -> None:
    # RULES 38
    assert " ".join(moved(now, news) for news in NEWS) == AFTER[now]
    assert set(STATE_LABELS) == set(MailState)


def test_a_late_delivery_hides_no_bounce() -> None:
    # GIVEN a server that took the mail and sent it back; the events come the other way round (RULES 39)
    assert moved(moved(MailState.SENT, MailState.BOUNCED), MailState.DELIVERED) is MailState.BOUNCED


def test_an_event_may_be_earlier_than_the_senders_own_note() -> None:
    # GIVEN a delivery told before the sender has noted that SES took the mail (RULES 38)
    assert moved(moved(MailState.SENDING, MailState.DELIVERED), MailState.SENT) is MailState.DELIVERED


news = st.lists(st.sampled_from(NEWS), min_size=1, max_size=8)


@given(st.data(), st.sampled_from(MailState), news)
def test_any_order_and_number_of_events_ends_the_same(
    data: st.DataObject, start: MailState, happened: list[MailState]
) -> None:
    # GIVEN what happened to a mail, told in any order and each any number of times
    again = data.draw(st.lists(st.sampled_from(happened), max_size=8))
    told = data.draw(st.permutations(happened + again))

    def end(states: list[MailState]) -> MailState:
        state = start
        for to in states:
            state = moved(state, to)
        return state

    # THEN the end is the same (RULES 38)
    assert end(told) is end(happened)


@given(st.sampled_from(MailState), st.sampled_from(NEWS))
def test_an_event_told_twice_moves_the_mail_once(state: MailState, to: MailState) -> None:
    once = moved(state, to)
    assert moved(once, to) is once


@given(st.sampled_from(MailState), news)
def test_a_mail_never_goes_back(start: MailState, happened: list[MailState]) -> None:
    # GIVEN a mail on which sender and events work THEN what is known only grows (RULES 38)
    order = list(MailState)
    state = start
    for to in happened:
        state, before = moved(state, to), state
        assert order.index(state) >= order.index(before)


def test_every_event_that_moves_a_mail_is_in_the_table() -> None:
    moves = {MailEvent("m", kind).moves_to for kind in EventKind}
    assert moves == {*NEWS, None}
