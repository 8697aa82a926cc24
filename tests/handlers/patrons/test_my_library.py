"""My SampleLibrary, RULES 7, 10, 19, 28, 31, 38, 39, as the function answers it."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.my_library.handler import handler
from lending.actions.library import Library
from lending.actions.loans.sunday_release import release_uncollected
from lending.aws import signing, suppression
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import queues
from lending.aws.table.loans import loans
from lending.aws.table.mail import addresses, mails
from lending.domain.calendar.closures import Closure, Scope
from lending.domain.catalogue.title import CopyState
from lending.domain.loans.loan import Loan
from lending.domain.mail.kinds.addresses import AddressConfirmationMail
from lending.domain.week import TOKYO
from tests.handlers.conftest import NOON, Given, context, request, sample
from tests.handlers.desk import SampleLibrary
from tests.library import aomori

DUE = date(2026, 6, 21)  # the worked example of the rules


@pytest.fixture
def there(given: Given) -> SampleLibrary:
    return SampleLibrary(given)


@pytest.fixture(autouse=True)
def forgiven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses taken off SES's list: moto has none."""
    found: list[str] = []
    monkeypatch.setattr(suppression, "remove_from_suppression_list", found.append)
    return found


def on(day: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=TOKYO)


def ask(method: str, path: str, body: Any = None, user: str = "p-1", now: datetime = NOON) -> tuple[int, Any]:
    event = request(method, f"/api{path}", body=body, group="patron" if user else "", user=user, now=now)
    return answered(handler(event, context()))


def answered(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


def codes(problem: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in problem["reasons"]]


def renew(day: datetime, user: str = "p-1", barcode: str = "t-1-1") -> tuple[int, Any]:
    return ask("POST", f"/me/loans/{barcode}/renewals", user=user, now=day)


def loan_of(table: Table, patron_id: str = "p-1", barcode: str = "t-1-1") -> Loan:
    loan = loans.find(table, patron_id, barcode)
    assert loan
    return loan


# The record


def test_sample_shows_the_record(there: SampleLibrary) -> None:
    # GIVEN a patron with a cap that counts from a run to come (RULES 19)
    there.patron(loan_cap=5, loan_cap_before=10, loan_cap_from=date(2026, 6, 4), open_holds=3)
    # WHEN the sample is sent on the Monday before
    status, me = answered(handler(sample("my_library/me"), context()))
    # THEN it shows the card, the cap of today and the one to come
    assert status == 200, me
    assert (me["name"], me["card_number"], me["expires_on"]) == ("見本 花子", "10000001", "2027-03-31")
    assert (me["loan_cap"], me["next_loan_cap"], me["next_loan_cap_from"]) == (10, 5, "2026-06-04")
    assert me["counts"] == {"holds": 3, "loans": 0, "basket": 0}
    assert (me["mail_to"], me["email_reachable"], me["expired"]) == ("p-1@example.jp", True, False)


@pytest.mark.parametrize(("days", "told"), [(-1, False), (0, True), (30, True), (31, False)])
def test_a_card_about_to_run_out_is_told(there: SampleLibrary, days: int, told: bool) -> None:
    # GIVEN a card whose last day is some days away THEN it is told as the mail of rule 37 tells it
    there.patron(expires_on=NOON.date() + timedelta(days=days))
    assert ask("GET", "/me")[1]["renewal_due"] is told


def test_a_usual_place_is_chosen_and_taken_back(there: SampleLibrary) -> None:
    # GIVEN a patron without one
    there.patron(), there.facility()
    assert ask("GET", "/me")[1]["usual_pickup_place"] is None
    # WHEN one is chosen, sent as a number or as text THEN it is kept, in its one form
    assert ask("PATCH", "/me", {"usual_pickup_place": 12})[1]["usual_pickup_place"] == "12"
    assert ask("PATCH", "/me", {"usual_pickup_place": "prefectural"})[1]["usual_pickup_place"] == "prefectural"
    # and a place that is none changes nothing
    status, problem = ask("PATCH", "/me", {"usual_pickup_place": "70"})
    assert (status, [reason["field"] for reason in problem["reasons"]]) == (422, ["usual_pickup_place"])
    assert codes(problem) == ["unknown_pickup_place"]
    assert ask("GET", "/me")[1]["usual_pickup_place"] == "prefectural"
    # WHEN it is taken back, as a form sends nothing or as it is shown without one, THEN there is none
    for nothing in ("", None):
        assert ask("PATCH", "/me", {"usual_pickup_place": 12})[1]["usual_pickup_place"] == "12"
        assert ask("PATCH", "/me", {"usual_pickup_place": nothing})[1]["usual_pickup_place"] is None


def test_an_address_that_mails_do_not_reach_is_shown(there: SampleLibrary) -> None:
    # GIVEN an address that came back for good, RULES 39
    there.patron()
    there.table.write(addresses.mark_addition("p-1@example.jp", NOON, "wrong_address"))
    assert ask("GET", "/me")[1]["email_reachable"] is False


@pytest.mark.parametrize("group", ["desk", "facility-01"])
def test_another_group_is_refused(there: SampleLibrary, group: str) -> None:
    there.patron()
    assert handler(request("GET", "/api/me", group=group, user="p-1"), context())["statusCode"] == 403


# Addresses


def link_of(table: Table, user: str = "p-1") -> str:
    """The token that the latest confirmation mail carries."""
    mail = next(each for each in mails.of_patron(table, user) if each.kind == AddressConfirmationMail.name)
    return signing.confirmation_token(user, mail.facts["pending"])


def test_a_new_address_counts_once_its_link_was_followed(there: SampleLibrary) -> None:
    # GIVEN a patron who wants hold mails elsewhere, RULES 7
    there.patron()
    status, me = answered(handler(sample("my_library/change_me"), context()))
    assert status == 200, me
    # THEN nothing has changed yet, and the mail goes to the address to be proved
    assert (me["mail_to"], me["pending_addresses"]) == ("p-1@example.jp", {"mail_to": "reading@example.jp"})
    (mail,) = mails.of_patron(there.table, "p-1")
    assert mail.facts["to"] == "reading@example.jp"
    # WHEN the link is followed, twice, by somebody who is not signed in
    event = sample("my_library/confirm_mail_address")
    event["body"] = json.dumps({"token": link_of(there.table)})
    assert [answered(handler(event, context()))[0] for _ in range(2)] == [200, 200]
    # THEN it counts, and the table knows who uses it
    me = ask("GET", "/me")[1]
    assert (me["mail_to"], me["email"], me["pending_addresses"]) == ("reading@example.jp", "p-1@example.jp", {})
    assert addresses.users(there.table, "reading@example.jp") == ["p-1"]


def test_a_changed_address_frees_the_one_before(there: SampleLibrary) -> None:
    # GIVEN two patrons who share an address that mails do not reach
    for patron_id in ("p-1", "p-2"):
        there.patron(patron_id, email="family@example.jp")
        there.table.write(addresses.user_addition("family@example.jp", patron_id))
    there.table.write(addresses.mark_addition("family@example.jp", NOON, "mailbox_full"))
    # WHEN one of them proves another
    ask("PATCH", "/me", {"email": "new@example.jp"})
    ask("POST", "/mail-address-confirmations", {"token": link_of(there.table)}, user="")
    # THEN the mark is gone for both, RULES 39, and only the other one uses the old address
    assert ask("GET", "/me", user="p-2")[1]["email_reachable"] is True
    assert addresses.users(there.table, "family@example.jp") == ["p-2"]


def test_another_address_for_hold_mails_mends_no_dead_one(there: SampleLibrary) -> None:
    # GIVEN a patron whose own address is dead, which passwords still go to
    there.patron()
    there.table.write(addresses.user_addition("p-1@example.jp", "p-1"))
    there.table.write(addresses.mark_addition("p-1@example.jp", NOON, "wrong_address"))
    # WHEN they have hold mails sent elsewhere
    ask("PATCH", "/me", {"mail_to": "reading@example.jp"})
    ask("POST", "/mail-address-confirmations", {"token": link_of(there.table)}, user="")
    # THEN the dead one is as dead as before, RULES 39
    assert ask("GET", "/me")[1]["mail_to"] == "reading@example.jp"
    assert addresses.unreachable(there.table, {"p-1@example.jp"}) == {"p-1@example.jp"}


def test_a_mended_address_proves_itself_anew(there: SampleLibrary, forgiven: list[str]) -> None:
    # GIVEN the patron's own address, which mails did not reach
    there.patron()
    there.table.write(addresses.mark_addition("p-1@example.jp", NOON, "mailbox_full"))
    # WHEN it is entered again: SES would keep the link from it (DESIGN), so it is taken off SES's list first
    ask("PATCH", "/me", {"email": "p-1@example.jp"})
    assert forgiven == ["p-1@example.jp"]
    ask("POST", "/mail-address-confirmations", {"token": link_of(there.table)}, user="")
    assert ask("GET", "/me")[1]["email_reachable"] is True


def test_back_to_the_registered_address_needs_no_link(there: SampleLibrary) -> None:
    there.patron(mail_to="reading@example.jp")
    assert ask("PATCH", "/me", {"mail_to": ""})[1]["mail_to"] == "p-1@example.jp"
    assert mails.of_patron(there.table, "p-1") == []


def test_wrong_addresses_are_all_named_with_what_is_wrong(there: SampleLibrary) -> None:
    # RULES 7: half-width, exactly one @, no comma for a dot
    there.patron()
    status, problem = ask("PATCH", "/me", {"email": "ｈanako@example.jp", "mail_to": "hanako@example,jp"})
    assert status == 422
    told = {reason["field"]: reason["message"] for reason in problem["reasons"]}
    assert "1文字目の「ｈ」" in told["email"]
    assert "コンマ" in told["mail_to"]


def test_a_later_wish_and_a_late_click_make_a_link_void(there: SampleLibrary) -> None:
    there.patron()
    ask("PATCH", "/me", {"mail_to": "first@example.jp"})
    first = link_of(there.table)
    ask("PATCH", "/me", {"mail_to": "second@example.jp"}, now=NOON + timedelta(minutes=1))
    assert ask("POST", "/mail-address-confirmations", {"token": first}, user="")[0] == 409
    # a day later the second is void, too
    late = NOON + timedelta(days=1, minutes=2)
    status, problem = ask("POST", "/mail-address-confirmations", {"token": link_of(there.table)}, user="", now=late)
    assert (status, codes(problem)) == (409, ["link_void"])
    assert ask("GET", "/me")[1]["mail_to"] == "p-1@example.jp"


def test_a_made_up_link_is_void(there: SampleLibrary) -> None:
    there.patron()
    assert ask("POST", "/mail-address-confirmations", {"token": "bm90IG91cnM"}, user="")[0] == 409
    # and what was sealed for another purpose is of no use
    other = signing.sealed("cursor", ["p-1", "x"])
    assert ask("POST", "/mail-address-confirmations", {"token": other}, user="")[0] == 409


def test_nobody_can_have_strangers_written_to_without_end(there: SampleLibrary) -> None:
    there.patron()
    answers = [ask("PATCH", "/me", {"mail_to": f"stranger-{n}@example.jp"})[0] for n in range(6)]
    assert answers == [200] * 5 + [429]


# The basket


def test_basket_remembers_titles_and_counts_for_nothing(there: SampleLibrary) -> None:
    # GIVEN two titles; RULES 10: the basket is no hold
    there.patron(), there.given.title("t-1"), there.given.title("t-2", copies=2)
    # WHEN they are put there, one of them twice
    assert ask("PUT", "/me/basket/t-2", now=NOON - timedelta(minutes=1))[0] == 204
    assert [answered(handler(sample("my_library/put_in_basket"), context()))[0] for _ in range(2)] == [204, 204]
    # THEN each is there once, in order
    shown = answered(handler(sample("my_library/basket"), context()))[1]["items"]
    assert [entry["title_id"] for entry in shown] == ["t-2", "t-1"]
    # with what of each is on its shelf, and who waits
    assert [(entry["copies_available"], entry["holds_waiting"]) for entry in shown] == [(2, 0), (1, 0)]
    assert ask("GET", "/me")[1]["counts"] == {"holds": 0, "loans": 0, "basket": 2}
    # WHEN one is taken out, twice
    assert [answered(handler(sample("my_library/take_from_basket"), context()))[0] for _ in range(2)] == [204, 204]
    assert [entry["title_id"] for entry in ask("GET", "/me/basket")[1]["items"]] == ["t-2"]


def test_basket_takes_no_title_that_does_not_exist(there: SampleLibrary) -> None:
    there.patron()
    assert ask("PUT", "/me/basket/t-9")[0] == 404


# Loans and renewals, RULES 31


def test_sample_shows_loans_with_what_stands_in_the_way(there: SampleLibrary) -> None:
    # GIVEN the loan of the worked example
    there.patron(), there.given.title(), there.loan()
    # WHEN the sample is sent on the Monday before it was lent
    status, shown = answered(handler(sample("my_library/loans"), context()))
    # THEN it is on its way, and not to be renewed yet
    (loan,) = shown["items"]
    assert (status, loan["barcode"], loan["lent_on"], loan["due_on"]) == (200, "t-1-1", "2026-06-04", "2026-06-21")
    assert (loan["state"], loan["renewals_left"], loan["renewable_from"]) == ("in_transit", 2, "2026-06-18")
    assert (loan["renewable"], codes(loan)) == (False, ["too_early"])
    assert loan["reserved"] is None


@pytest.mark.parametrize(
    ("day", "state"), [(6, "in_transit"), (7, "to_collect"), (14, "to_collect"), (15, "window_over")]
)
def test_state_of_a_loan_by_day(there: SampleLibrary, day: int, state: str) -> None:
    there.patron(), there.given.title(), there.loan()
    assert ask("GET", "/me/loans", now=on(day))[1]["items"][0]["state"] == state


def test_where_nothing_is_recorded_nobody_is_told_that_books_are_on_their_way_back(there: SampleLibrary) -> None:
    # GIVEN a facility that records nothing, and a Sunday that is over (RULES 30)
    there.patron(), there.given.title(), there.loan()
    release_uncollected(Library(there.table, aomori(), datetime(2026, 6, 14, 22, tzinfo=TOKYO)), lambda: True)
    (loan,) = ask("GET", "/me/loans", now=on(18))[1]["items"]
    assert (loan["state"], loan["state_label"]) == ("window_over", "受取期間は終わりました")
    assert there.who().returning == 0
    # AND who renews it has it at home
    assert (loan["renewable"], renew(on(18))[0]) == (True, 201)
    assert ask("GET", "/me/loans", now=on(18))[1]["items"][0]["state"] == "on_loan"


@pytest.mark.parametrize(
    ("day", "overdue", "note"),
    [(21, False, None), (22, False, "6月24日(水)"), (24, False, "6月24日(水)"), (25, True, None)],
)
def test_no_book_is_called_overdue_before_its_carriage_is_checked_in(
    there: SampleLibrary, day: int, overdue: bool, note: str | None
) -> None:
    # GIVEN a loan due on Sunday 06-21: what is given back that day is checked in by Wednesday (RULES 35, Q27)
    there.patron(), there.given.title(), there.loan(handed_over_at=on(8))
    (loan,) = ask("GET", "/me/loans", now=on(day))[1]["items"]
    assert loan["overdue"] is overdue
    told = note and f"返却済みの場合も、県立図書館に届くまで({note}ごろ)貸出中と表示されます。"
    assert loan["past_due_note"] == told


def test_a_closed_wednesday_is_no_check_in_day(there: SampleLibrary) -> None:
    # GIVEN the Wednesday and Thursday after the due date are closed (RULES 35)
    there.patron(), there.given.title(), there.loan()
    shut = Closure(closure_id="c", scope=Scope.PREFECTURAL, starts_on=date(2026, 6, 24), ends_on=date(2026, 6, 25))
    there.table.write(calendar.closure_addition(shut))
    (loan,) = ask("GET", "/me/loans", now=on(26))[1]["items"]
    assert (loan["overdue"], "6月26日(金)ごろ" in loan["past_due_note"]) == (False, True)
    assert ask("GET", "/me/loans", now=on(27))[1]["items"][0]["overdue"] is True


def test_what_nobody_collected_is_never_called_overdue(there: SampleLibrary) -> None:
    # GIVEN a book that the release has sent on its way back, long ago (RULES 30, 35)
    there.patron(), there.given.title(), there.loan(released_at=on(14))
    (loan,) = ask("GET", "/me/loans", now=on(30))[1]["items"]
    assert (loan["state"], loan["overdue"], loan["past_due_note"]) == ("returning", False, None)


def declare(day: datetime, place: str = "12", said: str = "2026-06-21") -> tuple[int, Any]:
    return ask("POST", "/me/loans/t-1-1/returned", {"place": place, "on": said}, now=day)


def test_the_sample_says_that_a_book_was_given_back(there: SampleLibrary) -> None:
    # GIVEN a loan of the worked example, and the facility where it is given back on the day it is due
    there.patron(), there.given.title(), there.loan(handed_over_at=on(8)), there.facility()
    # WHEN its patron says so, RULES 52
    status, loan = answered(handler(sample("my_library/declare_returned"), context()))
    # THEN it is shown, and counts as on loan until it is checked in
    assert (status, loan["state"], loan["state_label"]) == (200, "declared_returned", "返却手続き中")
    assert loan["declared"] == {"place": "12", "on": "2026-06-21"}
    assert (there.who().loans, there.copy().state) == (1, CopyState.ON_LOAN)
    # AND it is not renewed online, and the same said again is noted already
    assert "declared_returned" in codes(renew(on(21))[1])
    before = there.everything()
    assert declare(on(22))[0] == 200
    assert there.everything() == before


def test_what_was_given_back_is_not_overdue_while_the_carriage_may_have_it(there: SampleLibrary) -> None:
    # GIVEN a book due on Sunday 06-21 that is given back on Thursday 06-25: it comes with the carriage of 06-28
    there.patron(), there.given.title(), there.loan(handed_over_at=on(8)), there.facility()
    declare(on(25), said="2026-06-25")
    # THEN it is overdue from the day after its check-in on, RULES 52
    shown = {day: ask("GET", "/me/loans", now=day)[1]["items"][0]["overdue"] for day in (on(26), on(1, 7), on(2, 7))}
    assert list(shown.values()) == [False, False, True]


@pytest.mark.parametrize(
    ("day", "place", "said", "status", "code"),
    [
        (on(21), "12", "2026-06-22", 422, "in_future"),
        (on(21), "12", "2026-06-06", 422, "before_the_loan"),
        (on(21), "77", "2026-06-21", 422, "unknown_facility"),
        (on(21), "prefectural", "2026-06-21", 200, ""),
        (on(6), "prefectural", "2026-06-06", 422, "before_the_loan"),
    ],
)
def test_a_day_and_a_place_that_cannot_be_are_refused(
    there: SampleLibrary, day: datetime, place: str, said: str, status: int, code: str
) -> None:
    there.patron(), there.given.title(), there.loan(), there.facility()
    answer = declare(day, place, said)
    assert (answer[0], [] if status == 200 else codes(answer[1])) == (status, [code] if code else [])


def test_what_was_said_first_stands_and_what_comes_back_uncollected_was_not_given_back(there: SampleLibrary) -> None:
    # GIVEN a book that is said to be back WHEN another day is told of it THEN the first stands, RULES 52
    there.patron(), there.given.title(), there.loan(), there.facility()
    declare(on(21))
    assert codes(declare(on(22), said="2026-06-22")[1]) == ["already_declared"]
    # GIVEN another that the release has sent on its way back (RULES 30, 52)
    there.given.title("t-2")
    there.loan("t-2-1", released_at=on(14))
    answer = ask("POST", "/me/loans/t-2-1/returned", {"place": "12", "on": "2026-06-14"}, now=on(16))
    assert (answer[0], codes(answer[1])) == (409, ["not_collected"])


def test_worked_example_of_renewals(there: SampleLibrary) -> None:
    # GIVEN a loan due Sunday 06-21: renewable from Thursday 06-18, RULES 31
    there.patron(), there.given.title(), there.loan()
    assert renew(on(17))[0] == 409
    # WHEN renewed on the first day it is due a week after the old due date, and so is the copy
    status, answer = answered(handler(sample("my_library/renew"), context()))
    assert (status, answer["due_on"]) == (201, "2026-06-28"), answer
    assert there.copy().due_on == date(2026, 6, 28)
    # THEN it is too early to do so again until three days before the new date
    assert codes(renew(on(18))[1]) == ["too_early"]
    assert renew(on(28))[1]["due_on"] == "2026-07-05"
    # and twice is all
    assert codes(renew(on(5, 7))[1]) == ["renewal_limit"]
    assert loan_of(there.table).due_on == date(2026, 7, 5)


def test_the_sample_renews_several_loans(there: SampleLibrary) -> None:
    # GIVEN one loan, on the first day it can be renewed (RULES 31)
    there.patron(), there.given.title(), there.loan()
    # WHEN the sample asks for it and for a book that is not lent
    status, answer = answered(handler(sample("my_library/renew_several"), context()))
    # THEN each has its result
    assert (status, [each["barcode"] for each in answer["items"]]) == (200, ["t-1-1", "t-9-1"])
    assert [(each["renewed"], each["due_on"]) for each in answer["items"]] == [(True, "2026-06-28"), (False, None)]
    assert [reason["code"] for reason in answer["items"][1]["reasons"]] == ["not_found"]
    assert there.copy().due_on == date(2026, 6, 28)
    # and again it is too early for the first
    (first, _) = answered(handler(sample("my_library/renew_several"), context()))[1]["items"]
    assert [reason["code"] for reason in first["reasons"]] == ["too_early"]


@pytest.mark.parametrize(("day", "expected"), [(17, ["too_early"]), (18, []), (21, []), (22, ["overdue"])])
def test_window_of_renewals(there: SampleLibrary, day: int, expected: list[str]) -> None:
    # RULES 31: from three days before the due date to the due date
    there.patron(), there.given.title(), there.loan()
    status, answer = renew(on(day))
    assert (codes(answer) if status == 409 else []) == expected


def test_a_refused_renewal_names_every_reason(there: SampleLibrary) -> None:
    # GIVEN a lost book, renewed twice, overdue, for which another patron waits, RULES 31, 34
    there.patron(), there.patron("p-2"), there.given.title()
    there.loan(renewals=2, lost=True), there.hold("p-2")
    status, problem = renew(on(25))
    assert (status, codes(problem)) == (409, ["lost", "overdue", "renewal_limit", "held_by_others"])
    assert all(reason["message"] for reason in problem["reasons"])


def test_no_renewal_while_another_patron_waits(there: SampleLibrary) -> None:
    # GIVEN a waiting hold of another patron: shown as 予約 有り, RULES 31
    there.patron(), there.patron("p-2"), there.given.title(copies=2), there.loan()
    there.hold("p-2")
    (shown,) = ask("GET", "/me/loans", now=on(18))[1]["items"]
    assert (shown["reserved"], shown["renewable"]) == ("予約 有り", False)
    assert codes(renew(on(18))[1]) == ["held_by_others"]
    # WHEN it has a copy of its own, nobody waits any more
    there.kept("t-1-2", "p-2")
    assert renew(on(18))[0] == 201


def test_a_hold_that_comes_between_reading_and_writing_wins(
    there: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a renewal that has found nobody waiting, RULES 31
    there.patron(), there.patron("p-2"), there.given.title(), there.loan()
    read = queues.waiting_counts

    def read_and_then_hold(table: Table, title_ids: set[str]) -> dict[str, int]:
        counts = read(table, title_ids)
        monkeypatch.undo()
        there.hold("p-2")
        return counts

    monkeypatch.setattr(queues, "waiting_counts", read_and_then_hold)
    # WHEN a hold is placed before it writes
    status, problem = renew(on(18))
    # THEN the write itself finds it, and the rules are asked again
    assert (status, codes(problem)) == (409, ["held_by_others"])
    assert loan_of(there.table).due_on == DUE


def test_what_is_on_its_way_back_is_not_renewed(there: SampleLibrary) -> None:
    # GIVEN a loan that the release has sent on its way back, of a facility that records hand-overs (RULES 30, 31)
    there.patron(), there.given.title(), there.loan(released_at=on(14))
    status, problem = renew(on(18))
    assert (status, codes(problem)) == (409, ["returning"])
    assert "017-729-4300" in problem["detail"]
    # WHEN it turns out that it was collected THEN it is
    loan = loan_of(there.table)
    there.table.write(loans.change(loan, loan.handed_over(on(18))))
    assert renew(on(18))[0] == 201


def test_somebody_elses_loan_is_not_found(there: SampleLibrary) -> None:
    there.patron(), there.patron("p-2"), there.given.title(), there.loan()
    assert renew(on(18), user="p-2")[0] == 404


# Mails, RULES 38


def test_mails_are_shown_with_how_far_they_have_come(there: SampleLibrary) -> None:
    # GIVEN a test mail asked for, RULES 38
    there.patron()
    assert answered(handler(sample("my_library/test_mail"), context()))[0] == 202
    # THEN it can be seen
    (mail,) = answered(handler(sample("my_library/mails"), context()))[1]["items"]
    assert (mail["kind"], mail["subject"], mail["state_label"]) == (
        "test",
        "【青森県立図書館】受信確認メール",
        "送信待ち",
    )
    # and only one is sent in some minutes
    assert ask("POST", "/me/test-mail", now=NOON + timedelta(seconds=30))[0] == 429
    assert ask("POST", "/me/test-mail", now=NOON + timedelta(minutes=6))[0] == 202


def test_no_mail_shows_the_way_to_confirm(there: SampleLibrary) -> None:
    there.patron()
    ask("PATCH", "/me", {"mail_to": "reading@example.jp"})
    (mail,) = ask("GET", "/me/mails")[1]["items"]
    assert mail["facts"] == {}
    assert mails.of_patron(there.table, "p-1")[0].facts["pending"] not in json.dumps(mail)


def test_old_mails_are_not_shown(there: SampleLibrary) -> None:
    # RULES 41: mails that name titles vanish, whether or not the table has erased them yet
    there.patron()
    ask("POST", "/me/test-mail")
    assert ask("GET", "/me/mails", now=NOON + timedelta(days=36))[1]["items"] == []
