"""A patron's addresses and mails at the desk, RULES 38, 39: tried again, read, sent again."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from functions.review.handler import handler
from lending.aws import suppression
from lending.aws.table import Table
from lending.aws.table.mail import addresses, contacts, mails
from lending.aws.table.registration import cards
from lending.aws.table.writes import Key
from lending.domain.mail.kinds.accounts import TemporaryPasswordMail
from lending.domain.mail.kinds.addresses import AddressConfirmationMail, ArrivalTestMail
from lending.domain.mail.kinds.lending import LendingMail
from lending.domain.mail.mail import Mail, MailState, Unsent, first_name
from lending.domain.registration.card import Card, CardState
from tests.handlers.conftest import Given, context, sample
from tests.handlers.crashing import Mortal, deaths, everything
from tests.handlers.desk import answered, ask, codes
from tests.handlers.mail.test_bounces import bounce, hear
from tests.handlers.mails import SATURDAY, Post, lend, mail_of, put, put_lending, sent

CARD, FAMILY = "10000001", "family@example.jp"
NOW = SATURDAY + timedelta(hours=3)


@pytest.fixture(autouse=True)
def forgiven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses taken off SES's list: moto has none."""
    found: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", found.append)
    return found


@pytest.fixture
def library(library: Table) -> Table:
    """Two patrons with cards, who share an address."""
    for patron_id in ("p-1", "p-2"):
        patron = Given(library).patron(patron_id, email=FAMILY)
        library.write(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id=patron_id)))
        library.write(addresses.user_addition(FAMILY, patron_id))
    return library


@pytest.fixture
def dead_end(library: Table) -> None:
    """Mails to both came back for good: the address is marked, and both are to be called."""
    for patron_id in ("p-1", "p-2"):
        sent(library, f"m-{patron_id}", FAMILY, owner=patron_id)
        hear(bounce(f"m-{patron_id}", 5, to=FAMILY))
    assert addresses.unreachable(library, {FAMILY}) == {FAMILY}
    assert len(contacts.page(library, 10)[0]) == 2


def desk(method: str, path: str, body: Any = None, now: Any = NOW) -> tuple[int, Any]:
    return ask(method, f"/patrons/{CARD}{path}", body, now=now)


def try_again(now: Any = NOW) -> tuple[int, Any]:
    return desk("POST", "/address", {"action": "try_again"}, now)


def trying(library: Table) -> list[Mail]:
    return [mail for mail in mails.of_patron(library, "p-1") if mail.kind == ArrivalTestMail.name]


# Tried again


@pytest.mark.usefixtures("dead_end")
def test_sample_an_address_that_is_no_dead_end(
    library: Table, forgiven: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forgiven.clear()
    # WHEN staff, who have called, say "try again"
    status, body = answered(handler(sample("review/address_try_again"), context()))
    assert (status, body["addresses"]) == (202, [FAMILY])
    # THEN the mark is gone for all who share it, on SES's list too, and nobody has to call, RULES 39
    assert addresses.unreachable(library, {FAMILY}) == set()
    assert forgiven == [FAMILY]
    assert contacts.page(library, 10)[0] == []
    # and a test mail goes, and the next mails
    (test,) = trying(library)
    post = Post(monkeypatch)
    assert post.bring(mails.key(test)) == []
    assert post.taken[0]["Destination"] == {"ToAddresses": [FAMILY]}
    lend(library, "t-1")
    assert post.bring(put(library, LendingMail, 1, pickup_from="2026-06-07", facility="12")) == []
    assert len(post.taken) == 2
    # and it is on the trail of the patron, RULES 41
    assert "try_address" in {trace["what"] for trace in library.query("PATRON#p-1", "TRACE#")}


@pytest.mark.usefixtures("dead_end")
def test_it_may_die_at_any_write(library: Table, mortal: Mortal) -> None:
    # GIVEN what "try again" leaves that nothing interrupts, RULES 39
    start = everything(library)
    assert try_again()[0] == 202
    whole = everything(library)
    played = 0
    # WHEN it dies before or after any write
    for death in deaths(library, mortal, start, try_again):
        # THEN said once more it ends the same, with one test mail
        assert try_again()[0] == 202, death
        assert everything(library) == whole, death
        assert len(trying(library)) == 1
        played += 1
    assert played >= 3


def test_said_twice_within_a_minute_one_test_mail_goes(library: Table) -> None:
    assert [try_again()[0], try_again(NOW + timedelta(seconds=30))[0]] == [202, 202]
    assert len(trying(library)) == 1
    assert try_again(NOW + timedelta(minutes=2))[0] == 202
    assert len(trying(library)) == 2


def test_both_addresses_of_a_patron_are_tried(given: Given, library: Table) -> None:
    patron = given.patron("p-3", email="own@example.jp", mail_to="holds@example.jp")
    library.write(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id="p-3")))
    status, body = ask("POST", f"/patrons/{patron.card_number}/address", {"action": "try_again"}, now=NOW)
    assert (status, body["addresses"]) == (202, ["holds@example.jp", "own@example.jp"])
    assert {mail.facts["to"] for mail in mails.of_patron(library, "p-3")} == {"holds@example.jp", "own@example.jp"}


def test_there_must_be_somebody_with_an_address(given: Given, library: Table) -> None:
    patron = given.patron("p-3", email="")
    library.write(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id="p-3")))
    status, problem = ask("POST", f"/patrons/{patron.card_number}/address", {"action": "try_again"})
    assert (status, codes(problem)) == (409, ["no_mail_address"])
    assert ask("POST", "/patrons/19999999/address", {"action": "try_again"})[0] == 404
    assert desk("POST", "/address", {"action": "forget"})[0] == 422


@pytest.mark.usefixtures("dead_end")
def test_the_same_address_said_anew_is_tried_again(library: Table, forgiven: list[str]) -> None:
    forgiven.clear()
    # WHEN staff enter the address that is there already: the patron says it is right, RULES 39
    assert desk("PATCH", "", {"email": FAMILY})[0] == 200
    # THEN it is tried, and this patron's task is settled
    assert addresses.unreachable(library, {FAMILY}) == set()
    assert forgiven == [FAMILY]
    assert [task.patron_id for task in contacts.page(library, 10)[0]] == ["p-2"]
    # and a change of something else says nothing of the address
    library.write(addresses.mark_addition(FAMILY, NOW, "wrong_address"))
    assert desk("PATCH", "", {"blocked": True})[0] == 200
    assert addresses.unreachable(library, {FAMILY}) == {FAMILY}


# Read


def test_sample_staff_read_what_a_mail_said(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a lending mail that was sent, and one with a password
    post = Post(monkeypatch)
    lend(library, "t-1")
    assert post.bring(put_lending(library), put(library, TemporaryPasswordMail, 1)) == []
    # WHEN the sample asks for the patron's mails
    status, body = answered(handler(sample("review/patron_mails"), context()))
    # THEN it says what they said and how far they came, but no password, RULES 38
    assert status == 200
    shown = {mail["kind"]: mail for mail in body["items"]}
    lending = shown["lending"]
    assert (lending["id"], lending["state"], lending["to"]) == ("lending~2026-06-07~12", "sent", FAMILY)
    assert lending["subject"] == "【青森県立図書館】オンライン貸出のお知らせ"
    assert "見本の本 t-1" in lending["text"]
    password = post.taken[1]["Content"]["Simple"]["Body"]["Text"]["Data"].split("仮パスワード: ")[1].split("\n")[0]
    assert password not in str(body)
    # and that they were read is on the trail, RULES 41
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert (trace["what"], trace["note"]) == ("look", "mails")


def test_a_mail_that_was_not_sent_says_why(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    library.write(addresses.mark_addition(FAMILY, SATURDAY, "mailbox_full"))
    lend(library, "t-1")
    Post(monkeypatch).bring(put_lending(library))
    (mail,) = desk("GET", "/mails")[1]["items"]
    assert (mail["state"], mail["why"]) == ("unsent", "このメールアドレスには届きません")
    assert "見本の本 t-1" in mail["text"]


# Sent again


@pytest.fixture
def lost(library: Table) -> Key:
    """A lending mail that came back."""
    lend(library, "t-1")
    key = sent(library, "m-1", FAMILY)
    hear(bounce("m-1", 5, to=FAMILY))
    return key


def test_sample_a_mail_that_came_back_is_sent_again(library: Table, lost: Key, monkeypatch: pytest.MonkeyPatch) -> None:
    assert try_again()[0] == 202
    # WHEN the sample sends it again
    status, body = answered(handler(sample("review/patron_mail_again"), context()))
    # THEN it is a mail of its own, and says what is true now
    assert (status, body["id"], body["state"]) == (202, "lending~2026-06-07~12~again~1", "pending")
    post = Post(monkeypatch)
    assert post.bring(("PATRON#p-1", "MAIL#lending#2026-06-07#12#again#1")) == []
    assert "見本の本 t-1" in post.text
    # and what became of the first can still be seen
    assert mail_of(library, lost).state is MailState.BOUNCED
    assert "send_mail" in {trace["what"] for trace in library.query("PATRON#p-1", "TRACE#")}


def again(now: Any = NOW, mail: str = "lending~2026-06-07~12") -> tuple[int, Any]:
    return desk("POST", f"/mails/{mail}/again", now=now)


@pytest.mark.usefixtures("lost")
def test_pressed_twice_it_is_sent_once(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # WHEN it is pressed twice, and a third time for the new one, RULES 38
    first = again()[1]["id"]
    assert [again()[1]["id"], again(mail=first)[1]["id"]] == [first, first]
    # and WHEN others press at the same moment
    transact, raced = Table.transact, []

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        raced.append(again(NOW + timedelta(hours=1))[1]["id"])
        transact(table, *writes)

    mail = mail_of(library, ("PATRON#p-1", f"MAIL#{first.replace('~', '#')}"))
    library.write(mails.change(mail, replace(mail, state=MailState.SENT, sent_at=NOW)))
    monkeypatch.setattr(Table, "transact", meanwhile)
    assert [again(NOW + timedelta(hours=1))[1]["id"], *raced] == ["lending~2026-06-07~12~again~2"] * 2
    # THEN there is one for each time it was meant
    found = [mail.mail_id for mail in mails.of_patron(library, "p-1")]
    assert sorted(found) == [f"lending#2026-06-07#12{end}" for end in ("", "#again#1", "#again#2")]
    assert {first_name(name) for name in found} == {"lending#2026-06-07#12"}


def test_a_mail_on_its_way_will_do(library: Table) -> None:
    put(library, LendingMail, date(2026, 6, 7), 12, pickup_from="2026-06-07", facility="12")
    assert again()[1]["id"] == "lending~2026-06-07~12"
    assert len(mails.of_patron(library, "p-1")) == 1


def test_what_cannot_be_sent_again(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a link that proves an address: only its owner can ask for another
    kind = AddressConfirmationMail
    put(library, kind, "2026-06-01", 1, to="new@example.jp", pending="secret", valid_hours=24)
    status, problem = again(mail="address_confirmation~2026-06-01~1")
    assert (status, codes(problem)) == (409, ["link_by_patron"])
    assert again(mail="lending~2026-06-07~99")[0] == 404
    # and GIVEN a mail with nothing to tell any more THEN it is not sent, and says so
    sent(library, "m-9", FAMILY)
    new = again()[1]["id"].replace("~", "#")
    Post(monkeypatch).bring(("PATRON#p-1", f"MAIL#{new}"))
    assert mail_of(library, ("PATRON#p-1", f"MAIL#{new}")).why is Unsent.NOTHING_TO_SAY
