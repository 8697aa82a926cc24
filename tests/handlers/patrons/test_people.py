"""People at the window and on the phone: searched for without a card, and corrected; RULES 7, 41, 44."""

from datetime import date
from typing import Any

import pytest

from functions.review.handler import handler
from lending.aws import suppression
from lending.aws.table import Table
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import patrons, people
from lending.aws.table.registration import cards
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from tests.handlers.conftest import NOON, Given, context, sample
from tests.handlers.crashing import Mortal, dies_anywhere, everything
from tests.handlers.desk import CARD, answered, ask, codes


@pytest.fixture
def person(given: Given, monkeypatch: pytest.MonkeyPatch) -> Patron:
    """Somebody who can be found."""
    # moto has no suppression list
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    return known(given)


def known(given: Given, patron_id: str = "p-1", **changes: Any) -> Patron:
    patron = given.patron(patron_id, **changes)
    card = Card(patron.card_number, CardState.ACTIVE, patron_id=patron_id)
    given.table.transact(
        cards.addition(card), *people.name_changes(None, patron), *addresses.user_changes(None, patron)
    )
    return patron


def search(**query: str) -> list[str]:
    status, body = ask("GET", "/patrons", query=query)
    assert status == 200, body
    return [each["card_number"] for each in body["items"]]


# The search


def test_sample_finds_a_person_and_leaves_a_trace(person: Patron, library: Table) -> None:
    # WHEN somebody at the window tells reading and birthday, RULES 44
    status, body = answered(handler(sample("review/patrons_search"), context()))
    # THEN they are found, with what staff need to be sure of it
    (found,) = body["items"]
    assert (status, found["card_number"], found["name"], found["address"]) == (200, CARD, person.name, person.address)
    # AND that they were looked at is kept with them, RULES 41
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert (trace["by"], trace["note"]) == ("staff-1", "窓口")


def test_by_name_kana_phone_and_birthday(given: Given, person: Patron) -> None:
    # GIVEN another of the same name
    known(given, "p-2", phone="090-1234-5678", birth_date=date(2001, 2, 3), kana="ミモト ハナコ")
    # THEN each thing known leads to whom it fits, in any form
    assert search(name="見本花") == [CARD, "10000002"]
    assert (search(kana="ﾐﾎﾝ"), search(kana="みもとは"), search(kana="み")) == (
        [CARD],
        ["10000002"],
        [CARD, "10000002"],
    )
    assert (search(phone="09012345678"), search(phone="090-1234-567")) == (["10000002"], [])
    assert (search(birth_date="2001年2月3日"), search(birth_date="20010204")) == (["10000002"], [])
    assert search(name="見本", phone="０１７０００００００") == [CARD]
    assert search(kana="花子") == []


def test_a_long_list_comes_in_pages(given: Given, person: Patron) -> None:
    for number in range(2, 6):
        known(given, f"p-{number}")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        query = {"kana": "ミホン", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        _, page = ask("GET", "/patrons", query=query)
        assert len(page["items"]) <= 2
        found, cursor = found + [each["card_number"] for each in page["items"]], page["cursor"]
    assert found == [f"1000000{number}" for number in range(1, 6)]


def test_what_nobody_is_found_by_is_refused(person: Patron) -> None:
    assert codes(ask("GET", "/patrons")[1]) == ["nothing_sought"]
    assert codes(ask("GET", "/patrons", query={"kana": "・"})[1]) == ["nothing_sought"]
    assert ask("GET", "/patrons", query={"birth_date": "1990"})[1]["reasons"][0]["field"] == "birth_date"


# Corrections


def test_sample_corrects_everything_of_a_person(person: Patron, library: Table) -> None:
    status, body = answered(handler(sample("review/patron_correct"), context()))
    # THEN each field has its regular form
    told = {
        "name": "見本 華子", "kana": "ミホン ハナコ", "birth_date": "1991-04-01", "phone": "017-111-1111",
        "postal_code": "030-0801", "address": "青森県青森市新町1-1-1", "mail_to": "hanako@example.com",
        "guardian": "見本 太郎", "note": "耳が遠い方",
    }  # fmt: skip
    assert (status, {name: body[name] for name in told}) == (200, told)
    # AND what depends on them has followed: who is found by what, and who uses which address
    assert (search(phone="0171111111"), search(phone="0170000000")) == ([CARD], [])
    assert (search(name="見本華"), search(name="見本花")) == ([CARD], [])
    assert people.namesakes(library, person.kana, person.birth_date) == []
    assert people.namesakes(library, "ミホンハナコ", date(1991, 4, 1)) == ["p-1"]
    assert addresses.users(library, "hanako@example.com") == ["p-1"]


def test_the_trace_of_a_correction_says_what_and_not_which(person: Patron, library: Table) -> None:
    ask("PATCH", f"/patrons/{CARD}", {"kana": "ミモト", "phone": "090-0000-0000"})
    (trace,) = library.query("PATRON#p-1", "TRACE#")
    assert (trace["what"], trace["note"]) == ("change", "kana, phone")
    assert "ミモト" not in str(trace)


def test_what_may_be_unknown_can_be_emptied_and_the_rest_not(person: Patron, library: Table) -> None:
    optional = ("postal_code", "address", "phone", "email", "mail_to", "guardian", "note")
    assert ask("PATCH", f"/patrons/{CARD}", dict.fromkeys(optional, ""))[0] == 200
    patron = patrons.find(library, "p-1")
    assert patron
    assert {getattr(patron, name) for name in optional} == {""}
    assert addresses.users(library, person.email) == []
    status, body = ask("PATCH", f"/patrons/{CARD}", {"name": " ", "kana": "", "birth_date": ""})
    assert (status, [reason["field"] for reason in body["reasons"]]) == (422, ["name", "kana", "birth_date"])


def test_every_wrong_field_is_named_and_nothing_changes(person: Patron, library: Table) -> None:
    before = everything(library)
    wrong = {
        "kana": "見本",
        "birth_date": "1990-02-30",
        "phone": "1",
        "postal_code": "1",
        "email": "a@b",
        "name": "花子",
    }
    status, body = ask("PATCH", f"/patrons/{CARD}", wrong)
    assert (status, {reason["field"] for reason in body["reasons"]}) == (422, wrong.keys() - {"name"})
    assert everything(library) == before


def test_a_correction_may_die_anywhere(person: Patron, library: Table, mortal: Mortal) -> None:
    def correct() -> Any:
        changes = {"name": "例示 花子", "kana": "レイジ ハナコ", "note": "電話で"}
        return ask("PATCH", f"/patrons/{CARD}", changes, NOON)[1]

    assert dies_anywhere(library, mortal, correct) >= 1
