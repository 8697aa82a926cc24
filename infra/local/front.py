"""One stable address for the site: a loopback front before the local CloudFront.

A local distribution answers under a host name of its own and insists on HTTPS. The front gives people
http://localhost:8080 and tells CloudFront that TLS ended here, so that the distribution stays as it is deployed.
"""

import http.client
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from infra.local.server import LOOPBACK

# Of one connection, not of the message (RFC 9110, 7.6.1).
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")


@contextmanager
def front(site_port: int, port: int, distribution: str) -> Iterator[None]:
    """Serve `http://localhost:<site_port>` from the distribution (its domain name) of the local AWS on `port`.

    Raises RuntimeError when the port is taken.
    """
    host = f"{distribution.partition('.')[0]}.cloudfront.localhost:{port}"
    try:
        server = _Front((LOOPBACK, site_port), _forwarding_to(port, host))
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


def _forwarding_to(port: int, host: str) -> type[BaseHTTPRequestHandler]:
    class Forwarder(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fetched = _fetched(port, self.command, self.path, body, self.forwarded_headers())
            if fetched:
                self.answer(*fetched)
            else:
                self.send_error(502)

        def forwarded_headers(self) -> dict[str, str]:
            ours = {"Host": host, "X-Forwarded-Proto": "https"}
            theirs = {n: v for n, v in self.headers.items() if n.lower() not in HOP_BY_HOP | {"host"}}
            return theirs | ours

        def answer(self, response: http.client.HTTPResponse, content: bytes) -> None:
            self.send_response_only(response.status, response.reason)
            for name, value in response.getheaders():
                if name.lower() not in HOP_BY_HOP | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what people ask for is nobody's business."""

    for method in METHODS:
        setattr(Forwarder, f"do_{method}", Forwarder.forward)
    return Forwarder
