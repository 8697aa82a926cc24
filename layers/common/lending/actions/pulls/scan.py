"""The pull list, and the scan of a book: lent, kept aside, ready or back to its shelf (RULES 15, 16, 20, 23)."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from lending.actions.lookup import copy_in_hand
from lending.actions.pulls.replan import queue_of, without
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.calendar import calendar, shifts
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.pulls import crates, scans
from lending.aws.table.writes import Write
from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import Copy, CopyState, LiesAt, Pull, Title
from lending.domain.holds.hold import Hold, HoldStatus, LastRun
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import with_deadline
from lending.domain.loans.shift import days_of
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.pulls.pull import (
    WHAT_TO_DO,
    Grant,
    as_planned,
    can_be_followed,
    decide_anew,
    keeps_to_plan,
    next_grant,
    numbers_of,
    run_of,
)
from lending.domain.pulls.scan import Scan
from lending.domain.run.obstacles import obstacle_to
from lending.domain.run.reasons import Code
from lending.domain.run.run import Explanation, Outcome, Run
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


def pull_list(
    table: Table, staff: str, moment: datetime, policy: Policy, start: Any, limit: int
) -> tuple[list[PullView], Any]:
    """A part of the pull list in shelf order, and where the next part goes on (RULES 23)."""
    found_copies, last = copies.page_of_pulls(table, start, limit)
    planned = [(copy, copy.pull) for copy in found_copies if copy.pull]
    found = titles.find_many(table, {copy.title_id for copy in found_copies})
    if planned:
        table.write(audit_log.entry_of_list("pulls", Act(moment, staff, Deed.LOOK), policy))
    people = patrons.find_many(table, {pull.patron_id for _, pull in planned})
    numbers = {patron_id: patron.card_number for patron_id, patron in people.items()}
    lines = [PullView(copy, pull, found.get(copy.title_id), numbers.get(pull.patron_id, "")) for copy, pull in planned]
    return lines, last


@again_when_overtaken
def scan_found(table: Table, barcode: str, staff: str, moment: datetime, policy: Policy) -> Scanned:
    """A book of the pull list was found: one transaction gives it to its hold, or to the next in the queue (RULES 23).

    What was recorded since the run counts: a hold that may not be served any more is told why, and waits on (21, 22).
    Scanned again it answers the same, and nothing changes. A book that was missed is found by it; one that lay
    elsewhere and that nobody is to have goes back to its shelf.

    Raises:
        Refused: no such book, or no plan for it; the reason says what to do with it.
    """
    copy = copy_in_hand(table, barcode)
    today = in_tokyo(moment).date()
    if copy.pull is None:
        if copy.state is CopyState.MISSING or (copy.state is CopyState.ON_SHELF and copy.lies_at is not LiesAt.SHELF):
            table.transact(copies.state_change(copy, CopyState.ON_SHELF, on=today))
            return Scanned("shelve", barcode)
        return _scanned_before(table, copy, today, policy)
    scanned, writes = _Scan(table, copy, copy.pull, calendar.load(table), staff, moment, policy).outcome()
    table.transact(*writes)
    return scanned


@again_when_overtaken
def scan_absent(table: Table, barcode: str, result: str, staff: str, moment: datetime, policy: Policy) -> Scanned:
    """A book of the pull list was not on its shelf (`missing`), or a visitor has it in hand (`taken`) (RULES 23).

    The hold waits on at its old place and is told why, unless the queue gives it another copy.

    Raises:
        Refused: no such book, no plan for it, or it is kept for a hold and no visitor's to take.
    """
    copy = copy_in_hand(table, barcode)
    today = in_tokyo(moment).date()
    if copy.pull is None:
        return _absent_before(table, copy, result, today)
    if result == "taken" and copy.state is CopyState.KEPT_ASIDE:
        raise Refused("kept_for_other")
    missing = result == "missing"
    why = Code.NOT_ON_SHELF if missing else Code.TAKEN_BY_VISITOR
    # What a visitor has in hand is as good as lent to them.
    gone = CopyState.MISSING if missing else CopyState.ON_LOAN
    replanned = without(table, copy, gone, why, moment, policy)
    instead = replanned.instead.barcode if replanned.instead else ""
    act, missed = Act(moment, staff, Deed.SCAN), replanned.hold
    trace = [audit_log.entry_of_patron(missed.patron_id, act, policy)] if missed else []
    table.transact(
        copies.state_change(copy, CopyState.MISSING if missing else CopyState.ON_SHELF, on=today),
        scans.record(Scan(barcode, result, moment, copy.pull, copy.lies_at, replanned.hold, instead)),
        *replanned.writes,
        *trace,
    )
    return Scanned(result, barcode, instead=replanned.instead)


# What a scan answers, and the writes that make it true.
_Outcome = tuple[Scanned, list[Write]]


@dataclass(frozen=True, slots=True)
class _Scan:
    """One book in the hand, with the plan on it and the calendar of now."""

    table: Table
    copy: Copy
    pull: Pull
    calendar: Calendar
    staff: str
    moment: datetime
    policy: Policy

    @property
    def day(self) -> date:
        return in_tokyo(self.moment).date()

    @property
    def run(self) -> Run:
        return run_of(self.pull, self.moment, self.calendar, self.policy)

    def outcome(self) -> _Outcome:
        """Who gets the book: the hold it was planned for, or else the next in the queue."""
        if not can_be_followed(self.run, self.day):
            return self._too_late()
        if self.copy.reference_only:
            return self._must_stay()
        hold = holds.find(self.table, self.pull.patron_id, self.copy.title_id)
        patron = patrons.find(self.table, self.pull.patron_id)
        if hold is None or patron is None or not keeps_to_plan(hold, self.copy, self.run):
            return self._next(None, [])
        if reason := obstacle_to(hold, patron, self.calendar, self.policy, self.run):
            return self._passed_over(hold, reason)
        planned = as_planned(hold, self.pull, patron, self._planned_loans(patron))
        return self._carried_out(planned, patron) if planned else self._next(None, [])

    def _planned_loans(self, patron: Patron) -> int:
        """Other books that staff are still to fetch for the patron, to be lent (RULES 20)."""
        if self.pull.decision != Outcome.KEEP_ASIDE:
            return 0
        held = holds.of_patron(self.table, patron.patron_id)
        found = titles.find_many(self.table, {hold.title_id for hold in held})
        found_copies = copies.find_many(self.table, [barcode for title in found.values() for barcode in title.barcodes])
        pulls = [copy.pull for copy in found_copies if copy.pull and copy.barcode != self.copy.barcode]
        return sum(
            pull.patron_id == patron.patron_id
            and pull.decision == Outcome.LEND
            and pull.stands_on(self.day, self.policy)
            for pull in pulls
        )

    def _too_late(self) -> _Outcome:
        """A plan that is too late to follow leaves a book that is kept aside where it is."""
        hold = holds.find(self.table, self.copy.holder, self.copy.title_id) if self.copy.holder else None
        patron = patrons.find(self.table, self.copy.holder) if self.copy.holder else None
        if hold and patron and hold.status is HoldStatus.SECURED and hold.barcode == self.copy.barcode:
            move = copies.state_change(self.copy, CopyState.KEPT_ASIDE, on=self.day, holder=hold.patron_id)
            late = LastRun(self.pull.day, Code.NOT_PULLED, numbers_of(self.pull.facts))
            return Scanned("keep_aside", self.copy.barcode, patron.card_number), [holds.reason_change(hold, late), move]
        return self._shelved()

    def _shelved(self) -> _Outcome:
        return Scanned("shelve", self.copy.barcode), [copies.state_change(self.copy, CopyState.ON_SHELF, on=self.day)]

    def _must_stay(self) -> _Outcome:
        """The book may not leave the library any more; its hold is served as if it were not there (RULES 9)."""
        replanned = without(self.table, self.copy, self.copy.state, None, self.moment, self.policy)
        scanned, writes = self._shelved()
        return replace(scanned, instead=replanned.instead), [*writes, *replanned.writes]

    def _passed_over(self, hold: Hold, reason: Explanation) -> _Outcome:
        """What was recorded since the run stops this hold: it waits, told why, and the book goes on (RULES 21, 22)."""
        told = LastRun(self.pull.day, str(reason.code), dict(reason.facts))
        if hold.status is HoldStatus.WAITING:
            return self._next(hold, [holds.reason_change(hold, told)])
        return self._next(hold, [holds.change(hold, replace(hold.waiting_again(), last_run=told))])

    def _next(self, passed_over: Hold | None, writes: list[Write]) -> _Outcome:
        """The book goes to the next in the queue, or back to its shelf."""
        queue = queue_of(self.table, self.copy.title_id)
        in_hand = replace(self.copy, state=CopyState.ON_SHELF, holder="", pull=None)
        others = [each for each in queue.copies if each.barcode != self.copy.barcode]
        passed = {passed_over.patron_id} if passed_over else set()
        waiting = [hold for hold in queue.holds if hold.patron_id not in passed]
        decided = decide_anew(
            [in_hand, *others], waiting, queue.patrons, self.calendar, self.policy, self.run, self.day
        )
        grant = next_grant(decided, waiting, queue.patrons, self.run)
        scanned, given = self._carried_out(grant, queue.patrons[grant.hold.patron_id]) if grant else self._shelved()
        return scanned, [*writes, *given]

    def _carried_out(self, grant: Grant, patron: Patron) -> _Outcome:
        if grant.outcome is Outcome.READY:
            scanned, writes = self._ready(grant, patron)
        elif grant.outcome is Outcome.KEEP_ASIDE:
            scanned, writes = self._kept(grant, patron)
        elif crates.has_left(self.table, self.run.week.pickup_from, grant.pickup_place):
            numbers = numbers_of(self.pull.facts) if grant.hold.patron_id == self.pull.patron_id else {}
            scanned, writes = self._kept(replace(grant, code=Code.NOT_PULLED, facts=numbers), patron)
        else:
            scanned, writes = self._lent(grant, patron)
        scan = Scan(self.copy.barcode, scanned.action, self.moment, self.pull, self.copy.lies_at, grant.hold)
        trace = audit_log.entry_of_patron(patron.patron_id, Act(self.moment, self.staff, Deed.SCAN), self.policy)
        return scanned, [*writes, scans.record(scan), trace]

    def _lent(self, grant: Grant, patron: Patron) -> _Outcome:
        week, facility = self.run.week, grant.pickup_place
        days = days_of(week, self.calendar, shifts.find(self.table, week.pickup_from, facility))
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
            holds.end(grant.hold),
            loans.addition(loan),
            copies.state_change(self.copy, CopyState.ON_LOAN, on=self.day, holder=patron.patron_id, due_on=days.due_on),
            patrons.loan_increment(patron.patron_id, self.copy.title_id, grant.cap, holds=1),
            bags.book_addition(bag, self.copy.barcode, self.policy),
            crates.presence_check(week.pickup_from, facility),
        ]
        return Scanned("lend", self.copy.barcode, patron.card_number, bag, days.pickup_until), writes

    def _kept(self, grant: Grant, patron: Patron) -> _Outcome:
        reason = LastRun(self.pull.day, str(grant.code), dict(grant.facts))
        kept = replace(grant.hold, status=HoldStatus.SECURED, barcode=self.copy.barcode, last_run=reason)
        writes = [
            holds.change(grant.hold, kept),
            copies.state_change(self.copy, CopyState.KEPT_ASIDE, on=self.day, holder=patron.patron_id),
        ]
        return Scanned("keep_aside", self.copy.barcode, patron.card_number), writes

    def _ready(self, grant: Grant, patron: Patron) -> _Outcome:
        # The mail goes out the next day, and the open days count from the day after it (RULES 15, 16).
        mail_on = self.day + timedelta(days=1)
        until = self.calendar.nth_open_day_after(mail_on, self.policy.ready_open_days)
        ready = _ready_hold(grant, self.copy.barcode, self.day, until)
        writes = [
            holds.change(grant.hold, ready),
            copies.state_change(self.copy, CopyState.READY, on=self.day, holder=patron.patron_id),
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


def _scanned_before(table: Table, copy: Copy, day: date, policy: Policy) -> Scanned:
    """The answer again, if it was this scan that put the book where it is."""
    patron = patrons.find(table, copy.holder) if copy.holder else None
    if patron is None:
        raise _no_pull(copy)
    if copy.state is CopyState.KEPT_ASIDE:
        return Scanned("keep_aside", copy.barcode, patron.card_number)
    if copy.state is CopyState.READY:
        hold = holds.find(table, copy.holder, copy.title_id)
        until = with_deadline(hold, day, calendar.load(table), policy).pickup_until if hold else None
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
