"""Sending, RULES 36-38: what is told is what is true then, each mail once, and no failing one holds up another."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from email.header import decode_header
from itertools import product
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.notices import handler as notices
from infra.library import as_parameter
from lending.aws import accounts, mailer, queue, settings
from lending.aws.clients import client
from lending.aws.signing import confirmed
from lending.aws.table import Overtaken, Table
from lending.aws.table.holds import holds
from lending.aws.table.mail import addresses, contacts, mails, sent_messages
from lending.aws.table.registration import applications
from lending.aws.table.writes import Key
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.kinds import MailKind, kind_named
from lending.domain.mail.kinds.accounts import AcceptanceMail, TemporaryPasswordMail
from lending.domain.mail.kinds.addresses import AddressConfirmationMail, ArrivalTestMail
from lending.domain.mail.kinds.applications import ImageAgainMail, RefusalMail
from lending.domain.mail.kinds.books import OverdueMail, ReadyMail
from lending.domain.mail.kinds.cards import CardExpiredHoldMail
from lending.domain.mail.kinds.lending import ShiftMail
from lending.domain.mail.mail import MailState, Unsent, claimed
from lending.domain.registration.kinds import ApplicationStatus
from tests.handlers.applications import applied
from tests.handlers.conftest import Given, context, sample
from tests.handlers.mails import (
    SATURDAY,
    SUNDAY,
    Died,
    Post,
    lend,
    mail_of,
    no_answer,
    no_connection,
    put,
    put_lending,
    refusal,
    throttled,
)
from tests.handlers.metrics import counts_in
from tests.library import aomori

RECEIPT = "2606-0001"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch)


# What is told, and to whom


def test_the_saturday_mail_tells_what_is_on_loan_when_it_is_sent(given: Given, library: Table, post: Post) -> None:
    # GIVEN two books for facility 12, one for another Sunday, one on its way back, and a mail that knows none of them
    given.patron(mail_to="holds@example.jp")
    lend(library, "t-1", "t-2")
    lend(library, "t-3", pickup_from=SUNDAY + timedelta(days=7))
    lend(library, "t-4", released_at=SATURDAY)
    lend(library, "t-5", pickup_place="13")
    key = put_lending(library)
    # WHEN the sample brings it
    assert post.bring_event(sample("mail/lending")) == []
    # THEN it names the two, the facility, the days and the card, RULES 36
    assert "見本の本 t-1" in post.text
    assert "見本の本 t-2" in post.text
    assert "(2冊)" in post.text
    assert "鰺ヶ沢町中央公民館" in post.text
    assert "6月7日(日)から\n6月14日(日)まで" in post.text
    assert "6月21日(日)" in post.text
    assert "利用者番号: 10000001\n" in post.text
    assert "https://lending.example.jp/library.html" in post.text
    # and goes where hold mails go, RULES 7, from the library, RULES 37
    (mail,) = post.taken
    assert mail["Destination"] == {"ToAddresses": ["holds@example.jp"]}
    name, address = mail["FromEmailAddress"].rsplit(" ", 1)
    assert address == "<online@plib.pref.aomori.lg.jp>"
    assert decode_header(name)[0][0].decode() == "オンライン貸出サービス担当"
    assert "ReplyToAddresses" not in mail
    # and is noted: its item names no book, the message finds it, and no work list has it any more
    noted = mail_of(library, key)
    assert (noted.state, noted.message_id, noted.to_address) == (MailState.SENT, mail["id"], "holds@example.jp")
    assert sent_messages.mail_key(library, mail["id"]) == key
    assert list(mails.on_their_way(library, SATURDAY)) == []


def test_an_event_finds_its_mail_by_the_tags_of_the_sending(given: Given, library: Table, post: Post) -> None:
    given.patron()
    key = put(library)
    post.bring(key)
    tags = {tag["Name"]: tag["Value"] for tag in post.taken[0]["EmailTags"]}
    assert mailer.key_in(tags) == key
    assert all(value.replace("-", "").replace("_", "").isalnum() and value.isascii() for value in tags.values())


@pytest.mark.parametrize("tags", [{}, {"owner": "x"}, {"owner": "%", "mail": "%"}, {"owner": "eA", "mail": "eA"}])
def test_foreign_tags_name_no_mail(tags: dict[str, str]) -> None:
    assert mailer.key_in(tags) is None


def test_the_configuration_set_is_named_when_there_is_one(
    given: Given, library: Table, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_CONFIGURATION_SET", "mail")
    monkeypatch.setenv("MAIL_DOMAIN", "plib.pref.aomori.lg.jp")
    settings.settings.cache_clear()
    given.patron()
    post.bring(put(library))
    assert post.taken[0]["ConfigurationSetName"] == "mail"


def test_a_mail_whose_books_are_gone_is_not_sent(given: Given, library: Table, post: Post) -> None:
    given.patron()
    key = put_lending(library)
    assert post.bring_event(sample("mail/lending")) == []
    assert post.taken == []
    assert (mail_of(library, key).state, mail_of(library, key).why) == (MailState.UNSENT, Unsent.NOTHING_TO_SAY)
    assert list(mails.on_their_way(library, SATURDAY)) == []


def test_books_made_ready_on_one_day_are_told_of_while_they_wait(given: Given, library: Table, post: Post) -> None:
    # GIVEN a book that was made ready on Thursday, one on Friday, and one that went to another state since
    given.patron()
    for n in (1, 2, 3):
        given.title(f"t-{n}")
    ready = Hold(
        "p-1", "t-1", "prefectural", SATURDAY, SATURDAY, HoldStatus.READY, "t-1-1",
        ready_on=date(2026, 6, 4), pickup_until=date(2026, 6, 18),
    )  # fmt: skip
    others = (
        replace(ready, title_id="t-2", ready_on=date(2026, 6, 5)),
        replace(ready, title_id="t-3", status=HoldStatus.SECURED, pickup_until=None),
    )
    library.transact(*map(holds.addition, (ready, *others)))
    put(library, ReadyMail, "2026-06-04", ready_on="2026-06-04", pickup_until="2026-06-18")
    # WHEN it is sent THEN it tells of the one
    assert post.bring_event(sample("mail/ready")) == []
    assert "見本の本 t-1" in post.text
    assert "(1冊)" in post.text
    assert "6月18日(木)まで" in post.text


def test_overdue_books_are_told_of_while_they_are_out(given: Given, library: Table, post: Post) -> None:
    # GIVEN a book the reminder's day asks for, one that is not due, and one whose carriage may still bring it, RULES 35
    given.patron()
    lend(library, "t-1", due_on=date(2026, 6, 14))
    lend(library, "t-2", due_on=date(2026, 6, 28))
    lend(library, "t-3", due_on=date(2026, 6, 21))
    put(library, OverdueMail, "2026-06-25", reminded_on="2026-06-18")
    assert post.bring_event(sample("mail/overdue")) == []
    assert "(1冊)" in post.text
    assert "見本の本 t-1" in post.text


@pytest.mark.parametrize(
    ("name", "fact", "expires_on"),
    [("card_expired_hold", "expired_on", "2026-05-31"), ("card_renewal", "expires_on", "2026-06-30")],
)
def test_a_card_that_was_renewed_meanwhile_is_not_told_of(
    given: Given, library: Table, post: Post, name: str, fact: str, expires_on: str
) -> None:
    # GIVEN one patron whose card runs out, and one who has renewed theirs since the mail was put
    given.patron("p-1", expires_on=date.fromisoformat(expires_on), open_holds=2)
    given.patron("p-2", open_holds=2)
    for owner in ("p-1", "p-2"):
        put(library, kind_named(name), expires_on, owner=owner, **{fact: expires_on})
    # WHEN both are brought THEN one is sent, with the page to renew at
    assert post.bring_event(sample(f"mail/{name}")) == []
    assert post.bring(("PATRON#p-2", f"MAIL#{name}#{expires_on}")) == []
    assert "https://lending.example.jp/apply.html?kind=renewal" in post.text


def test_no_hold_left_is_no_hold_to_keep(given: Given, library: Table, post: Post) -> None:
    given.patron(expires_on=date(2026, 5, 31))
    key = put(library, CardExpiredHoldMail, "2026-05-31", expired_on="2026-05-31", holds=1)
    post.bring(key)
    assert mail_of(library, key).why is Unsent.NOTHING_TO_SAY


def test_a_shift_is_told_to_who_has_a_book_of_the_batch(given: Given, library: Table, post: Post) -> None:
    given.patron("p-1"), given.patron("p-2")
    lend(library, "t-1")
    facts = {
        "pickup_from": SUNDAY.isoformat(), "facility": "12", "taken_back": False, "pickup_until": "2026-06-17",
        "due_on": "2026-06-24", "reason": "大雪のため", "pickup_until_before": "2026-06-14",
    }  # fmt: skip
    for owner in ("p-1", "p-2"):
        put(library, ShiftMail, "s-1", owner=owner, **facts)
    assert post.bring_event(sample("mail/shift")) == []
    assert post.bring(("PATRON#p-2", "MAIL#shift#s-1")) == []
    assert "鰺ヶ沢町中央公民館" in post.text
    assert "見本の本 t-1" in post.text


@pytest.mark.parametrize("kind", ["new", "password"])
def test_the_first_password_is_in_the_mail_and_nowhere_else(
    given: Given, library: Table, post: Post, kind: str
) -> None:
    # GIVEN a patron just registered, whose account is not there yet
    given.patron(mail_to="holds@example.jp")
    put(library, AcceptanceMail, RECEIPT, application_kind=kind, expires_on="2029-06-01", online_lending=True)
    # WHEN the acceptance is sent
    assert post.bring_event(sample("mail/acceptance")) == []
    # THEN it goes to the person's own address with a password that signs in and must be changed, RULES 4, 6
    assert post.taken[0]["Destination"] == {"ToAddresses": ["p-1@example.jp"]}
    password = post.text.split("仮パスワード: ")[1].split("\n")[0]
    pool, cognito = settings.settings().user_pool_id, client("cognito-idp")
    assert cognito.admin_get_user(UserPoolId=pool, Username="p-1")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert "7日間有効" in post.text
    assert "https://lending.example.jp/password.html" in post.text
    # and no item holds it
    assert not [item for item in everything() if password in json.dumps(item, default=str)]


def test_a_renewal_leaves_the_password_alone(given: Given, library: Table, post: Post) -> None:
    given.patron()
    accounts.ensure_account("p-1", "10000001")
    put(library, AcceptanceMail, RECEIPT, application_kind="renewal", to="asked-here@example.jp")
    assert post.bring_event(sample("mail/acceptance")) == []
    assert "仮パスワード" not in post.text
    # An answer goes where it was asked for, if that was said.
    assert post.taken[0]["Destination"] == {"ToAddresses": ["asked-here@example.jp"]}


def test_a_password_sent_anew(given: Given, library: Table, post: Post) -> None:
    given.patron()
    accounts.ensure_account("p-1", "10000001")
    put(library, TemporaryPasswordMail, 1780282800000)
    assert post.bring_event(sample("mail/temporary_password")) == []
    assert "仮パスワード: " in post.text


def test_nobody_loses_a_password_they_have_chosen_to_a_birthday(given: Given, library: Table, post: Post) -> None:
    # GIVEN a patron who has chosen a password between the asking and the sending, RULES 6
    given.patron()
    accounts.ensure_account("p-1", "10000001")
    pool = settings.settings().user_pool_id
    client("cognito-idp").admin_set_user_password(
        UserPoolId=pool, Username="p-1", Password="Chosen-2026", Permanent=True
    )
    key = put(library, TemporaryPasswordMail, 1)
    post.bring(key)
    assert (post.taken, mail_of(library, key).why) == ([], Unsent.NOTHING_TO_SAY)


def test_an_address_proves_itself_even_if_it_is_marked(given: Given, library: Table, post: Post) -> None:
    # GIVEN a wish for an address that is marked unreachable, RULES 7, 39
    given.patron()
    library.write(addresses.mark_addition("new@example.jp", SATURDAY, "mailbox_full"))
    put(library, AddressConfirmationMail, "2026-06-01", 1, to="new@example.jp", pending="secret", valid_hours=24)
    assert post.bring_event(sample("mail/address_confirmation")) == []
    assert post.taken[0]["Destination"] == {"ToAddresses": ["new@example.jp"]}
    token = post.text.split("https://lending.example.jp/confirm.html#")[1].split("\n")[0]
    assert confirmed(token) == ("p-1", "secret")


def test_a_test_mail_goes_to_a_marked_address_other_mails_do_not(given: Given, library: Table, post: Post) -> None:
    given.patron(open_holds=1, expires_on=date(2026, 5, 31))
    library.write(addresses.mark_addition("p-1@example.jp", SATURDAY, "domain_refused"))
    put(library, ArrivalTestMail, 5934276)
    other = put(library, CardExpiredHoldMail, "2026-05-31", expired_on="2026-05-31")
    assert post.bring_event(sample("mail/test")) == []
    assert post.bring(other) == []
    assert "受信を確認" in post.text
    assert (mail_of(library, other).why, mail_of(library, other).to_address) == (
        Unsent.UNREACHABLE,
        "p-1@example.jp",
    )
    # and SES is told to try where we do
    assert post.forgiven == ["p-1@example.jp"]
    # and who waits for the other in vain is called, with the cause that is known, RULES 39
    (task,) = contacts.of_patron(library, "p-1")
    assert (task.unsent, task.cause, task.mail_kind) == (
        Unsent.UNREACHABLE,
        BounceCause.DOMAIN_REFUSED,
        CardExpiredHoldMail.name,
    )
    # and what it would have said can be read all the same, RULES 38
    assert "利用者カードの有効期限が切れた" in mail_of(library, other).text
    # and the mark is as old as it was: what arrived since lifts it
    assert contacts.trouble_with(library, "p-1@example.jp").marked_since == SATURDAY


@pytest.mark.parametrize("kind", [AcceptanceMail, TemporaryPasswordMail])
def test_a_mail_that_lets_somebody_in_is_tried_at_a_marked_address(
    given: Given, library: Table, post: Post, kind: type[MailKind]
) -> None:
    # GIVEN a person whose only address is marked, and who cannot sign in to give another, RULES 6, 39
    given.patron()
    library.write(addresses.mark_addition("p-1@example.jp", SATURDAY, "mailbox_full"))
    key = put(library, kind, 1, application_kind="new")
    # WHEN the mail with the password is brought THEN it is sent, and SES is told to try
    assert post.bring(key) == []
    assert "仮パスワード" in post.text
    assert post.forgiven == ["p-1@example.jp"]


def test_what_was_sent_can_be_read_but_for_its_secrets(given: Given, library: Table, post: Post) -> None:
    # GIVEN a mail with titles, one with a password, one with a link
    given.patron()
    lend(library, "t-1")
    keys = [
        put_lending(library), put(library, TemporaryPasswordMail, 1),
        put(library, AddressConfirmationMail, "2026-06-01", 1, to="new@example.jp", pending="secret",
            valid_hours=24),
    ]  # fmt: skip
    # WHEN they are sent
    assert post.bring(*keys) == []
    said = [mail["Content"]["Simple"] for mail in post.taken]
    kept = [mail_of(library, key) for key in keys]
    # THEN subject and text are kept as sent, RULES 38
    assert [mail.subject for mail in kept] == [each["Subject"]["Data"] for each in said]
    assert kept[0].text == said[0]["Body"]["Text"]["Data"]
    # but for what opens a door, DESIGN: we never store a password
    for mail, line in ((kept[1], "仮パスワード: (ここには表示しません)"), (kept[2], "(ここには表示しません)")):
        assert line in mail.text.splitlines()
        different = set(mail.text.splitlines()) ^ set(said[kept.index(mail)]["Body"]["Text"]["Data"].splitlines())
        assert len(different) == 2


def test_who_has_no_address_gets_no_mail(library: Table, post: Post) -> None:
    application = applied(library, RECEIPT)
    library.write(applications.change(application, replace(application, email="")))
    key = put(library, RefusalMail, RECEIPT, owner=RECEIPT, reason="x")
    assert post.bring(key) == []
    assert mail_of(library, key).why is Unsent.NO_ADDRESS
    # and who has applied is called, as nothing else tells them, RULES 39
    (task,) = contacts.page(library, 10)[0]
    assert (task.receipt_number, task.unsent, task.mail_kind) == (RECEIPT, Unsent.NO_ADDRESS, RefusalMail.name)


def test_a_patron_without_an_address_is_no_task(given: Given, library: Table, post: Post) -> None:
    # GIVEN a patron who is served by letter, RULES 44
    given.patron(email="")
    key = put(library)
    assert post.bring(key) == []
    assert mail_of(library, key).why is Unsent.NO_ADDRESS
    assert contacts.page(library, 10)[0] == []


def test_a_receipt_brings_number_and_link(library: Table, post: Post) -> None:
    applied(library, RECEIPT)
    assert post.bring_event(sample("mail/receipt")) == []
    assert f"受付番号: {RECEIPT}" in post.text
    assert f"https://lending.example.jp/status.html#{RECEIPT}." in post.text
    # AND what is kept of its words opens nothing (RULES 41)
    assert f"#{RECEIPT}." not in json.dumps(everything(), default=str)


def test_images_asked_for_again(library: Table, post: Post) -> None:
    # GIVEN an application that awaits an image again, and one that was decided since
    for receipt, status in ((RECEIPT, ApplicationStatus.IMAGE_AGAIN), ("2606-0002", ApplicationStatus.SUBMITTED)):
        application = applied(library, receipt)
        library.write(applications.change(application, replace(application, status=status)))
        put(library, ImageAgainMail, receipt, 3, owner=receipt, slots=["card"], reason="番号が読めません。")
    # WHEN both mails are brought THEN only the first asks, at the applicant's address
    assert post.bring_event(sample("mail/image_again")) == []
    assert post.bring(("APPLICATION#2606-0002", "MAIL#image_again#2606-0002#3")) == []
    assert "番号が読めません" in post.text
    assert "https://lending.example.jp/status.html" in post.text
    assert post.taken[0]["Destination"] == {"ToAddresses": [application.email]}


def test_a_refusal_says_why(library: Table, post: Post) -> None:
    applied(library, RECEIPT)
    put(library, RefusalMail, RECEIPT, owner=RECEIPT, reason="現住所を確認できませんでした。")
    assert post.bring_event(sample("mail/refusal")) == []
    assert "現住所を確認できませんでした" in post.text


def test_a_mail_that_has_vanished_is_nothing_to_do(post: Post) -> None:
    assert post.bring_event(sample("mail/vanished")) == []
    assert post.taken == []


# Once


def everything() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = client("dynamodb").scan(TableName="lending")["Items"]
    return items


def test_brought_twice_it_is_sent_once(given: Given, library: Table, post: Post) -> None:
    given.patron()
    key = put(library)
    assert post.bring(key, key) == []
    after = everything()
    assert post.bring(key) == []
    assert (len(post.taken), everything()) == (1, after)


def test_one_failing_mail_holds_up_no_other(given: Given, library: Table, post: Post) -> None:
    # GIVEN a batch with a message nobody can read between two mails, and a mail that lacks what it needs
    given.patron()
    lend(library, "t-1")
    put_lending(library), put(library, ArrivalTestMail, 5934276)
    bad = put(library, ShiftMail, "s-1", pickup_from=SUNDAY.isoformat(), facility="12")
    event = sample("mail/batch_with_malformed")
    # WHEN they are brought THEN only the bad ones come again, RULES 38
    assert post.bring_event(event) == [event["Records"][1]["messageId"]]
    assert post.bring(bad) == ["m-0"]
    assert len(post.taken) == 2
    assert mail_of(library, bad).state is MailState.PENDING


@pytest.mark.parametrize("fault", [throttled, no_connection, lambda: refusal("ServiceUnavailable", 503)])
def test_what_was_certainly_not_sent_comes_again_at_once(
    given: Given, library: Table, post: Post, fault: Callable[[], BaseException]
) -> None:
    # GIVEN SES turns mails away for longer than any claim lasts
    given.patron()
    key = put(library)
    post.before = [fault() for _ in range(9)]
    # WHEN the queue brings the mail, and the daily job after it
    for _ in range(9):
        assert post.bring(key) == ["m-0"]
        assert mail_of(library, key).state is MailState.PENDING
    assert post.bring(key) == []
    # THEN it was sent once
    assert len(post.taken) == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("BadRequestException", "Local address contains control or whitespace"),
        ("BadRequestException", "Missing final '@domain'"),
        ("BadRequestException", "Domain contains illegal character"),
        ("BadRequestException", "There are non-ASCII characters in the email address"),
        ("MessageRejected", "Message length is more than 41943040 bytes long: '50000000'."),
    ],
)
def test_what_ses_will_never_take_is_told_to_staff(
    given: Given, library: Table, post: Post, code: str, words: str
) -> None:
    given.patron()
    key = put(library)
    post.before = [refusal(code, words=words)]
    assert post.bring(key) == []
    assert post.bring(key) == []
    mail = mail_of(library, key)
    assert (mail.state, mail.error, post.taken) == (MailState.REJECTED, code, [])
    (contact,) = contacts.of_patron(library, "p-1")
    assert (contact.address, contact.mail_kind) == ("p-1@example.jp", ArrivalTestMail.name)
    # with the cause, where SES's words tell it
    assert contact.cause is (BounceCause.UNKNOWN if "length" in words else BounceCause.WRONG_ADDRESS)


# As AWS writes them: the developer guide's "Amazon SES email sending errors" and the service model of its API.
OF_THE_ACCOUNT = [
    (
        "MessageRejected",
        400,
        "Email address is not verified. The following identities failed the check in region AP-NORTHEAST-1: "
        "online@plib.example.jp",
    ),
    (
        "MessageRejected",
        400,
        "Email address is not verified. The following identities failed the check in region AP-NORTHEAST-1: "
        "p-1@example.jp, online@plib.example.jp",
    ),
    ("MessageRejected", 400, "Sending suspended for this account. For more information, please check the inbox."),
    ("MessageRejected", 400, "something that nobody has read yet"),
    ("BadRequestException", 400, "something that nobody has read yet"),
    ("AccountSendingPausedException", 400, "Email sending is disabled for your entire Amazon SES account."),
    ("SendingPausedException", 400, "The message can't be sent because the account's ability to send email is paused."),
    ("AccountSuspendedException", 400, "The account's ability to send email has been permanently restricted."),
    ("ConfigurationSetSendingPausedException", 400, "Email sending is disabled for the configuration set."),
    ("MailFromDomainNotVerifiedException", 400, "The message can't be sent because the sending domain isn't verified."),
    ("NotFoundException", 404, "Configuration set does not exist: mail"),
    ("LimitExceededException", 400, "There are too many instances of the specified resource type."),
    ("ThrottlingException", 400, "Daily message quota exceeded."),
    ("TooManyRequestsException", 429, "Daily message quota exceeded."),
    ("AccessDeniedException", 403, "User is not authorized to perform: ses:SendEmail"),
    ("OptInRequired", 403, "The AWS access key ID needs a subscription for the service."),
]


@pytest.mark.parametrize(("code", "status", "words"), OF_THE_ACCOUNT)
def test_what_is_wrong_with_the_account_is_not_the_mails_fault(
    given: Given,
    library: Table,
    post: Post,
    capsys: pytest.CaptureFixture[str],
    code: str,
    status: int,
    words: str,
) -> None:
    # GIVEN two mails of a Saturday, and SES that takes none, RULES 38
    given.patron("p-1"), given.patron("p-2")
    keys = [put(library, owner=owner) for owner in ("p-1", "p-2")]
    post.before = [refusal(code, status, words) for _ in range(14)]
    # WHEN the queue brings them, oftener than it would before it gives a message up
    for _ in range(7):
        # THEN none goes back to the queue, and so none to its dead letters: they wait in the table
        assert post.bring(*keys) == []
    assert [mail_of(library, key).state for key in keys] == [MailState.PENDING] * 2
    assert {mail_of(library, key).error for key in keys} == {code}
    assert list(mails.on_their_way(library, SATURDAY)) == keys
    # and it rings each time, without a word of whom it is about, and nobody is to be called
    said = capsys.readouterr().out
    assert counts_in(said)["MailHeldBack"] == [1] * 14
    assert "example.jp" not in said
    assert contacts.page(library, 10)[0] == []
    # and WHEN the reason is gone THEN the hourly job brings what waits, and each is sent once
    post.later(hours=1)
    brought: list[Key] = []

    def carry(waiting: Iterable[Key]) -> int:
        brought.extend(waiting)
        return len(brought)

    post.monkeypatch.setattr(queue, "carry", carry)
    told = notices.handler(sample("notices/mails_again"), context())
    assert (told["sent_again"], brought) == (2, keys)
    assert post.bring(*brought) == []
    assert len(post.taken) == 2
    assert {(mail_of(library, key).state, mail_of(library, key).error) for key in keys} == {(MailState.SENT, "")}


@pytest.mark.parametrize(
    ("given_address", "written_to"),
    [
        ("a..b.@docomo.ne.jp", '"a..b."@docomo.ne.jp'),
        (".ab@ezweb.ne.jp", '".ab"@ezweb.ne.jp'),
        ("a.b@docomo.ne.jp", "a.b@docomo.ne.jp"),
    ],
)
def test_an_address_with_odd_dots_is_written_to_in_quotes(
    given: Given, library: Table, post: Post, given_address: str, written_to: str
) -> None:
    # GIVEN an address that a carrier once gave out, RULES 7
    given.patron(email=given_address)
    key = put(library)
    # WHEN a mail is sent THEN it goes to it as SES takes it, and is kept as the patron gave it
    assert post.bring(key) == []
    assert post.taken[0]["Destination"] == {"ToAddresses": [written_to]}
    assert mail_of(library, key).to_address == given_address


def test_a_mail_says_that_no_person_wrote_it(
    given: Given, library: Table, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN no address that anybody reads, RULES 37
    given.patron()
    post.bring(put(library))
    # THEN it calls for no automatic answer, and says that nobody reads one
    assert post.taken[0]["Content"]["Simple"]["Headers"] == [{"Name": "Auto-Submitted", "Value": "auto-generated"}]
    assert "送信専用" in post.text
    # and GIVEN one THEN answers go there
    monkeypatch.setenv("POLICY", as_parameter(aomori(mail_reply_to="desk@example.jp")))
    settings.settings.cache_clear()
    post.bring(put(library, ArrivalTestMail, 2))
    assert post.taken[1]["ReplyToAddresses"] == ["desk@example.jp"]
    assert "送信専用" not in post.taken[1]["Content"]["Simple"]["Body"]["Text"]["Data"]


def test_a_mail_in_the_hand_of_another_sender_is_left_to_it(given: Given, library: Table, post: Post) -> None:
    # GIVEN a sender that is at work on a mail
    given.patron()
    key = put(library)

    def meanwhile(**mail: Any) -> Any:
        # WHEN the queue brings it a second time meanwhile THEN it is left alone, and comes again to see
        assert post.bring(key) == ["m-0"]
        return post._take(**mail)

    post.monkeypatch.setattr(client("sesv2", once=True), "send_email", meanwhile)
    assert post.bring(key) == []
    assert post.bring(key) == []
    assert len(post.taken) == 1


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("fault", [no_answer, Died, lambda: refusal("InternalFailure", 500)])
def test_an_unknown_end_is_tried_once_more_when_the_sender_cannot_live(
    given: Given, library: Table, post: Post, fault: Callable[[], BaseException], accepted: bool
) -> None:
    # GIVEN a sender that does not learn how its sending ended, or dies: nobody can know whether SES took the mail
    given.patron()
    key = put(library)
    (post.after if accepted else post.before).append(fault())
    bring_even_if_it_dies(post, key)
    # WHEN it is brought again at once THEN it is left alone, the first sender may live
    assert post.bring(key) == ["m-0"]
    # and WHEN the queue brings it after its wait THEN it is sent: once, or twice in this one case
    post.later(minutes=3)
    assert post.bring(key) == []
    assert post.bring(key) == []
    assert len(post.taken) == 1 + accepted
    assert mail_of(library, key).state is MailState.SENT


def test_a_try_that_surely_failed_does_not_count_as_unknown(given: Given, library: Table, post: Post) -> None:
    # GIVEN SES turned a mail away several times, and then did not answer once
    given.patron()
    key = put(library)
    post.before = [throttled(), throttled(), throttled(), no_answer()]
    for _ in range(4):
        assert post.bring(key) == ["m-0"]
    # WHEN the queue brings it after its wait THEN it is tried, not left for a day
    post.later(minutes=3)
    assert post.bring(key) == []
    assert len(post.taken) == 1


def test_of_two_who_read_the_same_one_has_the_claim(given: Given, library: Table) -> None:
    given.patron()
    mail = mail_of(library, put(library))
    library.write(mails.change(mail, claimed(mail, SATURDAY)))
    with pytest.raises(Overtaken):
        library.write(mails.change(mail, claimed(mail, SATURDAY)))
    # and a lapsed claim is taken over by one only
    left = mail_of(library, mails.key(mail))
    library.write(mails.change(left, claimed(left, SATURDAY + timedelta(minutes=3))))
    with pytest.raises(Overtaken):
        library.write(mails.change(left, claimed(left, SATURDAY + timedelta(minutes=4))))


def test_news_from_ses_settles_an_unknown_end(given: Given, library: Table, post: Post) -> None:
    # GIVEN SES took a mail and did not answer, and tells of its delivery by the tags, before the queue brings it again
    given.patron()
    key = put(library)
    post.after = [no_answer()]
    assert post.bring(key) == ["m-0"]
    hear_delivery(post.taken[0])
    # WHEN it is brought again THEN it is not sent a second time
    post.later(minutes=3)
    assert post.bring(key) == []
    assert len(post.taken) == 1
    assert (mail_of(library, key).state, mail_of(library, key).message_id) == (
        MailState.DELIVERED,
        post.taken[0]["id"],
    )


def test_news_that_is_faster_than_the_note_stands(given: Given, library: Table, post: Post) -> None:
    # GIVEN SES tells of the delivery before the sender has its answer
    given.patron()
    key = put(library)

    def fast(**mail: Any) -> Any:
        answer = post._take(**mail)
        hear_delivery(post.taken[0])
        return answer

    post.monkeypatch.setattr(client("sesv2", once=True), "send_email", fast)
    assert post.bring(key) == []
    noted = mail_of(library, key)
    assert (noted.state, noted.to_address) == (MailState.DELIVERED, "p-1@example.jp")
    assert sent_messages.mail_key(library, noted.message_id) == key


def test_two_unknown_ends_are_left_for_news_and_then_for_a_day(given: Given, library: Table, post: Post) -> None:
    # GIVEN two senders in a row that never learned how it ended
    given.patron()
    key = put(library)
    post.after = [no_answer(), no_answer()]
    assert post.bring(key) == ["m-0"]
    post.later(minutes=3)
    assert post.bring(key) == ["m-0"]
    # WHEN the queue brings it again within the day THEN it is not sent a third time
    for hours in (0.1, 5, 10):
        post.later(hours=hours)
        assert post.bring(key) == []
    assert len(post.taken) == 2
    # and WHEN SES had a day to tell of either and has not, THEN it never took them, and the daily job's try counts
    post.later(hours=10)
    assert post.bring(key) == []
    assert mail_of(library, key).state is MailState.SENT


def test_a_note_that_meets_conflicts_is_made_all_the_same(
    given: Given, library: Table, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.patron()
    key = put(library)
    conflicts_first(monkeypatch, 3)
    assert post.bring(key) == []
    assert post.bring(key) == []
    assert (len(post.taken), mail_of(library, key).state) == (1, MailState.SENT)


def test_without_enough_time_nothing_is_begun(given: Given, library: Table, post: Post) -> None:
    from functions.mail.handler import handler

    given.patron()
    key = put(library)
    short = context()
    short.get_remaining_time_in_millis = lambda: 5_000
    event = sample("mail/test")
    event["Records"][0]["body"] = json.dumps({"PK": key[0], "SK": key[1]})
    assert handler(event, short)["batchItemFailures"] == [{"itemIdentifier": event["Records"][0]["messageId"]}]
    assert mail_of(library, key).state is MailState.PENDING


FAULTS: dict[str, tuple[str, Callable[[], BaseException]] | None] = {
    "none": None,
    "throttled": ("before", throttled),
    "no connection": ("before", no_connection),
    "no answer, not taken": ("before", no_answer),
    "no answer, taken": ("after", no_answer),
    "died before": ("before", Died),
    "died after": ("after", Died),
}
UNKNOWABLE = {"no answer, not taken", "no answer, taken", "died before", "died after"}


def test_whatever_happens_it_is_sent_once_or_in_the_unknowable_case_twice(
    given: Given, library: Table, post: Post
) -> None:
    # GIVEN for each mail two tries with any two faults, or none
    given.patron()
    for n, (first, second) in enumerate(product(FAULTS, FAULTS), 1):
        key = put(library, ArrivalTestMail, n)
        # WHEN the queue, and then the daily job, bring the mail as long as it is on its way
        for name in (first, second, "none", "none"):
            post.before, post.after = [], []
            if fault := FAULTS[name]:
                getattr(post, fault[0]).append(fault[1]())
            if mail_of(library, key).on_its_way:
                bring_even_if_it_dies(post, key)
            post.later(minutes=3)
        post.later(days=1)
        post.bring(key)
        # THEN it was sent at least once; more often only for what nobody can know; and a third time only if SES took
        # both unknown ones and for a day told of neither, which it does not do
        unknowable = [name for name in (first, second) if name in UNKNOWABLE]
        taken_in_silence = [name for name in unknowable if name in ("no answer, taken", "died after")]
        assert 1 <= len(post.taken) <= 1 + len(taken_in_silence), (first, second)
        assert len(post.taken) == 1 or unknowable, (first, second)
        assert mail_of(library, key).state is MailState.SENT
        post.taken.clear()


def bring_even_if_it_dies(post: Post, key: Key) -> None:
    with suppress(Died):
        post.bring(key)


def hear_delivery(taken: dict[str, Any]) -> None:
    """SES tells of a delivery as it does of a mail with tags."""
    from functions.bounces.handler import handler

    event = sample("bounces/delivery")
    told = json.loads(json.loads(event["Records"][0]["body"])["Message"])
    told["mail"] |= {"messageId": taken["id"], "destination": taken["Destination"]["ToAddresses"]}
    told["mail"]["tags"] |= {tag["Name"]: [tag["Value"]] for tag in taken["EmailTags"]}
    told["delivery"]["recipients"] = taken["Destination"]["ToAddresses"]
    event["Records"][0]["body"] = json.dumps({"Type": "Notification", "Message": json.dumps(told)})
    assert handler(event, context()) == {"batchItemFailures": []}


def conflicts_first(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """The table's transactions meet others, so many times."""
    dynamodb = client("dynamodb")
    real, left = dynamodb.transact_write_items, [times]

    def meets(**request: Any) -> Any:
        if left[0]:
            left[0] -= 1
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": [{"Code": "TransactionConflict"}],
            }
            raise ClientError(answer, "TransactWriteItems")
        return real(**request)

    monkeypatch.setattr(dynamodb, "transact_write_items", meets)
