"""SIP2, version 2.00: messages of one line over a socket, with checksum and sequence number.

Check-outs and check-ins are sent with "no block": they have happened, and are only to be recorded.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from infra.exchange_client.movements import Movement
from infra.exchange_client.systems import RefusedThere, State, Unreachable

_END = b"\r"
_STATUS = "9900802.00"
_RESEND = "96"
_TRIES = 3
# The circulation status of an item: lent in one way or another, or on its way to a reader of the other system.
_CHARGED = frozenset({"04", "05", "07", "08", "10", "11"})
_ON_SHELF = frozenset({"03", "09"})
_HOUR_DUE = "235900"


@dataclass(frozen=True)
class Terminal:
    """Where the server is, and as whom the client comes. `card` is the card of this service over there."""

    host: str
    port: int
    user: str
    password: str
    institution: str
    card: str
    barcodes: Path
    location: str = ""
    terminal_password: str = ""
    no_block: bool = True
    tls: bool = False
    encoding: str = "utf-8"
    seconds: float = 30


class Sip2:
    """A terminal of the library's own system. The connection is made when it is needed, and anew after a fault."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal, self._number = terminal, 0
        self._socket: socket.socket | None = None
        self._rest = b""

    def state(self, barcode: str) -> State:
        """Ask about an item (17, 18)."""
        fixed, fields = self._ask(
            f"17{_moment(None)}", "18", 24, AO=self._terminal.institution, AB=barcode, AC=self._ac
        )
        if not fields.get("AJ") and fixed[:2] == "01":
            raise RefusedThere("not known")
        status = fixed[:2]
        return State(barcode, status in _CHARGED, status in _ON_SHELF, _day(fields.get("AH", "")))

    def states(self) -> Iterator[State]:
        """Ask about each of the library's bar codes, one a line in a file: the protocol has no list of items."""
        for barcode in self._terminal.barcodes.read_text().split():
            with suppress(RefusedThere):
                yield self.state(barcode)

    def lend(self, movement: Movement) -> None:
        """Check out (11, 12)."""
        head = f"11N{self._no_block}{_moment(movement.moment)}{_due(movement.due_on)}"
        who = self._terminal
        self._done(head, "12", AO=who.institution, AA=who.card, AB=movement.barcode, AC=self._ac, BO="N", BI="N")

    def renew(self, movement: Movement) -> None:
        """Renew, with the due date that this service has given (29, 30)."""
        head = f"29N{self._no_block}{_moment(movement.moment)}{_due(movement.due_on)}"
        who = self._terminal
        self._done(head, "30", AO=who.institution, AA=who.card, AB=movement.barcode, AC=self._ac, BO="N")

    def take_back(self, movement: Movement) -> None:
        """Check in (09, 10)."""
        moment, who = _moment(movement.moment), self._terminal
        head = f"09{self._no_block}{moment}{moment}"
        self._done(head, "10", AP=who.location, AO=who.institution, AB=movement.barcode, AC=self._ac, BI="N")

    def close(self) -> None:
        """End the connection."""
        if self._socket:
            self._socket.close()
        self._socket, self._rest, self._number = None, b"", 0

    @property
    def _no_block(self) -> str:
        return "Y" if self._terminal.no_block else "N"

    @property
    def _ac(self) -> str:
        return self._terminal.terminal_password

    def _done(self, head: str, code: str, **fields: str) -> None:
        fixed, told = self._ask(head, code, 22, **fields)
        if fixed[:1] != "1":
            raise RefusedThere(told.get("AF", ""))

    def _ask(self, head: str, code: str, length: int, **fields: str) -> tuple[str, dict[str, str]]:
        """The fixed and the named fields of the answer to a message."""
        try:
            if self._socket is None:
                self._connect()
            answer = self._answered(head + _named(fields), code)
        except (OSError, ValueError) as error:
            self.close()
            raise Unreachable(str(error)) from error
        return answer[2 : 2 + length], _fields(answer[2 + length :])

    def _connect(self) -> None:
        who = self._terminal
        plain = socket.create_connection((who.host, who.port), who.seconds)
        self._socket = ssl.create_default_context().wrap_socket(plain, server_hostname=who.host) if who.tls else plain
        if self._answered(f"9300{_named({'CN': who.user, 'CO': who.password, 'CP': who.location})}", "94")[2:3] != "1":
            raise ValueError("the other system knows no such user")
        if self._answered(_STATUS, "98")[2:3] != "Y":
            raise ValueError("the other system is not on line")

    def _answered(self, message: str, code: str) -> str:
        """Send a message, and again if it was not understood; what answers an earlier one is passed over."""
        number, self._number = self._number, (self._number + 1) % 10
        told = f"{message}AY{number}AZ"
        self._send(told)
        tries = 1
        while tries <= _TRIES:
            answer = self._line()
            if answer[:2] == _RESEND:
                tries += 1
                self._send(told)
            elif answer[:2] == code and _number_of(answer) in (None, number):
                return _without_checksum(answer)
        raise ValueError("a message was never understood")

    def _send(self, told: str) -> None:
        data = told.encode(self._terminal.encoding)
        if self._socket is None:
            raise ConnectionError("not connected")
        self._socket.sendall(data + _checksum(data) + _END)

    def _line(self) -> str:
        """The next message, whole and unspoilt."""
        while _END not in self._rest:
            more = self._socket.recv(4096) if self._socket else b""
            if not more:
                raise ConnectionError("the connection was closed")
            self._rest += more
        line, _, self._rest = self._rest.partition(_END)
        line = line.strip(b"\n")
        if line[-6:-4] == b"AZ" and _checksum(line[:-4]) != line[-4:].upper():
            raise ValueError("a message was spoilt on its way")
        return line.decode(self._terminal.encoding)


def _checksum(data: bytes) -> bytes:
    """Four digits that make the sum of all bytes zero."""
    return f"{-sum(data) & 0xFFFF:04X}".encode()


def _without_checksum(answer: str) -> str:
    return answer[:-9] if answer[-9:-7] == "AY" else answer


def _number_of(answer: str) -> int | None:
    """The number of the message that it answers; None of a server that gives none."""
    return int(answer[-7]) if answer[-9:-7] == "AY" and answer[-7].isdigit() else None


def _named(fields: dict[str, str]) -> str:
    return "".join(f"{name}{value.replace('|', ' ')}|" for name, value in fields.items())


def _fields(text: str) -> dict[str, str]:
    return {part[:2]: part[2:] for part in text.split("|") if len(part) >= 2}


def _moment(moment: datetime | None) -> str:
    return f"{moment or datetime.now().astimezone():%Y%m%d    %H%M%S}"


def _due(due_on: date | None) -> str:
    return f"{due_on:%Y%m%d}    {_HOUR_DUE}" if due_on else " " * 18


def _day(text: str) -> date | None:
    """A due date, which each server writes in its own way: its digits begin with year, month and day."""
    digits = "".join(filter(str.isdigit, text))[:8]
    with suppress(ValueError):
        return date.fromisoformat(digits) if len(digits) == 8 else None
    return None
