"""How early or late books come back: counted by days, never by persons (RULES 50, 56)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lending.domain.policy import Policy

# What lies beyond is counted as the day at that end.
_EARLIEST, _LATEST = -28, 84


@dataclass(frozen=True, slots=True)
class Returns:
    """Books checked in of late, by how late they were: `late3` three days after the due date, `early4` before it."""

    counts: Mapping[str, int] = field(default_factory=dict)


def counted(due_dates: Iterable[date], checked_in: date) -> dict[str, int]:
    """Books checked in on a day, carriage included, by how late they were."""
    late = (min(max((checked_in - due_on).days, _EARLIEST), _LATEST) for due_on in due_dates)
    return {f"late{days}" if days >= 0 else f"early{-days}": books for days, books in Counter(late).items()}


def habit(returns: Returns, policy: Policy) -> list[tuple[int, float]]:
    """Which part of the books comes back how many days after the due date.

    What this library has counted, on top of what the policy supposes: a hundred books, which soon weigh little.
    """
    books = Counter(dict(policy.returned_days_late))
    for name, number in returns.counts.items():
        books[int(name.removeprefix("late").replace("early", "-"))] += number
    return [(days, number / books.total()) for days, number in sorted(books.items())]
