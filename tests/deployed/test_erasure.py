"""After leaving, or an application come to nothing, nothing of the person is in table, bucket, pool or log (41)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.people import mailbox, run_job, sign_in, until
from infra.local.played_weeks import played_weeks
from infra.local.player import Player
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.catalogue import queues
from lending.aws.table.codec import epoch
from lending.aws.table.mail import addresses, contacts
from lending.aws.table.registration import cards
from tests.deployed.applicants import DECIDED, FACILITY, Applicant, Counter
from tests.deployed.conftest import NOON, Given, logged, table_rows
from tests.deployed.racing import at_once, heads_start, own
from tests.library import AOMORI, aomori

POLICY = aomori()
CHOSEN = "Erased-Tests-2026"
ROUNDS = 28
# Longer than anything of a person is kept that is kept for days.
LATER = DECIDED + timedelta(days=POLICY.trail_days + 1)


@dataclass(frozen=True)
class Who:
    """Somebody of whom nobody else has anything; `words` are what they are searched for by."""

    name: str
    kana: str
    address: str
    phone: str
    email: str

    def words(self, *more: str) -> list[str]:
        alike = [self.kana.replace(" ", ""), self.name.replace(" ", ""), self.phone.replace("-", "")]
        return [self.name, self.kana, self.address, self.phone, self.email, *alike, *more]

    @property
    def form(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("name", "kana", "address", "phone", "email")}


def somebody(number: int) -> Who:
    kana = "アイウエオカキクケコ"[number]
    return Who(f"架空 消太{number}", f"カクウ ショウタ{kana}ン", f"青森県むつ市架空町{number}番地の77",
               f"0175-98-761{number}", f"erased{number}@example.net")  # fmt: skip


@pytest.fixture(scope="module")
def counter(given: Given) -> Counter:
    return Counter(given)


def applicant_of(counter: Counter, who: Who) -> Applicant:
    form = counter.form("new", counter.kit(), "driving_licence", online_lending=True, **who.form)
    return counter.applied(form)


# Where something of somebody is


def rows_of(stack: Stack, words: list[str]) -> list[dict[str, Any]]:
    """Rows of the table that say something of somebody, but for the numbers of cards that are nobody's."""
    rows = [row for row in table_rows(stack) if any(word in str(row) for word in words)]
    return [row for row in rows if not row["PK"]["S"].startswith("CARD") or "patron_id" in row]


def what_is_left(stack: Stack, words: list[str], receipts: list[str]) -> dict[str, Any]:
    """All that table, bucket, pool and log say of somebody."""
    s3, cognito = stack.client("s3"), stack.client("cognito-idp")
    objects = s3.list_objects_v2(Bucket=stack.outputs["ImagesBucket"]).get("Contents", [])
    users = cognito.get_paginator("list_users").paginate(UserPoolId=stack.outputs["UserPoolId"])
    accounts = [str(user) for page in users for user in page["Users"]]
    lines = logged(stack)
    return {
        "table": [(row["PK"]["S"], row["SK"]["S"]) for row in rows_of(stack, words + receipts)],
        "bucket": [each["Key"] for each in objects if any(receipt in each["Key"] for receipt in receipts)],
        "pool": [account for account in accounts if any(word in account for word in words)],
        "log": [word for word in words if word in lines],
    }


NOTHING: dict[str, Any] = {"table": [], "bucket": [], "pool": [], "log": []}


def days_pass(stack: Stack, words: list[str], until_then: datetime) -> None:
    """TTL as DynamoDB applies it, which the local AWS does not: of these people only, others are being tested."""
    for row in rows_of(stack, words):
        if int(row.get("expires_at", {"N": "9" * 12})["N"]) <= epoch(until_then):
            key = {name: row[name] for name in ("PK", "SK")}
            stack.client("dynamodb").delete_item(TableName=stack.outputs["TableName"], Key=key)


def test_of_who_has_left_nothing_is_left(counter: Counter, given: Given, library: Table, stack: Stack) -> None:
    # GIVEN somebody who applied with photos, was looked at and registered, and has signed in
    who = somebody(0)
    applicant = applicant_of(counter, who)
    applicant.send_photos()
    desk, number = counter.desk, applicant.form["card_number"]
    desk.get(f"/desk/applications/{applicant.receipt}?purpose=review", NOON)
    assert counter.register(applicant).status_code == 200
    temporary = counter.mail_to(who.email, "仮パスワード: ").partition("仮パスワード: ")[2].split()[0]
    person = sign_in(stack, number, temporary, CHOSEN)
    # AND who has got another card, whose mail came back, who has a basket, a hold, and asked for another address
    second = counter.kit()
    desk.post(f"/desk/patrons/{number}/card", DECIDED, {"card_number": second}, 201)
    held, lent, remembered = given.title(), given.title(), given.title()
    person.expect(204, "PUT", f"/me/basket/{remembered.title_id}", DECIDED)
    wanted = {"title_id": held.title_id, "pickup_place": str(FACILITY)}
    person.post("/me/holds", DECIDED, wanted, 201)
    person.expect(200, "PATCH", "/me", DECIDED, {"mail_to": f"other-{who.email}"})
    mail = until(lambda: next((m for m in mailbox(stack) if who.email in m["To"]), None), "a mail")
    _player(stack).ses_tells("wrong_address", mail, DECIDED)
    patron_id = person_of(library, second)
    until(lambda: bool(contacts.of_patron(library, patron_id)), "the task to call them")
    # AND a book that they had at home, and have brought back
    (barcode,) = lent.barcodes
    desk.post("/desk/checkouts", DECIDED, {"card_number": second, "barcode": barcode}, 201)
    desk.post("/desk/checkins", DECIDED, {"barcodes": [barcode]})
    words, receipts = who.words(number, second, patron_id), [applicant.receipt]
    assert len(rows_of(stack, words)) > 10
    # WHEN they have all of it as a file THEN it is all there
    file = person.get("/me/export", DECIDED)
    assert {"record", "holds", "basket", "mails", "contact_tasks", "trail", "cards", "applications"} <= file.keys()
    assert file["record"][0]["name"] == who.name
    # WHEN they leave with a hold THEN it is refused, with the reason
    refused = person.call("DELETE", "/me", DECIDED)
    assert (refused.status_code, [each["code"] for each in refused.json()["reasons"]]) == (409, ["holds_open"])
    # WHEN without one THEN nobody can sign in any more, and record and account are gone at once
    person.expect(204, "DELETE", f"/me/holds/{held.title_id}", DECIDED)
    person.expect(204, "DELETE", "/me", DECIDED)
    with pytest.raises(ClientError, match=r"NotAuthorizedException|UserNotFoundException"):
        sign_in(stack, second, CHOSEN)
    assert person.call("GET", "/me", DECIDED).status_code == 404
    # AND after the hourly job and the policy's days nothing is left, RULES 41
    told = run_job(stack, "NoticesFunction", "erasure", DECIDED + timedelta(hours=4))
    assert (told["gone"] >= 1, told["erasures_left"]) == (True, 0)
    days_pass(stack, words + receipts, LATER)
    assert what_is_left(stack, words, receipts) == NOTHING
    # AND the numbers are nobody's, and nobody's again
    for each in (number, second):
        assert desk.call("GET", f"/desk/patrons/{each}", DECIDED).status_code == 404
        body = {"card_number": each, "name": "架空", "kana": "カクウ", "birth_date": "1990-01-01"}
        assert desk.call("POST", "/desk/patrons", DECIDED, body).status_code == 409


def person_of(library: Table, number: str) -> str:
    card = cards.find(library, number)
    assert card
    return card.patron_id


def test_a_hold_in_the_moment_of_leaving_comes_first_or_not_at_all(given: Given, library: Table) -> None:
    # GIVEN a title, and patrons who leave and hold it at the same moment, RULES 41
    title, first = given.title(), {"leaving": 0, "hold": 0}
    for start in heads_start(ROUNDS, each_has_won=lambda: all(first.values())):
        patron, caller = given.patron()
        other, body = own(caller), {"title_id": title.title_id, "pickup_place": "prefectural"}
        left, held = at_once(
            partial(caller.call, "DELETE", "/me", DECIDED),
            partial(other.call, "POST", "/me/holds", DECIDED, body),
            start=start,
        )
        # THEN either they have gone, and there is no hold, or they are told of it
        rows = [row["SK"] for row in library.query(f"PATRON#{patron.patron_id}")]
        if left.status_code == 204:
            first["leaving"] += 1
            assert (held.status_code, [sk for sk in rows if sk.startswith("HOLD#")]) == (404, [])
        else:
            first["hold"] += 1
            assert (left.status_code, left.json()["code"], held.status_code) == (409, "cannot_leave", 201)
            assert {"PATRON", f"HOLD#{title.title_id}"} <= set(rows)
    # AND each came first at times, and the queue counts those who wait
    assert all(first.values()), first
    assert queues.waiting_counts(library, {title.title_id})[title.title_id] == first["hold"]


def test_of_applications_that_came_to_nothing_nothing_is_left(counter: Counter, library: Table, stack: Stack) -> None:
    # GIVEN one that staff refuse, one that its applicant withdraws, and one that is left lying with a photo
    people = [somebody(number) for number in (1, 2, 3)]
    refused, withdrawn, abandoned = (applicant_of(counter, who) for who in people)
    for applicant in (refused, withdrawn):
        applicant.send_photos()
    abandoned.send_photos(["card"])
    counter.desk.get(f"/desk/applications/{refused.receipt}?purpose=review", NOON)
    assert counter.decide(refused, "refuse", reason="お名前が読めません").status_code == 200
    withdrawn.withdraw()
    # AND a mail to one of them that came back for good
    mail = until(lambda: next((m for m in mailbox(stack) if people[0].email in m["To"]), None), "the refusal")
    _player(stack).ses_tells("wrong_address", mail, DECIDED)
    until(lambda: bool(addresses.unreachable(library, {people[0].email})), "the mark")
    receipts = [each.receipt for each in (refused, withdrawn, abandoned)]
    words = [word for who in people for word in who.words()]
    assert rows_of(stack, words)
    # WHEN the policy's days are over THEN nothing is left, RULES 41
    days_pass(stack, words + receipts, LATER)
    run_job(stack, "NoticesFunction", "erasure", DECIDED + timedelta(days=POLICY.mark_days + 1))
    until(lambda: not abandoned.kept(), "the photo of who never came back to be deleted")
    assert what_is_left(stack, words, receipts) == NOTHING


def test_the_search_finds_what_there_is(counter: Counter, stack: Stack) -> None:
    # GIVEN somebody who applies just now THEN the search above would find them
    who = somebody(4)
    applicant = applicant_of(counter, who)
    applicant.send_photos(["card"])
    left = what_is_left(stack, who.words(), [applicant.receipt])
    assert left["table"]
    assert left["bucket"]


def _player(stack: Stack) -> Player:
    return Player(stack, lambda step: None, played_weeks(DECIDED, AOMORI.policy))
