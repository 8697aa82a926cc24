"""Months of random life in a small library: people and schedules in any order (RULES 8-35, 40, 46-49, 57).

After each step the table is what the reference model says, and what must never break is looked at in the rows
themselves. Time moves by the machine. On moto for some hundreds of steps, on a store in memory for thousands.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lending.actions.calendar.closures import record_closure, take_closure_back
from lending.actions.calendar.shift_batch import record_shift, take_shift_back
from lending.actions.calendar.suspensions import record_suspension, take_suspension_back
from lending.actions.catalogue.copy_condition import mark, mark_found, replaced_in_kind
from lending.actions.catalogue.describe_titles import describe_title
from lending.actions.exchange.take_in_copies import take_in_copies
from lending.actions.holds.change_for_caller import (
    Cancelled,
    cancel_all_for_patron,
    cancel_for_patron,
    change_pickup_place,
    move_to_end,
)
from lending.actions.holds.order import arrange_hold
from lending.actions.holds.place import cancel_hold, place_hold
from lending.actions.holds.prefectural_release import release_expired
from lending.actions.holds.view import view_holds
from lending.actions.library import Library
from lending.actions.loans.check_in import check_in
from lending.actions.loans.check_out import check_out
from lending.actions.loans.hand_over import hand_over
from lending.actions.loans.renew import renew_loan
from lending.actions.loans.sunday_release import release_uncollected
from lending.actions.mail.daily_mails import put_daily_mails
from lending.actions.mail.saturday_mail import announce_bags
from lending.actions.patrons.change_patron import change_record
from lending.actions.patrons.choose_pace import choose_pace
from lending.actions.patrons.view_library import view_loans
from lending.actions.pulls.book_in_hand import ScanResult
from lending.actions.pulls.dispatch_crates import dispatch
from lending.actions.pulls.drop_plan import drop_plan
from lending.actions.pulls.lapse_plans import lapse_plans
from lending.actions.pulls.scan import scan_absent, scan_found
from lending.actions.pulls.undo_scan import undo_scan
from lending.actions.run.prefectural_pull import pull_for_the_counter
from lending.actions.run.thursday_run import run_on_request, run_what_is_due
from lending.aws.table import Table
from lending.aws.table.catalogue import copies, titles
from lending.aws.table.codec import from_wire
from lending.aws.table.exchange import copies_files
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.catalogue.title_changes import DescribedCopy, DescribedTitle
from lending.domain.loans.batch import bag_id
from lending.domain.loans.shift import Shift
from lending.domain.policy import Policy
from lending.domain.problems import Refused
from lending.domain.run.run_record import JobResult, RunRecord
from lending.domain.run_id import RunId
from tests.benchmarks.counting_store import CountingStore
from tests.handlers import reference_model as reference
from tests.handlers.conftest import NOON, Given, lending_table
from tests.handlers.desk import SampleLibrary
from tests.handlers.invariants import what_must_never_break
from tests.handlers.other_system import OwnSystem
from tests.handlers.reference_model import CAP, DAY, HOLD_LIMIT, LIBRARY, SMALL_CAP, No, ReferenceLibrary
from tests.library import aomori
from tests.weeks import runs_of_week

OFFERED = {"pause": True, "reading_order": True, "any_of": True, "own_order": True, "books_a_run": True}
ONE_RUN, TWO_RUNS = reference.Week(), reference.Week((1, 3))  # on Thursday, or on Tuesday as well
PATRONS = ("p-1", "p-2", "p-3", "p-4")
FACILITIES = ("12", "13")
STAFF = "desk-1"
EXPIRY = date(2026, 8, 15)
CAPS = {"p-1": SMALL_CAP}
COPIES = {"t-1": 1, "t-2": 2, "t-3": 3, "t-4": 2, "t-5": 1, "t-6": 1}
# A title nobody can hold, and one with a copy that stays beside one that leaves (RULES 9).
REFERENCE_ONLY = ("t-3-1", "t-6-1")
BARCODES = tuple(f"{title}-{n}" for title, copies in COPIES.items() for n in range(1, copies + 1))


def policy_of(week: reference.Week) -> Policy:
    """The small library's policy, with a run on each of these days."""
    runs = runs_of_week(*({"weekday": weekday} for weekday in week.run_days))
    return aomori(hold_limit=HOLD_LIMIT, loan_cap=CAP, loan_caps=(SMALL_CAP, CAP), runs=runs, **OFFERED)


class ActualLibrary:
    """The actions as the functions call them, with answers in the reference model's words."""

    def __init__(self, table: Table, week: reference.Week) -> None:
        self.table, self.policy = table, policy_of(week)
        library = SampleLibrary(Given(table))
        for number in FACILITIES:
            library.facility(int(number))
        for patron_id in PATRONS:
            cap = CAPS.get(patron_id, CAP)
            library.patron(patron_id, expires_on=EXPIRY, loan_cap=cap, loan_cap_before=cap)
        self.cards = {patron_id: library.who(patron_id).card_number for patron_id in PATRONS}
        for title_id in COPIES:
            self._title(title_id)

    def _title(self, title_id: str) -> None:
        barcodes = tuple(f"{title_id}-{n}" for n in range(1, COPIES[title_id] + 1))
        lendable = sum(barcode not in REFERENCE_ONLY for barcode in barcodes)
        made = [Copy(barcode, title_id, f"913/{barcode}", barcode in REFERENCE_ONLY) for barcode in barcodes]
        title = Title(title_id, f"見本の本 {title_id}", "", "", barcodes, lendable)
        self.table.transact(titles.description_change(None, title), *map(copies.addition, made))

    # The patron

    def place(self, patron: str, title: str, place: str, now: datetime) -> None:
        place_hold(Library(self.table, self.policy, now), patron, title, place)

    def cancel(self, patron: str, title: str) -> None:
        cancel_hold(self.table, patron, title, self.policy)

    def renew(self, patron: str, barcode: str, now: datetime) -> date:
        return renew_loan(Library(self.table, self.policy, now), patron, barcode).due_on

    def arrange(self, patron: str, title: str, after: str, rank: int | None) -> None:
        arrange_hold(Library(self.table, self.policy, NOON), patron, title, {"after": after, "rank": rank})

    def pause(self, patron: str, until: date | None, now: datetime) -> None:
        choose_pace(Library(self.table, self.policy, now), patron, {"paused_until": until})

    def join(self, patron: str, title: str, group: str) -> None:
        arrange_hold(Library(self.table, self.policy, NOON), patron, title, {"group": group})

    def want(self, patron: str, books: int | None, now: datetime) -> None:
        choose_pace(Library(self.table, self.policy, now), patron, {"books_a_run": books})

    def positions(self, patron: str, now: datetime) -> dict[str, tuple[int, int] | None]:
        views = view_holds(Library(self.table, self.policy, now), patron)
        return {each.hold.title_id: (each.position, each.of) if each.position and each.of else None for each in views}

    def renewable(self, patron: str, now: datetime) -> dict[str, set[str]]:
        views = view_loans(self.table, patron, now.date(), self.policy)
        return {each.loan.barcode: {reason.code for reason in each.reasons} for each in views}

    def loans_look(self, patron: str, now: datetime) -> dict[str, tuple[str, bool]]:
        views = view_loans(self.table, patron, now.date(), self.policy)
        return {each.loan.barcode: (each.loan.state_on(now.date()), each.overdue) for each in views}

    # The desk

    def cancel_at_desk(self, patron: str, title: str, now: datetime) -> tuple[str, str]:
        return _freed(cancel_for_patron(Library(self.table, self.policy, now), self.cards[patron], title, STAFF))

    def cancel_all(self, patron: str, now: datetime) -> list[tuple[str, str]]:
        return [
            _freed(each)
            for each in cancel_all_for_patron(Library(self.table, self.policy, now), self.cards[patron], STAFF)
        ]

    def to_end(self, patron: str, title: str, now: datetime) -> None:
        move_to_end(Library(self.table, self.policy, now), self.cards[patron], title, STAFF)

    def change_pickup(self, patron: str, title: str, place: str, now: datetime) -> None:
        change_pickup_place(Library(self.table, self.policy, now), self.cards[patron], title, place, STAFF)

    def change_record(self, patron: str, wanted: dict[str, Any], now: datetime) -> None:
        change_record(Library(self.table, self.policy, now), self.cards[patron], wanted, STAFF)

    def found(self, barcode: str, now: datetime) -> tuple[str, str, date | None]:
        scanned: ScanResult = scan_found(Library(self.table, self.policy, now), barcode, STAFF)
        return scanned.action, scanned.card_number, scanned.pickup_until

    def absent(self, barcode: str, result: str, now: datetime) -> str:
        scanned = scan_absent(Library(self.table, self.policy, now), barcode, result, STAFF)
        return scanned.instead.barcode if scanned.instead else ""

    def undo(self, barcode: str, now: datetime) -> str:
        return undo_scan(Library(self.table, self.policy, now), barcode, STAFF).action

    def dispatch(self, sunday: date, facilities: list[str]) -> set[str]:
        return set(dispatch(Library(self.table, self.policy, NOON), sunday, facilities))

    def drop_plan(self, run_id: str) -> int:
        return drop_plan(Library(self.table, self.policy, NOON), RunId(run_id), STAFF)

    def withdraw(self, barcode: str) -> None:
        copy = copies.find(self.table, barcode)
        title = titles.find(self.table, copy.title_id) if copy else None
        if copy is None or title is None:
            raise Refused("unknown_barcode")
        left = [each for each in copies.find_many(self.table, list(title.barcodes)) if each.barcode != barcode]
        described = tuple(DescribedCopy(each.barcode, each.call_number, each.reference_only) for each in left)
        describe_title(self.table, DescribedTitle(title.title_id, title.title, "", "", described), barcode)

    def check_in(self, barcode: str, now: datetime) -> tuple[str, str, bool]:
        done = check_in(Library(self.table, self.policy, now), barcode, STAFF)
        return done.result, done.next, done.was_lost

    def check_out(self, patron: str, barcode: str, now: datetime) -> tuple[date, bool]:
        done = check_out(Library(self.table, self.policy, now), self.cards[patron], barcode, STAFF)
        return done.loan.due_on, done.hold_spent

    def mark(self, barcode: str, state: str, now: datetime) -> str:
        return mark(Library(self.table, self.policy, now), barcode, CopyState(state), STAFF)

    def mark_found(self, barcode: str, now: datetime) -> str:
        return mark_found(Library(self.table, self.policy, now), barcode, STAFF)

    def replaced(self, barcode: str, now: datetime) -> str:
        return replaced_in_kind(Library(self.table, self.policy, now), barcode, STAFF)

    def own_system(self, lent: frozenset[str], due: date, now: datetime) -> list[str]:
        rows = [f"{each},elsewhere,{due}" if each in lent else f"{each},on_shelf," for each in BARCODES]
        file = "\n".join(["barcode,state,due_on", *rows, ""]).encode()
        policy = self.policy.model_copy(update={"taken_away_percent": 100})
        assert take_in_copies(Library(self.table, policy, now), "copies.csv", now, file) == "taken"
        return [each.barcode for each in copies_files.differences(self.table)]

    # The calendar

    def close(self, closure_id: str, closed: reference.Closed, now: datetime) -> None:
        scope = Scope.FACILITY if closed.facility else Scope.PREFECTURAL
        closure = Closure(closure_id=closure_id, scope=scope, facility=closed.facility, starts_on=closed.first,
                          ends_on=closed.last, reason="休館")  # fmt: skip
        record_closure(Library(self.table, self.policy, now), closure)

    def suspend(self, suspension_id: str, suspension: reference.Suspension) -> None:
        scope = Scope.FACILITY if suspension.facility else Scope.SERVICE
        recorded = Suspension(suspension_id=suspension_id, scope=scope, facility=suspension.facility,
                              starts_on=suspension.first, ends_on=suspension.last, reason="休止",
                              opted_in=suspension.opted_in, pickup_until=suspension.until)  # fmt: skip
        record_suspension(Library(self.table, self.policy, NOON), recorded, STAFF)

    def reopen(self, closure_id: str) -> None:
        take_closure_back(self.table, closure_id)

    def resume(self, suspension_id: str) -> None:
        take_suspension_back(self.table, suspension_id)

    def shift(self, shift_id: str, sunday: date, facility: str, until: date, due: date, now: datetime) -> int:
        wanted = Shift(shift_id=shift_id, facility=facility, pickup_from=sunday, pickup_until=until, due_on=due,
                       reason="大雪", recorded_at=now)  # fmt: skip
        return record_shift(self.table, wanted, STAFF, self.policy)[1]

    def take_shift_back(self, sunday: date, facility: str, now: datetime) -> int:
        return take_shift_back(Library(self.table, self.policy, now), sunday, facility, STAFF)[1]

    # The facility

    def hand_over(self, facility: str, bag: tuple[date, str, str], now: datetime) -> datetime | None:
        return hand_over(Library(self.table, self.policy, now), facility, bag_id(*bag)).handed_over_at

    # The schedules; each answers whether it had been done before

    def run_due(self, now: datetime) -> bool:
        return _without_loss(run_what_is_due(Library(self.table, self.policy, now), lambda: True))

    def run_on_request(self, day: date, now: datetime) -> bool:
        return _without_loss(run_on_request(Library(self.table, self.policy, now), day, lambda: True))

    def pull_for_counter(self, now: datetime) -> bool | None:
        record, before = pull_for_the_counter(Library(self.table, self.policy, now), lambda: True)
        return _without_loss((record, before)) if record else None

    def release_uncollected(self, now: datetime) -> bool:
        lapse_plans(Library(self.table, self.policy, now))
        return _done_before(release_uncollected(Library(self.table, self.policy, now), lambda: True))

    def release_expired(self, now: datetime) -> bool:
        lapse_plans(Library(self.table, self.policy, now))
        return _done_before(release_expired(Library(self.table, self.policy, now)))

    def announce_bags(self, now: datetime) -> bool:
        return _done_before(announce_bags(Library(self.table, self.policy, now), lambda: True))

    def daily_mails(self, now: datetime) -> bool:
        return _done_before(put_daily_mails(Library(self.table, self.policy, now)))


def _freed(cancelled: Cancelled) -> tuple[str, str]:
    return cancelled.barcode, cancelled.next


def _without_loss(done: tuple[RunRecord, bool]) -> bool:
    record, before = done
    assert record.lost == 0, "nobody else was there to take a copy from the run"
    assert record.gone == 0 or record.round > 1, "only holds of the plan that a run made anew replaces have left"
    return before


def _done_before(done: JobResult) -> bool:
    return done.counts is None


def answer_of(library: Any, what: str, *args: Any) -> Any:
    """What a library answers: a value, or the reasons against it."""
    try:
        return getattr(library, what)(*args)
    except No as no:
        return no.codes
    except Refused as refused:
        return frozenset(reason.code for reason in refused.reasons)


# The table and the reference model, in the same words

Rows = list[dict[str, Any]]
State = dict[str, dict[Any, Any]]


def rows_of(table: Table) -> Rows:
    """Every item of the table."""
    client = table._client
    found = client.items().values() if isinstance(client, CountingStore) else client.scan(TableName=table.name)["Items"]
    return [from_wire(dict(item)) for item in found]


def told_of(rows: Rows) -> dict[str, str]:
    """What the library's own system is told is lent, and until when (RULES 43)."""
    own_system = OwnSystem()
    for row in sorted((row for row in rows if row["PK"] == "MOVEMENTS"), key=itemgetter("SK")):
        own_system.learn(f"{row['moment']},{row['kind']},{row['barcode']},{row.get('due_on', '')}")
    return own_system.lent


def state_of_table(rows: Rows) -> State:
    """What the rows say, with each patron's and title's counts."""
    state: State = {kind: {} for kind in ("holds", "loans", "copies", "patrons", "titles", "bags", "mails", "waiting")}
    for row in rows:
        kind, _, rest = row["SK"].partition("#")
        if kind in _READ:
            _READ[kind](state, row["PK"].partition("#")[2], rest, row)
    _tell_reasons(state, rows)
    return state


def _tell_reasons(state: State, rows: Rows) -> None:
    """Each hold with why it got no book: what is told of the very hold, unless it lies ready (RULES 27)."""
    told = {(row["patron_id"], title): each for row in rows if row["SK"] == "HOLD_REASONS"
            for title, each in row.get("told", {}).items()}  # fmt: skip
    for key, (status, place, placed_at, *rest) in state["holds"].items():
        mine = told.get(key)
        why = mine["reason"] if mine and mine["placed_at"] == placed_at and status != "ready" else None
        state["holds"][key] = (status, place, placed_at, *rest, (why["code"], why["facts"]) if why else None)


def _hold_row(state: State, patron: str, title: str, row: dict[str, Any]) -> None:
    names = ("status", "pickup_place", "placed_at", "queued_at", "barcode", "ready_on", "mailed_on",
             "pickup_until", "next_pickup_place", "next_pickup_from", "after", "group", "rank")  # fmt: skip
    state["holds"][patron, title] = tuple(row.get(name) for name in names)


def _loan_row(state: State, patron: str, barcode: str, row: dict[str, Any]) -> None:
    names = ("title_id", "pickup_place", "lent_at", "due_on", "renewals", "pickup_from", "pickup_until",
             "handed_over_at", "released_at", "lost", "damaged")  # fmt: skip
    state["loans"][patron, barcode] = tuple(row.get(name) for name in names)


def _copy_row(state: State, barcode: str, _: str, row: dict[str, Any]) -> None:
    names = ("title_id", "state", "holder", "due_on", "returned_on", "lies_at")
    state["copies"][barcode] = (*(row.get(name) for name in names), _plan(row["pull"]) if "pull" in row else None)


def _plan(pull: dict[str, Any]) -> dict[str, Any]:
    week = pull.get("week")
    told = {name: value for name, value in pull.items() if name != "week"}
    return {"facts": {}, "sunday": week["pickup_from"] if week else None} | told


def _patron_row(state: State, patron: str, _: str, row: dict[str, Any]) -> None:
    names = ("open_holds", "loans", "returning", "blocked", "online_lending", "expires_on", "loan_cap")
    told = (
        *(row[name] for name in names),
        row.get("paused_until"),
        row.get("books_a_run"),
        frozenset(row.get("lent_titles", ())),
    )
    state["patrons"][patron] = told


def _bag_row(state: State, sunday: str, rest: str, row: dict[str, Any]) -> None:
    facility, patron = rest.split("#")
    handed_over = row.get("handed_over_at")  # to the millisecond, as no other moment
    moment = _time(datetime.fromisoformat(handed_over)) if handed_over else None
    bag = row["pickup_until"], moment, frozenset(row.get("barcodes", ()))
    state["bags"][sunday, facility.lstrip("0"), patron] = bag


_READ: dict[str, Callable[[State, str, str, dict[str, Any]], None]] = {
    "HOLD": _hold_row,
    "LOAN": _loan_row,
    "COPY": _copy_row,
    "PATRON": _patron_row,
    "BAG": _bag_row,
    "TITLE": lambda state, title, _, row: state["titles"].update({title: row["lendable"]}),
    "QUEUE": lambda state, title, _, row: state["waiting"].update({title: row["waiting"]} if row["waiting"] else {}),
    "MAIL": lambda state, patron, mail, _: state["mails"].update({(patron, mail): True}),
}


def state_of(library: ReferenceLibrary) -> State:
    """The same of the reference model; each count is counted."""
    return {
        "holds": {key: _hold(hold) for key, hold in library.holds.items()},
        "loans": {key: _loan(loan) for key, loan in library.loans.items()},
        "copies": {barcode: _copy(copy) for barcode, copy in library.copies.items()},
        "patrons": {patron: _patron(library, patron) for patron in library.patrons},
        "titles": {title: sum(copy.lendable for copy in library.copies_of(title)) for title in library.titles},
        "waiting": {title: len(queue) for title in library.titles if (queue := library.queue(title))},
        "bags": {
            (str(sunday), facility, patron): (str(bag.until), _time(bag.handed_over_at), frozenset(bag.books))
            for (sunday, facility, patron), bag in library.bags.items()
        },
        "mails": dict.fromkeys(library.mails, True),
    }


def differences(actual: dict[Any, Any], expected: dict[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    """Where two libraries differ: what is there, and what should be."""
    keys = actual.keys() | expected.keys()
    return {key: (actual.get(key), expected.get(key)) for key in keys if actual.get(key) != expected.get(key)}


def _hold(hold: reference.Hold) -> tuple[Any, ...]:
    return (hold.status, hold.place, _time(hold.placed_at), _time(hold.queued_at), hold.barcode or None,
            _day(hold.ready_on), _day(hold.mailed_on), _day(hold.until), hold.next_place or None,
            _day(hold.next_from), hold.after or None, hold.group or None, hold.rank, hold.why)  # fmt: skip


def _loan(loan: reference.Loan) -> tuple[Any, ...]:
    return (loan.title, loan.place, _time(loan.lent_at), _day(loan.due_on), loan.renewals, _day(loan.sunday),
            _day(loan.until), _time(loan.handed_over_at), _time(loan.released_at), loan.lost,
            loan.damaged)  # fmt: skip


def _copy(copy: reference.Copy) -> tuple[Any, ...]:
    plan = copy.plan and {
        "patron_id": copy.plan.patron, "title_id": copy.title, "decision": copy.plan.decision, "run": copy.plan.run,
        "pickup_place": copy.plan.place, "cap": copy.plan.cap, "facts": copy.plan.facts,
        "sunday": _day(copy.plan.opens) if copy.plan.weekly else None,
    }  # fmt: skip
    day, back = _day(copy.due_on), _day(copy.returned_on)
    return copy.title, copy.state, copy.holder or None, day, back, copy.lies_at, plan


def _patron(library: ReferenceLibrary, patron_id: str) -> tuple[Any, ...]:
    patron, lent = library.patrons[patron_id], library.loans_of(patron_id)
    return (len(library.holds_of(patron_id)), len(lent), library.returning(patron_id), patron.blocked,
            patron.online_lending, _day(patron.expires_on), patron.cap, _day(patron.paused_until),
            patron.books_a_run, frozenset(loan.title for loan in lent))  # fmt: skip


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


# The machine

CHOICE = st.integers(0, 999)
PATRON, TITLE, BARCODE = st.sampled_from(PATRONS), st.sampled_from(tuple(COPIES)), st.sampled_from(BARCODES)
PLACE = st.sampled_from((LIBRARY, *FACILITIES, *FACILITIES, LIBRARY, *FACILITIES, "99"))
ORDER = st.tuples(PATRON, TITLE, PLACE)
FACILITY = st.sampled_from(FACILITIES)
SOON = st.integers(-2, 12).map(lambda days: days * DAY)
SPAN = st.sampled_from((0, 0, 2, 9, 12)).map(lambda days: days * DAY)

RECORD = st.fixed_dictionaries(
    {},
    optional={
        "loan_cap": st.sampled_from((SMALL_CAP, CAP)),
        "blocked": st.booleans(),
        "online_lending": st.booleans(),
        "expires_on": st.sampled_from((date(2026, 6, 10), EXPIRY, date(2027, 3, 31))),
    },
)


def schedules(week: reference.Week) -> list[tuple[str, tuple[int, int], Callable[[date], bool]]]:
    """What the schedules do, when, and on which days."""
    return [
        ("run_due", (8, 30), week.runs_on),
        ("pull_for_counter", (9, 0), lambda _: True),
        ("announce_bags", (9, 0), lambda day: week.runs_on(day - 2 * DAY)),
        ("daily_mails", (10, 0), lambda _: True),
        ("pull_for_counter", (14, 0), lambda _: True),
        ("release_uncollected", (22, 0), week.closes_on),
        ("release_expired", (22, 0), lambda _: True),
    ]


JOBS = sorted({job for job, _, _ in schedules(ONE_RUN)})


class Life(RuleBasedStateMachine):
    """One life of a library. `table` makes the store of each; `steps` counts what was done and compared."""

    table: ClassVar[Callable[[], Table]]
    steps: ClassVar[int] = 0
    scheduled: ClassVar[int] = 0
    days: ClassVar[int] = 6
    week: ClassVar[reference.Week] = ONE_RUN

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.names = itertools.count(1)
        self.actual = ActualLibrary(type(self).table(), type(self).week)
        self.reference = ReferenceLibrary(
            [reference.Patron(patron, self.actual.cards[patron], EXPIRY, CAPS.get(patron, CAP)) for patron in PATRONS],
            [reference.Copy(barcode, barcode.rpartition("-")[0], barcode in REFERENCE_ONLY) for barcode in BARCODES],
            FACILITIES,
            type(self).week,
        )

    def both(self, what: str, *args: Any) -> None:
        """The same step in both libraries: the same answer, and the same state after it."""
        expected, answer = (answer_of(library, what, *args) for library in (self.reference, self.actual))
        assert answer == expected, f"{self.now}: {what}{args}: {answer}, not {expected}"
        if what == "found":
            self.nobody_is_overtaken_without_a_reason(args[0])
        if what in ("run_due", "run_on_request") and answer is False:
            self.nothing_is_kept_in_vain()

    def nobody_is_overtaken_without_a_reason(self, barcode: str) -> None:
        """Who was before the one that got this book has one coming, or a reason (RULES 11, 15, 27)."""
        copy = self.reference.copies.get(barcode)  # one that was withdrawn is not there any more
        scan = copy.scan if copy else None
        if copy is None or scan is None or scan.hold is None or scan.at != self.now or scan.hold.status != "waiting":
            return
        others = [other for other in self.reference.copies_of(copy.title) if other is not copy]
        fetched = {other.plan.patron for other in others if other.plan and other.plan.stands(self.now.date())}
        left = sum(other.state == "on_shelf" and other.lendable for other in others) - len(fetched)
        before = [hold for hold in self.reference.queue(copy.title) if reference.turn(hold) < reference.turn(scan.hold)]
        passed = [hold for hold in before if hold.patron not in fetched and not hold.why]
        assert len(passed) <= max(0, left), f"{self.now}: {barcode} passed {passed}"

    def nothing_is_kept_in_vain(self) -> None:
        """After a run that took place nobody whom it passes over keeps a book from the queue (RULES 8, 21)."""
        run = self.reference.week.weekly_run(max(date.fromisoformat(made) for made in self.reference.made.values()))
        kept = [hold for hold in self.reference.holds.values() if hold.status == "secured"]
        why = [self.reference.obstacle(run, hold, hold.place_on(run.cycle)) for hold in kept]
        assert {code for code, _ in filter(None, why)} <= {"run_suspended", "after_cutoff"}, f"{self.now}: {kept}"

    def do(self, what: str, *args: Any) -> None:
        """Somebody does something, a minute after the last one."""
        self.now += timedelta(minutes=1)
        type(self).steps += 1
        self.both(what, *args)

    @invariant()
    def no_difference(self) -> None:
        rows = rows_of(self.actual.table)
        actual, expected = state_of_table(rows), state_of(self.reference)
        for kind in expected:
            found = differences(actual[kind], expected[kind])
            assert not found, f"{self.now}: {kind} {found}"
        what_must_never_break(rows, HOLD_LIMIT, CAP)
        assert told_of(rows) == {row["barcode"]: row["due_on"] for row in rows if row["SK"].startswith("LOAN#")}

    def opens_next(self) -> date:
        week = type(self).week
        return next(
            day for day in reference.days(self.now.date() + DAY, self.now.date() + 7 * DAY) if week.opens_on(day)
        )

    def pick(self, choice: int, likely: list[Any], otherwise: Any) -> Any:
        """Mostly something that is there; now and then anything."""
        return likely[choice // 5 % len(likely)] if likely and choice % 5 else otherwise

    # Time

    @rule(hours=st.integers(1, 30))
    def hours_pass_and_no_schedule_fires(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.integers(1, 9), hour=st.integers(8, 23), left_out=st.sets(st.sampled_from(JOBS), max_size=2))
    def days_pass(self, days: int, hour: int, left_out: set[str]) -> None:
        self.pass_until(reference.at(self.now.date() + min(days, type(self).days) * DAY, hour), left_out)

    @rule(days=st.integers(1, 9))
    def days_pass_and_the_desk_does_its_work(self, days: int) -> None:
        end = self.now.date() + min(days, type(self).days) * DAY
        for day in reference.days(self.now.date(), end):
            for hour in (12, 18):
                self.pass_until(reference.at(day, hour), set())
                self.whole_pull_list()
            if day.weekday() == 2:
                self.carriage(late=True)

    def pass_until(self, end: datetime, left_out: set[str]) -> None:
        for at, job in list(self.fires(end)):
            self.now = at
            if job not in left_out:
                type(self).scheduled += 1
                self.both(job, self.now)
                self.no_difference()
        self.now = max(self.now, end)

    def fires(self, end: datetime) -> Iterator[tuple[datetime, str]]:
        for day in reference.days(self.now.date(), end.date()):
            for job, (hour, minute), falls_on in schedules(type(self).week):
                at = reference.at(day, hour, minute)
                if falls_on(day) and self.now < at <= end:
                    yield at, job

    @rule(patron=PATRON, title=TITLE, place=PLACE, late=st.booleans(), run=st.booleans())
    def on_the_stroke(self, patron: str, title: str, place: str, late: bool, run: bool) -> None:
        """At the very end of a time, or a minute late: the cut-off of the run, or of changing the pickup place."""
        thursday = self.reference.week.next_run(self.now)
        last_day = thursday - DAY if self.reference.open(thursday - DAY) else thursday - 2 * DAY
        stroke = reference.at(thursday, 8, 30) if run else reference.at(last_day, 19)
        self.pass_until(max(self.now, stroke - timedelta(minutes=0 if late else 1)), set(JOBS))
        self.do("place" if run else "change_pickup", patron, title, place, self.now)

    @rule(job=st.sampled_from((*JOBS, "run_on_request", "run_on_request")), days=st.integers(-3, 1))
    def a_job_out_of_turn(self, job: str, days: int) -> None:
        asked = [self.now.date() + days * DAY] if job == "run_on_request" else []
        self.do(job, *asked, self.now)

    # Patrons

    @initialize(orders=st.lists(ORDER, min_size=8, max_size=16, unique_by=lambda order: order[:2]))
    def orders(self, orders: list[tuple[str, str, str]]) -> None:
        for order in orders:
            self.do("place", *order, self.now)

    @rule(orders=st.lists(ORDER, min_size=1, max_size=6))
    def place(self, orders: list[tuple[str, str, str]]) -> None:
        self.orders(orders)

    @rule(patron=PATRON, choice=CHOICE, title=TITLE)
    def cancel(self, patron: str, choice: int, title: str) -> None:
        cancelled = self.pick(choice, self.holds(), (patron, title))
        self.do("cancel", *cancelled)
        self.perhaps_found(choice, cancelled)

    @rule(choice=CHOICE, patron=PATRON, barcode=BARCODE)
    @precondition(lambda self: self.reference.loans)
    def renew(self, choice: int, patron: str, barcode: str) -> None:
        lent = sorted(self.reference.loans.items())
        soon = [key for key, loan in lent if timedelta(0) <= loan.due_on - self.now.date() < 4 * DAY]
        self.do("renew", *self.pick(choice, soon or [key for key, _ in lent], (patron, barcode)), self.now)

    @rule(choice=CHOICE, early=st.integers(0, 4))
    @precondition(lambda self: self.reference.loans)
    def renew_about_the_due_date(self, choice: int, early: int) -> None:
        """Days go by without any schedule; then somebody asks."""
        lent = sorted(self.reference.loans.values(), key=lambda loan: (loan.due_on, loan.barcode))
        loan = self.pick(choice, lent, lent[0])
        self.now = max(self.now, reference.at(loan.due_on - early * DAY, 11))
        self.do("renew", loan.patron, loan.barcode, self.now)

    @rule(choice=CHOICE, patron=PATRON, title=TITLE, other=TITLE, rank=st.none() | st.integers(1, 3))
    @precondition(lambda self: self.reference.holds)
    def arrange(self, choice: int, patron: str, title: str, other: str, rank: int | None) -> None:
        """Most come after another hold of the same patron; a book that is being fetched is perhaps found then (47)."""
        patron, title = arranged = self.pick(choice, self.holds(), (patron, title))
        others = [each for holder, each in sorted(self.reference.holds) if holder == patron and each != title]
        after = "" if choice % 3 == 0 else self.pick(choice, others, other)
        self.do("arrange", *arranged, after, rank)
        self.perhaps_found(choice, arranged)

    @rule(patron=PATRON)
    def wants_the_latest_first(self, patron: str) -> None:
        mine = sorted(self.reference.holds_of(patron), key=lambda hold: (hold.queued_at, hold.title), reverse=True)
        for rank, hold in enumerate(mine, start=1):
            self.do("arrange", patron, hold.title, "", rank)

    @rule(choice=CHOICE, patron=PATRON, group=st.sampled_from(("g", "g", "h", "")))
    @precondition(lambda self: self.reference.holds)
    def one_of_these_is_enough(self, choice: int, patron: str, group: str) -> None:
        """Most of somebody's holds, most often of who has a book coming, which is perhaps found then (48)."""
        who = self.pick(choice, [holder for holder, _ in self.holds()], patron)
        for number, hold in enumerate(sorted(self.reference.holds_of(who), key=attrgetter("title"))):
            if choice >> number & 1 or number < 2:
                self.do("join", who, hold.title, group)
                self.perhaps_found(choice, (who, hold.title))

    @rule(choice=CHOICE, patron=PATRON, books=st.sampled_from((None, 1, 1, 2)))
    def want(self, choice: int, patron: str, books: int | None) -> None:
        """So many books a run at most, most often of who waits for several (49)."""
        waiting = sorted(hold.patron for hold in self.reference.holds.values())
        self.do("want", self.pick(choice, waiting, patron), books, self.now)

    @rule(choice=CHOICE, patron=PATRON, days=st.none() | st.integers(-1, 12))
    def pause(self, choice: int, patron: str, days: int | None) -> None:
        """Some rest for a while, most often who has a book coming (46)."""
        fetched = sorted(copy.plan.patron for copy in self.reference.copies.values() if copy.plan)
        until = None if days is None else self.now.date() + days * DAY
        self.do("pause", self.pick(choice, fetched, patron), until, self.now)

    @rule(patron=PATRON)
    def look_at_my_library(self, patron: str) -> None:
        assert self.actual.positions(patron, self.now) == self.reference.positions(patron)
        assert self.actual.renewable(patron, self.now) == self.reference.renewable(patron, self.now)
        assert self.actual.loans_look(patron, self.now) == self.reference.loans_look(patron, self.now)
        type(self).steps += 1

    # The desk

    def planned(self) -> list[str]:
        return sorted(copy.barcode for copy in self.reference.copies.values() if copy.plan)

    def holds(self) -> list[tuple[str, str]]:
        """All of them, and those once more whose book is being fetched: there is most to go wrong."""
        fetched = {(copy.plan.patron, copy.title) for copy in self.reference.copies.values() if copy.plan}
        return [*sorted(self.reference.holds), *sorted(fetched & self.reference.holds.keys()) * 3]

    def out(self) -> list[str]:
        return sorted(barcode for _, barcode in self.reference.loans)

    def whole_pull_list(self) -> None:
        for barcode in self.planned():
            self.do("found", barcode, self.now)

    def carriage(self, late: bool) -> None:
        lent, today = self.reference.loans.values(), self.now.date()
        back = [loan.barcode for loan in lent if loan.released_at or (late and today > loan.due_on)]
        for barcode in sorted(back):
            self.do("check_in", barcode, self.now)

    @rule(choice=CHOICE, barcode=BARCODE)
    @precondition(lambda self: self.planned())
    def pull_found(self, choice: int, barcode: str) -> None:
        self.do("found", self.pick(choice, self.planned(), barcode), self.now)

    @rule()
    @precondition(lambda self: self.planned())
    def whole_pull_list_found(self) -> None:
        self.whole_pull_list()

    @rule(choice=CHOICE, barcode=BARCODE, result=st.sampled_from(("missing", "taken")))
    @precondition(lambda self: self.planned())
    def pull_not_found(self, choice: int, barcode: str, result: str) -> None:
        self.do("absent", self.pick(choice, self.planned(), barcode), result, self.now)

    @rule(choice=CHOICE, facility=st.sampled_from(("", *FACILITIES)), lifted=st.booleans())
    @precondition(lambda self: self.planned())
    def something_is_recorded_between_run_and_scan(self, choice: int, facility: str, lifted: bool) -> None:
        """A block, an expiry, a suspension for the books that are being fetched, and perhaps it is taken back."""
        fetched = [copy for copy in self.reference.copies.values() if copy.plan]
        kept = [copy for copy in fetched if copy.state == "kept_aside"]
        copy = self.pick(choice, kept or fetched, fetched[0])
        if choice % 2:
            record = {"blocked": True} if choice % 4 == 1 else {"expires_on": self.now.date() - DAY}
            self.do("change_record", copy.plan.patron, record, self.now)
        else:
            name, today = f"c-{next(self.names):04}", self.now.date()
            self.do("suspend", name, reference.Suspension(facility, today - 3 * DAY, today + 14 * DAY))
            if lifted:
                self.do("resume", name)
        if choice % 3:
            self.do("found", copy.barcode, self.now)

    @rule(choice=CHOICE, barcode=BARCODE)
    @precondition(lambda self: self.scanned())
    def undo_a_scan(self, choice: int, barcode: str) -> None:
        self.do("undo", self.pick(choice, self.scanned(), barcode), self.now)

    def scanned(self) -> list[str]:
        return sorted(copy.barcode for copy in self.reference.copies.values() if copy.scan)

    @rule(choice=CHOICE, sunday=st.integers(-1, 1), facility=st.sampled_from((*FACILITIES, "")))
    def crates_leave(self, choice: int, sunday: int, facility: str) -> None:
        batches = sorted({(at, place) for at, place, _ in self.reference.bags})
        asked = (self.opens_next() + sunday * 7 * DAY, facility)
        at, place = self.pick(choice, batches[-2:], asked)
        self.do("dispatch", at, [place] if place else [])

    @rule(choice=CHOICE)
    @precondition(lambda self: self.planned())
    def drop_plan(self, choice: int) -> None:
        plans = sorted({copy.plan.run for copy in self.reference.copies.values() if copy.plan})
        self.do("drop_plan", self.pick(choice, plans, "2026-01-01"))

    @rule(choice=CHOICE, barcode=BARCODE)
    @precondition(lambda self: self.reference.loans)
    def check_in(self, choice: int, barcode: str) -> None:
        self.do("check_in", self.pick(choice, self.out(), barcode), self.now)

    @rule(late=st.booleans())
    @precondition(lambda self: self.reference.loans)
    def carriage_comes_back(self, late: bool) -> None:
        self.carriage(late)

    @rule(patron=PATRON, choice=CHOICE, barcode=BARCODE)
    def check_out(self, patron: str, choice: int, barcode: str) -> None:
        kept = sorted((hold.patron, hold.barcode) for hold in self.reference.holds.values() if hold.barcode)
        planned = [(patron, each) for each in self.planned()]
        pairs = [*kept, *planned, *self.visits_of_those_with_plans()]
        self.do("check_out", *self.pick(choice, pairs, (patron, barcode)), self.now)

    def visits_of_those_with_plans(self) -> list[tuple[str, str]]:
        """Whose book is being fetched, borrows another one at the counter, which fills the cap."""
        copies = self.reference.copies.values()
        free = [copy.barcode for copy in copies if copy.state == "on_shelf" and copy.lendable and not copy.plan]
        return sorted(itertools.product({copy.plan.patron for copy in copies if copy.plan}, free))

    @rule(choice=CHOICE, patron=PATRON, title=TITLE)
    @precondition(lambda self: self.reference.holds)
    def cancel_at_desk(self, choice: int, patron: str, title: str) -> None:
        if choice > 900:
            self.do("cancel_all", patron, self.now)
            return
        kept = sorted(key for key, hold in self.reference.holds.items() if hold.barcode)
        planned = [key for key in kept if self.reference.copies[self.reference.holds[key].barcode].plan]
        likely = planned or kept or sorted(self.reference.holds)
        self.do("cancel_at_desk", *self.pick(choice, likely, (patron, title)), self.now)

    @rule(choice=CHOICE, patron=PATRON, title=TITLE)
    @precondition(lambda self: self.reference.holds)
    def to_end(self, choice: int, patron: str, title: str) -> None:
        moved = self.pick(choice, self.holds(), (patron, title))
        self.do("to_end", *moved, self.now)
        self.perhaps_found(choice, moved)

    def perhaps_found(self, choice: int, hold: tuple[str, str]) -> None:
        """Every second time the book that is being fetched for the hold is found straight away."""
        for copy in list(self.reference.copies.values()):
            if choice % 2 and copy.plan and (copy.plan.patron, copy.title) == hold:
                self.do("found", copy.barcode, self.now)

    @rule(choice=CHOICE, patron=PATRON, title=TITLE, place=PLACE)
    @precondition(lambda self: self.reference.holds)
    def change_pickup(self, choice: int, patron: str, title: str, place: str) -> None:
        self.do("change_pickup", *self.pick(choice, sorted(self.reference.holds), (patron, title)), place, self.now)

    @rule(choice=CHOICE, barcode=BARCODE, state=st.sampled_from(("lost", "damaged")))
    def mark(self, choice: int, barcode: str, state: str) -> None:
        taken = sorted(copy.barcode for copy in self.reference.copies.values() if copy.holder or copy.plan)
        self.do("mark", self.pick(choice, taken, barcode), state, self.now)

    @rule(choice=CHOICE, barcode=BARCODE)
    def withdraw(self, choice: int, barcode: str) -> None:
        """Now and then a copy leaves the catalogue, also the last one of a title that somebody waits for (RULES 9)."""
        waited = {hold.title for hold in self.reference.holds.values()}
        likely = sorted(copy.barcode for copy in self.reference.copies.values() if copy.title in waited)
        if choice < 300:
            self.do("withdraw", self.pick(choice, likely, barcode))

    @rule(lent=st.frozensets(BARCODE, max_size=4), days=st.integers(0, 14))
    def own_system(self, lent: frozenset[str], days: int) -> None:
        """The library's own system tells what it has lent, some of which may be in use here (RULES 43)."""
        self.do("own_system", lent, self.now.date() + days * DAY, self.now)

    @rule(choice=CHOICE, barcode=BARCODE, what=st.sampled_from(("mark_found", "mark_found", "replaced", "check_in")))
    @precondition(lambda self: self.gone())
    def found_again_or_replaced(self, choice: int, barcode: str, what: str) -> None:
        self.do(what, self.pick(choice, self.gone(), barcode), self.now)

    def gone(self) -> list[str]:
        gone = ("lost", "damaged", "missing")
        return sorted(copy.barcode for copy in self.reference.copies.values() if copy.state in gone)

    @rule(patron=PATRON, wanted=RECORD)
    def change_record(self, patron: str, wanted: dict[str, Any]) -> None:
        self.do("change_record", patron, wanted, self.now)

    @rule(patron=PATRON)
    def may_borrow_again(self, patron: str) -> None:
        wanted = {"blocked": False, "online_lending": True, "expires_on": date(2027, 3, 31), "loan_cap": CAP}
        self.do("change_record", patron, wanted, self.now)

    # The calendar

    @rule(
        facility=st.sampled_from(("", "", "12")), soon=SOON, span=SPAN,
        opted_in=st.none() | st.sets(PATRON, max_size=2), more=SOON, for_years=st.integers(0, 9),
    )  # fmt: skip
    def close_or_suspend(
        self,
        facility: str,
        soon: timedelta,
        span: timedelta,
        opted_in: set[str] | None,
        more: timedelta,
        for_years: int,
    ) -> None:
        first, name = self.now.date() + soon, f"c-{next(self.names):04}"
        span = 800 * DAY if facility and not for_years else span
        if opted_in is None:
            self.do("close", name, reference.Closed(facility, first, first + span), self.now)
            return
        until = first + more + 7 * DAY if opted_in and not facility else None
        opted = frozenset() if facility else frozenset(opted_in)
        self.do("suspend", name, reference.Suspension(facility, first, first + span, opted, until))

    @rule(choice=CHOICE)
    @precondition(lambda self: self.reference.closed or self.reference.suspensions)
    def take_back(self, choice: int) -> None:
        known = [("reopen", name) for name in sorted(self.reference.closed)]
        known += [("resume", name) for name in sorted(self.reference.suspensions)]
        self.do(*self.pick(choice, known, ("reopen", "c-none")))

    @rule(choice=CHOICE, facility=FACILITY, weeks=st.integers(-2, 1), until=st.integers(0, 16), due=st.integers(8, 30))
    @precondition(lambda self: self.reference.bags)
    def shift(self, choice: int, facility: str, weeks: int, until: int, due: int) -> None:
        asked = self.opens_next() + weeks * 7 * DAY, facility
        batches = sorted({(sunday, place) for sunday, place, _ in self.reference.bags})
        sunday, place = self.pick(choice, batches[-2:], asked)
        if choice % 3 == 0:
            self.do("take_shift_back", sunday, place, self.now)
            return
        name = f"x-{next(self.names):04}"
        self.do("shift", name, sunday, place, sunday + until * DAY, sunday + due * DAY, self.now)

    # Facilities

    @rule(choice=CHOICE, facility=FACILITY, patron=PATRON)
    @precondition(lambda self: self.reference.bags)
    def hand_over(self, choice: int, facility: str, patron: str) -> None:
        bags = sorted(self.reference.bags)
        bag = self.pick(choice, bags[-4:], (self.opens_next(), facility, patron))
        self.do("hand_over", bag[1] if choice % 7 else facility, bag, self.now)


HOW = settings(
    derandomize=True,  # the same lives each time
    database=None,
    phases=(Phase.generate,),  # Phase.shrink beside it finds a short life that fails, in minutes
    suppress_health_check=list(HealthCheck),
)


def live(
    lives: int,
    length: int,
    days: int,
    make: Callable[[], Table],
    told: Callable[[str], None],
    week: reference.Week = ONE_RUN,
) -> int:
    """Live so many lives of so many steps, in each of which at most so many days pass; answers what was compared."""
    machine: type[Life] = type("Life", (Life,), {"table": staticmethod(make), "days": days, "week": week})
    how = settings(HOW, max_examples=lives, stateful_step_count=length)
    run_state_machine_as_test(machine, settings=how)
    told(f"{lives} lives: {machine.steps} steps of people, {machine.scheduled} of schedules, each compared")
    return int(machine.steps + machine.scheduled)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say something whatever is captured."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}")  # noqa: T201 - how much was tried is part of the answer

    return say


def test_some_lives_on_moto(told: Callable[[str], None]) -> None:
    names = itertools.count(1)
    assert live(8, 30, 1, lambda: lending_table(f"lending-{next(names)}"), told) > 300


def test_many_lives_on_a_store_in_memory(told: Callable[[str], None]) -> None:
    assert live(65, 50, 4, lambda: Table(CountingStore(), "lending"), told) > 5200


def test_lives_with_two_runs_a_week(told: Callable[[str], None]) -> None:
    """Months of a library that lends on Tuesday and on Thursday (RULES 57)."""
    assert live(22, 50, 4, lambda: Table(CountingStore(), "lending"), told, TWO_RUNS) > 1760
