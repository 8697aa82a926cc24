"""Who takes less than the queues offer: one book of a group, so many books a run (RULES 48, 49).

Every queue offers its copies to the holds in order. A patron keeps the best of what is offered by their own order, and
what they decline goes on to the next in that queue: so nobody gets fewer offers because somebody else is choosy. Each
hold is offered a copy once, so the work grows with the number of holds in queues where somebody chooses, and with
nothing else. In which order the queues are asked changes nothing, as long as one order decides on groups and pace.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lending.domain.catalogue.title import Copy
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.run.obstacles import Gate
from lending.domain.run.reasons import Code
from lending.domain.run.run import NOTHING, Explanation
from lending.domain.run.shelf import free_copies, standing_pulls

_ANY_OF = Explanation(Code.ANY_OF, NOTHING)
_SECURED, _WAITING = HoldStatus.SECURED, HoldStatus.WAITING

# Who declines which title, and why.
Declined = Mapping[tuple[str, str], Explanation]


def declined_holds(
    queues: Mapping[str, Sequence[Hold]], copies_by_title: Mapping[str, Sequence[Copy]], gate: Gate
) -> Declined:
    """The waiting holds that would get a copy if their patron did not take another book instead (RULES 48, 49).

    Args:
        queues: the waiting and secured holds of each title, in the order of its queue.
    """
    choices = _Choices(gate)
    if gate.leaves_choices:
        for title_id, queue in queues.items():
            if any(map(gate.may_decline, queue)):
                choices.open(title_id, queue, copies_by_title.get(title_id, ()))
        choices.offer_all()
    return choices.declined


@dataclass(slots=True)
class _Offers:
    """A queue that has still so many copies to offer, and those who have not been asked."""

    asked: Iterator[Hold]
    copies: int


class _Choices:
    def __init__(self, gate: Gate) -> None:
        self.declined: dict[tuple[str, str], Explanation] = {}
        self._gate = gate
        self._offers: dict[str, _Offers] = {}
        self._taken: dict[str, list[Hold]] = defaultdict(list)
        self._fetched: set[tuple[str, str]] = set()  # groups of which staff are fetching a book already
        self._kept: Counter[str] = Counter()  # books kept aside for a patron, which come first

    def open(self, title_id: str, queue: Sequence[Hold], copies: Sequence[Copy]) -> None:
        """A title that somebody may decline."""
        standing = standing_pulls(copies, queue, self._gate)
        for hold in queue:
            if hold.patron_id in standing and hold.group:
                self._fetched.add((hold.patron_id, hold.group))
            if hold.status is _SECURED and self._counts(hold):
                self._kept[hold.patron_id] += 1
        waiting = [hold for hold in queue if hold.status is _WAITING and hold.patron_id not in standing]
        may_be_served = (hold for hold in waiting if self._gate.obstacle(hold, self._place(hold)) is None)
        self._offers[title_id] = _Offers(may_be_served, len(free_copies(copies, standing)))

    def offer_all(self) -> None:
        """Offer until every copy is taken or nobody is left to ask; a copy declined is offered again."""
        open_titles = list(self._offers)
        while open_titles:
            offers = self._offers[open_titles.pop()]
            while offers.copies and (hold := next(offers.asked, None)):
                offers.copies -= 1
                if self._gate.may_decline(hold):
                    for each in self._take(hold):
                        self._offers[each.title_id].copies += 1
                        open_titles.append(each.title_id)

    def _take(self, hold: Hold) -> list[Hold]:
        """The patron takes this one, and declines what is now too much."""
        taken = self._taken[hold.patron_id]
        taken.append(hold)
        declined = []
        while too_much := self._too_much(hold.patron_id, hold.group, taken):
            worst, reason = too_much
            taken.remove(worst)
            self.declined[worst.patron_id, worst.title_id] = reason
            declined.append(worst)
        return declined

    def _too_much(self, patron_id: str, group: str, taken: list[Hold]) -> tuple[Hold, Explanation] | None:
        of_group = [each for each in taken if each.group == group] if group and self._gate.policy.any_of else []
        if len(of_group) > 1 or (of_group and (patron_id, group) in self._fetched):
            return max(of_group, key=self._gate.turn), _ANY_OF
        pace, counted = self._gate.readers[patron_id].pace, [each for each in taken if self._counts(each)]
        if pace is None or len(counted) + self._kept[patron_id] <= pace:
            return None
        return (max(counted, key=self._gate.turn), Explanation(Code.CAP, {"books_a_run": pace})) if counted else None

    def _counts(self, hold: Hold) -> bool:
        """What is collected at the counter is no book of a weekly run."""
        return self._place(hold) != PREFECTURAL

    def _place(self, hold: Hold) -> str:
        return hold.place_on(self._gate.cycle)
