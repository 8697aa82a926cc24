"""One stable address for the site: a loopback front before the local CloudFront.

A local distribution answers under a host name of its own and insists on HTTPS. The front gives people
http://localhost:8080 and tells CloudFront that TLS ended here, so that the distribution stays as it is deployed. And it
asks the second of the pages' origins where the first has nothing, which the local CloudFront does not. Beside the site
it shows the mails that the local SES took (`mailbox.py`), and on a stack that travels in time it has the jobs done that
become due (`travel.py`).
"""

import http.client
import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.job import Failed
from infra.local import mailbox, travel
from infra.local.server import LOOPBACK

# Of one connection, not of the message (RFC 9110, 7.6.1).
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
# What sends CloudFront to the second origin, as the template has it.
FAILOVER = (403, 404)
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


@contextmanager
def front(
    site_port: int, port: int, distribution: str, api: str, traveller: travel.Traveller | None = None
) -> Iterator[None]:
    """Serve `http://localhost:<site_port>` from the distribution (its domain name) of the local AWS on `port`.

    `api` is the path there that leads to the API; `traveller` goes forward in time, if the stack travels.

    Raises RuntimeError when the port is taken.
    """
    host = f"{distribution.partition('.')[0]}.cloudfront.localhost:{port}"
    known = {"port": port, "host": host, "api": api, "traveller": traveller}
    try:
        server = _Front((LOOPBACK, site_port), type("Forwarder", (_Forwarder,), known))
    except OSError as error:
        raise RuntimeError(f"Port {site_port} is taken. Choose another one with SITE_PORT.") from error
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Front(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that left a page does not wait for the rest of it: that is no error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _fetched(
    port: int, method: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, bytes] | None:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response, response.read()
    except OSError:
        return None
    finally:
        connection.close()


class _Forwarder(BaseHTTPRequestHandler):
    """Hands a request on to the distribution; `port`, `host` and `api` say where that is, and the API behind it.

    A request for the `traveller` is answered here.
    """

    protocol_version = "HTTP/1.1"
    port: int
    host: str
    api: str
    traveller: travel.Traveller | None

    def forward(self) -> None:
        if self.path == mailbox.PATH:
            self.answer_mailbox()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.traveller and (self.command, self.path) == ("POST", travel.PATH):
            self.answer_traveller(self.traveller, body)
            return
        fetched = _fetched(self.port, self.command, self.path, body, self.forwarded_headers())
        if not fetched:
            self.send_error(502)
        elif fetched[0].status in FAILOVER and not self.path.startswith("/api/"):
            self.answer_from_second(fetched[0])
        else:
            self.answer(*fetched)

    def forwarded_headers(self) -> dict[str, str]:
        ours = {"Host": self.host, "X-Forwarded-Proto": "https"}
        theirs = {n: v for n, v in self.headers.items() if n.lower() not in HOP_BY_HOP | {"host"}}
        return theirs | ours

    def answer_from_second(self, first: http.client.HTTPResponse) -> None:
        second = _fetched(self.port, self.command, f"{self.api}{self.path}", b"", {})
        if not second:
            self.send_error(502)
            return
        # What CloudFront adds to every answer it has added to the first.
        theirs = {name.lower() for name, _ in second[0].getheaders()}
        self.answer(*second, [(name, value) for name, value in first.getheaders() if name.lower() not in theirs])

    def answer_mailbox(self) -> None:
        kept = _fetched(self.port, "GET", "/_ministack/ses/messages", b"", {})
        by_account = json.loads(kept[1])["messages"] if kept else {}
        page = mailbox.mailbox_page([mail for mails in by_account.values() for mail in mails])
        self.answer_ours(200, "text/html; charset=utf-8", page.encode())

    def answer_traveller(self, traveller: travel.Traveller, body: bytes) -> None:
        said: dict[str, Any]
        try:
            status, said = 200, {"done": traveller.go(datetime.fromisoformat(json.loads(body)["to"]))}
        except travel.TooFar as error:
            status, said = 409, {"detail": str(error)}
        except Failed as error:
            status, said = 502, {"detail": f"予定の仕事が終わりませんでした: {error}"}
        self.answer_ours(status, "application/json", json.dumps(said, ensure_ascii=False).encode())

    def answer_ours(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def answer(self, response: http.client.HTTPResponse, content: bytes, added: Sequence[tuple[str, str]] = ()) -> None:
        self.send_response_only(response.status, response.reason)
        for name, value in [*response.getheaders(), *added]:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what people ask for is nobody's business."""


for _method in METHODS:
    setattr(_Forwarder, f"do_{_method}", _Forwarder.forward)
