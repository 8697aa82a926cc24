"""The library as one would keep it on paper: dictionaries, one step after the other, no table and no clock.

It is written from the rules alone and knows nothing of `lending`: what it says is compared with what the service does.
Everything is worked out anew each time, in the plainest way; only a handful of people and books ever live in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

TOKYO = timezone(timedelta(hours=9))
LIBRARY = "prefectural"
DAY = timedelta(days=1)
TWO_YEARS = 731 * DAY
THURSDAY = 3
HOLD_LIMIT = 4
CAP, SMALL_CAP = 2, 1
MANY = 1000

Why = tuple[str, dict[str, Any]]


class No(Exception):
    """The answer is no, for all these reasons."""

    def __init__(self, *codes: str) -> None:
        super().__init__(*codes)
        self.codes = frozenset(codes)


@dataclass
class Patron:
    patron_id: str
    card: str
    expires_on: date
    cap: int = CAP
    cap_before: int = 0
    cap_from: date = date.min
    blocked: bool = False
    online_lending: bool = True
    told_expired: date | None = None
    told_renewal: date | None = None
    paused_until: date | None = None
    books_a_run: int | None = None

    def cap_on(self, day: date) -> int:
        return self.cap if self.cap_from <= day else self.cap_before


@dataclass
class Hold:
    patron: str
    title: str
    place: str
    placed_at: datetime
    queued_at: datetime
    status: str = "waiting"
    barcode: str = ""
    ready_on: date | None = None
    mailed_on: date | None = None
    until: date | None = None
    next_place: str = ""
    next_from: date | None = None
    why: Why | None = None
    after: str = ""
    group: str = ""
    rank: int | None = None

    def place_on(self, cycle: date) -> str:
        return self.next_place if self.next_from and self.next_from <= cycle else self.place

    def waits_again(self) -> None:
        self.status, self.barcode, self.ready_on, self.mailed_on, self.until = "waiting", "", None, None, None


@dataclass(frozen=True)
class Plan:
    patron: str
    decision: str
    run: str
    place: str
    cap: int
    opens: date  # the Sunday of a weekly run's books
    facts: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.run[:10])

    @property
    def weekly(self) -> bool:
        return len(self.run) == 10

    def stands(self, day: date) -> bool:
        """Whether staff fetch by it: for the counter on its day, for a facility until its Sunday."""
        return day < self.opens if self.weekly else self.day >= day


@dataclass(frozen=True)
class Scan:
    """What the latest scan of a book did, and what there was before it."""

    action: str
    at: datetime
    plan: Plan
    lies_at: str
    hold: "Hold | None" = None
    instead: str = ""
    ended: tuple["Hold", ...] = ()


@dataclass
class Copy:
    barcode: str
    title: str
    reference_only: bool = False
    state: str = "on_shelf"
    holder: str = ""
    due_on: date | None = None
    plan: Plan | None = None
    returned_on: date | None = None
    lies_at: str = "shelf"
    scan: Scan | None = None

    @property
    def lendable(self) -> bool:
        return not self.reference_only and self.state not in ("lost", "damaged")

    def goes(self, state: str, holder: str = "", due_on: date | None = None, lies_at: str = "") -> None:
        usual = {"kept_aside": "kept_aside", "ready": "counter"}.get(state, "shelf")
        self.state, self.holder, self.due_on, self.plan, self.lies_at = state, holder, due_on, None, lies_at or usual


@dataclass
class Loan:
    patron: str
    barcode: str
    title: str
    place: str
    lent_at: datetime
    due_on: date
    renewals: int = 0
    sunday: date | None = None
    until: date | None = None
    handed_over_at: datetime | None = None
    released_at: datetime | None = None
    lost: bool = False
    damaged: bool = False


@dataclass
class Bag:
    until: date
    books: set[str] = field(default_factory=set)
    handed_over_at: datetime | None = None


@dataclass
class Shift:
    shift_id: str
    until: date
    due_on: date
    until_before: date
    due_before: date
    taken_back: bool = False

    @property
    def days(self) -> tuple[date, date]:
        return (self.until_before, self.due_before) if self.taken_back else (self.until, self.due_on)


@dataclass(frozen=True)
class Closed:
    """Closed days of the library, or of a facility."""

    facility: str
    first: date
    last: date


@dataclass(frozen=True)
class Suspension:
    """Of the service, or of a facility."""

    facility: str
    first: date
    last: date
    opted_in: frozenset[str] = frozenset()
    until: date | None = None


@dataclass(frozen=True)
class Run:
    """A weekly run, or a pull for the counter; `run_date` is that of the weekly run that the books could go with.

    `cycle` is the regular day of that run, on whatever day it is made, and `sunday` the first day to collect.
    """

    run_id: str
    weekly: bool
    moment: datetime
    run_date: date
    cycle: date

    @property
    def day(self) -> date:
        return self.moment.date()

    @property
    def sunday(self) -> date:
        return self.cycle + 3 * DAY


@dataclass
class Decision:
    hold: Hold
    what: str
    why: Why
    place: str
    copy: Copy | None = None
    queue: dict[str, int] = field(default_factory=dict)


# The week


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), TOKYO)


@dataclass(frozen=True)
class Week:
    """On which days of the week runs are made; books are to be collected from the third day after until the tenth."""

    run_days: tuple[int, ...] = (THURSDAY,)

    def runs_on(self, day: date) -> bool:
        return day.weekday() in self.run_days

    def opens_on(self, day: date) -> bool:
        return self.runs_on(day - 3 * DAY)

    def closes_on(self, day: date) -> bool:
        return self.runs_on(day - 10 * DAY)

    def run_from(self, day: date) -> date:
        while not self.runs_on(day):
            day += DAY
        return day

    def run_until(self, day: date) -> date:
        while not self.runs_on(day):
            day -= DAY
        return day

    def last_run_due(self, now: datetime) -> date:
        run = self.run_until(now.date())
        return run if now >= at(run, 8, 30) else self.run_until(run - DAY)

    def next_run(self, now: datetime) -> date:
        run = self.run_from(now.date())
        return run if now <= at(run, 8, 30) else self.run_from(run + DAY)

    def cycle_of(self, day: date) -> date:
        """The regular day of the run that is made on this day: late, until its books can be collected, or early."""
        latest = self.run_until(day)
        return latest if day < latest + 3 * DAY else self.run_from(day)

    def opens(self, run_date: date) -> date:
        return self.cycle_of(run_date) + 3 * DAY

    def weekly_run(self, day: date) -> Run:
        return Run(day.isoformat(), True, at(day, 8, 30), day, self.cycle_of(day))

    def checked_in(self, given_back: date) -> date:
        """With the carriage of the last day to collect, three days after it."""
        while not self.closes_on(given_back):
            given_back += DAY
        return given_back + 3 * DAY


def last_day_over(now: datetime) -> date:
    return now.date() if now.hour >= 22 else now.date() - DAY


def days(first: date, last: date) -> list[date]:
    return [first + DAY * n for n in range((last - first).days + 1)]


def turn(hold: Hold) -> tuple[datetime, str]:
    return hold.queued_at, hold.patron


class Books(dict[str, "Copy"]):
    """The copies by bar code; of any other one there is no book."""

    def __missing__(self, barcode: str) -> Copy:
        raise No("unknown_barcode")


class ReferenceLibrary:
    """Everything there is, and what each step does to it."""

    def __init__(
        self, patrons: Iterable[Patron], copies: Iterable[Copy], facilities: Iterable[str], week: Week
    ) -> None:
        self.week = week
        self.patrons = {patron.patron_id: patron for patron in patrons}
        self.copies = Books({copy.barcode: copy for copy in copies})
        self.titles = sorted({copy.title for copy in self.copies.values()})
        self.facilities = set(facilities)
        self.holds: dict[tuple[str, str], Hold] = {}
        self.loans: dict[tuple[str, str], Loan] = {}
        self.bags: dict[tuple[date, str, str], Bag] = {}
        self.shifts: dict[tuple[date, str], Shift] = {}
        self.closed: dict[str, Closed] = {}
        self.suspensions: dict[str, Suspension] = {}
        self.mails: set[tuple[str, str]] = set()
        self.done: set[str] = set()
        self.told_on: dict[str, date] = {}  # of the latest run that told a patron why
        self.made: dict[date, str] = {}  # which run was made for a cycle
        self.suspended: set[str] = set()  # runs that were suspended as a whole
        self.dropped: set[str] = set()  # runs whose plan staff have dropped
        self.left: set[tuple[date, str]] = set()  # crates

    # What there is

    def copies_of(self, title: str) -> list[Copy]:
        return sorted((copy for copy in self.copies.values() if copy.title == title), key=lambda copy: copy.barcode)

    def queue(self, title: str) -> list[Hold]:
        waiting = (hold for hold in self.holds.values() if hold.title == title and hold.status == "waiting")
        return sorted(waiting, key=turn)

    def holds_of(self, patron: str) -> list[Hold]:
        return [hold for hold in self.holds.values() if hold.patron == patron]

    def loans_of(self, patron: str) -> list[Loan]:
        return [loan for loan in self.loans.values() if loan.patron == patron]

    def returning(self, patron: str) -> int:
        return sum(loan.released_at is not None for loan in self.loans_of(patron))

    def borrowed(self, patron: str, title: str) -> bool:
        return any(loan.title == title for loan in self.loans_of(patron))

    def loan_of(self, copy: Copy) -> Loan | None:
        return self.loans.get((copy.holder, copy.barcode))

    # The patron (RULES 9-12, 31, 46-49)

    def place(self, patron: str, title: str, place: str, now: datetime) -> None:
        no = []
        if not any(copy.lendable for copy in self.copies_of(title)):
            left = self.copies_of(title)
            all_stay = left and all(copy.reference_only for copy in left)
            no.append("reference_only" if all_stay else "no_copy_left")
        if (patron, title) in self.holds:
            no.append("already_held")
        if self.borrowed(patron, title):
            no.append("already_on_loan")
        if len(self.holds_of(patron)) >= HOLD_LIMIT:
            no.append("hold_limit")
        if place != LIBRARY and place not in self.facilities:
            no.append("unknown_pickup_place")
        elif place != LIBRARY and self._shut_for_good(place, now):
            no.append("facility_suspended")
        if no:
            raise No(*no)
        for hold in self.holds_of(patron):
            hold.after = "" if hold.after == title else hold.after  # that was an earlier hold on it
        self.holds[patron, title] = Hold(patron, title, place, now, now)

    def cancel(self, patron: str, title: str) -> None:
        if self._held(patron, title).status != "waiting":
            raise No("cancel_by_phone")
        del self.holds[patron, title]

    def _held(self, patron: str, title: str) -> Hold:
        if (patron, title) not in self.holds:
            raise No("already_on_loan" if self.borrowed(patron, title) else "not_found")
        return self.holds[patron, title]

    def arrange(self, patron: str, title: str, after: str, rank: int | None) -> None:
        """After which other hold of the patron's it comes, and its place among them (RULES 47, 49)."""
        hold = self.holds.get((patron, title))
        if hold is None:
            raise No("not_found")
        no = {"no_longer_waits"} if after and hold.status != "waiting" else set()
        if after and (patron, after) not in self.holds:
            no.add("no_such_hold")
        elif after and title in self._before(patron, after):
            no.add("reading_circle")
        if no:
            raise No(*no)
        hold.after, hold.rank = after, rank

    def join(self, patron: str, title: str, group: str) -> None:
        """One of those of which one book is enough, or of none (RULES 48)."""
        hold = self.holds.get((patron, title))
        if hold is None:
            raise No("not_found")
        if group and hold.status != "waiting":
            raise No("no_longer_waits")
        hold.group = group

    def want(self, patron: str, books: int | None, _: datetime) -> None:
        self.patrons[patron].books_a_run = books

    def _before(self, patron: str, title: str) -> list[str]:
        """A title and all that come before it."""
        chain = []
        while title:
            chain.append(title)
            hold = self.holds.get((patron, title))
            title = hold.after if hold else ""
        return chain

    def pause(self, patron: str, until: date | None, now: datetime) -> None:
        if until and until < now.date():
            raise No("pause_is_over")
        self.patrons[patron].paused_until = until

    def renew(self, patron: str, barcode: str, now: datetime) -> date:
        loan = self.loans.get((patron, barcode))
        if loan is None:
            raise No("not_found")
        if no := self.not_to_be_renewed(loan, now.date()):
            raise No(*no)
        loan.due_on += 7 * DAY
        loan.renewals += 1
        self.copies[barcode].due_on = loan.due_on
        return loan.due_on

    def not_to_be_renewed(self, loan: Loan, today: date) -> set[str]:
        no = {"lost"} if loan.lost else {"damaged"} if loan.damaged else set()
        if today < loan.due_on - 3 * DAY:
            no.add("too_early")
        if loan.released_at:
            no.add("returning")
        if today > loan.due_on:
            no.add("overdue")
        if loan.renewals == 2:
            no.add("renewal_limit")
        if self.queue(loan.title):
            no.add("held_by_others")
        return no

    def positions(self, patron: str) -> dict[str, tuple[int, int] | None]:
        return {
            hold.title: (queue.index(hold) + 1, len(queue)) if hold in (queue := self.queue(hold.title)) else None
            for hold in self.holds_of(patron)
        }

    def renewable(self, patron: str, now: datetime) -> dict[str, set[str]]:
        return {loan.barcode: self.not_to_be_renewed(loan, now.date()) for loan in self.loans_of(patron)}

    # The desk, about holds and patrons (RULES 12-14, 19)

    def cancel_at_desk(self, patron: str, title: str, _: datetime) -> tuple[str, str]:
        hold = self._held(patron, title)
        del self.holds[patron, title]
        if hold.status == "waiting":
            return "", ""
        copy = self.copies[hold.barcode]
        copy.state, copy.holder = "on_shelf", ""  # a plan stands: its scan finds the next
        return copy.barcode, "hold" if self.queue(title) else "shelve"

    def cancel_all(self, patron: str, now: datetime) -> list[tuple[str, str]]:
        mine = sorted(self.holds_of(patron), key=lambda hold: (hold.placed_at, hold.title))
        return [self.cancel_at_desk(patron, hold.title, now) for hold in mine]

    def to_end(self, patron: str, title: str, now: datetime) -> None:
        hold = self._held(patron, title)
        if hold.barcode:
            copy = self.copies[hold.barcode]
            copy.state, copy.holder = "on_shelf", ""  # a plan stands: its scan finds the next
            hold.waits_again()
            hold.why = None
        hold.queued_at = now

    def change_pickup(self, patron: str, title: str, place: str, now: datetime) -> None:
        hold = self._held(patron, title)
        if place != LIBRARY and place not in self.facilities:
            raise No("unknown_pickup_place")
        if place != LIBRARY and self._shut_for_good(place, now):
            raise No("facility_suspended")
        if hold.status == "ready":
            raise No("ready_at_counter")
        hold.place, hold.next_place, hold.next_from = hold.place_on(max(now.date(), self.latest_cycle)), "", None
        if place != hold.place:
            hold.next_place, hold.next_from = place, self._change_counts_from(now)
        for copy in self.copies_of(title):
            mine = copy.plan and not copy.plan.weekly and copy.plan.patron == patron
            if mine and hold.place_on(self.coming(now)) != LIBRARY:
                copy.plan = None

    def _change_counts_from(self, now: datetime) -> date:
        run = now.date()
        while True:
            if self.week.runs_on(run) and run > self.latest_cycle:
                last_day = run - DAY if self.open(run - DAY) else run - 2 * DAY
                if now <= at(last_day, 19):
                    return run
            run += DAY

    def change_record(self, patron: str, wanted: dict[str, Any], now: datetime) -> None:
        record = self.patrons[patron]
        cap = wanted.get("loan_cap", record.cap)
        if cap != record.cap:
            record.cap, record.cap_before, record.cap_from = cap, record.cap_on(now.date()), self.coming(now)
        for name in ("blocked", "expires_on", "online_lending"):
            setattr(record, name, wanted.get(name, getattr(record, name)))

    # The run, and the pull for the counter (RULES 15, 18-23, 27)

    @property
    def latest_cycle(self) -> date:
        """Of the latest run that was made, on whatever day."""
        weekly = [date.fromisoformat(run) for run in self.done if len(run) == 10]
        return self.week.cycle_of(max(weekly)) if weekly else date.min

    def coming(self, now: datetime) -> date:
        """The regular day of the next run: one that was made early is not to come any more."""
        return self.week.run_from(max(self.week.next_run(now), self.latest_cycle + DAY))

    def counter_pull(self, now: datetime) -> Run:
        coming = self.coming(now)
        return Run(f"{now.date()}{'am' if now.hour < 12 else 'pm'}", False, now, coming, coming)

    def run_due(self, now: datetime) -> bool:
        return self._run_weekly(self.week.last_run_due(now), now, dropped_again=False)

    def run_on_request(self, day: date, now: datetime) -> bool:
        if now < at(day, 8, 30):
            raise No("run_not_due")
        if now.date() >= self.week.opens(day) and day.isoformat() not in self.done:
            raise No("run_too_late")
        return self._run_weekly(day, now, dropped_again=True)

    def _run_weekly(self, day: date, now: datetime, dropped_again: bool) -> bool:
        run = self.week.weekly_run(day)
        if run.run_id in self.done and not self._made_anew(run, now, dropped_again):
            return True
        made = self.made.get(run.cycle, run.run_id)
        if made != run.run_id and made not in self.suspended:
            return True
        self._drop([copy for copy in self.copies.values() if copy.plan and copy.plan.day < day])
        self._give_back_what_is_kept_in_vain(run)
        for copy in self.copies.values():
            if copy.plan and copy.plan.run == run.run_id:
                copy.plan = None  # the run's own, from before
        self._run(run)
        self.made[run.cycle] = run.run_id
        self.dropped.discard(run.run_id)
        self.suspended.discard(run.run_id)
        if self._is_suspended(run):
            self.suspended.add(run.run_id)
        return False

    def _made_anew(self, run: Run, now: datetime, dropped_again: bool) -> bool:
        if now.date() >= run.sunday:
            return False
        lifted = run.run_id in self.suspended and not self._is_suspended(run)
        return lifted or (dropped_again and run.run_id in self.dropped)

    def _is_suspended(self, run: Run) -> bool:
        return bool(self._stopping(run.run_date)) or not self.open(run.run_date)

    def _drop(self, copies: list[Copy]) -> int:
        """Off the pull list; the holds have not got their books in time."""
        for copy in sorted(copies, key=lambda copy: copy.plan.run if copy.plan else ""):
            if copy.plan:
                hold = self.holds.get((copy.plan.patron, copy.title))
                if hold and hold.barcode in ("", copy.barcode):
                    hold.why = "not_pulled", _numbers(copy.plan.facts)
                copy.plan = None
        return len(copies)

    def _lapse(self, now: datetime) -> None:
        """Plans of weekly runs whose books could not be sent any more."""
        tomorrow = last_day_over(now) + DAY
        plans = [copy for copy in self.copies.values() if copy.plan and copy.plan.weekly]
        self._drop([copy for copy in plans if copy.plan and not copy.plan.stands(tomorrow)])

    def drop_plan(self, run_id: str) -> int:
        if run_id not in self.done:
            raise No("not_found")
        self.dropped.add(run_id)
        return self._drop([copy for copy in self.copies.values() if copy.plan and copy.plan.run == run_id])

    def _give_back_what_is_kept_in_vain(self, run: Run) -> None:
        for hold in self.holds.values():
            why = self.obstacle(run, hold, hold.place_on(run.cycle)) if hold.status == "secured" else None
            if why and why[0] not in ("run_suspended", "after_cutoff"):
                self._give_back(hold)
        for patron in self.patrons.values():
            for hold in self._kept_for(run, patron)[max(0, self._pace(run, patron)) :]:
                self._give_back(hold)

    def _give_back(self, hold: Hold) -> None:
        self.copies[hold.barcode].goes("on_shelf", lies_at="kept_aside")
        hold.waits_again()

    def _kept_for(self, run: Run, patron: Patron) -> list[Hold]:
        """Books kept aside that this run could lend, in the patron's own order."""
        kept = [hold for hold in self.holds_of(patron.patron_id) if _is_kept(hold, run)]
        return sorted((hold for hold in kept if not self.obstacle(run, hold, hold.place_on(run.cycle))), key=_own_turn)

    def _pace(self, run: Run, patron: Patron) -> int:
        """How many books the patron still wants from a weekly run, after those that it has lent them (RULES 49)."""
        if patron.books_a_run is None or not run.weekly:
            return MANY
        return patron.books_a_run - sum(loan.sunday == run.sunday for loan in self.loans_of(patron.patron_id))

    def pull_for_counter(self, now: datetime) -> bool | None:
        run = self.counter_pull(now)
        if run.run_id in self.done:
            return True
        if not self.open(now.date()):
            return None
        self._lapse(now)
        self._run(run)
        return False

    def _run(self, run: Run) -> None:
        decided = self.decide(run, self.holds.values(), self.copies.values())
        for each in decided:
            stays_kept = each.hold.status == "secured" and each.what == "keep_aside"
            if each.copy and each.what in ("lend", "keep_aside", "ready") and not stays_kept:
                each.copy.plan = self._plan(each, run, run.run_id)
            told_by_later = run.weekly and self.told_on.get(each.hold.patron, run.day) > run.day
            if (run.weekly and not told_by_later) or each.what == "ready":
                each.hold.why = None if each.what in ("lend", "ready") else each.why
        if run.weekly:
            told = {each.hold.patron: max(run.day, self.told_on.get(each.hold.patron, run.day)) for each in decided}
            self.told_on |= told
        self.done.add(run.run_id)

    def _plan(self, each: Decision, run: Run, run_id: str) -> Plan:
        facts = each.why[1] if each.what == "keep_aside" else each.queue
        cap = self.patrons[each.hold.patron].cap_on(run.cycle)
        return Plan(each.hold.patron, each.what, run_id, each.place, cap, run.sunday, facts)

    def decide(self, run: Run, holds: Iterable[Hold], copies: Iterable[Copy]) -> list[Decision]:
        """All queues offer their books, the patrons say what is too much, and so again without that."""
        open_holds = sorted((hold for hold in holds if hold.status != "ready"), key=turn)
        books = sorted(copies, key=lambda copy: copy.barcode)
        fetched = {(hold.patron, hold.group) for hold in open_holds if self._is_fetched(run, hold, books)}
        declined: dict[tuple[str, str], Why] = {}
        while True:
            decided: list[Decision] = []
            contested: set[str] = set()
            for title in self.titles:
                queue = [hold for hold in open_holds if hold.title == title]
                of_title = [copy for copy in books if copy.title == title]
                decided += self._decide_title(run, queue, of_title, contested, declined)
            too_much = self._too_much(run, decided, fetched)
            if not too_much:
                break
            declined |= too_much
        for patron in self.patrons.values():
            self._keep_to_cap(
                run, patron, [each for each in decided if each.hold.patron == patron.patron_id], contested
            )
        return decided

    def _is_fetched(self, run: Run, hold: Hold, copies: list[Copy]) -> bool:
        plans = [copy.plan for copy in copies if copy.title == hold.title and copy.plan]
        return any(plan.patron == hold.patron and self._stands(plan, run) for plan in plans)

    def _too_much(self, run: Run, decided: list[Decision], fetched: set[tuple[str, str]]) -> dict[tuple[str, str], Why]:
        """What patrons do not want besides the rest: a second of a group, or more than their books a run (48, 49).

        Of a group the first that is served answers: what this run serves comes before what it only keeps for another.
        A pull keeps each book for a facility's hold at the head of its queue (RULES 15).
        """
        no: dict[tuple[str, str], Why] = {}
        for patron in self.patrons.values():
            mine = [each for each in decided if each.hold.patron == patron.patron_id]
            offered = [each for each in mine if each.copy and each.hold.status == "waiting"]
            offered = [each for each in offered if run.weekly or _is_served(each, run)]
            wanted = self._pace(run, patron) - self._coming(run, patron, {each.hold.title for each in mine})
            answered = {group for name, group in fetched if name == patron.patron_id} - {""}
            for each in sorted(offered, key=lambda each: (_is_served(each, run) is False, *_own_turn(each.hold))):
                hold = each.hold
                if hold.group in answered:
                    no[hold.patron, hold.title] = "any_of", {}
                elif _is_served(each, run) and wanted <= 0:
                    no[hold.patron, hold.title] = "cap", {"books_a_run": patron.books_a_run}
                else:
                    wanted -= _is_served(each, run)
                    answered |= {hold.group} - {""}
        return no

    def _coming(self, run: Run, patron: Patron, offered: set[str]) -> int:
        """Books beside those offered that come first: what is kept aside, and what this run has staff fetch."""
        holds = self.holds_of(patron.patron_id)
        fetched = {
            copy.title
            for copy in self.copies.values()
            if copy.plan and copy.plan.patron == patron.patron_id and copy.plan.run == run.run_id
        }
        coming = [hold for hold in holds if _is_kept(hold, run) or hold.title in fetched - offered]
        return len(coming)

    def _decide_title(
        self,
        run: Run,
        queue: list[Hold],
        copies: list[Copy],
        contested: set[str],
        declined: dict[tuple[str, str], Why],
    ) -> list[Decision]:
        patrons = {hold.patron for hold in queue}
        fetched = {
            copy.barcode: copy.plan.patron
            for copy in copies
            if copy.plan and copy.plan.patron in patrons and self._stands(copy.plan, run)
        }
        free = [copy for copy in copies if copy.state == "on_shelf" and copy.lendable and copy.barcode not in fetched]
        on_hand = bool(free or fetched)
        waiting = [hold for hold in queue if hold.status == "waiting"]
        decided = []
        for hold in queue:
            place = hold.place_on(run.cycle)
            if hold.patron in fetched.values():
                continue
            if hold.status == "secured":
                if run.weekly or place == LIBRARY:
                    decided.append(self._granted(run, hold, self.copies[hold.barcode], place))
                continue
            why = self.obstacle(run, hold, place) or declined.get((hold.patron, hold.title))
            if why is None and free:
                decided.append(self._granted(run, hold, free.pop(0), place))
                lendable = sum(copy.lendable for copy in copies)
                decided[-1].queue = {
                    "position": waiting.index(hold) + 1, "of": len(waiting), "copies": lendable,
                }  # fmt: skip
                continue
            contested.add(hold.title)
            why = why or self._shortage(copies, on_hand, waiting.index(hold) + 1, len(waiting), run.day)
            decided.append(Decision(hold, "none", why, place))
        return decided

    def _stands(self, plan: Plan, run: Run) -> bool:
        """Whether staff are fetching by this plan of another run: on its day, and for a facility until its Sunday."""
        followed = not run.weekly and plan.weekly and plan.stands(run.day)
        return plan.run != run.run_id and (plan.day >= run.day or followed)

    def _granted(self, run: Run, hold: Hold, copy: Copy, place: str) -> Decision:
        if why := self.obstacle(run, hold, place):
            return Decision(hold, "none", why, place)
        if run.weekly:
            what = "for_prefectural" if place == LIBRARY else "lend"
        else:
            what = "ready" if place == LIBRARY else "for_partner"
        return Decision(hold, what, ("prefectural", {}), place, copy)

    def _keep_to_cap(self, run: Run, patron: Patron, decided: list[Decision], contested: set[str]) -> None:
        cap, loans = patron.cap_on(run.cycle), len(self.loans_of(patron.patron_id))
        room = max(0, cap - loans)
        lent = [each for each in decided if each.what == "lend"]
        lent.sort(key=lambda each: (each.hold.title not in contested, *_own_turn(each.hold)))
        for each in lent[room:]:
            facts = {"cap": cap, "on_loan": loans + room, "on_the_way_back": self.returning(patron.patron_id)}
            each.what, each.why = "keep_aside", ("cap", facts)

    def _shortage(self, copies: list[Copy], on_hand: bool, position: int, of: int, day: date) -> Why:
        lendable = [copy for copy in copies if copy.lendable]
        facts: dict[str, Any] = {"position": position, "of": of, "copies": len(lendable)}
        missing = [copy for copy in lendable if copy.state == "missing"]
        if not lendable:
            return "no_copy_left", facts
        out = [copy for copy in lendable if copy.state in ("on_loan", "elsewhere")]
        if not on_hand and out:
            due = [copy.due_on for copy in out if copy.due_on and copy.due_on >= day]
            facts |= {"missing": len(missing)} if missing else {}
            return "all_on_loan", facts | ({"next_due": min(due).isoformat()} if due else {})
        return ("not_on_shelf" if missing == lendable and not on_hand else "queue"), facts

    def obstacle(self, run: Run, hold: Hold, place: str) -> Why | None:
        if hold.placed_at > run.moment:
            times = {"placed_at": hold.placed_at.isoformat(), "cut_off": run.moment.isoformat()}
            following = self._next_that_takes_place(run.cycle + DAY)
            while at(following, 8, 30) < hold.placed_at:
                following = self._next_that_takes_place(following + DAY)
            return "after_cutoff", times | {"next_run": following.isoformat()}
        patron = self.patrons[hold.patron]
        at_counter = place == LIBRARY
        if not at_counter and (why := self._suspended(run, hold.patron) or self._facility_suspended(run, place)):
            return why
        if patron.blocked:
            return "blocked", {}
        day = run.day if at_counter else run.run_date
        if patron.expires_on < day:
            return "card_expired", {"expired_on": patron.expires_on.isoformat()}
        if patron.paused_until and day <= patron.paused_until:
            return "paused", {"until": patron.paused_until.isoformat()}
        if not at_counter and not patron.online_lending:
            return "not_enrolled", {}
        comes_after = hold.status == "waiting" and (hold.patron, hold.after) in self.holds
        return ("reading_order", {"after": hold.after}) if comes_after else None

    # The calendar (RULES 16, 21, 22, 40)

    def close(self, closure_id: str, closed: Closed, now: datetime) -> None:
        if closed.facility and closed.last < now.date():
            raise No("closure_is_over")
        if closed.facility and closed.last > now.date() + TWO_YEARS:
            raise No("closure_too_far")
        self.closed[closure_id] = closed

    def suspend(self, suspension_id: str, suspension: Suspension) -> None:
        runs = [day for day in days(suspension.first, suspension.last) if self.week.runs_on(day)]
        opens = max([suspension.first, *map(self.week.opens, runs)])
        if suspension.until and suspension.until < opens:
            raise No("before_pickup_opens")
        self.suspensions[suspension_id] = suspension

    def reopen(self, closure_id: str) -> None:
        if closure_id not in self.closed:
            raise No("not_found")
        del self.closed[closure_id]

    def resume(self, suspension_id: str) -> None:
        if suspension_id not in self.suspensions:
            raise No("not_found")
        del self.suspensions[suspension_id]

    def open(self, day: date, facility: str = "") -> bool:
        return not any(each.facility == facility and each.first <= day <= each.last for each in self.closed.values())

    def open_from(self, day: date) -> date:
        while not self.open(day):
            day += DAY
        return day

    def _stopping(self, day: date, facility: str = "") -> list[Suspension]:
        """The suspensions of a day, the one that lasts longest first."""
        named = ((key, each) for key, each in self.suspensions.items() if each.facility == facility)
        covering = [(key, each) for key, each in named if each.first <= day <= each.last]
        # Of the service the first recorded of those that end together is told, of a facility the last.
        covering.sort(key=lambda pair: pair[0], reverse=bool(facility))
        return [each for _, each in sorted(covering, key=lambda pair: pair[1].last, reverse=True)]

    def _suspended(self, run: Run, patron: str) -> Why | None:
        if self._takes_place(run.run_date, patron):
            return None
        stopping = self._stopping(run.run_date)
        until = stopping[0].last if stopping else run.run_date
        reason = "休止" if stopping else "休館"
        following = self._next_that_takes_place(run.cycle + DAY).isoformat()
        return "run_suspended", {"until": until.isoformat(), "reason": reason, "next_run": following}

    def _takes_place(self, day: date, patron: str) -> bool:
        stopping = self._stopping(day)
        return all(patron in each.opted_in for each in stopping) and (bool(stopping) or self.open(day))

    def _next_that_takes_place(self, day: date) -> date:
        run = self.week.run_from(day)
        while self._stopping(run) or not self.open(run):
            run = self.week.run_from(run + DAY)
        return run

    def _facility_suspended(self, run: Run, facility: str) -> Why | None:
        last = self._pickup_until(run)
        if any(self._hands_over(facility, day) for day in days(run.sunday, last)):
            return None
        stopping = self._stopping(last, facility)
        until = stopping[0].last if stopping else last
        while until < last + TWO_YEARS and not self._hands_over(facility, until + DAY):
            until += DAY
        facts = {"facility": facility, "until": until.isoformat(), "reason": "休止" if stopping else "休館"}
        return "facility_suspended", facts

    def _hands_over(self, facility: str, day: date) -> bool:
        return self.open(day, facility) and not self._stopping(day, facility)

    def _shut_for_good(self, facility: str, now: datetime) -> bool:
        """On each day of the eight-day windows of two years, which follow each other without a gap."""
        first = self.week.opens(self.week.next_run(now))
        return not any(self._hands_over(facility, day) for day in days(first, first + TWO_YEARS))

    def _pickup_until(self, run: Run) -> date:
        stopping = self._stopping(run.run_date)
        until = stopping[0].until if stopping else None
        return until if until and until >= run.sunday else run.sunday + 7 * DAY

    def _tenth_open_day_after(self, day: date) -> date:
        found = 0
        while found < 10:
            day += DAY
            found += self.open(day)
        return day

    def _deadline(self, hold: Hold, today: date) -> date:
        """Counted from the day of the mail, which goes the day after at the earliest, by what is closed as of now."""
        assert hold.ready_on
        assert hold.until
        mailed_on = hold.mailed_on or max(hold.ready_on + DAY, today)
        return max(hold.until, self._tenth_open_day_after(mailed_on))

    # Scans (RULES 15, 16, 20, 23-25)

    def found(self, barcode: str, now: datetime) -> tuple[str, str, date | None]:
        copy = self.copies[barcode]
        if copy.plan is None:
            if copy.state == "missing" or (copy.state == "on_shelf" and copy.lies_at != "shelf"):
                copy.goes("on_shelf")
                return "shelve", "", None
            return self._found_again(copy, now.date())
        hold, what, plan, why = self._whose(copy, copy.plan, now)
        if hold is None:
            copy.goes("on_shelf")
            return "shelve", "", None
        before, lay_at, planned = replace(hold), copy.lies_at, copy.plan
        answer = self._given(copy, hold, what, plan, why, now)
        if what != "too_late":
            copy.scan = Scan(answer[0], now, planned, lay_at, before, ended=self._answer_group(hold))
        return answer

    def _answer_group(self, hold: Hold) -> tuple[Hold, ...]:
        """The others of the group end with the first that is served (RULES 48)."""
        others = [each for each in self.holds_of(hold.patron) if each.group == hold.group != "" and each is not hold]
        hold.group = ""
        for each in others:
            del self.holds[each.patron, each.title]
        return tuple(others)

    def _given(
        self, copy: Copy, hold: Hold, what: str, plan: Plan, why: Why | None, now: datetime
    ) -> tuple[str, str, date | None]:
        card = self.patrons[hold.patron].card
        if what == "lend" and (plan.opens, plan.place) in self.left:
            what, why = "keep_aside", ("not_pulled", _numbers(plan.facts))
        if what in ("keep_aside", "too_late"):
            hold.why = why
            hold.status, hold.barcode = "secured", copy.barcode
            copy.goes("kept_aside", hold.patron)
            return "keep_aside", card, None
        if what == "ready":
            hold.status, hold.barcode, hold.why = "ready", copy.barcode, None
            hold.place, hold.next_place, hold.next_from = plan.place, "", None
            hold.ready_on, hold.until = now.date(), self._tenth_open_day_after(now.date() + DAY)
            hold.mailed_on = None
            copy.goes("ready", hold.patron)
            return "shelve_ready", card, hold.until
        return "lend", card, self._lend(copy, hold, plan.place, plan, now)

    def _lend(self, copy: Copy, hold: Hold, facility: str, plan: Plan, now: datetime) -> date:
        run = self.week.weekly_run(plan.day)
        until, due = self._days_of(run, facility)
        loan = Loan(hold.patron, copy.barcode, copy.title, facility, now, due, sunday=run.sunday, until=until)
        del self.holds[hold.patron, hold.title]
        self.loans[hold.patron, copy.barcode] = loan
        copy.goes("on_loan", hold.patron, due)
        bag = self.bags.setdefault((run.sunday, facility, hold.patron), Bag(until))
        bag.until = until
        bag.books.add(copy.barcode)
        return until

    def _days_of(self, run: Run, facility: str) -> tuple[date, date]:
        if (run.sunday, facility) in self.shifts:
            return self.shifts[run.sunday, facility].days
        until = self._pickup_until(run)
        later = max(until - (run.sunday + 7 * DAY), timedelta(0))
        return until, run.sunday + 14 * DAY + later

    def _whose(self, copy: Copy, plan: Plan, now: datetime) -> tuple[Hold | None, str, Plan, Why | None]:
        """Whose the book in the hand is, what becomes of it, by which plan, and why it is kept if it is."""
        if self._too_late(plan, now):
            kept = self.holds.get((copy.holder, copy.title))
            return kept, "too_late", plan, ("not_pulled", _numbers(plan.facts))
        if copy.reference_only:
            self._without(copy, "", now)
            return None, "", plan, None
        run = self._run_of_plan(plan, now)
        hold = self.holds.get((plan.patron, copy.title))
        if hold and self._keeps_to_plan(hold, copy, plan, run):
            if (why := self.obstacle(run, hold, hold.place_on(run.cycle))) is None:
                return hold, *self._as_planned(copy, plan)
            hold.waits_again()
            hold.why = why
            return self._next(copy, plan, run, now, passed_over=hold)
        return self._next(copy, plan, run, now, passed_over=None)

    def _run_of_plan(self, plan: Plan, now: datetime) -> Run:
        return self.week.weekly_run(plan.day) if plan.weekly else self.counter_pull(now)

    def _as_planned(self, copy: Copy, plan: Plan) -> tuple[str, Plan, Why | None]:
        """Lent as far as the cap has room, and for what else is fetched for them if it was to be kept."""
        if plan.decision == "ready":
            return "ready", plan, None
        loans = len(self.loans_of(plan.patron))
        others = [other for other in self.copies.values() if other is not copy]
        plans = [other.plan for other in others if other.plan and (plan.patron, other.title) in self.holds]
        fetched = [other for other in plans if (other.patron, other.decision) == (plan.patron, "lend")]
        if plan.decision == "keep_aside" and loans + len(fetched) >= plan.cap:
            return "keep_aside", plan, ("cap", plan.facts)
        if loans >= plan.cap:
            back = self.returning(plan.patron)
            return "keep_aside", plan, ("cap", {"cap": plan.cap, "on_loan": loans, "on_the_way_back": back})
        return "lend", plan, None

    def _next(
        self, copy: Copy, plan: Plan, run: Run, now: datetime, passed_over: Hold | None
    ) -> tuple[Hold | None, str, Plan, Why | None]:
        """The first whom the queue, as it is now, gives a book: copies of a title are as good as each other."""
        in_hand = replace(copy, state="on_shelf", holder="", plan=None)
        others = [other for other in self.copies_of(copy.title) if other is not copy]
        for each in self._decide_anew(copy.title, [in_hand, *others], run, now, leave_out=passed_over):
            if each.what in ("lend", "keep_aside", "ready"):
                given = self._plan(each, run, plan.run)
                numbers = plan.facts if each.hold.patron == plan.patron else {}
                why = each.why if each.what == "keep_aside" else None
                return each.hold, each.what, replace(given, facts=_numbers(numbers)), why
        return None, "", plan, None

    def _decide_anew(
        self, title: str, copies: list[Copy], run: Run, now: datetime, leave_out: Hold | None = None
    ) -> list[Decision]:
        """What a run gives to those of a queue for whom nothing is being fetched, of the copies that are not."""
        fetched = {copy.plan.patron: copy for copy in copies if copy.plan and copy.plan.stands(now.date())}
        queue = [hold for hold in self.queue(title) if hold.patron not in fetched and hold is not leave_out]
        left = [
            replace(copy, state="kept_aside") if copy in fetched.values() else replace(copy, plan=None)
            for copy in copies
        ]
        return self.decide(run, queue, left)

    def _too_late(self, plan: Plan, now: datetime) -> bool:
        return plan.weekly and not plan.stands(now.date())

    def _keeps_to_plan(self, hold: Hold, copy: Copy, plan: Plan, run: Run) -> bool:
        moved = hold.queued_at != hold.placed_at and hold.queued_at.date() >= plan.day
        elsewhere = not run.weekly and hold.place_on(run.cycle) != LIBRARY
        return hold.barcode == copy.barcode or (hold.status == "waiting" and not moved and not elsewhere)

    def _found_again(self, copy: Copy, today: date) -> tuple[str, str, date | None]:
        card = self.patrons[copy.holder].card if copy.holder else ""
        if copy.state == "kept_aside":
            return "keep_aside", card, None
        if copy.state == "ready":
            return "shelve_ready", card, self._deadline(self.holds[copy.holder, copy.title], today)
        if bag := self._in_transit(copy, today):
            return "lend", card, bag.until
        raise No("no_pull")

    def _in_transit(self, copy: Copy, today: date) -> Bag | None:
        loan = self.loan_of(copy)
        if copy.state != "on_loan" or loan is None or loan.sunday is None or today >= loan.sunday:
            return None
        return self.bags[loan.sunday, loan.place, loan.patron]

    def absent(self, barcode: str, result: str, now: datetime) -> str:
        copy = self.copies[barcode]
        if copy.plan is None:
            missing = result == "missing" and copy.state == "missing"
            taken = result == "taken" and copy.state == "on_loan" and not self._in_transit(copy, now.date())
            if missing or taken:
                return ""
            raise No("no_pull")
        if result == "taken" and copy.state == "kept_aside":
            raise No("kept_for_other")
        why = "not_on_shelf" if result == "missing" else "taken_by_visitor"
        plan, lay_at = copy.plan, copy.lies_at
        missed = self._who_misses(copy)
        before = replace(missed) if missed else None
        instead = self._without(copy, why, now)
        copy.goes("missing" if result == "missing" else "on_shelf")
        copy.scan = Scan(result, now, plan, lay_at, before, instead)
        return instead

    def _who_misses(self, copy: Copy) -> Hold | None:
        hold = self.holds.get((copy.plan.patron if copy.plan else copy.holder, copy.title))
        return hold if hold and (hold.status == "waiting" or hold.barcode == copy.barcode) else None

    def _without(self, copy: Copy, why: str, now: datetime, leaving: str = "") -> str:
        """The hold that counted on this book waits on; the queue takes what else there is, or the hold is told why."""
        hold = self._who_misses(copy)
        if hold is None:
            return ""
        kept = hold.status != "waiting"
        hold.waits_again()
        others = [other for other in self.copies_of(copy.title) if other is not copy]
        state = {"not_on_shelf": "missing", "taken_by_visitor": "on_loan", "": copy.state}.get(why, why)
        gone = replace(copy, state=state, plan=None, due_on=None)
        why = why if why in ("", "taken_by_visitor") else "not_on_shelf"
        if copy.plan is None:
            queue = [each for each in self.queue(copy.title) if each.patron != leaving]
            copies = sum(each.lendable for each in [gone, *others])
            facts = {"position": queue.index(hold) + 1, "of": len(queue), "copies": copies}
            hold.why = (why if copies else "no_copy_left"), facts
            return ""
        run = self._run_of_plan(copy.plan, now)
        leaves = self.holds.get((leaving, copy.title))
        decided = self._decide_anew(copy.title, [gone, *others], run, now, leave_out=leaves)
        given = [each for each in decided if each.what in ("lend", "keep_aside", "ready")]
        if self._too_late(copy.plan, now):
            given = []
        self._fetch(given, run, copy.plan)
        mine = next((each for each in decided if each.hold is hold), None)
        if mine and mine in given:
            hold.why = None if kept else hold.why
            return self._barcode(mine)
        whole = self.queue(copy.title)
        copies = sum(each.lendable for each in [gone, *others])
        place = {"position": whole.index(hold) + 1, "of": len(whole), "copies": copies}
        numbers = _numbers(copy.plan.facts) or place
        if mine and mine.what in ("lend", "keep_aside", "ready"):
            mine = None  # too late for it
        too_few = mine is None or mine.why[0] in ("queue", "all_on_loan", "not_on_shelf")
        hold.why = mine.why if mine and (not why or not too_few) else (why or "queue", numbers)
        return self._barcode(given[0]) if given else ""

    def _barcode(self, each: Decision) -> str:
        return each.copy.barcode if each.copy else ""

    def _fetch(self, given: list[Decision], run: Run, plan: Plan) -> None:
        for each in given:
            mine = each.hold.patron == plan.patron
            known = plan.facts if mine else each.hold.why[1] if each.hold.why else {}
            each.queue = _numbers(known) or each.queue
            self.copies[self._barcode(each)].plan = self._plan(each, run, plan.run)
            each.hold.why = each.hold.why if mine else None

    def undo(self, barcode: str, now: datetime) -> str:
        copy = self.copies[barcode]
        scan = copy.scan
        if scan is None:
            raise No("no_scan")
        if self._too_late(scan.plan, now) or copy.plan:
            raise No("scan_overtaken")
        if scan.action == "lend":
            self._not_lent(copy, scan)
        elif scan.action in ("keep_aside", "shelve_ready"):
            self._not_kept(copy, scan, now)
        else:
            self._not_absent(copy, scan)
        kept = scan.hold and scan.hold.status == "secured" and scan.hold.barcode == barcode
        if kept and scan.hold:
            copy.goes("kept_aside", scan.hold.patron)
        else:
            copy.goes("on_shelf", lies_at=scan.lies_at)
        copy.plan, copy.scan = scan.plan, None
        return scan.action

    def _not_lent(self, copy: Copy, scan: Scan) -> None:
        loan = self.loan_of(copy)
        touched = loan is None or loan.lent_at != scan.at or loan.renewals or loan.handed_over_at
        if touched or copy.state != "on_loan" or loan is None or scan.hold is None or loan.sunday is None:
            raise No("scan_overtaken")
        if (loan.sunday, loan.place) in self.left:
            raise No("crate_has_left")
        again = self._still_ended(scan)
        if len(self.holds_of(loan.patron)) + len(again) >= HOLD_LIMIT:
            raise No("hold_limit")
        self._ends(loan)
        self._are_there_again([scan.hold, *again])

    def _still_ended(self, scan: Scan) -> list[Hold]:
        """Of the group what was neither placed anew nor lent since (RULES 9)."""
        there = [each for each in scan.ended if (each.patron, each.title) not in self.holds]
        return [each for each in there if not self.borrowed(each.patron, each.title)]

    def _are_there_again(self, holds: list[Hold]) -> None:
        for hold in holds:
            circle = hold.title in self._before(hold.patron, hold.after)
            self.holds[hold.patron, hold.title] = replace(hold, after="" if circle else hold.after)

    def _not_kept(self, copy: Copy, scan: Scan, now: datetime) -> None:
        hold = self.holds.get((scan.hold.patron, copy.title)) if scan.hold else None
        if hold is None or scan.hold is None or hold.barcode != copy.barcode:
            raise No("scan_overtaken")
        if hold.status == "ready" and hold.ready_on != now.date():
            raise No("scan_overtaken")
        again = self._still_ended(scan)
        if again and len(self.holds_of(hold.patron)) + len(again) > HOLD_LIMIT:
            raise No("hold_limit")
        self._are_there_again([_as_before(scan.hold, hold), *again])

    def _not_absent(self, copy: Copy, scan: Scan) -> None:
        if copy.state != ("missing" if scan.action == "missing" else "on_shelf"):
            raise No("scan_overtaken")
        if scan.hold is None:
            return
        hold = self.holds.get((scan.hold.patron, copy.title))
        if hold is None or hold.barcode:
            raise No("scan_overtaken")
        other = self.copies.get(scan.instead)
        if other and other.plan and other.plan.patron == scan.plan.patron:
            other.plan = None
        self._are_there_again([_as_before(scan.hold, hold)])

    def dispatch(self, sunday: date, facilities: list[str]) -> set[str]:
        if not self.week.opens_on(sunday):
            raise No("no_batch")
        self.left |= {(sunday, facility) for facility in facilities or self.facilities}
        return set(facilities or self.facilities)

    # The library's own system (RULES 43)

    def own_system(self, lent: frozenset[str], due: date, _: datetime) -> list[str]:
        contradicting = []
        for copy in self.copies.values():
            free = copy.state in ("on_shelf", "missing", "elsewhere") and copy.plan is None
            if copy.barcode in lent and not free:
                contradicting.append(copy.barcode)
            elif copy.barcode in lent and (copy.state, copy.due_on) != ("elsewhere", due):
                copy.goes("elsewhere", "", due)
            elif copy.barcode not in lent and copy.state == "elsewhere":
                copy.goes("on_shelf")
        return sorted(contradicting)

    # The counter (RULES 17, 19, 32, 34)

    def withdraw(self, barcode: str) -> None:
        copy = self.copies[barcode]
        if copy.holder or copy.plan or copy.state in ("on_loan", "elsewhere", "kept_aside", "ready"):
            raise No("copy_in_use")
        del self.copies[barcode]

    def check_in(self, barcode: str, now: datetime) -> tuple[str, str, bool]:
        if barcode not in self.copies:
            return "unknown", "", False
        copy = self.copies[barcode]
        following = "hold" if self.queue(copy.title) and not copy.reference_only else "shelve"
        if copy.state in ("kept_aside", "ready"):
            return "kept", "hold", False
        loan = self.loan_of(copy)
        if loan is None and copy.state in ("on_shelf", "damaged"):
            if copy.state == "damaged":
                return "damaged", "repair", False
            return "returned" if copy.returned_on == now.date() else "not_on_loan", following, False
        if loan:
            self._ends(loan)
        damaged, lent_elsewhere = copy.state == "damaged", copy.state == "elsewhere"
        copy.goes(
            "damaged" if damaged else "on_shelf", lies_at="returns" if following == "hold" and not damaged else ""
        )
        copy.returned_on = now.date()
        if damaged:
            return "damaged", "repair", False
        return "returned" if loan or lent_elsewhere else "found", following, bool(loan and loan.lost)

    def _ends(self, loan: Loan) -> None:
        del self.loans[loan.patron, loan.barcode]
        if loan.sunday:
            self.bags[loan.sunday, loan.place, loan.patron].books.discard(loan.barcode)

    def check_out(self, patron: str, barcode: str, now: datetime) -> tuple[date, bool]:
        copy, record = self.copies[barcode], self.patrons[patron]
        loan = self.loans.get((patron, barcode))
        if loan and copy.state == "on_loan" and not loan.sunday and loan.lent_at.date() == now.date():
            return loan.due_on, False
        hold = self.holds.get((patron, copy.title))
        if no := self._not_to_be_lent(record, copy, hold, now.date()):
            raise No(*no)
        if hold:
            del self.holds[patron, copy.title]
            self._answer_group(hold)
        if copy.plan and copy.plan.patron != patron:
            self._without(copy, "taken_by_visitor", now, leaving=patron)
        due = now.date() + 14 * DAY
        self.loans[patron, barcode] = Loan(patron, barcode, copy.title, LIBRARY, now, due)
        copy.goes("on_loan", patron, due)
        return due, hold is not None

    def _not_to_be_lent(self, patron: Patron, copy: Copy, hold: Hold | None, today: date) -> set[str]:
        no = {"blocked"} if patron.blocked else set()
        if patron.expires_on < today:
            no.add("card_expired")
        if len(self.loans_of(patron.patron_id)) >= patron.cap_on(today):
            no.add("loan_cap")
        if self.borrowed(patron.patron_id, copy.title):
            no.add("already_on_loan")
        if copy.reference_only:
            no.add("copy_reference_only")
        if copy.state in ("kept_aside", "ready") and copy.holder != patron.patron_id:
            no.add("kept_for_other")
        if copy.state in ("on_loan", "elsewhere"):
            no.add("copy_on_loan")
        if copy.state in ("lost", "damaged"):
            no.add("copy_withdrawn")
        if hold and hold.barcode not in ("", copy.barcode):
            no.add("another_copy_kept")
        return no

    def mark(self, barcode: str, state: str, now: datetime) -> str:
        copy = self.copies[barcode]
        if copy.state == state:
            return state
        loan = self.loan_of(copy)
        if loan:
            loan.lost, loan.damaged = state == "lost", state == "damaged"
        else:
            self._without(copy, state, now)
        copy.goes(state, loan.patron if loan else "")
        return state

    def mark_found(self, barcode: str, _: datetime) -> str:
        copy = self.copies[barcode]
        if copy.state not in ("lost", "damaged", "missing"):
            return copy.state
        loan = self.loan_of(copy)
        if loan is None:
            copy.goes("on_shelf")
        else:
            loan.lost = loan.damaged = False
            copy.goes("on_loan", loan.patron, loan.due_on)
        return copy.state

    def replaced(self, barcode: str, _: datetime) -> str:
        copy = self.copies[barcode]
        loan = self.loan_of(copy)
        if loan is None or copy.state not in ("lost", "damaged"):
            raise No("not_lent")
        self._ends(loan)
        copy.goes(copy.state)
        return copy.state

    # The facilities (RULES 29, 30, 40)

    def hand_over(self, facility: str, bag: tuple[date, str, str], now: datetime) -> datetime:
        sunday, place, patron = bag
        if bag not in self.bags or place != facility:
            raise No("not_found")
        if self.bags[bag].handed_over_at is None:
            if now.date() < sunday:
                raise No("too_early")
            self.bags[bag].handed_over_at = now
            for barcode in self.bags[bag].books:
                loan = self.loans[patron, barcode]
                loan.handed_over_at, loan.released_at = now, None
        return self.bags[bag].handed_over_at or now

    def shift(self, shift_id: str, sunday: date, facility: str, until: date, due: date, now: datetime) -> int:
        known = self.shifts.get((sunday, facility))
        if not self.week.opens_on(sunday) or not sunday <= until <= due:
            raise No("invalid_field")
        if known is None or known.days != (until, due) or known.taken_back:
            before = (
                (known.until_before, known.due_before)
                if known
                else self._days_of(self.week.weekly_run(sunday - 3 * DAY), facility)
            )
            self.shifts[sunday, facility] = Shift(shift_id, until, due, *before)
        return self._move(sunday, facility)

    def take_shift_back(self, sunday: date, facility: str, now: datetime) -> int:
        if (sunday, facility) not in self.shifts:
            raise No("not_found")
        self.shifts[sunday, facility].taken_back = True
        return self._move(sunday, facility)

    def _move(self, sunday: date, facility: str) -> int:
        shift, told = self.shifts[sunday, facility], 0
        until, due = shift.days
        for (of, place, patron), bag in self.bags.items():
            if (of, place) != (sunday, facility):
                continue
            moved = [loan for barcode in bag.books if self._moved(loan := self.loans[patron, barcode], until, due)]
            if moved:
                bag.until, told = until, told + 1
                self.mails.add((patron, f"shift#{shift.shift_id}{'#back' if shift.taken_back else ''}"))
        return told

    def _moved(self, loan: Loan, until: date, due: date) -> bool:
        if loan.handed_over_at or loan.released_at or loan.lost or loan.damaged:
            return False
        before = loan.until, loan.due_on
        loan.until, loan.due_on = until, loan.due_on if loan.renewals else due
        self.copies[loan.barcode].due_on = loan.due_on
        return before != (loan.until, loan.due_on)

    # The schedules (RULES 8, 15, 16, 30, 35-37)

    def release_uncollected(self, now: datetime) -> bool:
        self._lapse(now)
        sunday = last_day_over(now)
        while not self.week.closes_on(sunday):
            sunday -= DAY
        if self._done_before("sunday_release", sunday):
            return True
        recorded = {(of, facility) for (of, facility, _), bag in self.bags.items() if bag.handed_over_at}
        for (of, facility, _), bag in self.bags.items():
            if (of, facility) in recorded and bag.until <= sunday and not bag.handed_over_at:
                self._release(bag, sunday)
        return False

    def _release(self, bag: Bag, sunday: date) -> None:
        for loan in self.loans.values():
            if loan.barcode in bag.books and loan.released_at is None and loan.until and loan.until <= sunday:
                loan.released_at = at(bag.until, 22)

    def release_expired(self, now: datetime) -> bool:
        self._lapse(now)
        day = last_day_over(now)
        if self._done_before("prefectural_release", day):
            return True
        for hold in [hold for hold in self.holds.values() if hold.until and hold.until <= day]:
            hold.until = self._deadline(hold, day)
            if hold.until <= day:
                del self.holds[hold.patron, hold.title]
                self.copies[hold.barcode].goes("on_shelf", lies_at="counter")
        return False

    def announce_bags(self, now: datetime) -> bool:
        thursday = self.week.last_run_due(now)
        while now.date() < thursday + 2 * DAY:
            thursday = self.week.run_until(thursday - DAY)
        if self._done_before("lending_mail", thursday):
            return True
        for (sunday, facility, patron), bag in self.bags.items():
            if sunday == thursday + 3 * DAY and bag.books:
                self.mails.add((patron, f"lending#{sunday}#{facility}"))
        return False

    def daily_mails(self, now: datetime) -> bool:
        today = now.date()
        if self._done_before("daily", today):
            return True
        for hold in self.holds.values():
            if hold.ready_on and hold.ready_on < today and not hold.mailed_on:
                hold.mailed_on = today
                hold.until = self._deadline(hold, today)
                self.mails.add((hold.patron, f"ready#{hold.ready_on}"))
        for loan in self.loans.values():
            if reminders := self._reminders(loan, today):
                self.mails.add((loan.patron, f"overdue#{reminders[-1]}"))
        for patron in self.patrons.values():
            self._tell_of_card(patron, today)
            until = patron.paused_until
            if until and today <= until <= today + 3 * DAY:
                self.mails.add((patron.patron_id, f"pause_ending#{until}"))
        return False

    def _reminders(self, loan: Loan, today: date) -> list[date]:
        """The Thursdays that name the mails due by today: each goes once Wednesday's carriage is checked in.

        The first is that of the due date, or of the last day to collect: what nobody has collected comes with it.
        """
        reminders: list[date] = []
        wednesday = self.week.checked_in(max(loan.due_on, loan.until or loan.due_on))
        while not loan.lost and not loan.released_at and self.open_from(wednesday) < today:
            reminders.append(wednesday + DAY)
            wednesday += 7 * DAY
        return reminders

    def loans_look(self, patron: str, now: datetime) -> dict[str, tuple[str, bool]]:
        """How each loan is called, and whether it is called overdue (RULES 28-30, 35)."""
        today = now.date()
        return {
            loan.barcode: (_state(loan, today), bool(self._reminders(loan, today))) for loan in self.loans_of(patron)
        }

    def _tell_of_card(self, patron: Patron, today: date) -> None:
        ends = patron.expires_on
        if today <= ends <= today + 30 * DAY and patron.told_renewal != ends:
            self._tell_once(patron, "told_renewal", f"card_renewal#{ends}")
        if ends < today and self.holds_of(patron.patron_id) and patron.told_expired != ends:
            self._tell_once(patron, "told_expired", f"card_expired_hold#{ends}")

    def _tell_once(self, patron: Patron, told: str, mail: str) -> None:
        if (patron.patron_id, mail) not in self.mails:
            self.mails.add((patron.patron_id, mail))
            setattr(patron, told, patron.expires_on)

    def _done_before(self, job: str, day: date) -> bool:
        done = f"{job} {day}" in self.done
        self.done.add(f"{job} {day}")
        return done


def _as_before(before: Hold, now: Hold) -> Hold:
    """As before a scan, but for what was asked for since."""
    hold = replace(before, queued_at=now.queued_at, after=now.after, rank=now.rank)
    if now.status != "ready":
        hold.place, hold.next_place, hold.next_from = now.place, now.next_place, now.next_from
    hold.group = now.group if now.status == before.status else before.group
    return hold


def _is_kept(hold: Hold, run: Run) -> bool:
    return hold.status == "secured" and hold.place_on(run.cycle) != LIBRARY


def _is_served(each: Decision, run: Run) -> bool:
    """By this run: what is for the other kind of place is only kept for it."""
    return run.weekly == (each.place != LIBRARY)


def _own_turn(hold: Hold) -> tuple[bool, int, datetime, str]:
    return hold.rank is None, hold.rank or 0, hold.queued_at, hold.title


def _numbers(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("position", "of", "copies") if name in facts}


def _state(loan: Loan, today: date) -> str:
    if loan.released_at:
        return "returning"
    if loan.sunday is None or loan.until is None or loan.handed_over_at:
        return "on_loan"
    if today <= loan.until:
        return "in_transit" if today < loan.sunday else "to_collect"
    return "on_loan" if loan.renewals else "window_over"
