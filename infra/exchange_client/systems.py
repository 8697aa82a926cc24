"""What an adapter of a library's own system can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from infra.exchange_client.movements import Movement


class RefusedThere(Exception):
    """The other system does not do it, and would not do it if it were asked again; it says why."""


class Unreachable(Exception):
    """No answer came: whether it was done is not known."""


@dataclass(frozen=True)
class State:
    """Where a copy is by the other system: `charged` if it is lent, or held for a reader there.

    `ours` tells whether it is lent to the card of this service, None if the system does not say to whom.
    """

    barcode: str
    charged: bool
    on_shelf: bool
    due_on: date | None = None
    ours: bool | None = None


class Circulation(Protocol):
    """A system that is asked copy by copy. Each method raises `RefusedThere` or `Unreachable`."""

    def state(self, barcode: str) -> State:
        """Where a copy is."""

    def states(self) -> Iterator[State]:
        """Where all copies are."""

    def lend(self, movement: Movement) -> None:
        """Lend a copy to the card of this service, until the movement's due date."""

    def renew(self, movement: Movement) -> None:
        """Change the due date of such a loan."""

    def take_back(self, movement: Movement) -> None:
        """A copy is back."""


class OtherSystem(Protocol):
    """The library's own system, as the exchange of files needs it. Whatever is done again changes nothing."""

    def take_in(self, name: str, data: bytes) -> None:
        """Carry out what a file of movements tells."""

    def copies(self) -> Iterator[tuple[str, bytes]]:
        """Files of all copies that are to be put, with their names; one counts as put once the next is asked for."""

    def answer(self, run: str, question: bytes) -> bytes | None:
        """What is away of the candidates of a run; None if it is not known yet."""
