"""Simulated systems of a library, which play the other side of each adapter on 127.0.0.1 (RULES 43)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, TCPServer, ThreadingTCPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

OURS = "S-1"  # the card of this service over there
FAR = "20260630"


@dataclass
class Shelves:
    """The library as the other system knows it: who has which copy, and what was done, in order.

    `faults` meet the next acts one by one: `dropped` before, or `unheard` after it was done, answered `twice`,
    `spoilt` on its way, `misheard`, so that the message is to be sent again.
    """

    lent: dict[str, tuple[str, str]] = field(default_factory=dict)
    barcodes: tuple[str, ...] = tuple(f"B{n}" for n in range(1, 7))
    refused: frozenset[str] = frozenset()
    done: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def fault(self) -> str:
        """What goes wrong with this act."""
        return self.faults.pop(0) if self.faults else ""

    def lend(self, barcode: str, card: str, due: str) -> bool:
        if barcode in self.refused or barcode not in self.barcodes:
            return False
        self.done.append(f"lend {barcode} {due}")
        self.lent[barcode] = card, due
        return True

    def renew(self, barcode: str, due: str) -> bool:
        if barcode in self.refused or barcode not in self.lent:
            return False
        self.done.append(f"renew {barcode} {due}")
        self.lent[barcode] = self.lent[barcode][0], due
        return True

    def take_back(self, barcode: str) -> bool:
        if barcode not in self.lent:
            return False
        self.done.append(f"take_back {barcode}")
        del self.lent[barcode]
        return True


@contextmanager
def serving(server: TCPServer) -> Iterator[int]:
    """The port of a server, for as long as it is asked."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sip2_server(shelves: Shelves) -> TCPServer:
    """A server of SIP2 with error detection."""

    class Terminal(StreamRequestHandler):
        def handle(self) -> None:
            rest = b""
            while more := self.connection.recv(4096):
                *lines, rest = (rest + more).split(b"\r")
                if not all(self._heard(line.decode()) for line in lines):
                    return

        def _heard(self, line: str) -> bool:
            """Whether the connection stays."""
            assert sum(line[:-4].encode()) + int(line[-4:], 16) & 0xFFFF == 0, "a wrong checksum"
            message, number = line[:-9], line[-7]
            acts = line[:2] in ("09", "11", "29")
            fault = shelves.fault() if acts else ""
            if fault == "dropped":
                return False
            if fault == "misheard":
                self._send("96", "")
                return True
            answer = _sip2_answer(shelves, message)
            if fault == "unheard":
                return False
            for _ in range(2 if fault == "twice" else 1):
                self._send(answer, number, spoilt=fault == "spoilt")
            return True

        def _send(self, answer: str, number: str, spoilt: bool = False) -> None:
            data = f"{answer}AY{number}AZ".encode() if number else answer.encode()
            checksum = f"{-sum(data) & 0xFFFF:04X}".encode() if number else b""
            self.wfile.write((data.replace(b"AB", b"AX") if spoilt else data) + checksum + b"\r")

    return ThreadingTCPServer(("127.0.0.1", 0), Terminal)


_NOW = "20260604    100000"


def _sip2_answer(shelves: Shelves, message: str) -> str:
    code, fields = message[:2], {part[:2]: part[2:] for part in message.split("|")}
    barcode = next((part.split("AB", 1)[1] for part in message.split("|") if part.startswith("AB")), "")
    due = message[22:30]
    if code == "93":
        return "941" if fields["CO"] == "secret" else "940"
    if code == "99":
        return f"98YYYYYN030003{_NOW}2.00AOLIB|"
    if code == "17":
        return _sip2_item(shelves, barcode)
    assert message[3 if code in ("11", "29") else 2] == "Y", "a blocking act"
    if code == "11":
        done = shelves.lend(barcode, fields["AA"], due)
        return (
            f"12{int(done)}NNY{_NOW}AOLIB|AA{fields['AA']}|AB{barcode}|AJ本|AH{due}|{'' if done else 'AFnot allowed|'}"
        )
    if code == "29":
        return f"30{int(shelves.renew(barcode, due))}YNN{_NOW}AOLIB|AB{barcode}|AJ本|AH{due}|"
    return f"10{int(shelves.take_back(barcode))}YNN{_NOW}AOLIB|AB{barcode}|AQLIB|"


def _sip2_item(shelves: Shelves, barcode: str) -> str:
    if barcode not in shelves.barcodes:
        return f"18010101{_NOW}AB{barcode}|AJ|"
    _, due = shelves.lent.get(barcode, ("", ""))
    return f"18{'04' if due else '03'}0001{_NOW}{f'AH{due}    235900|' if due else ''}AB{barcode}|AJ本|"


def koha_server(shelves: Shelves) -> TCPServer:
    """A server of Koha's REST API, as far as items, checkouts and checkins go."""

    class Koha(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            self._send(*_koha_found(shelves, *self._asked()))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            fault = shelves.fault()
            if fault == "dropped":
                self.close_connection = True
                return
            status, answer = _koha_done(shelves, *self._asked(), body)
            if fault == "unheard":
                return
            self._send(503 if fault in ("spoilt", "misheard") else status, answer)

        def _asked(self) -> tuple[str, dict[str, str]]:
            to = urlsplit(self.path)
            assert self.headers["Authorization"].startswith("Basic ")
            return to.path.removeprefix("/api/v1"), {name: one for name, (one,) in parse_qs(to.query).items()}

        def _send(self, status: int, answer: Any) -> None:
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return ThreadingHTTPServer(("127.0.0.1", 0), Koha)


def _koha_items(shelves: Shelves) -> list[dict[str, Any]]:
    return [
        {"item_id": n, "external_id": barcode, "checked_out_date": "2026-06-01" if barcode in shelves.lent else None,
         "lost_status": 0, "withdrawn": 0, "damaged_status": 0}
        for n, barcode in enumerate(shelves.barcodes)
    ]  # fmt: skip


def _koha_checkouts(shelves: Shelves) -> list[dict[str, Any]]:
    return [
        {"checkout_id": 100 + n, "item_id": n, "patron_id": 7 if shelves.lent[barcode][0] == OURS else 8,
         "due_date": f"{date.fromisoformat(shelves.lent[barcode][1]).isoformat()}T23:59:00+09:00"}
        for n, barcode in enumerate(shelves.barcodes) if barcode in shelves.lent
    ]  # fmt: skip


def _koha_found(shelves: Shelves, path: str, query: dict[str, str]) -> tuple[int, Any]:
    if path == "/checkouts/availability":
        return 200, {"blockers": {}, "confirms": {"RESERVED": 1}, "confirmation_token": f"for-{query['item_id']}"}
    every = _koha_items(shelves) if path == "/items" else _koha_checkouts(shelves)
    wanted = json.loads(query.get("q", "{}"))
    found = [each for each in every if all(each[name] == value for name, value in wanted.items())]
    return 200, found if query.get("_page", "1") == "1" else []


def _koha_done(shelves: Shelves, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
    if path == "/checkins":
        return (200, {}) if shelves.take_back(body["external_id"]) else (404, {"error": "Item not checked out"})
    if path == "/checkouts":
        if query.get("confirmation") != f"for-{body['item_id']}" and shelves.barcodes[body["item_id"]] == "B3":
            return 412, {"error": "Confirmation error"}
        due = body["due_date"][:10].replace("-", "")
        done = shelves.lend(shelves.barcodes[body["item_id"]], OURS if body["patron_id"] == 7 else "other", due)
        return (201, {}) if done else (403, {"error": "not allowed"})
    barcode = shelves.barcodes[int(path.split("/")[2]) - 100]
    done = shelves.renew(barcode, FAR)
    return (201, {}) if done else (403, {"error": "Renewal not authorized (too_many)"})
