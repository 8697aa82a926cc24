"""What the tests of the desk share: asking it, and the state of things it starts from."""

import json
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from functions.desk.handler import handler as desk
from functions.review.handler import handler as review
from functions.runs.handler import handler as runs
from lending.api.surface import Surface
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.catalogue import copies
from lending.aws.table.holds import holds, reasons
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.calendar.facility import Facility
from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.holds.hold import Hold, HoldStatus, RunReason
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO
from tests.copies import moved, plan
from tests.handlers.conftest import Given, context, request
from tests.library import aomori

POLICY = aomori()
THURSDAY = datetime(2026, 6, 4, 9, 30, tzinfo=TOKYO)  # the worked example of the rules
SUNDAY = date(2026, 6, 7)
WEDNESDAY_AFTER = datetime(2026, 6, 17, 15, tzinfo=TOKYO)
CARD = "10000001"


def ask(method: str, path: str, body: Any = None, now: datetime = THURSDAY, **how: Any) -> tuple[int, Any]:
    """Ask the desk: status and answer."""
    event = request(method, f"/api/desk{path}", body=body, group="desk", user="desk-1", now=now, **how)
    return answered(function_of(event)(event, context()))


def function_of(event: dict[str, Any]) -> Surface:
    """The function that has the route of an event; what is no route comes to the desk, by the gateway's."""
    known = ((each, re.sub(r"<\w+>", "[^/]+", path)) for each in (review, runs, desk) for _, path in each.routes)
    return next((each for each, path in known if re.fullmatch(path, event["rawPath"])), desk)


def answered(answer: dict[str, Any]) -> tuple[int, Any]:
    """Status and what was answered."""
    return answer["statusCode"], json.loads(answer["body"]) if answer.get("body") else None


def codes(problem: dict[str, Any]) -> list[str]:
    """The codes of a refusal."""
    return [reason["code"] for reason in problem["reasons"]]


@dataclass
class SampleLibrary:
    """A library in a state made for a test, put straight into the table."""

    given: Given

    @property
    def table(self) -> Table:
        return self.given.table

    def patron(self, patron_id: str = "p-1", **changes: Any) -> Patron:
        """A patron with the card that goes with them."""
        patron = self.given.patron(patron_id, **changes)
        self.table.transact(cards.addition(Card(patron.card_number, CardState.ACTIVE, patron_id=patron_id)))
        return patron

    def facility(self, number: int = 12) -> Facility:
        facility = Facility(number, "西北地区", "鰺ヶ沢町", "見本館", True)
        self.table.write(facilities.facility_record(facility))
        return facility

    def hold(self, patron_id: str = "p-1", title_id: str = "t-1", place: str = "12", **changes: Any) -> Hold:
        """A hold, counted; each further patron's was placed a minute after the one before."""
        placed_at = datetime(2026, 6, 1, 12, int(patron_id.removeprefix("p-")), tzinfo=TOKYO)
        hold = Hold(patron_id, title_id, place, **({"placed_at": placed_at, "queued_at": placed_at} | changes))
        self.table.transact(patrons.hold_increment(patron_id, title_id, 20), holds.addition(hold))
        return hold

    def pull(self, barcode: str = "t-1-1", patron_id: str = "p-1", **changes: Any) -> Copy:
        """A plan of Thursday's run on a copy."""
        title_id = barcode.rpartition("-")[0]
        self.table.write(copies.pull_change(self.copy(barcode), plan(patron_id, title_id, **changes)))
        return self.copy(barcode)

    def kept(self, barcode: str = "t-1-1", patron_id: str = "p-1", status: HoldStatus = HoldStatus.SECURED) -> Hold:
        """The patron's hold has its copy: kept aside, or ready."""
        hold = self.held(patron_id, barcode.rpartition("-")[0])
        ready = status is HoldStatus.READY
        place = "prefectural" if ready else "12"
        after = Hold(patron_id, hold.title_id, place, hold.placed_at, hold.queued_at, status, barcode)
        if ready:
            days = date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 14)
            after = replace(after, ready_on=days[0], mailed_on=days[1], pickup_until=days[2])
        state = CopyState.READY if ready else CopyState.KEPT_ASIDE
        self.table.transact(holds.change(hold, after), moved(self.table, barcode, state, holder=patron_id))
        return after

    def loan(self, barcode: str = "t-1-1", patron_id: str = "p-1", facility: str = "12", **changes: Any) -> Loan:
        """A loan of the worked example's week, with its bag; without a facility one of the counter."""
        days: dict[str, Any] = {"pickup_from": SUNDAY, "pickup_until": SUNDAY + timedelta(days=7)} if facility else {}
        title_id = barcode.rpartition("-")[0]
        due_on = changes.pop("due_on", date(2026, 6, 21))
        loan = Loan(patron_id, barcode, title_id, f"見本の本 {title_id}", facility or "prefectural", THURSDAY, due_on,
                    **(days | changes))  # fmt: skip
        writes = [
            loans.addition(loan),
            patrons.loan_increment(patron_id, title_id, 10),
            moved(self.table, barcode, CopyState.ON_LOAN, holder=patron_id, due_on=due_on),
        ]
        if facility:
            card = self.who(patron_id).card_number
            writes.append(
                bags.book_addition(Bag(patron_id, card, facility, SUNDAY, SUNDAY + timedelta(days=7)), barcode, POLICY)
            )
        self.table.transact(*writes)
        return loan

    def records(self, facility: str = "12", pickup_from: date = SUNDAY) -> None:
        """The facility has recorded a hand-over of a batch, of a bag whose book is back by now."""
        bag = Bag("p-9", "10000009", facility, pickup_from, pickup_from + timedelta(days=7))
        for write in (
            bags.book_addition(bag, "t-9-1", POLICY),
            bags.hand_over_record(bag, THURSDAY),
            bags.books_removal(bag, {"t-9-1"}),
        ):
            self.table.write(write)

    # What is true now

    def who(self, patron_id: str = "p-1") -> Patron:
        patron = patrons.find(self.table, patron_id)
        assert patron
        return patron

    def copy(self, barcode: str = "t-1-1") -> Copy:
        copy = copies.find(self.table, barcode)
        assert copy
        return copy

    def held(self, patron_id: str = "p-1", title_id: str = "t-1") -> Hold:
        hold = self.hold_or_none(patron_id, title_id)
        assert hold
        return hold

    def hold_or_none(self, patron_id: str = "p-1", title_id: str = "t-1") -> Hold | None:
        found = holds.find(self.table, patron_id, title_id)
        return reasons.read_with(self.table, [found])[0] if found else None

    def tell(self, reason: RunReason, patron_id: str = "p-1", title_id: str = "t-1") -> None:
        """The hold got no book for a reason."""
        known = reasons.find(self.table, patron_id)
        told = known.after((self.held(patron_id, title_id), reason))
        self.table.transact(*reasons.change(known, told, datetime(2026, 5, 28, 9, tzinfo=TOKYO), aomori()))

    def lent(self, patron_id: str = "p-1", barcode: str = "t-1-1") -> Loan | None:
        return loans.find(self.table, patron_id, barcode)

    def everything(self) -> list[dict[str, Any]]:
        """Every item of the table, in a fixed order: to see that nothing changed."""
        found = self.table._client.scan(TableName=self.table.name)["Items"]
        return sorted(found, key=lambda item: (item["PK"]["S"], item["SK"]["S"]))
