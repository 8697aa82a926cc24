"""A system that is asked copy by copy: each movement once, all copies by night, the candidates before a run."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from infra.exchange_client.memory import Memory
from infra.exchange_client.movements import Act, Movement, act_of, read_movements
from infra.exchange_client.systems import Circulation, RefusedThere, State, Unreachable

_HEAD = "barcode,state,due_on"
# As often a movement is tried, and a copy asked about, before the client gives up until it is called again.
_TRIES = 3


class Online:
    """Movements go to one system; where copies are is asked of it, or of another way to it."""

    def __init__(self, system: Circulation, seen_by: Circulation, memory: Memory, now: Callable[[], datetime]) -> None:
        self._system, self._seen_by, self._memory, self._now = system, seen_by, memory, now

    def take_in(self, name: str, data: bytes) -> None:
        """Carry out each movement once; what the system refuses is noted with why, and passed over."""
        for movement in read_movements(name, data):
            if not self._memory.is_done(movement):
                act = act_of(movement, self._memory.is_lent(movement.barcode))
                self._memory.finish(movement, act, self._carried_out(movement, act) if act else "")

    def copies(self) -> Iterator[tuple[str, bytes]]:
        """One file, of the moment at which the first copy was asked about."""
        name = f"copies-{self._now():%Y%m%d-%H%M%S}.csv"
        yield name, self._table(self._seen_by.states())

    def answer(self, run: str, question: bytes) -> bytes | None:
        """What is away of the candidates. One that the system does not know is left out."""
        return self._table(self._known(question.decode().splitlines()[1:]))

    def _carried_out(self, movement: Movement, act: Act) -> str:
        """Why a movement was refused, or nothing. After a death, or without an answer, the copy tells what was done."""
        for left in reversed(range(_TRIES)):
            try:
                if self._is_to_do(movement, act):
                    getattr(self._system, act)(movement)
                return ""
            except RefusedThere as refused:
                return str(refused) or "refused"
            except Unreachable:
                if not left:
                    raise
        return ""

    def _is_to_do(self, movement: Movement, act: Act) -> bool:
        """Whether the copy is not yet as it is to be, nor another than before the first try."""
        state, before = self._system.state(movement.barcode), self._memory.before(movement)
        if before is None:
            self._memory.begin(movement, str(state))
        elif before != str(state):
            return False
        if act is Act.TAKE_BACK:
            return state.charged
        return not (state.charged and state.ours is not False and state.due_on == movement.due_on)

    def _known(self, barcodes: Iterable[str]) -> Iterator[State]:
        for barcode in barcodes:
            try:
                yield self._asked(barcode)
            except RefusedThere:
                continue

    def _asked(self, barcode: str) -> State:
        for _ in range(_TRIES - 1):
            try:
                return self._seen_by.state(barcode)
            except Unreachable:
                continue
        return self._seen_by.state(barcode)

    def _table(self, states: Iterable[State]) -> bytes:
        return "".join(f"{line}\n" for line in (_HEAD, *map(self._row, states))).encode()

    def _row(self, state: State) -> str:
        """What is lent to the card of this service is no loan of the other system."""
        ours = self._memory.is_lent(state.barcode) if state.ours is None else state.ours
        told = ("on_loan" if ours else "elsewhere") if state.charged else "on_shelf" if state.on_shelf else "away"
        return f"{state.barcode},{told},{state.due_on or '' if told == 'elsewhere' else ''}"
