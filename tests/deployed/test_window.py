"""Somebody who has had a card for long, and neither mail nor phone, uses the service all the same (RULES 42, 44)."""

from datetime import datetime, timedelta
from typing import Any

from infra.local.people import mailbox, run_job, sign_in, until
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, queues
from lending.domain.week import TOKYO
from tests.copies import plan as planned
from tests.deployed.applicants import DECIDED, FACILITY, Counter
from tests.deployed.conftest import NOON, PASSWORD, Given

THURSDAY = datetime(2026, 6, 4, 9, 30, tzinfo=TOKYO)
SATURDAY = datetime(2026, 6, 6, 9, tzinfo=TOKYO)


def letter(counter: Counter, card_number: str, kind: str, at: datetime) -> dict[str, Any]:
    """The letter of a kind to a person, once it is on the list."""

    def look() -> dict[str, Any] | None:
        found = counter.desk.items("/desk/lists/letters", at)
        return next(
            (each for each in found if (each["card_number"], each["mail"]["kind"]) == (card_number, kind)), None
        )

    return until(look, f"the letter {kind}")


def test_who_has_no_mail_gets_in_borrows_and_is_written_to(given: Given, library: Table, stack: Stack) -> None:
    # GIVEN somebody with a card that the library issued long ago, of whom no more is known than is on it
    counter, number = Counter(given), "00640001"
    known = {"card_number": number, "name": "例示 冬美", "kana": "レイジ フユミ", "birth_date": "1948-02-03"}
    counter.desk.post("/desk/patrons", NOON, known, 201)
    # WHEN they apply for a password, without an address, and staff register it
    form = counter.form("password", number, "driving_licence", name="例示 冬美", birth_date="1948-02-03")
    applicant = counter.applied({name: value for name, value in form.items() if name != "email"})
    applicant.send_photos()
    assert counter.register(applicant).status_code == 200
    # THEN the answer is a letter, and the password a slip that goes with it (RULES 6, 44)
    answer = letter(counter, number, "acceptance", DECIDED)
    assert answer["with_slip"]
    slip = counter.desk.post(f"/desk/patrons/{number}/password-slip", DECIDED, {}, 201)
    assert slip["temporary_password"] not in answer["text"]
    fuyumi = sign_in(stack, number, slip["temporary_password"], PASSWORD)
    # WHEN they hold a book, and it is found on Thursday
    title = given.title()
    (barcode,) = title.barcodes
    fuyumi.post("/me/holds", DECIDED, {"title_id": title.title_id, "pickup_place": str(FACILITY)}, 201)
    (copy,) = copies.find_many(library, [barcode])
    patron_id = holder_of(library, title.title_id)
    plan = planned(patron_id, title.title_id, pickup_place=str(FACILITY))
    library.write(copies.pull_change(copy, plan))
    assert counter.desk.post(f"/desk/pulls/{barcode}", THURSDAY, {"result": "found"})["action"] == "lend"
    # THEN on Saturday they are written a letter that proves their right to receive it (RULES 28, 36)
    run_job(stack, "NoticesFunction", "lending_mail", SATURDAY)
    written = letter(counter, number, "lending", SATURDAY)
    for said in (title.title, number, "この手紙", stack.outputs["SiteUrl"]):
        assert said in written["text"]
    assert number not in str(mailbox(stack))
    # AND once it is printed it is off the list, and My Library tells that it went so (RULES 38)
    counter.desk.post("/desk/lists/letters", SATURDAY, {"printed": [written["id"], answer["id"]]})
    assert number not in str(counter.desk.items("/desk/lists/letters", SATURDAY))
    states = {mail["kind"]: mail["state"] for mail in fuyumi.items("/me/mails", SATURDAY + timedelta(hours=1))}
    assert states == {"acceptance": "printed", "lending": "printed"}


def holder_of(library: Table, title_id: str) -> str:
    """The id of the only one who holds a title."""
    (hold,) = queues.open_holds(library, title_id)
    return hold.patron_id
