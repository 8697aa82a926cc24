"""What is counted of a week, never of a person, and what of it anybody may see (RULES 41, 56)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from lending.domain.loans.bag import Bag, left_behind
from lending.domain.loans.batch import batch_id, batch_of
from lending.domain.policy import Policy
from lending.domain.week import DAY, DAYS_OF_WEEK, in_tokyo

Counts = Mapping[str, int]

MORE = "more"


@dataclass(frozen=True, slots=True)
class FacilityCounts:
    """What was sent to a facility, and how many of these books nobody collected."""

    bags: int = 0
    books: int = 0
    uncollected: int = 0

    def __add__(self, other: "FacilityCounts") -> "FacilityCounts":
        """Both together."""
        return FacilityCounts(self.bags + other.bags, self.books + other.books, self.uncollected + other.uncollected)


@dataclass(frozen=True, slots=True)
class WeekCounts:
    """The counts of a week, from Monday to Sunday; numbers only, so they are kept for good.

    `run` sums up what the week's runs did, `ready` is how many books were planned for the prefectural library's own
    counter. `batches` are those of these runs by their ids, whenever they were collected. `decided` counts
    applications, `days` those registered by the days from the desk's having them to the decision. `mails` are those
    put in it, by what became of them, `returns` books checked in, by how late they were (RULES 50).
    """

    week_from: date
    counted_at: datetime
    run: Counts = field(default_factory=dict)
    ready: int = 0
    batches: Mapping[str, FacilityCounts] = field(default_factory=dict)
    mails: Counts = field(default_factory=dict)
    returns: Counts = field(default_factory=dict)
    decided: Counts = field(default_factory=dict)
    days: Counts = field(default_factory=dict)

    @property
    def week_until(self) -> date:
        """Its Sunday."""
        return self.week_from + timedelta(days=DAYS_OF_WEEK - 1)

    @property
    def facilities(self) -> dict[str, FacilityCounts]:
        """The sums of each facility's batches, by its number."""
        found = defaultdict[str, FacilityCounts](FacilityCounts)
        for batch, counts in self.batches.items():
            found[batch_of(batch)[1]] += counts
        return dict(found)

    def together(self) -> FacilityCounts:
        """The sums over all facilities."""
        return sum(self.batches.values(), FacilityCounts())


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * DAY


def counted_again(before: WeekCounts | None, now: WeekCounts) -> WeekCounts:
    """A week counted once more. Books leave their bags as they are checked in, so what was counted of them stands."""
    if before is None:
        return now
    names = sorted(before.batches.keys() | now.batches.keys())
    nothing = FacilityCounts()
    kept = {name: _most(before.batches.get(name, nothing), now.batches.get(name, nothing)) for name in names}
    return replace(now, batches=kept, counted_at=max(before.counted_at, now.counted_at))


def _most(one: FacilityCounts, other: FacilityCounts) -> FacilityCounts:
    return FacilityCounts(
        max(one.bags, other.bags), max(one.books, other.books), max(one.uncollected, other.uncollected)
    )


def by_batch(bags: Sequence[Bag], last_day: date) -> dict[str, FacilityCounts]:
    """The bags and books of one run by batch, and what was not collected of those whose time is over.

    Args:
        last_day: the latest pickup day that is over.
    """
    found = defaultdict[str, FacilityCounts](FacilityCounts)
    left = {bag.bag_id for bag in left_behind(bags, last_day)}
    for bag in bags:
        if books := max(len(bag.barcodes), bag.books_handed_over):
            uncollected = books if bag.bag_id in left else 0
            found[batch_id(bag.pickup_from, bag.facility)] += FacilityCounts(1, books, uncollected)
    return dict(found)


def weeks_waited(placed: datetime, lent_on: date, policy: Policy) -> int:
    """From how many weeks on a hold has waited, of the steps that the policy counts (RULES 56)."""
    weeks = (lent_on - in_tokyo(placed).date()).days // DAYS_OF_WEEK
    return max((step for step in policy.weeks_waited if step <= weeks), default=0)


def without_small(parts: Counts, least: int) -> dict[str, int | None]:
    """Counts of which those under `least` are left out (None).

    What is left out cannot be worked out from a sum of all: if it is small together, the next smallest goes with it.
    """
    rising = sorted(parts, key=lambda name: (parts[name], name))
    hidden = {name for name in rising if parts[name] < least}
    if hidden and sum(parts[name] for name in hidden) < least:
        hidden |= set([name for name in rising if name not in hidden][:1])
    return {name: None if name in hidden else number for name, number in parts.items()}
