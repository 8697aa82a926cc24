"""A patron's place in the queue of a title (RULES 9-14)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from lending.domain.calendar.calendar import LatestRun
from lending.domain.catalogue.title import Copy, Title, lost_all_copies
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason

PREFECTURAL = "prefectural"
# Who comes in one moment queues in the order of coming: each a step behind the one before, and so still in it.
STEP = timedelta(milliseconds=1)
MOMENT = timedelta(milliseconds=100)


class HoldStatus(StrEnum):
    """What a patron sees (RULES, words): 確保待ち, 確保済み, 貸出可能."""

    WAITING = "waiting"
    SECURED = "secured"
    READY = "ready"


STATUS_LABELS = {HoldStatus.WAITING: "確保待ち", HoldStatus.SECURED: "確保済み", HoldStatus.READY: "貸出可能"}


@dataclass(frozen=True, slots=True)
class RunReason:
    """Why the last run gave this hold no book, with the numbers the sentence needs (RULES 27)."""

    date: date
    code: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold. `queued_at` orders the queue of the title: in the moment of `placed_at` until it goes to the end (13).

    `pickup_place` is `prefectural` or a facility's number as text; `next_pickup_place` is a recorded change of it that
    counts from the cycle of `next_pickup_from` (14). `barcode` is the copy kept for it while secured or ready;
    `ready_on` is the day it was made ready, whose mail goes out the day after (15); `mailed_on` the day it really did.
    `after` is the title of another hold of the same patron that is to be lent first (47); holds of one `group` are
    wishes of which one is enough (48); `rank` is the place the patron gives it among their holds, from 1 on (49).
    `asked_on` is the day on which the patron was last asked whether it is still wanted (37). `last_run` is kept with
    the reasons of all of the patron's holds, and here where both were read.
    """

    patron_id: str
    title_id: str
    pickup_place: str
    placed_at: datetime
    queued_at: datetime
    status: HoldStatus = HoldStatus.WAITING
    barcode: str = ""
    ready_on: date | None = None
    mailed_on: date | None = None
    pickup_until: date | None = None
    next_pickup_place: str = ""
    next_pickup_from: date | None = None
    last_run: RunReason | None = None
    after: str = ""
    group: str = ""
    rank: int | None = None
    asked_on: date | None = None

    def place_on(self, cycle: date) -> str:
        """The pickup place that counts in the run of a cycle, whatever day that run is made on (RULES 14)."""
        if self.next_pickup_place and self.next_pickup_from and self.next_pickup_from <= cycle:
            return self.next_pickup_place
        return self.pickup_place

    @property
    def moved_to_end(self) -> bool:
        """Whether the hold has lost the place at which it was placed (RULES 13)."""
        return self.queued_at - self.placed_at > MOMENT

    def waiting_again(self) -> "Hold":
        """The hold at its old place in the queue, without the copy that was kept for it (RULES 21, 23)."""
        return replace(self, status=HoldStatus.WAITING, barcode="", ready_on=None, mailed_on=None, pickup_until=None)

    def as_of(self, latest: LatestRun | None) -> "Hold":
        """The hold with its reason dated by the latest run that found it true (RULES 27).

        A run writes no reason that is the same as before, and takes it away from a hold that it plans a book for: one
        that it considered and that still stands is its own.
        """
        told = self.last_run
        if told is None or latest is None or self.placed_at > latest.cut_off or told.date >= latest.date:
            return self
        return replace(self, last_run=replace(told, date=latest.date))


@dataclass(frozen=True, slots=True)
class Queued:
    """An open hold as the queue of its title shows it: whose it is, since when, and whether it waits (RULES 11)."""

    patron_id: str
    queued_at: datetime
    status: HoldStatus = HoldStatus.WAITING


def in_turn(hold: Hold) -> tuple[datetime, str]:
    """What a queue is ordered by (RULES 11)."""
    return hold.queued_at, hold.patron_id


class Place(NamedTuple):
    """A waiting hold's place among all that wait for its title, and how many those are, itself counted (RULES 11)."""

    position: int
    of: int


def place_in_queue(hold: Hold, holds: Iterable[Hold], unread: int = 0, between: int = 0) -> Place:
    """A hold's place among those that wait for the title; it always counts itself (RULES 11).

    Args:
        unread: how many more wait than `holds` shows, `between` of them before the hold.
    """
    queue = {in_turn(each) for each in holds if each.status is HoldStatus.WAITING and each.patron_id != hold.patron_id}
    return Place(sum(each < in_turn(hold) for each in queue) + 1 + between, len(queue) + 1 + unread)


def refusals_to_place(patron: Patron, title: Title, copies: Iterable[Copy], held: bool, policy: Policy) -> list[Reason]:
    """Everything that stands in the way of a new hold (RULES 9, 10).

    Args:
        copies: of the title; they are looked at only if none of them may leave the library.
        held: whether the patron already holds the title.
    """
    reasons = []
    if not title.lendable:
        reasons.append(Reason("no_copy_left" if lost_all_copies(copies) else "reference_only"))
    if held:
        reasons.append(Reason("already_held"))
    if title.title_id in patron.lent_titles:
        reasons.append(Reason("already_on_loan"))
    if patron.open_holds >= policy.hold_limit:
        reasons.append(Reason("hold_limit", {"limit": policy.hold_limit, "open_holds": patron.open_holds}))
    return reasons


def refusal_to_extend(hold: Hold, until: date | None, today: date, is_open: Callable[[date], bool]) -> Reason | None:
    """What stands in the way of keeping a ready book until `until`: only a later deadline is given (RULES 16).

    Args:
        is_open: whether the prefectural library is open on a day.
    """
    if hold.status is not HoldStatus.READY:
        return Reason("not_ready", {"status_label": STATUS_LABELS[hold.status]})
    if until is None or until < max(today, hold.pickup_until or today):
        return Reason("not_later", {"pickup_until": hold.pickup_until}, field="until")
    return None if is_open(until) else Reason("closed_day", {"until": until}, field="until")


# Who may cancel a hold in which state (RULES 12); once it is a loan, nobody may.
MAY_CANCEL: dict[HoldStatus, frozenset[str]] = {
    HoldStatus.WAITING: frozenset({"patron", "desk"}),
    HoldStatus.SECURED: frozenset({"desk"}),
    HoldStatus.READY: frozenset({"desk"}),
}


def refusal_to_cancel(hold: Hold, actor: str, policy: Policy) -> Reason | None:
    """What stands in the way of a cancellation by `patron` or `desk` (RULES 12)."""
    if actor in MAY_CANCEL[hold.status]:
        return None
    facts = {
        "status_label": STATUS_LABELS[hold.status],
        "counter_name": policy.counter_name,
        "counter_phone": policy.counter_phone,
        "counter_hours": policy.counter_hours,
    }
    return Reason("cancel_by_phone", facts)
