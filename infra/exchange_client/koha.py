"""Koha's REST API: items and checkouts by Basic authentication (its preference RESTBasicAuth).

`POST /checkins` is there in newer ones; for others movements go over Koha's SIP2 server, and this asks only where
copies are. A due date is sent and may be passed over: Koha gives the one of its own rules.
"""

import base64
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from infra.exchange_client.movements import Movement
from infra.exchange_client.systems import RefusedThere, State, Unreachable

_PAGE = 500


@dataclass(frozen=True)
class Access:
    """Where Koha is, and as whom the client comes. `patron_id` is the patron of this service over there."""

    url: str
    user: str
    password: str
    patron_id: int
    library_id: str = ""
    seconds: float = 30


class Koha:
    """The library's Koha."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def state(self, barcode: str) -> State:
        """Where an item is."""
        item = self._item(barcode)
        checkout = self._checkout(item["item_id"]) if item["checked_out_date"] else None
        return self._state(item, checkout)

    def states(self) -> Iterator[State]:
        """Where all items are: first what is checked out, then every item, page by page."""
        out = {each["item_id"]: each for each in self._pages("/checkouts", "checkout_id")}
        for item in self._pages("/items", "item_id"):
            if item["external_id"]:
                yield self._state(item, out.get(item["item_id"]))

    def lend(self, movement: Movement) -> None:
        """Check an item out, and confirm what Koha asks back; one that is another's is left to people."""
        item = self._item(movement.barcode)
        checkout = self._checkout(item["item_id"])
        if checkout and checkout["patron_id"] != self._access.patron_id:
            raise RefusedThere("checked out to another patron")
        who = {"patron_id": self._access.patron_id, "item_id": item["item_id"]}
        body = who | {"due_date": f"{movement.due_on}T23:59:00+09:00"}
        status, answer = self._call("POST", "/checkouts", body=body)
        if status == http.client.PRECONDITION_FAILED:
            _, able = self._call("GET", "/checkouts/availability", **who)
            token = {"confirmation": able["confirmation_token"]}
            status, answer = self._call("POST", "/checkouts", body=body, **token)
        _demand(status == http.client.CREATED, answer)

    def renew(self, movement: Movement) -> None:
        """Renew a checkout; a date that was shifted Koha cannot be told."""
        if movement.kind != "renewed":
            return
        checkout = self._checkout(self._item(movement.barcode)["item_id"])
        _demand(checkout is not None, {"error": "not checked out"})
        status, answer = self._call("POST", f"/checkouts/{checkout['checkout_id'] if checkout else ''}/renewals")
        _demand(status == http.client.CREATED, answer)

    def take_back(self, movement: Movement) -> None:
        """Check an item in."""
        at = {"library_id": self._access.library_id} if self._access.library_id else {}
        status, answer = self._call("POST", "/checkins", body={"external_id": movement.barcode, **at})
        _demand(status == http.client.OK, answer)

    def _state(self, item: dict[str, Any], checkout: dict[str, Any] | None) -> State:
        there = not any(item.get(why) for why in ("lost_status", "withdrawn", "damaged_status"))
        if checkout is None:
            return State(item["external_id"], charged=False, on_shelf=there, ours=False)
        due_on = datetime.fromisoformat(checkout["due_date"]).date() if checkout["due_date"] else None
        ours = checkout["patron_id"] == self._access.patron_id
        return State(item["external_id"], charged=True, on_shelf=False, due_on=due_on, ours=ours)

    def _item(self, barcode: str) -> dict[str, Any]:
        """The item with a bar code."""
        found = self._found("/items", external_id=barcode)
        if not found:
            raise RefusedThere("not known")
        return found[0]

    def _checkout(self, item_id: int) -> dict[str, Any] | None:
        found = self._found("/checkouts", item_id=item_id)
        return found[0] if found else None

    def _found(self, path: str, **wanted: str | int) -> list[dict[str, Any]]:
        status, answer = self._call("GET", path, q=json.dumps(wanted))
        _demand(status == http.client.OK, answer)
        return list(answer)

    def _pages(self, path: str, order: str) -> Iterator[dict[str, Any]]:
        number, page = 1, [dict[str, Any]()]
        while page:
            status, page = self._call("GET", path, _page=number, _per_page=_PAGE, _order_by=order)
            _demand(status == http.client.OK, page)
            yield from page
            number += 1

    def _call(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        """Status and answer; what Koha cannot do just now is as if no answer had come."""
        to = urlsplit(self._access.url)
        kind = http.client.HTTPSConnection if to.scheme == "https" else http.client.HTTPConnection
        connection = kind(to.netloc, timeout=self._access.seconds)
        who = base64.b64encode(f"{self._access.user}:{self._access.password}".encode()).decode()
        head = {"Authorization": f"Basic {who}", "Content-Type": "application/json", "Accept": "application/json"}
        try:
            target = f"{to.path.rstrip('/')}{path}" + (f"?{urlencode(query)}" if query else "")
            connection.request(method, target, json.dumps(body) if body is not None else None, head)
            response = connection.getresponse()
            answer = json.loads(response.read() or b"null")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(str(error)) from error
        finally:
            connection.close()
        if response.status >= http.client.INTERNAL_SERVER_ERROR or response.status == http.client.UNAUTHORIZED:
            raise Unreachable(f"{method} {path}: {response.status}")
        return response.status, answer


def _demand(done: bool, answer: Any) -> None:
    if not done:
        raise RefusedThere(str(answer.get("error", "")) if isinstance(answer, dict) else "")
