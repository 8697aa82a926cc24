"""An application changes the record of nobody but the applicant: RULES 4."""

from datetime import date
from typing import Any

import pytest

from lending.aws import suppression
from lending.aws.table import Table
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import applications, cards
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.registration.kinds import ApplicationStatus
from tests.handlers.applications import KIT, RECEIPT, kit, register, submitted
from tests.handlers.conftest import Given
from tests.handlers.crashing import everything
from tests.handlers.desk import CARD, codes

KINDS = ["reissue", "name_change", "change", "renewal", "password"]
ANOTHER = date(1950, 12, 31)


@pytest.fixture(autouse=True)
def no_suppression_list(monkeypatch: pytest.MonkeyPatch) -> None:
    # moto has none
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)


def of_another(given: Given, kind: str, **changes: Any) -> Patron:
    """An application that names the card of somebody with another birthday."""
    patron = given.patron("p-1", **({"birth_date": ANOTHER} | changes))
    given.table.write(cards.addition(Card(CARD, CardState.ACTIVE, patron_id="p-1")))
    kit(given.table)
    own = {"card_number": KIT, "old_card_number": CARD} if kind in ("reissue", "name_change") else {"card_number": CARD}
    submitted(given.table, kind=kind, online_lending=False, **own)
    return patron


def fields(body: dict[str, Any]) -> list[str]:
    return [reason["field"] for reason in body["reasons"]]


@pytest.mark.parametrize("kind", KINDS)
def test_with_another_birthday_nothing_is_changed(given: Given, library: Table, kind: str) -> None:
    # GIVEN somebody who types the number of another's card, RULES 4
    of_another(given, kind)
    before = everything(library)
    # WHEN staff register
    status, body = register()
    # THEN they are told what differs, and record, card and application are as they were
    assert (status, body["code"], codes(body), fields(body)) == (409, "other_person", ["differs"], ["birth_date"])
    assert everything(library) == before


@pytest.mark.parametrize("kind", KINDS)
def test_staff_confirm_by_name_what_differs(given: Given, library: Table, kind: str) -> None:
    # GIVEN a record with a birthday mistyped long ago
    of_another(given, kind)
    # WHEN they say that it is the same person all the same
    assert register(confirmed=["birth_date"])[0] == 200
    # THEN it is registered
    application = applications.find(library, RECEIPT)
    assert application
    assert (application.status, application.patron_id) == (ApplicationStatus.REGISTERED, "p-1")


def test_each_thing_that_differs_is_confirmed_by_its_own_name(given: Given, library: Table) -> None:
    # GIVEN another name, reading and birthday
    of_another(given, "change", name="例示 翔子", kana="レイジ ショウコ")
    assert fields(register()[1]) == ["name", "kana", "birth_date"]
    # WHEN only some of it is confirmed THEN the rest still refuses
    assert fields(register(confirmed=["birth_date", "kana"])[1]) == ["name"]
    assert register(confirmed=["name", "kana", "birth_date"])[0] == 200


def test_a_change_of_name_is_expected_to_differ_in_name_and_kana(given: Given, library: Table) -> None:
    of_another(given, "name_change", name="例示 翔子", kana="レイジ ショウコ")
    assert fields(register()[1]) == ["birth_date"]
    assert register(confirmed=["birth_date"])[0] == 200
    patron = patrons.find(library, "p-1")
    assert patron
    assert (patron.name, patron.kana, patron.birth_date) == ("見本 花子", "ミホン ハナコ", ANOTHER)


def test_another_spelling_with_the_same_birthday_is_no_other_person(given: Given, library: Table) -> None:
    of_another(given, "renewal", birth_date=date(1990, 4, 1), name="見本 華子")
    assert register()[0] == 200


def test_what_a_record_lacks_is_no_difference(given: Given, library: Table) -> None:
    # GIVEN a patron from before, of whom only the birthday is known, and that wrong (RULES 42)
    of_another(given, "change", name="", kana="")
    assert fields(register()[1]) == ["birth_date"]


def test_nobody_confirms_what_is_not_compared(given: Given, library: Table) -> None:
    of_another(given, "change")
    status, body = register(confirmed=["address"])
    assert (status, fields(body)) == (422, ["confirmed.0"])
