"""Every act of staff on a person leaves a trace, which can be read, and vanishes (RULES 41)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from functions.review.handler import handler
from lending.aws import suppression
from lending.aws.table.codec import epoch
from lending.aws.table.loans import reports
from lending.aws.table.mail import contacts, mails
from lending.aws.table.patrons import audit_log
from lending.domain.holds.hold import HoldStatus
from lending.domain.loans.bag import Arrival, Bag
from lending.domain.loans.batch import bag_id
from lending.domain.loans.report import report_of_bag
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.contact import Contact
from lending.domain.mail.kinds.books import OverdueMail
from lending.domain.mail.mail import Mail, MailState, Unsent
from lending.domain.patrons.audit_log import DEED_LABELS, Act, Deed
from lending.domain.week import TOKYO
from tests.handlers.applications import KIT, RECEIPT, kit, register, submitted
from tests.handlers.conftest import Given, context, sample
from tests.handlers.desk import CARD, POLICY, SUNDAY, THURSDAY, SampleLibrary, answered, ask
from tests.handlers.surface import ROUTES, furnished, sent

BEFORE = datetime(2026, 6, 3, 12, tzinfo=TOKYO)
P = f"/patrons/{CARD}"


@pytest.fixture
def at(given: Given, monkeypatch: pytest.MonkeyPatch) -> SampleLibrary:
    """A facility, a patron and a title with two copies."""
    # moto has no suppression list
    monkeypatch.setattr(suppression, "remove_from_suppression_list", lambda address: None)
    library = SampleLibrary(given)
    library.facility()
    library.patron("p-1")
    given.title(copies=2)
    return library


def traced(at: SampleLibrary, pk: str = "PATRON#p-1") -> list[str]:
    """What staff did, by the traces on somebody or something."""
    return [what for trace in at.table.query(pk, "TRACE#") for what in [trace["what"]] * trace["times"]]


# Every act


def nothing(at: SampleLibrary) -> None:
    """Only the patron."""


def held(at: SampleLibrary) -> None:
    at.hold()


def held_at_the_counter(at: SampleLibrary) -> None:
    at.hold(place="prefectural")


def ready(at: SampleLibrary) -> None:
    at.hold(), at.kept(status=HoldStatus.READY)


def planned(at: SampleLibrary) -> None:
    at.hold(), at.pull()


def scanned(at: SampleLibrary) -> None:
    planned(at)
    assert ask("POST", "/pulls/t-1-1", {"result": "found"})[0] == 200


def lent(at: SampleLibrary) -> None:
    at.loan()


def overdue(at: SampleLibrary) -> None:
    at.loan(due_on=date(2026, 6, 3))


def lost(at: SampleLibrary) -> None:
    at.loan()
    assert ask("POST", "/copies/t-1-1/lost")[0] == 200


def shifted(at: SampleLibrary) -> None:
    at.loan()
    assert ask("POST", "/shifts", SNOW)[0] == 201


def held_beside_another_title(at: SampleLibrary) -> None:
    at.given.title("t-2")
    at.hold()


def a_blank_card(at: SampleLibrary) -> None:
    kit(at.table)


CALL = Contact(patron_id="p-1", address="a@example.jp", cause=BounceCause.UNKNOWN, since=BEFORE, last_at=BEFORE)


def to_be_called(at: SampleLibrary) -> None:
    at.table.write(contacts.record(None, CALL, POLICY))


MAIL = Mail("overdue-1", "p-1", OverdueMail.name, BEFORE, state=MailState.UNSENT, why=Unsent.NO_ADDRESS)


def unsent_mail(at: SampleLibrary) -> None:
    at.table.write(mails.addition(MAIL, POLICY))


def bag_missed(at: SampleLibrary) -> None:
    bag = Bag("p-1", CARD, "12", SUNDAY, SUNDAY + timedelta(days=7), arrival=Arrival.MISSING)
    at.table.write(reports.record(None, report_of_bag(bag, BEFORE)))


SNOW = {"facility": "12", "pickup_from": "2026-06-07", "pickup_until": "2026-06-17", "due_on": "2026-06-24",
        "reason": "大雪"}  # fmt: skip
OPTED_IN = {"scope": "service", "from": "2026-06-11", "until": "2026-06-18", "reason": "蔵書点検", "opted_in": [CARD]}


@dataclass(frozen=True)
class Played:
    """A route, the act, the state it starts from, and what is sent where."""

    method: str
    route: str
    deed: Deed
    state: Callable[[SampleLibrary], None]
    path: str
    body: Any = None
    query: dict[str, str] = field(default_factory=dict)


ONE_HOLD, HOLDS, LOAN = f"{P}/holds/t-1", f"{P}/holds", f"{P}/loans/t-1-1/renewal"
ACTS = [
    Played("POST", "/patrons/<card_number>/temporary-password", Deed.TEMPORARY_PASSWORD, nothing,
           f"{P}/temporary-password", {}),
    Played("POST", "/patrons/<card_number>/password-slip", Deed.PASSWORD_SLIP, nothing, f"{P}/password-slip"),
    Played("POST", "/patrons/<card_number>/card", Deed.ISSUE_CARD, a_blank_card, f"{P}/card", {"card_number": KIT}),
    Played("POST", "/patrons/<card_number>/address", Deed.TRY_ADDRESS, nothing, f"{P}/address",
           {"action": "try_again"}),
    Played("POST", "/patrons/<card_number>/mails/<mail>/again", Deed.SEND_MAIL, unsent_mail,
           f"{P}/mails/{MAIL.mail_id}/again"),
    Played("POST", "/lists/letters", Deed.PRINT_LETTER, unsent_mail, "/lists/letters",
           {"printed": [f"p-1#{MAIL.mail_id}"]}),
    Played("PATCH", "/patrons/<card_number>", Deed.CHANGE, nothing, P, {"blocked": True}),
    Played("POST", "/patrons/<card_number>/holds", Deed.PLACE_HOLD, nothing, HOLDS,
           {"title_id": "t-1", "pickup_place": "12"}),
    Played("POST", "/patrons/<card_number>/holds", Deed.CANCEL_HOLD, held, HOLDS, {"action": "cancel_all"}),
    Played("POST", "/patrons/<card_number>/holds/<title_id>", Deed.CANCEL_HOLD, held, ONE_HOLD, {"action": "cancel"}),
    Played("POST", "/patrons/<card_number>/holds/<title_id>", Deed.MOVE_HOLD, held, ONE_HOLD, {"action": "to_end"}),
    Played("POST", "/patrons/<card_number>/holds/<title_id>", Deed.CHANGE_PICKUP, held_at_the_counter, ONE_HOLD,
           {"action": "change_pickup", "pickup_place": "12"}),
    Played("POST", "/patrons/<card_number>/holds/<title_id>", Deed.EXTEND_HOLD, ready, ONE_HOLD,
           {"action": "extend", "until": "2026-06-19"}),
    Played("POST", "/patrons/<card_number>/loans/<barcode>/renewal", Deed.RENEW, overdue, LOAN),
    Played("POST", "/titles/<title_id>/holds", Deed.CANCEL_HOLD, held, "/titles/t-1/holds",
           {"action": "cancel_all", "reason": "紛失"}),
    Played("POST", "/titles/<title_id>/merge", Deed.MERGE, held_beside_another_title, "/titles/t-1/merge",
           {"into": "t-2"}),
    Played("POST", "/pulls/<barcode>", Deed.SCAN, planned, "/pulls/t-1-1", {"result": "found"}),
    Played("POST", "/pulls/<barcode>", Deed.SCAN, planned, "/pulls/t-1-1", {"result": "missing"}),
    Played("POST", "/pulls/<barcode>", Deed.SCAN, planned, "/pulls/t-1-1", {"result": "taken"}),
    Played("DELETE", "/pulls/<barcode>/scan", Deed.UNDO_SCAN, scanned, "/pulls/t-1-1/scan"),
    Played("POST", "/checkins", Deed.CHECK_IN, lent, "/checkins", {"barcodes": ["t-1-1"]}),
    Played("POST", "/checkouts", Deed.CHECK_OUT, nothing, "/checkouts", {"card_number": CARD, "barcode": "t-1-1"}),
    Played("POST", "/copies/<barcode>/lost", Deed.MARK_BOOK, lent, "/copies/t-1-1/lost"),
    Played("POST", "/copies/<barcode>/damaged", Deed.MARK_BOOK, planned, "/copies/t-1-1/damaged"),
    Played("POST", "/copies/<barcode>/found", Deed.MARK_BOOK, lost, "/copies/t-1-1/found"),
    Played("POST", "/copies/<barcode>/replaced", Deed.MARK_BOOK, lost, "/copies/t-1-1/replaced"),
    Played("POST", "/contacts/<contact_id>/done", Deed.FINISH_TASK, to_be_called,
           f"/contacts/{contacts.contact_id(CALL)}/done"),
    Played("POST", "/reports/<report_id>/done", Deed.FINISH_TASK, bag_missed,
           f"/reports/12.{bag_id(SUNDAY, '12', 'p-1')}/done"),
    Played("POST", "/suspensions", Deed.OPT_IN, nothing, "/suspensions", OPTED_IN),
    Played("POST", "/shifts", Deed.SHIFT, lent, "/shifts", SNOW),
    Played("DELETE", "/shifts/<batch_id>", Deed.SHIFT, shifted, "/shifts/2026-06-07.12"),
    Played("DELETE", "/shifts", Deed.SHIFT, shifted, "/shifts", None, {"pickup_from": "2026-06-07", "all": "1"}),
]  # fmt: skip

# Applications, by their samples: the traces are with the application, and with who is registered by it.
OF_APPLICATION = "/applications/<receipt_number>"
APPLICATIONS = [
    ("PATCH", OF_APPLICATION, "application_correct", Deed.CORRECT_APPLICATION),
    ("POST", f"{OF_APPLICATION}/numbers", "application_numbers", Deed.SEND_NUMBERS),
    ("POST", f"{OF_APPLICATION}/images/<slot>/blackout", "application_blackout", Deed.BLACK_OUT),
    ("POST", f"{OF_APPLICATION}/decision", "application_image_again", Deed.IMAGE_AGAIN),
    ("POST", f"{OF_APPLICATION}/decision", "application_refuse", Deed.REFUSE),
    ("POST", f"{OF_APPLICATION}/decision", "application_register", Deed.REGISTER),
]
# Somebody new, played below; and somebody who goes: the trace must not say whom
# (tests/handlers/patrons/test_leaving.py).
OF_OTHERS = {("POST", "/patrons"), ("DELETE", "/patrons/<card_number>")}
# Nobody is concerned, or all alike: kits, books, days, crates and whole runs.
OF_NOBODY = {
    ("POST", "/cards"),
    ("PUT", "/titles/<title_id>"),
    ("DELETE", "/pulls"),
    ("POST", "/crates/dispatch"),
    ("DELETE", "/crates/dispatch"),
    ("POST", "/closures"),
    ("POST", "/closures/preview"),
    ("DELETE", "/closures/<closure_id>"),
    ("POST", "/suspensions/preview"),
    ("DELETE", "/suspensions/<suspension_id>"),
    ("POST", "/shifts/preview"),
    ("POST", "/runs"),
    ("POST", "/facilities/<number>/link"),
    ("DELETE", "/facilities/<number>/link"),
}


def test_every_route_of_the_desk_that_changes_something_is_played_here() -> None:
    changing = {
        (method, path.removeprefix("/api/desk"))
        for _, method, path in ROUTES
        if path.startswith("/api/desk") and method != "GET"
    }
    of_patrons, of_applications = {(each.method, each.route) for each in ACTS}, {each[:2] for each in APPLICATIONS}
    assert changing == of_patrons | of_applications | OF_OTHERS | OF_NOBODY


@pytest.mark.parametrize("played", ACTS, ids=lambda each: f"{each.method} {each.route} {each.state.__name__}")
def test_every_act_on_a_patron_leaves_a_trace(at: SampleLibrary, played: Played) -> None:
    # GIVEN a patron with what the act is about
    played.state(at)
    before = traced(at)
    # WHEN staff do it
    status, answer = ask(played.method, played.path, played.body, query=played.query)
    # THEN it is with the patron: what was done, and not with which title, RULES 41
    assert status < 300, answer
    assert sorted(traced(at)) == sorted([*before, played.deed])
    found = list(at.table.query("PATRON#p-1", "TRACE#"))
    assert "t-1" not in str(found)
    assert {trace["by"] for trace in found} == {"desk-1"}


@pytest.mark.parametrize(("name", "deed"), [(name, deed) for _, _, name, deed in APPLICATIONS])
def test_every_act_on_an_application_leaves_a_trace_with_it(at: SampleLibrary, name: str, deed: Deed) -> None:
    # GIVEN an application with its images WHEN staff do something with it THEN that is with the application, RULES 41
    kit(at.table), submitted(at.table)
    status, answer = answered(handler(sample(f"review/{name}"), context()))
    assert status < 300, answer
    assert traced(at, f"APPLICATION#{RECEIPT}") == [deed]


def test_registering_leaves_one_with_the_patron_as_well(given: Given) -> None:
    kit(given.table), submitted(given.table, patron_id="p-new")
    assert register()[0] == 200
    for pk in (f"APPLICATION#{RECEIPT}", "PATRON#p-new"):
        assert [(each["by"], each["what"]) for each in given.table.query(pk, "TRACE#")] == [("staff-1", Deed.REGISTER)]


def test_registering_somebody_at_the_window_leaves_one(given: Given) -> None:
    kit(given.table)
    assert answered(handler(sample("review/patron_register"), context()))[0] == 201
    (trace,) = [item for item in SampleLibrary(given).everything() if item["SK"]["S"].startswith("TRACE#")]
    assert (trace["PK"]["S"][:7], trace["what"]["S"]) == ("PATRON#", Deed.REGISTER_PERSON)


def test_several_acts_of_one_request_are_counted(at: SampleLibrary) -> None:
    # GIVEN three loans WHEN all come back in one scan, at the same moment
    at.given.title("t-2"), at.given.title("t-3")
    at.loan("t-1-1"), at.loan("t-2-1"), at.loan("t-3-1")
    ask("POST", "/checkins", {"barcodes": ["t-1-1", "t-2-1", "t-3-1"]})
    # THEN the trace says three
    (trace,) = at.table.query("PATRON#p-1", "TRACE#")
    assert (trace["what"], trace["times"]) == (Deed.CHECK_IN, 3)


def test_acts_of_two_at_the_same_moment_are_two_traces(at: SampleLibrary) -> None:
    for staff, note in (("desk-1", "blocked"), ("desk-2", "blocked"), ("desk-1", "email")):
        at.table.write(audit_log.entry_of_patron("p-1", Act(THURSDAY, staff, Deed.CHANGE, note), POLICY))
    assert len(traced(at)) == 3


# Every look


def test_no_route_of_the_desk_shows_a_person_without_a_trace(given: Given) -> None:
    # GIVEN a library with something of everything
    there = furnished(given)
    to_be_called(there)
    bag_missed(there)
    persons = (CARD, "10000002", "見本 花子", "ミホン")
    seen = []
    for route in (each for each in ROUTES if each[2].startswith("/api/desk") and each[1] == "GET"):
        before = _traces(there)
        # WHEN a route is looked at THEN whoever is shown, that staff looked is recorded, RULES 41
        status, body = sent(route, query={"pickup_from": str(SUNDAY)})
        if status == 200 and any(person in body for person in persons):
            seen.append(route[2])
            assert _traces(there) > before, route
    assert len(seen) >= 7, seen


def _traces(at: SampleLibrary) -> int:
    return sum(int(item["times"]["N"]) for item in at.everything() if item["SK"]["S"].startswith("TRACE#"))


# Reading


def test_sample_the_trail_of_a_patron_is_the_latest_first_and_a_look_itself(at: SampleLibrary) -> None:
    # GIVEN a patron whose record was changed, and then looked at
    ask("PATCH", P, {"blocked": True, "email": "hanako@example.jp"}, now=BEFORE)
    ask("GET", P, now=THURSDAY, query={"for": "電話"})
    # WHEN the sample asks for the trail
    status, page = answered(handler(sample("review/patron_trail"), context()))
    # THEN it says what, when and by whom; which fields, never values
    assert status == 200, page
    assert page["items"] == [
        {"at": "2026-06-04T09:30:00+09:00", "what": "look", "label": "閲覧", "note": "電話", "times": 1,
         "by": "desk-1"},
        {"at": "2026-06-03T12:00:00+09:00", "what": "change", "label": "利用者情報の変更", "note": "blocked, email",
         "times": 1, "by": "desk-1"},
    ]  # fmt: skip
    # AND that it was read is on it the next time
    assert ask("GET", f"{P}/trail")[1]["items"][0]["note"] == "trail"
    assert ask("GET", "/patrons/99999999/trail")[0] == 404


def test_sample_what_somebody_of_the_staff_did_is_listed_over_months(at: SampleLibrary) -> None:
    # GIVEN acts of two people in three months
    for month, staff in ((4, "desk-1"), (5, "desk-1"), (5, "desk-2"), (6, "desk-1")):
        act = Act(datetime(2026, month, 2, 9, tzinfo=TOKYO), staff, Deed.CHECK_OUT)
        at.table.write(audit_log.entry_of_patron("p-1", act, POLICY))
    at.table.write(audit_log.entry_of_list("pulls", Act(BEFORE, "desk-1", Deed.LOOK), POLICY))
    # WHEN the sample asks for one of them from May on THEN it is theirs, the earliest first, with whom
    status, page = answered(handler(sample("review/trail"), context()))
    assert status == 200, page
    assert [(each["at"][:10], each["on"], each["number"]) for each in page["items"]] == [
        ("2026-05-02", "patron", CARD), ("2026-06-02", "patron", CARD), ("2026-06-03", "list", "pulls"),
    ]  # fmt: skip
    # AND it comes in pages of any size
    found, cursor = [], None
    while True:
        query = {"staff": "desk-1", "from": "2026-04-01", "limit": "1"} | ({"cursor": cursor} if cursor else {})
        _, page = ask("GET", "/trail", query=query, now=THURSDAY + timedelta(minutes=-1))
        found += page["items"]
        if not (cursor := page["cursor"]) or len(found) > 20:
            break
    assert [each["at"][:10] for each in found][:4] == ["2026-04-02", "2026-05-02", "2026-06-02", "2026-06-03"]
    # AND reading it was an act itself
    assert {each["number"] for each in found[4:]} <= {"trail"}
    assert traced(at, "LIST#trail")


def test_the_trail_asks_for_whose_it_is_and_takes_no_page_of_another(at: SampleLibrary) -> None:
    assert ask("GET", "/trail")[0] == 422
    for day in (1, 2):
        act = Act(datetime(2026, 6, day, 9, tzinfo=TOKYO), "desk-1", Deed.CHECK_OUT)
        at.table.write(audit_log.entry_of_patron("p-1", act, POLICY))
    _, page = ask("GET", "/trail", query={"staff": "desk-1", "limit": "1"})
    assert ask("GET", "/trail", query={"staff": "desk-2", "cursor": page["cursor"]})[0] == 400


def test_a_trace_vanishes_after_the_policys_days(at: SampleLibrary) -> None:
    # RULES 41: a year, as the policy has it
    at.table.write(audit_log.entry_of_patron("p-1", Act(THURSDAY, "desk-1", Deed.LOOK), POLICY))
    (trace,) = at.table.query("PATRON#p-1", "TRACE#")
    assert (trace["expires_at"], POLICY.trail_days) == (epoch(THURSDAY + timedelta(days=365)), 365)
    # and no longer is it read, though TTL may take two days more
    shown = [ask("GET", f"{P}/trail", now=THURSDAY + timedelta(days=days))[1]["items"] for days in (365, 366)]
    assert ["2026-06-04" in str(each) for each in shown] == [True, False]


def test_every_act_has_words_for_people() -> None:
    assert DEED_LABELS.keys() == set(Deed)
