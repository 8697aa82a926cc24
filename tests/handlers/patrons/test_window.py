"""Who comes to the window or writes: registered, and given a password on paper; RULES 5, 6, 41, 42, 44."""

import json
from datetime import date
from typing import Any

import pytest

from functions.review.handler import handler
from lending.aws import accounts, suppression
from lending.aws.clients import client
from lending.aws.settings import settings
from lending.aws.table import Table
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import patrons, people
from lending.aws.table.registration import cards
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from tests.handlers.conftest import Given, context, request, sample
from tests.handlers.crashing import Mortal, deaths, dies_anywhere, everything
from tests.handlers.desk import THURSDAY, answered, ask, codes

KIT = "20100001"
KOHARU = json.loads(sample("review/patron_register")["body"])


@pytest.fixture(autouse=True)
def no_suppression_list(monkeypatch: pytest.MonkeyPatch) -> None:
    # moto has none
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)


@pytest.fixture
def library(library: Table) -> Table:
    """A kit at a facility, and a blank card at the prefectural library's own counter."""
    library.transact(cards.addition(Card(KIT, facility="1")), cards.addition(Card("00000001", facility="prefectural")))
    return library


def register(**changes: Any) -> tuple[int, Any]:
    return ask("POST", "/patrons", KOHARU | changes)


def holder(library: Table, number: str) -> Patron:
    card = cards.find(library, number)
    assert card
    patron = patrons.find(library, card.patron_id)
    assert patron
    return patron


def account_of(patron_id: str) -> Any:
    """The account, None if there is none."""
    pool, cognito = settings().user_pool_id, client("cognito-idp")
    try:
        return cognito.admin_get_user(UserPoolId=pool, Username=patron_id)
    except cognito.exceptions.UserNotFoundException:
        return None


# Registering


def test_sample_registers_a_minor_with_a_kit(library: Table) -> None:
    # WHEN a child comes with a kit's card and a guardian
    status, body = answered(handler(sample("review/patron_register"), context()))
    # THEN all that was written down is there in its regular form, the card works for the policy's years, RULES 8, 44
    assert (status, body["card_number"], body["kana"], body["guardian"]) == (201, KIT, "ミホン コハル", "見本 花子")
    assert (body["expires_on"], body["email"], body["online_lending"]) == ("2029-06-01", "", True)
    patron = holder(library, KIT)
    assert cards.find(library, KIT) == Card(KIT, CardState.ACTIVE, "1", patron.patron_id)
    # AND they are found by it, who registered them is known (41), and no account is made before it is needed (42)
    assert people.namesakes(library, "ミホンコハル", date(2015, 5, 5)) == [patron.patron_id]
    (trace,) = library.query(f"PATRON#{patron.patron_id}", "TRACE#")
    assert (trace["by"], trace["what"]) == ("staff-1", "register_person")
    assert account_of(patron.patron_id) is None


@pytest.mark.parametrize(
    ("number", "card"),
    [
        (KIT, Card(KIT, CardState.ACTIVE, "1")),
        ("00000001", Card("00000001", CardState.ACTIVE, "prefectural")),
        ("00999999", Card("00999999", CardState.ACTIVE)),
    ],
)
def test_a_card_of_any_place_or_one_that_the_library_issued(library: Table, number: str, card: Card) -> None:
    assert register(card_number=number)[0] == 201
    found = cards.find(library, number)
    assert found
    assert (found.state, found.facility) == (card.state, card.facility)


def test_who_has_mail_uses_the_address(library: Table) -> None:
    library.write(addresses.mark_addition("koharu@example.jp", THURSDAY, "wrong_address"))
    assert register(email="koharu@example.jp", expires_on="2027-03-31", online_lending=False)[0] == 201
    patron = holder(library, KIT)
    assert (patron.email, patron.expires_on, patron.online_lending) == (
        "koharu@example.jp", date(2027, 3, 31), False,
    )  # fmt: skip
    assert addresses.users(library, "koharu@example.jp") == [patron.patron_id]
    assert addresses.unreachable(library, ["koharu@example.jp"]) == set()


def test_the_same_request_again_finds_it_done(library: Table) -> None:
    first = register()
    done = everything(library)
    assert register() == first
    assert everything(library) == done


@pytest.mark.parametrize("state", [CardState.ACTIVE, CardState.RETIRED])
def test_a_card_that_is_not_blank_is_nobody_elses(given: Given, library: Table, state: CardState) -> None:
    given.patron("p-9")
    library.write(cards.addition(Card("30000001", state, patron_id="p-9")))
    status, body = register(card_number="30000001")
    assert (status, codes(body), body["reasons"][0]["card_state"]) == (409, ["card_taken"], state)
    assert "別のカード" in body["detail"]


def test_a_namesake_is_told_before_a_second_record_is_made(given: Given, library: Table) -> None:
    # GIVEN somebody with the same reading and birthday
    other = given.patron("p-1", kana="ミホンコハル", birth_date=date(2015, 5, 5))
    library.transact(*people.name_changes(None, other))
    before = everything(library)
    # WHEN staff register
    status, body = register()
    # THEN they are told who, and nothing is made; that the other was looked at is kept (RULES 41)
    assert (status, body["code"]) == (409, "namesake")
    assert [reason["card_number"] for reason in body["reasons"]] == ["10000001"]
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert len(everything(library)) == len(before) + 1
    assert (trace["what"], trace["note"]) == ("look", "namesake")
    # AND if it is another person all the same, they say so
    assert register(confirmed=["namesake"])[0] == 201
    assert len(people.namesakes(library, "ミホン コハル", date(2015, 5, 5))) == 2


def test_everything_wrong_is_named(library: Table) -> None:
    wrong = {"kana": "小春", "birth_date": "2015-02-30", "phone": "1", "expires_on": "2030-01-01", "name": ""}
    status, body = register(**wrong)
    assert (status, {reason["field"] for reason in body["reasons"]}) == (422, {"kana", "birth_date", "phone", "name"})
    assert [reason["field"] for reason in register(expires_on="2026-06-03")[1]["reasons"]] == ["expires_on"]
    status, body = register(card_number="x", kana="x")
    assert {reason["field"] for reason in body["reasons"]} == {"card_number", "kana"}
    status, body = ask("POST", "/patrons", {"card_number": KIT})
    assert {reason["field"] for reason in body["reasons"]} == {"name", "kana", "birth_date"}


def test_a_child_comes_with_a_guardian(library: Table) -> None:
    status, body = register(guardian="")
    assert (status, [reason["field"] for reason in body["reasons"]]) == (422, ["guardian"])
    assert register(guardian="", birth_date="2011-06-04")[0] == 201  # fifteen on that day


def test_two_who_get_one_card_at_the_same_moment(library: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    answers, transact = [], Table.transact

    def meanwhile(table: Table, *writes: Any) -> None:
        monkeypatch.setattr(Table, "transact", transact)
        answers.append(register(name="例示 翔太", kana="レイジ ショウタ"))
        transact(table, *writes)

    monkeypatch.setattr(Table, "transact", meanwhile)
    answers.append(register())
    assert [status for status, _ in answers] == [201, 409]
    assert holder(library, KIT).name == "例示 翔太"


@pytest.mark.parametrize("number", [KIT, "00999999"])
def test_it_may_die_at_any_write(library: Table, mortal: Mortal, number: str) -> None:
    # GIVEN a blank card, or one that the library has issued itself (RULES 44)
    def come() -> int:
        return register(card_number=number)[0]

    start = everything(library)
    assert come() == 201
    whole = len(everything(library))
    # WHEN it dies before or after any write
    for death in deaths(library, mortal, start, come):
        # THEN the same request ends with one patron, who has the card and is found by all that is known
        assert come() == 201
        assert len(everything(library)) == whole, death
        patron = holder(library, number)
        assert people.namesakes(library, patron.kana, patron.birth_date) == [patron.patron_id]


# Another card


def test_sample_a_lost_card_is_replaced_by_one_of_any_place(person: Patron, library: Table) -> None:
    # GIVEN somebody who signs in, and has lost the card
    accounts.ensure_account("p-1", "10000001")
    # WHEN they get a blank one at the window, RULES 1, 44
    status, body = answered(handler(sample("review/patron_card"), context()))
    assert (status, body["card_number"]) == (201, KIT)
    # THEN it works, also to sign in, and the old one has ended
    assert holder(library, KIT).patron_id == "p-1"
    assert cards.find(library, "10000001") == Card("10000001", CardState.RETIRED, patron_id="p-1")
    assert {"Name": "preferred_username", "Value": KIT} in account_of("p-1")["UserAttributes"]
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert trace["what"] == "issue_card"
    # AND the same request again finds it done, by the old number as by the new
    done = everything(library)
    assert answered(handler(sample("review/patron_card"), context())) == (status, body)
    assert ask("POST", f"/patrons/{KIT}/card", {"card_number": KIT}) == (status, body)
    assert everything(library) == done


def test_no_card_of_another_is_issued(given: Given, person: Patron, library: Table) -> None:
    other = given.patron("p-2")
    library.write(cards.addition(Card(other.card_number, CardState.ACTIVE, patron_id="p-2")))
    before = everything(library)
    status, body = ask("POST", "/patrons/10000001/card", {"card_number": other.card_number})
    assert (status, codes(body)) == (409, ["card_taken"])
    assert ask("POST", "/patrons/19999999/card", {"card_number": KIT})[0] == 404
    assert everything(library) == before


@pytest.mark.parametrize("number", [KIT, "00999999"])
def test_issuing_a_card_may_die_at_any_write(person: Patron, library: Table, mortal: Mortal, number: str) -> None:
    def come() -> Any:
        return ask("POST", "/patrons/10000001/card", {"card_number": number})[1]

    assert dies_anywhere(library, mortal, come) >= 1


# The slip


@pytest.fixture
def person(given: Given, library: Table) -> Patron:
    """Somebody with a card and no account."""
    patron = given.patron("p-1", email="")
    library.write(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id="p-1")))
    return patron


def test_sample_a_password_on_a_slip_makes_the_account(person: Patron, library: Table) -> None:
    # WHEN somebody without mail is handed a slip, RULES 6, 44
    status, body = answered(handler(sample("review/patron_password_slip"), context()))
    assert (status, body["card_number"], body["name"], body["valid_days"]) == (201, "10000001", "見本 花子", 7)
    # THEN they sign in with card and slip, and choose their own
    assert signs_in("p-1", body["temporary_password"]) == "NEW_PASSWORD_REQUIRED"
    assert not accounts.has_chosen_password("p-1")
    # AND who handed it out is known, and the password is nowhere
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert (trace["by"], trace["what"]) == ("staff-1", "password_slip")
    assert body["temporary_password"] not in str(everything(library))


def test_another_slip_voids_the_first(person: Patron, library: Table) -> None:
    first, second = (ask("POST", "/patrons/10000001/password-slip", {})[1]["temporary_password"] for _ in range(2))
    assert (signs_in("p-1", first), signs_in("p-1", second)) == ("", "NEW_PASSWORD_REQUIRED")


def test_a_slip_is_shown_once(person: Patron, library: Table) -> None:
    # GIVEN a request with a key, carried out
    once = request("POST", "/api/desk/patrons/10000001/password-slip", body={}, group="desk", user="desk-1",
                   headers={"idempotency-key": "k"})  # fmt: skip
    _, first = answered(handler(once, context()))
    # WHEN it comes again THEN it is not done again, and what was secret is not told again, nor kept
    status, again = answered(handler(once, context()))
    assert (status, again) == (201, first | {"temporary_password": ""})
    assert first["temporary_password"] not in str(everything(library))
    assert signs_in("p-1", first["temporary_password"]) == "NEW_PASSWORD_REQUIRED"


def test_a_slip_for_an_old_card_is_for_its_holder(person: Patron, library: Table) -> None:
    accounts.ensure_account("p-1", "19999999")
    body = ask("POST", "/patrons/10000001/password-slip", {})[1]
    # THEN the account signs in with the card of now, whatever it was made with
    account = account_of("p-1")
    assert {"Name": "preferred_username", "Value": body["card_number"]} in account["UserAttributes"]
    assert ask("POST", "/patrons/19999999/password-slip", {})[0] == 404


def signs_in(username: str, password: str) -> str:
    """What Cognito asks next, nothing if it refuses."""
    pool, cognito = settings().user_pool_id, client("cognito-idp")
    app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="test")["UserPoolClient"]["ClientId"]
    try:
        answer = cognito.admin_initiate_auth(
            UserPoolId=pool, ClientId=app, AuthFlow="ADMIN_NO_SRP_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )  # fmt: skip
    except cognito.exceptions.NotAuthorizedException:
        return ""
    return str(answer.get("ChallengeName"))
