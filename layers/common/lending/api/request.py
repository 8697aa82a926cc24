"""A request: who asks and when, and which part of a list (docs/api.md, common)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from time import monotonic
from typing import Any, Generic, TypeVar

from typing_extensions import TypedDict

from lending.actions.library import Library, library_at
from lending.api.forms import Event, fields_of, header
from lending.api.request_models import FIRST_DAY, LAST_DAY, as_day
from lending.aws.settings import settings
from lending.aws.signing import opened, sealed
from lending.domain.problems import Reason, Refused
from lending.domain.run_id import RunId
from lending.domain.week import TOKYO

Item = TypeVar("Item")
Shown = TypeVar("Shown")

_QUERY_LENGTH = 100
_CURSOR_LENGTH = 2000
# Of the 29 seconds a request may take, enough stays for the part begun and for the answer.
_SECONDS_FOR_PARTS = 15


class Page(TypedDict, Generic[Shown]):
    """A part of a list, and what asks for the next part; None at the end."""

    items: list[Shown]
    cursor: str | None


@dataclass(frozen=True)
class Request:
    """One request to be answered.

    `caller` is who asks, by the guard of the route's area: a patron's id, a user name of staff, a facility's number,
    or empty where anyone may ask.
    """

    event: Event
    caller: str

    @cached_property
    def moment(self) -> datetime:
        """When the request was made, in Tokyo's time; `X-Now` on a stack that travels in time.

        Raises:
            Refused: the stack travels in time and the header is not a moment with an offset.
        """
        told = header(self.event, "x-now")
        if not (told and settings().time_travel):
            return datetime.fromtimestamp(self.event["requestContext"]["timeEpoch"] / 1000, TOKYO)
        try:
            moment = datetime.fromisoformat(told)
        except ValueError:
            raise Refused("malformed") from None
        if moment.tzinfo is None or not FIRST_DAY <= moment.date() <= LAST_DAY:
            raise Refused("malformed")
        return moment.astimezone(TOKYO)

    def header(self, name: str) -> str:
        """A header by its name in small letters, empty if it was not sent."""
        return header(self.event, name)

    def fields(self) -> dict[str, Any]:
        """What was sent, whichever of the three form types it came as.

        Raises:
            Refused: it cannot be read.
        """
        return fields_of(self.event)

    @cached_property
    def library(self) -> Library:
        """The library as of the moment of the request."""
        return library_at(self.moment)

    # The query string

    def _query(self, name: str, default: str = "", most: int = _QUERY_LENGTH) -> str:
        """A parameter of the query string.

        Raises:
            Refused: it is longer than `most` characters, or no text.
        """
        text = str((self.event.get("queryStringParameters") or {}).get(name, default))
        if len(text) > most:
            raise Refused("invalid_fields", Reason("too_long", {"most": most}, field=name))
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused("malformed") from None
        return text

    # Lists

    def limit(self, default: int = 50, most: int = 100) -> int:
        """How many items of a list the caller wants.

        Raises:
            Refused: it is not a number the list can give.
        """
        text = self._query("limit", str(default))
        if not text.isdecimal() or len(text) > len(str(most)) or not 1 <= int(text) <= most:
            raise Refused("invalid_fields", Reason("invalid_field", field="limit"))
        return int(text)

    def start(self) -> Any:
        """Where a list goes on: what the cursor holds, or None at its beginning.

        Raises:
            Refused: the cursor was not made by us for this list and caller.
        """
        cursor = self._query("cursor", most=_CURSOR_LENGTH)
        return opened(self._list, cursor) if cursor else None

    def page(self, items: list[Shown], last: Any) -> Page[Shown]:
        """A page of a list; `last` is where the next page goes on, None at the end."""
        return {"items": items, "cursor": sealed(self._list, last) if last else None}

    def page_of(
        self, found: Iterable[Item], key: Callable[[Item], Iterable[str | float]], show: Callable[[Item], Shown]
    ) -> Page[Shown]:
        """A page of a list that is read whole: all of it, or as many as `limit` says.

        It goes on behind the last item of the page before, even if that is gone by then.

        Args:
            key: what the list is ordered by, no two items alike.
            show: an item as it is answered.

        Raises:
            Refused: limit or cursor is none.
        """
        after = self.start()
        keyed = sorted(((list(key(item)), item) for item in found), key=lambda each: each[0])
        rest = [each for each in keyed if after is None or each[0] > after]
        page = rest[: self.limit()] if self._query("limit") else rest
        return self.page([show(item) for _, item in page], page[-1][0] if len(page) < len(rest) else None)

    @property
    def account(self) -> str:
        """The account whose token came along, empty without one."""
        return str(self.event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {}).get("sub", ""))

    @property
    def _list(self) -> str:
        return f"cursor {self.account} {self.event['rawPath']}"


def within_a_request() -> Callable[[], bool]:
    """Whether there is time for another part of what is done in parts, in the request that begins now."""
    started = monotonic()
    return lambda: monotonic() - started < _SECONDS_FOR_PARTS


def run_of(text: str) -> RunId:
    """The run or pull that a request names.

    Raises:
        Refused: there can be none of that name.
    """
    try:
        return RunId(text)
    except ValueError:
        raise Refused("not_found") from None


def day_of(text: str, field: str) -> date:
    """A day that a part of the address names.

    Raises:
        Refused: it is not a day that the service plans for.
    """
    try:
        return as_day(text)
    except ValueError:
        raise Refused("invalid_fields", Reason("invalid_field", field=field)) from None
