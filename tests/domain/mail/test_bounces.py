"""What a bounce most likely means, and what staff learn from it (RULES 39; A15)."""

import csv
from pathlib import Path

import pytest

from lending.aws.ses_events import parse
from lending.domain.mail.bounce_table import BounceCause, Diagnosis, Fault
from lending.domain.mail.bounces import CAUSE_LABELS, blames_sender, classify, explanation, may_come_again
from lending.domain.mail.events import EventKind, MailEvent, Recipient, bare_address
from tests.domain.mail.ses import HANAKO, an_event
from tests.library import told

WRONG, REFUSED, FULL, FORWARDING, UNKNOWN = BounceCause
HERE = Path(__file__).parent / "bounces"

# Answers in which another reads something else, and why we don't.
MISSES = {
    "lhost-dragonfly-07": "'Media error' says nothing of whose it is",
    "lhost-exim-37": "SoftBank says 'HOST does not exist' of the sender's domain, in the same words",
    "lhost-exim-51": "names no side; a host that does not exist is a wrong address otherwise",
    "lhost-exim-58": "a line too long is how the library writes, not a full mailbox",
    "lhost-qmail-04": "'Invalid domain name' is SES's word for a wrong address",
    "lhost-v5sendmail-05": "nobody writes to oneself here",
    "lhost-v5sendmail-06": "an insecure relay is the sender's, the address may be right",
    "rfc3464-06": "'Service unavailable' passes",
}


def read(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return [row | {"diagnostic": row["diagnostic"].replace("\\n", "\n")} for row in csv.DictReader(file)]


def published() -> list[dict[str, str]]:
    return read("sisimai.csv") + read("published.csv")


def event_of(row: dict[str, str]) -> MailEvent:
    recipient = Recipient(row["recipient"], row["status"], row["diagnostic"], "failed")
    return MailEvent("m", EventKind.BOUNCE, (recipient,), row["type"], "General")


def comes_to(row: dict[str, str]) -> tuple[str, str, str, str]:
    event = event_of(row)
    found = classify(event, event.recipients[0])
    return found.cause, found.also or "", found.fault, str(int(found.permanent))


def test_published_answers_come_to_what_a_person_reads_in_them() -> None:
    # GIVEN what servers really answered (tests/domain/mail/bounces/README.md)
    rows = published()
    # WHEN asked for cause, what else it can be, whose fault it is and whether the address is marked
    missed = {
        (row["source"], row["diagnostic"])
        for row in rows
        if comes_to(row) != (row["cause"], row["also"], row["fault"], row["marks"])
    }
    # THEN it is what a person says (RULES 39)
    assert len(rows) >= 285
    assert missed == set()


def test_others_read_the_same_in_answers() -> None:
    # GIVEN answers in which another has read a cause
    rows = read("bodies.csv")
    missed = {row["source"] for row in rows if not set(row["cause"].split()) & set(comes_to(row)[:2])}
    # THEN so do we, with those of the test before for 98 of 100, and every miss is named (RULES 39)
    assert len(rows) >= 114
    assert missed == set(MISSES)
    assert len(missed) <= (len(rows) + len(published())) * 2 / 100


def test_nobody_is_marked_for_what_the_library_does_wrong() -> None:
    # GIVEN all published refusals of the sender: SPF, DKIM, DMARC, block lists, reputation, reverse names, headers
    events = [event_of(row) for row in published() if row["fault"] == "sender"]
    assert len(events) > 40
    for event in events:
        found = classify(event, event.recipients[0])
        # THEN no address is marked, it rings, and SES goes on writing to the address (RULES 39)
        assert not found.permanent
        assert blames_sender(event)
        assert may_come_again(event, found) == (event.type == "Permanent")
        # and staff hear that it is not the patron
        assert "利用者の設定によるものではありません" in told(explanation(found), mail_domain="plib.example.jp")


@pytest.mark.parametrize(
    "local", ["nospam", "spam", "spf", "over.quota", "mailbox.full", "user.unknown", "dmarc.policy"]
)
@pytest.mark.parametrize("host", ["spam-free.example.jp", "blocklist.example.com", "quota-exceeded.example.jp"])
def test_the_words_of_an_address_are_no_words_of_the_server(local: str, host: str) -> None:
    # GIVEN an address that says something itself (RULES 39)
    plain = bounced("5.1.1", f"smtp; 550 5.1.1 <{HANAKO}>: Recipient address rejected (mx.example.jp)", address=HANAKO)
    odd = bounced("5.1.1", f"smtp; 550 5.1.1 <{local}@{host}>: Recipient address rejected (mx.{host})")
    quoted = bounced("5.1.1", f'smtp; 550 5.1.1 <"{local}."@{host}>: Recipient address rejected (mx.{host})')
    assert odd == quoted == plain


def test_too_fast_is_nobodys_fault() -> None:
    # GIVEN Gmail's hard answer to too many mails at once
    words = (
        "smtp; 550-5.2.1 The user you are trying to contact is receiving mail at a rate that\r\n"
        "550-5.2.1 prevents additional messages from being delivered."
    )
    found = bounced("5.2.1", words)
    # THEN the address is not marked, although 5.2.1 is a closed mailbox otherwise (RULES 39)
    assert (found.cause, found.fault, found.permanent) == (UNKNOWN, Fault.NOBODY, False)
    assert bounced("5.2.1", "smtp; 550 5.2.1 nope").permanent


def bounced(
    status: str = "",
    diagnostic: str = "",
    kind: tuple[str, str] = ("Permanent", "General"),
    address: str = HANAKO,
    to: str = HANAKO,
) -> Diagnosis:
    recipient = Recipient(address, status, diagnostic, "failed")
    event = MailEvent("m", EventKind.BOUNCE, (recipient,), *kind, addressed_to=(to,))
    return classify(event, recipient)


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
def test_the_cause_is_told_from_the_words_of_the_other_side(status: str, diagnostic: str, cause: BounceCause) -> None:
    # GIVEN what a carrier or provider answers, where SES's own subtype says nothing
    # WHEN asked for the cause THEN it is one of the FAQ's (RULES 39, A15)
    assert bounced(status, diagnostic, ("Undetermined", "Undetermined")).cause is cause


@pytest.mark.parametrize("address", ["hanako@docomo.ne.jp", "hanako@ezweb.ne.jp", "hanako@au.com"])
def test_a_carriers_unknown_user_may_be_its_filter(address: str) -> None:
    # GIVEN a carrier that says the same for an unknown user and for a refused domain (A15)
    words = f"550 Unknown user {address}" if "docomo" in address else f"550 <{address}>: User unknown"
    diagnosis = bounced("5.1.1", f"smtp; {words}", address=address, to=address)
    # THEN staff hear of both
    assert (diagnosis.cause, diagnosis.also) == (WRONG, REFUSED)
    # and as nobody can be sure, the address is not marked (RULES 39)
    assert not diagnosis.permanent
    text = told(explanation(diagnosis), mail_domain="plib.example.jp")
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
def test_without_words_the_subtype_tells(kind: tuple[str, str], cause: BounceCause) -> None:
    assert bounced(kind=kind).cause is cause


def test_only_a_hard_bounce_is_permanent() -> None:
    # GIVEN the same words (RULES 39)
    words = ("5.1.1", "smtp; 550 5.1.1 user unknown")
    assert bounced(*words, kind=("Permanent", "General")).permanent
    assert not bounced(*words, kind=("Transient", "General")).permanent
    assert not bounced(*words, kind=("Undetermined", "Undetermined")).permanent


def test_a_full_mailbox_is_never_permanent() -> None:
    # GIVEN a hard bounce with 5.2.2 THEN the address is right and gets mail again once there is room
    assert not bounced("5.2.2", "smtp; 552 5.2.2 mailbox full", ("Permanent", "General")).permanent


def test_a_bounce_from_an_address_never_addressed_is_a_forwarding() -> None:
    # GIVEN a mail to one address that comes back from another (RULES 39, A15)
    assert bounced("5.1.1", "smtp; 550 5.1.1 user unknown", address="other@example.com").cause is FORWARDING
    # THEN also when that other one is full, or suppressed
    assert bounced("5.2.2", "smtp; 552 mailbox full", address="other@example.com").cause is FORWARDING
    assert bounced(kind=("Permanent", "Suppressed"), address="other@example.com").cause is FORWARDING


@pytest.mark.parametrize("written", ["Hanako@Example.JP", "花子 <hanako@example.jp>", '"H, N" <HANAKO@example.jp> '])
def test_another_way_to_write_an_address_is_no_forwarding(written: str) -> None:
    event = parse(an_event(mail=an_event()["mail"] | {"destination": [written]}))
    assert classify(event, event.recipients[0]).cause is WRONG


def test_without_a_destination_nothing_is_called_a_forwarding() -> None:
    event = parse(an_event(mail={"messageId": "m1", "timestamp": "2026-06-06T00:00:01Z"}))
    assert classify(event, event.recipients[0]).cause is WRONG


@pytest.mark.parametrize("address", ["a..b@docomo.ne.jp", ".ab.@ezweb.ne.jp", "x_-@example.jp"])
def test_addresses_no_standard_allows_stay_whole(address: str) -> None:
    # Carriers once gave such addresses out
    assert bare_address(address) == address


@pytest.mark.parametrize("subtype", ["Suppressed", "OnAccountSuppressionList"])
def test_a_suppressed_address_is_told_as_such(subtype: str) -> None:
    # GIVEN an address SES no longer even tries, be it for a bounce or a complaint
    assert bounced(kind=("Permanent", subtype)).suppressed
    complaint = MailEvent("m", EventKind.COMPLAINT, (Recipient(HANAKO),), "", subtype)
    assert classify(complaint, complaint.recipients[0]).suppressed
    # THEN staff know that it goes on once put right
    assert "送信を停止しています" in told(
        explanation(bounced(kind=("Permanent", subtype))), mail_domain="plib.example.jp"
    )
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
def test_staff_read_the_faqs_hint(cause: BounceCause, hint: str) -> None:
    # A15
    text = told(explanation(Diagnosis(cause)), mail_domain="plib.example.jp")
    assert hint in text
    assert "{" not in text
    assert set(CAUSE_LABELS) == set(BounceCause)
