"""The pull list, and the scan of a book: lent, kept aside, ready or back to its shelf (RULES 15, 16, 20, 23)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from lending.actions.at_the_desk import copy_in_hand
from lending.actions.replanning import without
from lending.aws.table import Table, again_when_overtaken, bags, calendar, holds, loans, patrons, shifts, titles
from lending.aws.table.writes import Write
from lending.domain.allocation import Outcome, Run
from lending.domain.bag import Bag
from lending.domain.closure import Calendar
from lending.domain.hold import Hold, HoldStatus, LastRun
from lending.domain.loan import Loan
from lending.domain.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.pull import (
    WHAT_TO_DO,
    Grant,
    as_planned,
    can_be_followed,
    keeps_to_plan,
    next_in_queue,
    planned_for,
    run_of,
)
from lending.domain.reasons import Code
from lending.domain.shift import days_of
from lending.domain.title import Copy, CopyState, Pull, Title
from lending.domain.week import in_tokyo


@dataclass(frozen=True, slots=True)
class PullView:
    """A line of the pull list: the book, and for whom."""

    copy: Copy
    pull: Pull
    title: Title | None
    card_number: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What to do with the book: `lend` (into `bag`), `keep_aside`, `shelve_ready` or `shelve`; or `missing`, `taken`.

    `instead` is another copy of the title that is now on the pull list for the same hold.
    """

    action: str
    barcode: str
    card_number: str = ""
    bag: Bag | None = None
    pickup_until: date | None = None
    instead: Copy | None = None


def pull_list(table: Table, start: Any, limit: int) -> tuple[list[PullView], Any]:
    """A part of the pull list in shelf order, and where the next part goes on (RULES 23)."""
    copies, last = titles.page_of_pulls(table, start, limit)
    planned = [(copy, copy.pull) for copy in copies if copy.pull]
    found = titles.find_many(table, {copy.title_id for copy in copies})
    people = patrons.find_many(table, {pull.patron_id for _, pull in planned})
    numbers = {patron_id: patron.card_number for patron_id, patron in people.items()}
    lines = [PullView(copy, pull, found.get(copy.title_id), numbers.get(pull.patron_id, "")) for copy, pull in planned]
    return lines, last


@again_when_overtaken
def scan_found(table: Table, barcode: str, moment: datetime, policy: Policy) -> Scanned:
    """A book of the pull list was found: one transaction gives it to its hold, or to the next in the queue (RULES 23).

    Scanned again it answers the same, and nothing changes.

    Raises:
        Refused: no such book, or no plan for it; the reason says what to do with it.
    """
    copy = copy_in_hand(table, barcode)
    if copy.pull is None:
        return _scanned_before(table, copy, in_tokyo(moment).date())
    scan = _Scan(table, copy, copy.pull, moment, policy)
    grant = scan.grant()
    if grant is None:
        table.transact(titles.move(copy, CopyState.ON_SHELF, on=in_tokyo(moment).date()))
        return Scanned("shelve", barcode)
    scanned, writes = scan.carried_out(grant)
    table.transact(*writes)
    return scanned


@again_when_overtaken
def scan_absent(table: Table, barcode: str, result: str, moment: datetime, policy: Policy) -> Scanned:
    """A book of the pull list was not on its shelf (`missing`), or a visitor has it in hand (`taken`) (RULES 23).

    The hold waits on at its old place and is told why, unless another copy of the title can be pulled for it.

    Raises:
        Refused: no such book, no plan for it, or it is kept for a hold and no visitor's to take.
    """
    copy = copy_in_hand(table, barcode)
    if copy.pull is None:
        return _absent_before(table, copy, result, in_tokyo(moment).date())
    if result == "taken" and copy.state is CopyState.KEPT_ASIDE:
        raise Refused("kept_for_other")
    missing = result == "missing"
    replanned = without(table, copy, Code.NOT_ON_SHELF if missing else Code.TAKEN_BY_VISITOR, moment, policy)
    state = CopyState.MISSING if missing else CopyState.ON_SHELF
    table.transact(titles.move(copy, state, on=in_tokyo(moment).date()), *replanned.writes)
    return Scanned(result, barcode, instead=replanned.instead)


@dataclass(frozen=True, slots=True)
class _Scan:
    """One book in the hand, with the plan on it."""

    table: Table
    copy: Copy
    pull: Pull
    moment: datetime
    policy: Policy

    @property
    def day(self) -> date:
        return in_tokyo(self.moment).date()

    @property
    def run(self) -> Run:
        return run_of(self.pull, self.moment, self.policy)

    def grant(self) -> Grant | None:
        """Who gets the book: the hold it was planned for, or else the next in the queue."""
        if not can_be_followed(self.run, self.day):
            return self._still_kept()
        hold = holds.find(self.table, self.pull.patron_id, self.copy.title_id)
        patron = patrons.find(self.table, self.pull.patron_id)
        planned = as_planned(hold, self.pull, patron) if hold and patron and keeps_to_plan(hold, self.copy) else None
        return planned or self._next()

    def _still_kept(self) -> Grant | None:
        """A plan that is too late to follow leaves a book that is kept aside where it is."""
        hold = holds.find(self.table, self.copy.holder, self.copy.title_id) if self.copy.holder else None
        kept = hold and hold.status is HoldStatus.SECURED and hold.barcode == self.copy.barcode
        return Grant(hold, Outcome.KEEP_ASIDE, self.pull.pickup_place, self.pull.cap) if hold and kept else None

    def _next(self) -> Grant | None:
        found = titles.view(self.table, self.copy.title_id)
        if found is None:
            return None
        served = planned_for(found.copies, self.copy, self.moment, self.policy)
        waiting = [hold.patron_id for hold in found.holds if hold.patron_id not in served]
        # The index proposes; who really waits is read from the holds themselves.
        queue = holds.find_many(self.table, self.copy.title_id, waiting)
        people = patrons.find_many(self.table, {hold.patron_id for hold in queue})
        return next_in_queue(self.copy, queue, people, self._calendar(), self.policy, self.run)

    def _calendar(self) -> Calendar:
        return calendar.load(self.table)

    def carried_out(self, grant: Grant) -> tuple[Scanned, list[Write]]:
        """What to tell and what to write for a grant.

        Raises:
            Refused: the patron has vanished.
        """
        patron = patrons.find(self.table, grant.hold.patron_id)
        if patron is None:
            raise Refused("not_found")
        if grant.outcome is Outcome.LEND:
            return self._lent(grant, patron)
        return self._ready(grant, patron) if grant.outcome is Outcome.READY else self._kept(grant, patron)

    def _lent(self, grant: Grant, patron: Patron) -> tuple[Scanned, list[Write]]:
        week, facility = self.run.week, grant.pickup_place
        days = days_of(week, self._calendar(), shifts.find(self.table, week.pickup_from, facility))
        bag = Bag(patron.patron_id, patron.card_number, facility, week.pickup_from, days.pickup_until)
        title = titles.find(self.table, self.copy.title_id)
        loan = Loan(
            patron_id=patron.patron_id,
            barcode=self.copy.barcode,
            title_id=self.copy.title_id,
            title=title.title if title else "",
            pickup_place=facility,
            lent_at=self.moment,
            due_on=days.due_on,
            pickup_from=week.pickup_from,
            pickup_until=days.pickup_until,
        )
        writes = [
            holds.spend(grant.hold),
            loans.add(loan),
            titles.move(self.copy, CopyState.ON_LOAN, on=self.day, holder=patron.patron_id, due_on=days.due_on),
            patrons.count_loan(patron.patron_id, self.copy.title_id, grant.cap, holds=1),
            bags.pack(bag, self.copy.barcode, self.policy),
        ]
        return Scanned("lend", self.copy.barcode, patron.card_number, bag, days.pickup_until), writes

    def _kept(self, grant: Grant, patron: Patron) -> tuple[Scanned, list[Write]]:
        facts = {"cap": grant.cap, "on_loan": patron.loans, "on_the_way_back": patron.returning}
        reason = LastRun(date.fromisoformat(self.pull.run[:10]), Code.CAP, facts)
        kept = replace(grant.hold, status=HoldStatus.SECURED, barcode=self.copy.barcode, last_run=reason)
        writes = [
            holds.change(grant.hold, kept),
            titles.move(self.copy, CopyState.KEPT_ASIDE, on=self.day, holder=patron.patron_id),
        ]
        return Scanned("keep_aside", self.copy.barcode, patron.card_number), writes

    def _ready(self, grant: Grant, patron: Patron) -> tuple[Scanned, list[Write]]:
        # The mail goes out the next day, and the open days count from the day after it (RULES 15, 16).
        mail_on = self.day + timedelta(days=1)
        until = self._calendar().nth_open_day_after(mail_on, self.policy.ready_open_days)
        ready = _ready_hold(grant, self.copy.barcode, self.day, until)
        writes = [
            holds.change(grant.hold, ready),
            titles.move(self.copy, CopyState.READY, on=self.day, holder=patron.patron_id),
        ]
        return Scanned("shelve_ready", self.copy.barcode, patron.card_number, pickup_until=until), writes


def _ready_hold(grant: Grant, barcode: str, day: date, until: date) -> Hold:
    return replace(
        grant.hold,
        status=HoldStatus.READY,
        barcode=barcode,
        pickup_place=grant.pickup_place,
        next_pickup_place="",
        next_pickup_from=None,
        ready_on=day,
        pickup_until=until,
        last_run=None,
    )


def _scanned_before(table: Table, copy: Copy, day: date) -> Scanned:
    """The answer again, if it was this scan that put the book where it is."""
    patron = patrons.find(table, copy.holder) if copy.holder else None
    if patron is None:
        raise _no_pull(copy)
    if copy.state is CopyState.KEPT_ASIDE:
        return Scanned("keep_aside", copy.barcode, patron.card_number)
    if copy.state is CopyState.READY:
        hold = holds.find(table, copy.holder, copy.title_id)
        until = hold.pickup_until if hold else None
        return Scanned("shelve_ready", copy.barcode, patron.card_number, pickup_until=until)
    bag = _bag_of(table, copy, day)
    if bag is None:
        raise _no_pull(copy)
    return Scanned("lend", copy.barcode, patron.card_number, bag, bag.pickup_until)


def _bag_of(table: Table, copy: Copy, day: date) -> Bag | None:
    """The bag a copy was packed into and that has not arrived yet."""
    loan = loans.find(table, copy.holder, copy.barcode) if copy.state is CopyState.ON_LOAN else None
    if loan is None or loan.pickup_from is None or loan.state_on(day) != "in_transit":
        return None
    return bags.find(table, loan.pickup_from, loan.pickup_place, loan.patron_id)


def _absent_before(table: Table, copy: Copy, result: str, day: date) -> Scanned:
    said_missing = result == "missing" and copy.state is CopyState.MISSING
    with_visitor = result == "taken" and copy.state is CopyState.ON_LOAN and _bag_of(table, copy, day) is None
    if said_missing or with_visitor:
        return Scanned(result, copy.barcode)
    raise _no_pull(copy)


def _no_pull(copy: Copy) -> Refused:
    todo, sentence = WHAT_TO_DO[copy.state]
    return Refused("no_pull", Reason("no_pull", {"state": copy.state, "todo": todo}, message=sentence))
