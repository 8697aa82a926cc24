"""Who takes less than the queues offer: one book of a group, so many books a run (RULES 48, 49).

All queues offer their copies to the holds in order. A patron keeps the best of all that is offered, and what they
decline is offered to the next in that queue: so nobody gets fewer offers because somebody else is choosy. Each hold is
offered a copy once, so the work grows with the number of holds in queues where somebody chooses, and with nothing else.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from lending.domain.catalogue.title import Copy
from lending.domain.holds.hold import PREFECTURAL, Hold, HoldStatus
from lending.domain.run.obstacles import Gate
from lending.domain.run.reasons import Code
from lending.domain.run.run import NOTHING, Explanation, RunKind
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

    def made(self) -> Iterator[Hold]:
        """Those to whom the copies are offered now."""
        while self.copies and (hold := next(self.asked, None)):
            self.copies -= 1
            yield hold


class _Choices:
    def __init__(self, gate: Gate) -> None:
        self.declined: dict[tuple[str, str], Explanation] = {}
        self._gate = gate
        self._offers: dict[str, _Offers] = {}
        self._taken: dict[str, list[Hold]] = {}
        self._fetched: dict[str, set[str]] = defaultdict(set)  # groups of which staff are fetching a book already
        self._kept: Counter[str] = Counter()  # books kept aside for a patron, which come first

    def open(self, title_id: str, queue: Sequence[Hold], copies: Sequence[Copy]) -> None:
        """A title that somebody may decline."""
        standing = standing_pulls(copies, queue, self._gate)
        for hold in queue:
            if hold.patron_id in standing and hold.group and self._gate.policy.any_of:
                self._fetched[hold.patron_id].add(hold.group)
            if hold.status is _SECURED and self._place(hold) != PREFECTURAL:
                self._kept[hold.patron_id] += 1
        waiting = [hold for hold in queue if hold.status is _WAITING and hold.patron_id not in standing]
        may_be_served = (hold for hold in waiting if self._gate.obstacle(hold, self._place(hold)) is None)
        self._offers[title_id] = _Offers(may_be_served, len(free_copies(copies, standing)))

    def offer_all(self) -> None:
        """Offer until every copy is taken or nobody is left to ask; a copy declined is offered again.

        All queues offer before anybody chooses: in which order they are asked changes nothing.
        """
        titles = set(self._offers)
        while titles:
            offered = defaultdict[str, list[Hold]](list)
            for hold in chain.from_iterable(self._offers[title_id].made() for title_id in titles):
                if self._gate.may_decline(hold) and not self._is_left_to_weekly_run(hold):
                    offered[hold.patron_id].append(hold)
            declined = [each for patron_id, new in offered.items() for each in self._choose(patron_id, new)]
            for each in declined:
                self._offers[each.title_id].copies += 1
            titles = {each.title_id for each in declined}

    def _choose(self, patron_id: str, new: list[Hold]) -> list[Hold]:
        """What the patron does not take, having been offered these beside what they have taken."""
        taken, declined, books = list[Hold](), list[Hold](), self._kept[patron_id]
        answered = set(self._fetched.get(patron_id, ()))
        for hold in sorted([*self._taken.get(patron_id, ()), *new], key=self._turn):
            if reason := self._too_much(hold, answered, books):
                self.declined[patron_id, hold.title_id] = reason
                declined.append(hold)
                continue
            taken.append(hold)
            books += self._gate.serves(self._place(hold))
            if hold.group and self._gate.policy.any_of:
                answered.add(hold.group)
        self._taken[patron_id] = taken
        return declined

    def _too_much(self, hold: Hold, answered: Set[str], books: int) -> Explanation | None:
        """One of a group is enough; what this run only keeps for another is no book of it (RULES 48, 49)."""
        if hold.group in answered:
            return _ANY_OF
        reader = self._gate.readers[hold.patron_id]
        if reader.pace is None or books < reader.pace or not self._gate.serves(self._place(hold)):
            return None
        return Explanation(Code.CAP, {"books_a_run": reader.patron.books_a_run})

    def _is_left_to_weekly_run(self, hold: Hold) -> bool:
        """A pull does not see all queues: what waits for a facility at the head of one keeps its copy (RULES 15)."""
        return self._gate.run.kind is RunKind.PREFECTURAL and not self._gate.serves(self._place(hold))

    def _turn(self, hold: Hold) -> tuple[object, ...]:
        """The first that is served answers a group: what this run serves, then by the patron's own order (48, 49)."""
        return not self._gate.serves(self._place(hold)), *self._gate.turn(hold)

    def _place(self, hold: Hold) -> str:
        return hold.place_on(self._gate.cycle)
