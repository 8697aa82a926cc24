"""Who gets the book in the hand: it is lent, kept aside, ready, or goes back to its shelf (RULES 15, 16, 20, 23)."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from lending.actions.library import Library
from lending.actions.pulls.queue_head import Queue, decided_queue
from lending.actions.pulls.replan import without
from lending.actions.wishes import answered_with, in_reading_order
from lending.aws.table.calendar import shifts
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.exchange import movements
from lending.aws.table.holds import holds, reasons
from lending.aws.table.loans import bags, loans
from lending.aws.table.patrons import audit_log, patrons
from lending.aws.table.pulls import crates, scans
from lending.aws.table.writes import Write
from lending.domain.calendar.calendar import Calendar
from lending.domain.catalogue.title import Copy, CopyState, Pull
from lending.domain.exchange.movement import Movement, MovementKind
from lending.domain.holds.hold import Hold, HoldStatus, RunReason
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.loans.shift import days_of
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.pulls.pull import (
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
from lending.domain.run.run import Explanation, Outcome, Run, RunDecision


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What to do with the book: `lend` (into `bag`), `keep_aside`, `shelve_ready` or `shelve`; or `missing`, `taken`.

    `instead` is another copy of the title that is now on the pull list for the same hold.
    """

    action: str
    barcode: str
    card_number: str = ""
    bag: Bag | None = None
    pickup_until: date | None = None
    instead: Copy | None = None


# What a scan answers, and the writes that make it true.
_Outcome = tuple[ScanResult, list[Write]]


class BookInHand(NamedTuple):
    """One book in the hand, with the plan on it and the calendar of now."""

    library: Library
    copy: Copy
    pull: Pull
    calendar: Calendar
    staff: str

    @property
    def day(self) -> date:
        return self.library.today

    @property
    def run(self) -> Run:
        return run_of(self.pull, self.library.moment, self.calendar, self.library.policy)

    def outcome(self) -> _Outcome:
        """Who gets the book: the hold it was planned for, or else the next in the queue."""
        if not can_be_followed(self.run, self.day):
            return self._too_late()
        if self.copy.reference_only:
            return self._must_stay()
        hold = self._hold(self.pull.patron_id)
        patron = patrons.find(self.library.table, self.pull.patron_id)
        if hold is None or patron is None or not keeps_to_plan(hold, self.copy, self.run):
            return self._next(None, [])
        if reason := obstacle_to(hold, patron, self.calendar, self.library.policy, self.run):
            return self._passed_over(hold, reason)
        planned = as_planned(hold, self.pull, patron, self._planned_loans(patron))
        return self._carried_out(planned, patron) if planned else self._next(None, [])

    def _hold(self, patron_id: str) -> Hold | None:
        found = holds.find(self.library.table, patron_id, self.copy.title_id)
        return in_reading_order(self.library.table, [found], self.library.policy)[0] if found else None

    def _planned_loans(self, patron: Patron) -> int:
        """Other books that staff are still to fetch for the patron, to be lent (RULES 20)."""
        if self.pull.decision != Outcome.KEEP_ASIDE:
            return 0
        held = holds.of_patron(self.library.table, patron.patron_id)
        found = titles.find_many(self.library.table, {hold.title_id for hold in held})
        found_copies = copies.find_many(
            self.library.table, [barcode for title in found.values() for barcode in title.barcodes]
        )
        pulls = [copy.pull for copy in found_copies if copy.pull and copy.barcode != self.copy.barcode]
        return sum(
            pull.patron_id == patron.patron_id and pull.decision == Outcome.LEND and pull.stands_on(self.day)
            for pull in pulls
        )

    def _too_late(self) -> _Outcome:
        """A plan that is too late to follow leaves a book that is kept aside where it is."""
        hold = holds.find(self.library.table, self.copy.holder, self.copy.title_id) if self.copy.holder else None
        patron = patrons.find(self.library.table, self.copy.holder) if self.copy.holder else None
        if hold and patron and hold.status is HoldStatus.SECURED and hold.barcode == self.copy.barcode:
            move = copies.state_change(self.copy, CopyState.KEPT_ASIDE, on=self.day, holder=hold.patron_id)
            late = RunReason(self.pull.day, Code.NOT_PULLED, numbers_of(self.pull.facts))
            writes = [holds.same_check(hold), *self._told(hold, late), move]
            return ScanResult("keep_aside", self.copy.barcode, patron.card_number), writes
        return self._shelved()

    def _shelved(self) -> _Outcome:
        return ScanResult("shelve", self.copy.barcode), [
            copies.state_change(self.copy, CopyState.ON_SHELF, on=self.day)
        ]

    def _must_stay(self) -> _Outcome:
        """The book may not leave the library any more; its hold is served as if it were not there (RULES 9)."""
        replanned = without(self.library, self.copy, self.copy.state, None)
        scanned, writes = self._shelved()
        return replace(scanned, instead=replanned.instead), [*writes, *replanned.writes]

    def _passed_over(self, hold: Hold, reason: Explanation) -> _Outcome:
        """What was recorded since the run stops this hold: it waits, told why, and the book goes on (RULES 21, 22)."""
        told = self._told(hold, RunReason(self.pull.day, str(reason.code), dict(reason.facts)))
        if hold.status is HoldStatus.WAITING:
            return self._next(hold, [holds.same_check(hold), *told])
        return self._next(hold, [holds.change(hold, hold.waiting_again()), *told])

    def _told(self, hold: Hold, reason: RunReason) -> list[Write]:
        known = reasons.find(self.library.table, hold.patron_id)
        return reasons.change(known, known.after((hold, reason)), self.library.moment, self.library.policy)

    def _next(self, passed_over: Hold | None, writes: list[Write]) -> _Outcome:
        """The book goes to the next in the queue, or back to its shelf."""
        in_hand = replace(self.copy, state=CopyState.ON_SHELF, holder="", pull=None)
        passed = passed_over.patron_id if passed_over else ""

        def decide(queue: Queue) -> list[RunDecision]:
            others = [each for each in queue.copies if each.barcode != self.copy.barcode]
            waiting = [hold for hold in queue.holds if hold.patron_id != passed]
            policy = self.library.policy
            return decide_anew([in_hand, *others], waiting, queue.patrons, self.calendar, policy, self.run, self.day)

        queue, decided = decided_queue(self.library, self.copy.title_id, self.run, decide)
        grant = next_grant(decided, queue.holds, queue.patrons, self.run)
        scanned, given = self._carried_out(grant, queue.patrons[grant.hold.patron_id]) if grant else self._shelved()
        return scanned, [*writes, *given]

    def _carried_out(self, grant: Grant, patron: Patron) -> _Outcome:
        ended = answered_with(self.library.table, grant.hold, self.library.policy)
        if grant.outcome is Outcome.READY:
            scanned, writes = self._ready(grant, patron, ended)
        elif grant.outcome is Outcome.KEEP_ASIDE:
            scanned, writes = self._kept(grant, patron, ended)
        elif crates.has_left(self.library.table, self.run.week.pickup_from, grant.pickup_place):
            numbers = numbers_of(self.pull.facts) if grant.hold.patron_id == self.pull.patron_id else {}
            scanned, writes = self._kept(replace(grant, code=Code.NOT_PULLED, facts=numbers), patron, ended)
        else:
            scanned, writes = self._lent(grant, patron, ended)
        # Only a book that is kept aside has changed what its hold was told.
        was = reasons.read_with(self.library.table, [grant.hold])[0] if scanned.action == "keep_aside" else grant.hold
        scan = Scan(
            self.copy.barcode,
            scanned.action,
            self.library.moment,
            self.pull,
            self.copy.lies_at,
            was,
            ended=tuple(ended),
        )
        trace = audit_log.entry_of_patron(
            patron.patron_id, Act(self.library.moment, self.staff, Deed.SCAN), self.library.policy
        )
        return scanned, [*writes, *map(holds.end, ended), scans.record(scan), trace]

    def _lent(self, grant: Grant, patron: Patron, ended: list[Hold]) -> _Outcome:
        week, facility = self.run.week, grant.pickup_place
        days = days_of(week, self.calendar, shifts.find(self.library.table, week.pickup_from, facility))
        bag = Bag(patron.patron_id, patron.card_number, facility, week.pickup_from, days.pickup_until)
        title = titles.find(self.library.table, self.copy.title_id)
        loan = Loan(
            patron_id=patron.patron_id,
            barcode=self.copy.barcode,
            title_id=self.copy.title_id,
            title=title.title if title else "",
            pickup_place=facility,
            lent_at=self.library.moment,
            due_on=days.due_on,
            pickup_from=week.pickup_from,
            pickup_until=days.pickup_until,
        )
        writes = [
            holds.end(grant.hold),
            loans.addition(loan),
            copies.state_change(self.copy, CopyState.ON_LOAN, on=self.day, holder=patron.patron_id, due_on=days.due_on),
            patrons.loan_increment(
                patron.patron_id,
                self.copy.title_id,
                grant.cap,
                holds=1 + len(ended),
                grouped=patron if grant.hold.group else None,
            ),
            bags.book_addition(bag, self.copy.barcode, self.library.policy),
            crates.presence_check(week.pickup_from, facility),
            movements.addition(Movement(self.library.moment, MovementKind.LENT, self.copy.barcode, days.due_on)),
        ]
        return ScanResult("lend", self.copy.barcode, patron.card_number, bag, days.pickup_until), writes

    def _kept(self, grant: Grant, patron: Patron, ended: list[Hold]) -> _Outcome:
        reason = RunReason(self.pull.day, str(grant.code), dict(grant.facts))
        kept = replace(grant.hold, status=HoldStatus.SECURED, barcode=self.copy.barcode, group="")
        writes = [
            holds.change(grant.hold, kept),
            *self._told(grant.hold, reason),
            *_answered(grant.hold, patron, ended),
            copies.state_change(self.copy, CopyState.KEPT_ASIDE, on=self.day, holder=patron.patron_id),
        ]
        return ScanResult("keep_aside", self.copy.barcode, patron.card_number), writes

    def _ready(self, grant: Grant, patron: Patron, ended: list[Hold]) -> _Outcome:
        # The mail goes out the next day, and the open days count from the day after it (RULES 15, 16).
        mail_on = self.day + timedelta(days=1)
        until = self.calendar.nth_open_day_after(mail_on, self.library.policy.ready_open_days)
        ready = _ready_hold(grant, self.copy.barcode, self.day, until)
        writes = [
            holds.change(grant.hold, ready),
            *_answered(grant.hold, patron, ended),
            copies.state_change(self.copy, CopyState.READY, on=self.day, holder=patron.patron_id),
        ]
        return ScanResult("shelve_ready", self.copy.barcode, patron.card_number, pickup_until=until), writes


def _answered(hold: Hold, patron: Patron, ended: list[Hold]) -> list[Write]:
    return [patrons.group_end(patron, len(ended))] if hold.group else []


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
        group="",
    )
