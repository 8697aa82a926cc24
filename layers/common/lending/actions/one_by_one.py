"""The same asked for several things at once: what cannot be done hinders nothing else."""

from collections.abc import Callable, Iterable
from typing import Generic, NamedTuple, TypeVar

from lending.actions.library import Busy
from lending.domain.problems import Reason, Refused

Done = TypeVar("Done")


class Outcome(NamedTuple, Generic[Done]):
    """What became of one thing: what was done, or else what stood in the way."""

    name: str
    done: Done | None
    reasons: tuple[Reason, ...] = ()


def each_on_its_own(names: Iterable[str], act: Callable[[str], Done]) -> list[Outcome[Done]]:
    """Do the same with each of some things, one after the other; one named twice is done once."""
    return [_outcome(name, act) for name in dict.fromkeys(names)]


def _outcome(name: str, act: Callable[[str], Done]) -> Outcome[Done]:
    try:
        return Outcome(name, act(name))
    except Refused as refusal:
        return Outcome(name, None, refusal.reasons)
    except Busy:
        return Outcome(name, None, (Reason("busy"),))
