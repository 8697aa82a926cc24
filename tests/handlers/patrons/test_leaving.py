"""Who leaves, is taken out, or has not come for years leaves nothing behind; what is kept can be had (RULES 41)."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.my_library.handler import handler as my_library
from functions.notices.handler import handler as notices
from lending.actions.library import Library
from lending.actions.patrons import leave as leaving
from lending.aws import accounts, suppression
from lending.aws.clients import client
from lending.aws.table import Table
from lending.aws.table.holds import baskets
from lending.aws.table.mail import addresses, contacts, mails
from lending.aws.table.patrons import account_work, audit_log, patrons, people
from lending.aws.table.registration import cards
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.contact import Contact
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.mail import Mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.mail_address import PendingAddress
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import CardState
from lending.domain.week import TOKYO
from tests.handlers.applications import KIT, RECEIPT, applied, kit, register, submitted
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.crashing import Crash, Mortal, deaths, everything, one_at_a_time
from tests.handlers.desk import POLICY, SampleLibrary, answered, ask

NUMBER, FORMER = "30100001", KIT
HANAKO = {"name": "架空 花野", "kana": "カクウ ハナノ", "phone": "0172-98-7654", "email": "hanano@example.jp",
          "postal_code": "030-0184", "address": "青森県青森市荒川字藤戸119-7"}  # fmt: skip
LATER = NOON + timedelta(hours=4)


@pytest.fixture
def forgiven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that SES was told to forget; moto has no such list."""
    told: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", told.append)
    return told


@pytest.fixture
def at(given: Given, forgiven: list[str]) -> SampleLibrary:
    """A patron registered by an application, who has a second card by now, and something of everything."""
    table, library = given.table, SampleLibrary(given)
    kit(table), submitted(table, patron_id="p-1", **HANAKO)
    assert register()[0] == 200
    kit(table, NUMBER), submitted(table, "5000000005", kind="reissue", card_number=NUMBER, old_card_number=FORMER,
                                  **{n: HANAKO[n] for n in ("name", "kana", "email")})  # fmt: skip
    assert register("5000000005")[0] == 200, register("5000000005")
    something_of_everything(table)
    return library


def something_of_everything(table: Table) -> None:
    address = HANAKO["email"]
    call = Contact(patron_id="p-1", address=address, cause=BounceCause.UNKNOWN, since=NOON, last_at=NOON)
    for write in (
        baskets.addition("p-1", "t-1", NOON),
        mails.addition(Mail("test-1", "p-1", ArrivalTestMail.name, NOON), POLICY),
        contacts.record(None, call, POLICY),
        addresses.wish_addition(
            PendingAddress("p-1", "email", "new@example.jp", "pending", NOON, NOON + timedelta(days=1))
        ),
        addresses.mark_addition(address, NOON, "unknown"),
        account_work.addition("p-1", NOON),
        audit_log.entry_of_patron("p-1", Act(NOON, "desk-1", Deed.LOOK, "電話"), POLICY),
    ):
        table.write(write)


def leave(now: datetime = NOON) -> int:
    return answered(my_library(request("DELETE", "/api/me", group="patron", user="p-1", now=now), context()))[0]


def erase(now: datetime = LATER) -> dict[str, int]:
    told: dict[str, int] = notices({"job": "erasure", "scheduled_time": now.isoformat()}, context())
    return told


def users() -> set[str]:
    pool = client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    return {user["Username"] for user in client("cognito-idp").list_users(UserPoolId=pool)["Users"]}


def traces_of(person: list[str], items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Keys of the items in which something of a person is.

    But for the numbers of ended cards, which are nobody's, and traces of staff that say no more than an id.
    """
    found = []
    for item in items:
        key = (item["PK"]["S"], item["SK"]["S"])
        text = json.dumps(item, ensure_ascii=False, default=str)
        words = set(person) - IDS if key[1].startswith("TRACE#") and "note" not in item else person
        if any(each in text for each in words) and not key[0].startswith("CARD"):
            found.append(key)
    return found


IDS = {"p-1", RECEIPT, "5000000005"}
PERSON = [*HANAKO.values(), NUMBER, FORMER, *IDS, "カクウハナノ", "0172987654"]


# Leaving


def test_who_leaves_leaves_nothing_behind(at: SampleLibrary, forgiven: list[str]) -> None:
    # GIVEN a patron of whom there is something of everything, RULES 41
    assert len(traces_of(PERSON, at.everything())) > 15
    assert "p-1" in users()
    # WHEN they leave
    event = sample("my_library/leave")
    assert answered(my_library(event, context()))[0] == 204
    # THEN record, applications, mails, tasks, traces are gone at once, and so is the account
    assert traces_of(PERSON, at.everything()) == [("PATRON#p-1", "LEAVING")]
    assert users() == set()
    # AND SES has forgotten the address that nothing reached
    assert forgiven == [HANAKO["email"]]
    # AND the numbers of the cards are nobody's, and nobody gets them again, RULES 5
    for number in (NUMBER, FORMER):
        card = cards.find(at.table, number)
        assert card
        assert (card.state, card.patron_id) == (CardState.RETIRED, "")
    assert ask("GET", f"/patrons/{NUMBER}")[0] == 404
    # AND the hour's job ends it
    assert erase() == {"job": "erasure", "taken_out": 0, "going": 0, "gone": 1, "erasures_left": 0, "addresses": 0}
    assert traces_of(PERSON, at.everything()) == []


def test_leaving_twice_is_leaving_once(at: SampleLibrary) -> None:
    assert [leave(), leave()] == [204, 204]
    assert erase(NOON + timedelta(minutes=1))["going"] == 1
    assert erase()["gone"] == 1
    assert leave() == 204


def test_what_comes_after_leaving_goes_as_well(at: SampleLibrary) -> None:
    # GIVEN somebody who has left, whose token is good for an hour yet
    leave()
    event = request("PUT", "/api/me/basket/t-1", group="patron", user="p-1", now=NOON + timedelta(minutes=5))
    at.table.write(baskets.addition("p-1", "t-1", NOON + timedelta(minutes=5)))
    my_library(event, context())
    # WHEN the job ends it THEN nothing is left
    erase()
    assert {item["SK"][:6] for item in at.table.query("PATRON#p-1")} == {"TRACE#"}


def test_nobody_leaves_with_books_or_holds_and_is_told_of_both(at: SampleLibrary) -> None:
    # GIVEN a hold and a loan
    at.given.title("t-1"), at.given.title("t-2")
    at.hold(), at.loan("t-2-1", facility="")
    before = at.everything()
    # WHEN the patron leaves, or staff take them out THEN both are named, and nothing is changed
    for status, answer in (
        answered(my_library(request("DELETE", "/api/me", group="patron", user="p-1"), context())),
        ask("DELETE", f"/patrons/{NUMBER}"),
    ):
        assert (status, answer["code"]) == (409, "cannot_leave")
        assert [reason["code"] for reason in answer["reasons"]] == ["holds_open", "loans_open"]
    assert at.everything() == before


def test_a_hold_in_the_same_moment_comes_first_or_not_at_all(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a hold that is placed between the look and the write
    at.given.title("t-1")
    look = addresses.unreachable

    def meanwhile(table: Table, used: set[str]) -> set[str]:
        if at.hold_or_none() is None:
            at.hold()
        return look(table, used)

    monkeypatch.setattr(addresses, "unreachable", meanwhile)
    # WHEN the patron leaves THEN they are told of it
    assert leave() == 409
    assert at.held()


def test_sample_staff_take_somebody_out_and_that_they_did_is_kept(at: SampleLibrary) -> None:
    # GIVEN a patron who asks for it at the window WHEN staff take them out, twice
    assert [ask("DELETE", f"/patrons/{NUMBER}", now=NOON)[0] for _ in range(2)] == [204, 204]
    # THEN the trace says who did it, and not whom it was about, RULES 41
    (trace,) = at.table.query("LIST#left", "TRACE#")
    assert (trace["by"], trace["what"]) == ("desk-1", "close")
    # AND nobody takes their tracks away with the person: what was done stays for its time, without the notes
    _, trail = ask("GET", "/trail", query={"staff": "desk-1"}, now=NOON)
    assert {(each["on"], each["what"], each["number"], each["note"]) for each in trail["items"]} == {
        ("patron", "look", "", None), ("list", "close", "left", None),
    }  # fmt: skip
    erase()
    assert traces_of(PERSON, at.everything()) == []
    assert ask("DELETE", "/patrons/99999999")[0] == 404
    kit(at.table, "20100002")
    assert ask("DELETE", "/patrons/20100002")[0] == 404


# Death at every write, and at every call


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Mortal:
    return Mortal(client("dynamodb"))


def test_a_death_at_any_write_of_leaving_is_made_good_by_doing_it_again(at: SampleLibrary, mortal: Mortal) -> None:
    table, start = one_at_a_time(mortal), everything(one_at_a_time(mortal))
    leaving.leave(table, "p-1", NOON)
    alive, played = everything(table), 0
    for death in deaths(table, mortal, start, lambda: leaving.leave(table, "p-1", NOON)):
        # WHEN it is done again, or the job comes THEN it ends the same
        leaving.leave(table, "p-1", NOON)
        assert everything(table) == alive, death
        played += 1
    assert played >= 4
    for death in deaths(table, mortal, start, lambda: leaving.leave(table, "p-1", NOON)):
        left = patrons.find(table, "p-1") is None
        leaving.erase(Library(table, POLICY, LATER), lambda: True)
        assert (traces_of(PERSON, everything(table)) == []) is left, death


@pytest.mark.parametrize("call", ["account", "suppression"])
def test_a_death_at_a_call_elsewhere_is_made_good(
    at: SampleLibrary, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    # GIVEN a Cognito, or a SES, at which the function dies
    def dies(_: str) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        name = "delete_account" if call == "account" else "remove_from_suppression_list"
        patch.setattr(accounts if call == "account" else suppression, name, dies)
        with pytest.raises(Crash):
            leave()
    # WHEN the job comes THEN it ends the same
    assert erase()["gone"] == 1
    assert (users(), traces_of(PERSON, at.everything())) == (set(), [])


def test_one_who_cannot_be_seen_to_holds_up_nobody(at: SampleLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN two who go, and a Cognito that fails for one of them
    other = at.patron("p-2")
    leave()
    leaving.leave(at.table, other.patron_id, NOON + timedelta(minutes=1))
    delete = accounts.delete_account

    def fails(patron_id: str) -> None:
        if patron_id == "p-1":
            client("cognito-idp").admin_get_user(UserPoolId="no-such_pool", Username=patron_id)
        delete(patron_id)

    monkeypatch.setattr(accounts, "delete_account", fails)
    # WHEN the job comes THEN the other is gone, and this one is counted
    assert {name: n for name, n in erase().items() if n} == {"job": "erasure", "gone": 1, "erasures_left": 1}


# Not used for years


def expired(given: Given, patron_id: str, expires_on: date) -> Patron:
    library = SampleLibrary(given)
    patron = library.patron(patron_id, expires_on=expires_on, email=f"{patron_id}@example.jp")
    given.table.transact(*addresses.user_changes(None, patron), *people.name_changes(None, patron))
    return patron


ERASED_ON = datetime(2029, 6, 10, 3, 45, tzinfo=TOKYO)


@pytest.mark.usefixtures("forgiven")
def test_who_has_not_used_the_service_for_years_is_erased(given: Given) -> None:
    # GIVEN cards that ran out three years and some days ago, one renewed since, one a year later, one with a hold
    given.title()
    for number in (1, 2, 3, 4):
        expired(given, f"p-{number}", date(2026, 5, 31) if number != 3 else date(2027, 5, 31))
    renewed = patrons.find(given.table, "p-2")
    assert renewed
    given.table.write(patrons.change(renewed, replace(renewed, expires_on=date(2029, 5, 31))))
    SampleLibrary(given).hold("p-4")
    # WHEN the job comes, hour by hour
    told = [erase(ERASED_ON + timedelta(hours=hour)) for hour in range(5)]
    # THEN only who had nothing open is gone, RULES 41
    assert [each["taken_out"] for each in told] == [1, 0, 0, 0, 0]
    assert sum(each["gone"] for each in told) == 1
    assert set(patrons.find_many(given.table, {f"p-{n}" for n in (1, 2, 3, 4)})) == {"p-2", "p-3", "p-4"}
    assert traces_of(["p-1"], everything(given.table)) == []


@pytest.mark.usefixtures("forgiven")
def test_who_asks_for_a_renewal_is_not_erased_before_it_is_decided(given: Given) -> None:
    # GIVEN somebody whose card ran out three years ago, and who has just applied for its renewal
    expired(given, "p-1", date(2026, 5, 31))
    changes: dict[str, Any] = dict.fromkeys(("kana", "postal_code", "address", "phone", "online_lending"))
    changes |= {"kind": "renewal", "card_number": "10000001", "documents": ["driving_licence"]}
    applied(given.table, **changes)
    # THEN it is for staff to decide
    assert erase(ERASED_ON)["taken_out"] == 0


@pytest.mark.usefixtures("forgiven")
def test_a_day_too_early_nobody_is_erased(given: Given) -> None:
    expired(given, "p-1", date(2026, 6, 11))
    assert erase(ERASED_ON)["taken_out"] == 0


@pytest.mark.usefixtures("forgiven")
def test_a_death_at_any_write_of_the_erasure_is_made_good_by_the_next(given: Given, mortal: Mortal) -> None:
    for number in (1, 2, 3):
        expired(given, f"p-{number}", date(2026, 5, 31))
    table, start = one_at_a_time(mortal), everything(one_at_a_time(mortal))

    def job(hours: int = 0) -> None:
        leaving.erase(Library(table, POLICY, ERASED_ON + timedelta(hours=hours)), lambda: True)

    def both() -> None:
        job()
        job(4)

    both()
    alive, played = everything(table), 0
    for death in deaths(table, mortal, start, both):
        both()
        assert everything(table) == alive, death
        played += 1
    assert played >= 6


def test_the_job_stops_when_the_time_is_over_and_goes_on(given: Given, forgiven: list[str]) -> None:
    for number in (1, 2, 3):
        expired(given, f"p-{number}", date(2026, 5, 31))
    times = iter([True, True, False, False])
    told = leaving.erase(Library(given.table, POLICY, ERASED_ON), lambda: next(times))
    assert told["taken_out"] == 2
    assert leaving.erase(Library(given.table, POLICY, ERASED_ON), lambda: True)["taken_out"] == 1


# Addresses that are nobody's


def test_an_unreachable_address_of_nobody_is_forgotten_after_the_policys_days(
    given: Given, forgiven: list[str]
) -> None:
    # GIVEN a mistyped address of an applicant, and one that a patron uses, both unreachable
    patron = given.patron()
    given.table.transact(*addresses.user_changes(None, patron))
    for address in ("mistyped@example.jp", patron.email):
        given.table.write(addresses.mark_addition(address, NOON, "wrong_address"))
    # WHEN the policy's days are not over THEN both are known
    days = timedelta(days=POLICY.mark_days)
    assert erase(NOON + days - timedelta(hours=1))["addresses"] == 0
    # AND then only the patron's
    assert erase(NOON + days)["addresses"] == 1
    assert addresses.unreachable(given.table, {"mistyped@example.jp", patron.email}) == {patron.email}
    assert forgiven == ["mistyped@example.jp"]


# What is kept, as a file


def test_sample_the_file_has_all_that_is_kept(at: SampleLibrary) -> None:
    # GIVEN a patron with something of everything, a hold, and a loan with its bag
    at.given.title("t-1"), at.given.title("t-2")
    at.hold(), at.loan("t-2-1")
    # WHEN they ask for all of it
    status, file = answered(my_library(sample("my_library/export"), context()))
    assert status == 200
    # THEN every item of their partition is in it, RULES 41, with all but how the table finds it
    text = json.dumps(file, ensure_ascii=False)
    items = list(at.table.query("PATRON#p-1"))
    kept = sum(len(section) for section in file.values() if isinstance(section, list))
    of_applications = [item for receipt in (RECEIPT, "5000000005") for item in at.table.query(f"APPLICATION#{receipt}")]
    assert kept == len(items) + len(of_applications) + 2 + 1
    for item in items:
        for name, value in item.items():
            hidden = {"PK", "SK", "work", "work_order", "title_key", "title_order", "expires_at", "by"}
            assert name in hidden or f'"{name}"' in text, name
            if isinstance(value, str) and name not in hidden:
                assert value in text, (name, value)
    # AND it is told what is what
    assert {"record", "holds", "loans", "basket", "mails", "contact_tasks", "trail", "applications", "cards",
            "addresses_to_be_proved", "bags"} <= file.keys()  # fmt: skip
    assert [card["number"] for card in sorted(file["cards"], key=lambda card: card["number"])] == [FORMER, NUMBER]
    # AND the trail says what and when, not who
    assert "desk-1" not in text
    assert "staff-1" not in text
    assert {trace["what"] for trace in file["trail"]} >= {"look", "register"}


def test_a_new_kind_of_item_is_in_the_file_at_once(at: SampleLibrary) -> None:
    from lending.aws.table.writes import put

    at.table.write(put(("PATRON#p-1", "WISH#1"), {"text": "新しい種類"}))
    _, file = answered(my_library(sample("my_library/export"), context()))
    assert file["wish"] == [{"name": "1", "text": "新しい種類"}]


def test_my_library_shows_what_is_stored(at: SampleLibrary) -> None:
    _, me = answered(my_library(request("GET", "/api/me", group="patron", user="p-1"), context()))
    assert {name: me[name] for name in HANAKO} == HANAKO
    assert (me["birth_date"], me["guardian"]) == ("1990-04-01", None)


def test_the_last_word_says_nothing_of_the_person(at: SampleLibrary) -> None:
    # GIVEN somebody who goes THEN what is kept of them until the end is named, and is no more than it must be
    leave()
    (item,) = at.table.query("PATRON#p-1", "LEAVING")
    assert item.keys() - {"PK", "SK", "work", "work_order"} == {"patron_id", "since", "receipts", "addresses"}
