"""Who has no mail gets letters: the desk prints what a mail would have said; RULES 36, 39, 41, 44."""

from typing import Any

import pytest

from functions.review.handler import handler
from lending.aws import accounts
from lending.aws.table import Table
from lending.aws.table.loans import loans
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.mail.kinds import MailKind
from lending.domain.mail.kinds.accounts import AcceptanceMail
from lending.domain.mail.kinds.addresses import AddressConfirmationMail, ArrivalTestMail
from lending.domain.mail.kinds.books import OverdueMail
from lending.domain.mail.mail import MailState, Unsent
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from tests.handlers.conftest import Given, context, sample
from tests.handlers.crashing import Mortal, deaths, dies_anywhere, everything
from tests.handlers.desk import answered, ask
from tests.handlers.mails import SATURDAY, Post, lend, mail_of, put, put_lending

LETTER = "p-1#lending#2026-06-07#12"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch)


@pytest.fixture
def person(given: Given) -> Patron:
    """Somebody without mail."""
    return given.patron("p-1", email="")


def letters(**query: str) -> list[dict[str, Any]]:
    status, body = ask("GET", "/lists/letters", now=SATURDAY, query=query)
    assert status == 200, body
    return list(body["items"])


def printed(*ids: str) -> dict[str, bool]:
    status, body = ask("POST", "/lists/letters", {"printed": list(ids)}, now=SATURDAY)
    assert status == 200, body
    return {each["id"]: each["printed"] for each in body["items"]}


def test_sample_the_saturday_mail_of_who_has_none_is_a_letter(person: Patron, library: Table, post: Post) -> None:
    # GIVEN two books on their way, and the mail that tells of them (RULES 36, 44)
    lend(library, "t-1", "t-2")
    key = put_lending(library)
    assert post.bring(key) == []
    assert post.taken == []
    # WHEN staff look at the letters
    status, body = answered(handler(sample("review/letters_list"), context()))
    # THEN it is there with all that a letter needs
    (letter,) = body["items"]
    assert (status, letter["id"], letter["why"], letter["with_slip"]) == (200, LETTER, "no_address", False)
    assert (letter["name"], letter["postal_code"], letter["address"]) == (
        person.name, person.postal_code, person.address,
    )  # fmt: skip
    for said in ("見本の本 t-1", "見本の本 t-2", person.card_number, "この手紙", "https://lending.example.jp"):
        assert said in letter["text"]
    assert "メール" not in letter["text"]
    # AND that they were looked at is kept with the person (RULES 41)
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert (trace["by"], trace["what"], trace["note"]) == ("staff-1", "look", "letters")
    # WHEN they have printed it
    status, body = answered(handler(sample("review/letters_printed"), context()))
    # THEN it is gone from the list, said twice as once, and My Library says how it went
    assert (status, body["items"]) == (200, [{"id": LETTER, "printed": True}])
    assert (letters(), printed(LETTER)) == ([], {LETTER: True})
    assert mail_of(library, key).state is MailState.PRINTED


def test_it_says_what_is_true_when_it_is_looked_at(person: Patron, library: Table, post: Post) -> None:
    lend(library, "t-1", "t-2")
    key = put_lending(library)
    post.bring(key)
    # WHEN one of the books has come back meanwhile
    found = loans.find(library, "p-1", "t-1-1")
    assert found
    library.write(loans.end(found))
    # THEN the letter tells of the other only
    (letter,) = letters()
    assert "見本の本 t-2" in letter["text"]
    assert "見本の本 t-1" not in letter["text"]
    # AND where nothing is left to tell there is none
    found = loans.find(library, "p-1", "t-2-1")
    assert found
    library.write(loans.end(found))
    assert letters() == []


def test_an_address_that_nothing_reaches_is_none(given: Given, library: Table, post: Post) -> None:
    # GIVEN somebody whose mails come back (RULES 39)
    given.patron("p-1")
    library.write(addresses.mark_addition("p-1@example.jp", SATURDAY, "wrong_address"))
    lend(library, "t-1")
    post.bring(put_lending(library))
    (letter,) = letters()
    assert (letter["why"], letter["why_label"]) == ("unreachable", "このメールアドレスには届きません")


def test_who_has_an_address_gets_mails_and_no_letters(given: Given, library: Table, post: Post) -> None:
    given.patron("p-1")
    lend(library, "t-1")
    key = put_lending(library)
    post.bring(key)
    assert (len(post.taken), letters(), printed(LETTER)) == (1, [], {LETTER: False})
    assert mail_of(library, key).state is MailState.SENT


@pytest.mark.parametrize("kind", [ArrivalTestMail, AddressConfirmationMail])
def test_what_is_about_mail_itself_is_no_letter(
    person: Patron, library: Table, post: Post, kind: type[MailKind]
) -> None:
    key = put(library, kind)
    post.bring(key)
    assert (letters(), mail_of(library, key).why) == ([], Unsent.NO_ADDRESS)


def test_a_password_comes_on_a_slip_and_is_in_no_letter(person: Patron, library: Table, post: Post) -> None:
    # GIVEN somebody without mail, whose application for a password was registered (RULES 6, 44)
    accounts.ensure_account("p-1", person.card_number)
    password = accounts.new_temporary_password("p-1")
    post.bring(put(library, AcceptanceMail, "4821773019", application_kind="password"))
    # WHEN the letter is looked at, twice
    letters()
    (letter,) = letters()
    # THEN it says where the password is, and makes none
    assert (letter["with_slip"], "同封の票をご覧ください" in letter["text"]) == (True, True)
    assert password not in letter["text"]
    assert still_temporary(password)
    # AND who has chosen one is sent none
    accounts._call("admin_set_user_password", "p-1", Password="Jibun-2026", Permanent=True)
    (letter,) = letters()
    assert (letter["with_slip"], "同封の票" in letter["text"]) == (False, False)


def still_temporary(password: str) -> bool:
    from tests.handlers.patrons.test_window import signs_in

    return signs_in("p-1", password) == "NEW_PASSWORD_REQUIRED"


def test_letters_come_in_pages_the_oldest_first(given: Given, library: Table, post: Post) -> None:
    for number in (1, 2, 3):
        given.patron(f"p-{number}", email="")
        lend(library, f"t-{number}", patron_id=f"p-{number}")
        post.bring(put_lending(library, f"p-{number}"))
    _, first = ask("GET", "/lists/letters", now=SATURDAY, query={"limit": "2"})
    _, second = ask("GET", "/lists/letters", now=SATURDAY, query={"limit": "2", "cursor": first["cursor"]})
    assert [each["id"][:3] for each in first["items"] + second["items"]] == ["p-1", "p-2", "p-3"]
    assert second["cursor"] is None
    # AND one that is printed leaves the others
    assert printed("p-2#lending#2026-06-07#12") == {"p-2#lending#2026-06-07#12": True}
    assert [each["id"][:3] for each in letters()] == ["p-1", "p-3"]


def test_a_letter_that_is_sent_by_mail_after_all_is_not_printed(person: Patron, library: Table, post: Post) -> None:
    # GIVEN a letter, and its patron now has an address
    lend(library, "t-1")
    key = put_lending(library)
    post.bring(key)
    library.transact(
        cards.addition(Card(person.card_number, CardState.ACTIVE, patron_id="p-1")),
        patrons.mail_addresses_change(person, {"email": "p-1@example.jp"}),
    )
    # WHEN the desk sends the mail again THEN nobody prints the letter any more (RULES 38, 44)
    name = key[1].removeprefix("MAIL#").replace("#", "~")
    assert ask("POST", f"/patrons/{person.card_number}/mails/{name}/again", {}, SATURDAY)[0] < 300
    assert (letters(), mail_of(library, key).why) == ([], Unsent.REPEATED)


def test_what_is_no_letter_is_not_printed(person: Patron, library: Table) -> None:
    assert printed("p-1#nothing", "x", "") == {"p-1#nothing": False, "x": False, "": False}


def test_one_that_lacks_what_it_tells_hides_no_other(person: Patron, library: Table, post: Post) -> None:
    # GIVEN a mail without its facts, and one that is whole
    lend(library, "t-1")
    post.bring(put(library, OverdueMail, 1), put_lending(library))
    assert [each["id"] for each in letters()] == [LETTER]


def test_noting_it_printed_may_die_anywhere(person: Patron, library: Table, post: Post, mortal: Mortal) -> None:
    lend(library, "t-1")
    post.bring(put_lending(library))
    assert dies_anywhere(library, mortal, lambda: printed(LETTER)) >= 1


def test_becoming_a_letter_may_die_anywhere(person: Patron, library: Table, post: Post, mortal: Mortal) -> None:
    # GIVEN the mail of somebody without an address
    lend(library, "t-1")
    key = put_lending(library)
    start = everything(library)
    for death in deaths(library, mortal, start, lambda: post.bring(key)):
        # WHEN it comes again once its sender cannot live any more THEN it is a letter all the same
        post.later(hours=1)
        post.bring(key)
        assert [each["id"] for each in letters()] == [LETTER], death
