"""One patron's books for one facility in one week, and what the facility has to do with them (RULES 24, 28-30)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lending.domain.loans.batch import bag_id
from lending.domain.loans.release import last_day_over
from lending.domain.policy import Policy
from lending.domain.week import in_tokyo, opened_batch, return_checked_in_by


class Arrival(StrEnum):
    """What a facility says of a bag it waits for (RULES 54)."""

    ARRIVED = "arrived"
    MISSING = "missing"


class BagList(StrEnum):
    """A facility's four piles: on the way to it, to be handed over, to be sent back, handed over."""

    COMING = "coming"
    TO_HAND_OVER = "to_hand_over"
    TO_RETURN = "to_return"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag; its slip bears card number and facility, no name.

    `card_number` is the one it was packed with. `barcodes` are its books that are not checked in again;
    `books_handed_over` is how many there were when it was handed over.
    """

    patron_id: str
    card_number: str
    facility: str
    pickup_from: date
    pickup_until: date
    barcodes: frozenset[str] = frozenset()
    arrival: Arrival | None = None
    arrival_at: datetime | None = None
    handed_over_at: datetime | None = None
    books_handed_over: int = 0

    @property
    def bag_id(self) -> str:
        """What the facility calls it by, which does not say whose it is."""
        return bag_id(self.pickup_from, self.facility, self.patron_id)

    def numbers(self, current: str | None) -> tuple[str, str | None]:
        """The card's number as everybody is told it, and after a re-issue the one on the slip beside it (RULES 24, 28).

        Args:
            current: the number of the patron's card now; None if it is not known, then the slip's counts.
        """
        now = current or self.card_number
        return now, self.card_number if self.card_number != now else None

    @property
    def reached(self) -> Arrival | None:
        """Whether it has arrived, as far as is known: what was handed over must have (RULES 54)."""
        return Arrival.ARRIVED if self.handed_over_at else self.arrival

    def undo_until(self, policy: Policy) -> datetime | None:
        """The last moment at which the hand-over can be taken back; None if nothing can be (RULES 30)."""
        if self.handed_over_at is None or len(self.barcodes) < self.books_handed_over:
            return None
        return self.handed_over_at + timedelta(minutes=policy.hand_over_undo_minutes)


def list_of(bag: Bag, moment: datetime, policy: Policy) -> BagList | None:
    """The pile a bag is on at `moment`; None once its books are checked in, or its batch is over and it is done.

    What a facility leaves unrecorded is to be sent back from the end of the last pickup day on, whether the release
    has come by or not (RULES 29, 30). What it records late is shown for the rest of that day.
    """
    today = in_tokyo(moment).date()
    if not bag.barcodes:
        return None
    if bag.handed_over_at:
        shown = is_current(bag, today, policy) or today <= in_tokyo(bag.handed_over_at).date()
        return BagList.DONE if shown else None
    if today < bag.pickup_from:
        return BagList.COMING
    return BagList.TO_RETURN if bag.pickup_until <= last_day_over(moment, policy) else BagList.TO_HAND_OVER


def left_behind(bags: Sequence[Bag], last_day: date) -> list[Bag]:
    """Of the bags of one week those that go back once `last_day` is over, and their own last day with it (RULES 30).

    Recording hand-overs is optional for a facility. Where it has recorded none of a batch, nobody knows what was
    collected, and nothing is said to be on its way back.
    """
    recorded = {bag.facility for bag in bags if bag.handed_over_at}
    return [bag for bag in bags if bag.facility in recorded and is_left(bag, last_day)]


def is_left(bag: Bag, last_day: date) -> bool:
    """Whether a bag with books in it was not handed over by its last day, up to `last_day`."""
    return bag.pickup_until <= last_day and bag.handed_over_at is None and bool(bag.barcodes)


def is_current(bag: Bag, today: date, policy: Policy) -> bool:
    """Whether it is of the batch that opened last, or of an earlier one whose last day has not passed (RULES 29)."""
    newest = opened_batch(today, policy)
    return bag.pickup_from == newest or (bag.pickup_from < newest and today <= bag.pickup_until)


def back_by(bag: Bag, policy: Policy) -> date:
    """The day by which what was not collected is checked in (RULES "The week", 30)."""
    return return_checked_in_by(bag.pickup_until, policy)
