"""HTTP at the edge: who asks and when, what they sent, and answers in the one form of API.md (RFC 9457)."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from pydantic import BaseModel

from lending.aws.asked import FIRST_DAY, LAST_DAY, as_day, as_place
from lending.aws.forms import Event, fields_of, header, raw_body, validated
from lending.aws.routes import Answer, Routes
from lending.aws.sealing import opened, sealed
from lending.aws.settings import settings
from lending.aws.table import Busy, Overtaken, answers, library_table
from lending.aws.telemetry import kind_and_place, logger
from lending.domain.problems import CATALOGUE, Reason, Refused
from lending.domain.week import TOKYO

Model = TypeVar("Model", bound=BaseModel)
Item = TypeVar("Item")

_RETRY_AFTER_SECONDS = "5"
_NO_STORE = {"Cache-Control": "no-store"}
_THROTTLED = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "SlowDown"}
_QUERY_LENGTH = 100
_CURSOR_LENGTH = 2000


class Api:
    """The routes of one function, and the request being answered. Calling it answers an event of the HTTP API.

    Args:
        secrets: fields of answers that are not kept with them, each with how it is made again from the rest.
    """

    def __init__(self, secrets: Mapping[str, Callable[[dict[str, Any]], str]] | None = None) -> None:
        self._secrets = secrets or {}
        self._routes = Routes()
        self.get, self.post, self.put, self.patch, self.delete = (
            partial(self._routes.add, method) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        )

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        """Answer one request; a POST with an `Idempotency-Key` is carried out once (API.md, common)."""
        self.event = event
        return self._safely(self._answered).as_event()

    @property
    def routes(self) -> list[tuple[str, str]]:
        """What is answered here, by method and path."""
        return self._routes.known

    def _answered(self) -> Answer:
        method, key = self.event["requestContext"]["http"]["method"], header(self.event, "idempotency-key")
        handler = self._routes.find(method, self.event["rawPath"])
        if handler is None:
            return self._unknown()
        return self._once(key, handler) if key and method == "POST" else handler()

    def _unknown(self) -> Answer:
        if allowed := self._routes.methods(self.event["rawPath"]):
            return self._problem(Refused("method_not_allowed"), {"Allow": ", ".join(allowed)})
        raise Refused("not_found")

    def _safely(self, act: Callable[[], Answer]) -> Answer:
        """The answer, or the problem that stood in its way."""
        try:
            return act()
        except Refused as refusal:
            return self._problem(refusal)
        except (Busy, Overtaken):
            return self._problem(Refused("busy"))
        except ClientError as error:
            return self._aws_failed(error)
        except Exception as error:
            return self._failed(error)

    # Who asks, and when

    def moment(self) -> datetime:
        """When the request was made, in Tokyo's time; `X-Now` on a stack that travels in time (API.md, Time).

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

    def patron(self) -> str:
        """The id of the patron who asks.

        Raises:
            Refused: the token is not a patron's.
        """
        return self._member("patron")

    def staff(self) -> str:
        """The user name of the desk's staff who asks.

        Raises:
            Refused: the token is not the desk's.
        """
        return self._member("desk")

    def facility(self) -> str:
        """The number of the facility that asks, as text.

        Raises:
            Refused: the token is not of exactly one facility.
        """
        numbers = [group.removeprefix("facility-") for group in self._groups() if group.startswith("facility-")]
        if len(numbers) != 1 or not numbers[0].isdigit():
            raise Refused("wrong_group")
        return str(int(numbers[0]))

    def _member(self, group: str) -> str:
        if group not in self._groups():
            raise Refused("wrong_group")
        return str(self._claims()["username"])

    def _claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = self.event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
        if claims.get("token_use") != "access":
            raise Refused("not_signed_in")
        return claims

    def _groups(self) -> list[str]:
        # The HTTP API hands a list claim over as the text `[a b]`; anything else is no group at all.
        text = str(self._claims().get("cognito:groups", ""))
        return text[1:-1].split() if text.startswith("[") and text.endswith("]") else []

    def _caller(self) -> str:
        authorizer = self.event["requestContext"].get("authorizer", {})
        return str(authorizer.get("jwt", {}).get("claims", {}).get("sub", ""))

    # What they sent

    def query(self, name: str, default: str = "", most: int = _QUERY_LENGTH) -> str:
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

    def place(self, name: str, default: str = "") -> str:
        """A place in the query string, in the form it is known by."""
        return str(as_place(self.query(name, default)))

    def day(self, name: str) -> date | None:
        """A day in the query string, None if there is none.

        Raises:
            Refused: it is not a day that the service plans for.
        """
        text = self.query(name)
        return day_of(text, name) if text else None

    def header(self, name: str) -> str:
        """A header, by its name in small letters."""
        return header(self.event, name)

    def fields(self) -> dict[str, Any]:
        """What was sent, whichever of the three form types it came as.

        Raises:
            Refused: it cannot be read.
        """
        return fields_of(self.event)

    def body(self, model: type[Model]) -> Model:
        """What was sent, as a model.

        Raises:
            Refused: it cannot be read, or fields are missing, unknown or wrong; all of them are named.
        """
        return validated(model, fields_of(self.event))

    def limit(self, default: int = 50, most: int = 100) -> int:
        """How many items of a list the caller wants.

        Raises:
            Refused: it is not a number the list can give.
        """
        text = self.query("limit", str(default))
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise Refused("invalid_fields", Reason("invalid_field", field="limit"))
        return int(text)

    def start(self) -> Any:
        """Where a list goes on: what the cursor holds, or None at its beginning.

        Raises:
            Refused: the cursor was not made by us for this list and caller.
        """
        cursor = self.query("cursor", most=_CURSOR_LENGTH)
        return opened(self._list(), cursor) if cursor else None

    def _list(self) -> str:
        return f"cursor {self._caller()} {self.event['rawPath']}"

    # What they get

    def items(self, items: list[Any], last: Any = None) -> Answer:
        """A page of a list; `last` is where the next page goes on, None at the end."""
        return answer(200, {"items": items, "cursor": self.cursor(last)})

    def listed(
        self, found: Iterable[Item], key: Callable[[Item], Iterable[str | float]], show: Callable[[Item], Any]
    ) -> Answer:
        """A list that is read whole: all of it, or as many as `limit` says.

        A page goes on behind the last item of the one before, even if that is gone by then.

        Args:
            key: what the list is ordered by, no two items alike.
            show: an item as it is answered.

        Raises:
            Refused: limit or cursor is none.
        """
        after = self.start()
        keyed = sorted(((list(key(item)), item) for item in found), key=lambda each: each[0])
        rest = [each for each in keyed if after is None or each[0] > after]
        page = rest[: self.limit()] if self.query("limit") else rest
        last = page[-1][0] if len(page) < len(rest) else None
        return self.items([show(item) for _, item in page], last)

    def cursor(self, last: Any) -> str | None:
        """What goes on where a page ended, for this list and caller only; None at the end."""
        return sealed(self._list(), last) if last else None

    def _problem(self, refusal: Refused, headers: Mapping[str, str] | None = None) -> Answer:
        body = {
            "type": "about:blank",
            "title": CATALOGUE[refusal.code].sentence if refusal.code == "invalid_fields" else refusal.sentence,
            "status": refusal.status,
            "detail": refusal.sentence,
            "code": refusal.code,
            "reasons": [shown_reason(reason) for reason in refusal.reasons],
            "request_id": self.event["requestContext"].get("requestId", ""),
        }
        retry = {"Retry-After": _RETRY_AFTER_SECONDS} if refusal.status in (429, 503) else {}
        return Answer(refusal.status, _json(body), _headers_of(refusal.status) | retry | dict(headers or {}))

    def _aws_failed(self, error: ClientError) -> Answer:
        throttled = error.response["Error"]["Code"] in _THROTTLED
        return self._problem(Refused("busy")) if throttled else self._failed(error)

    def _failed(self, error: Exception) -> Answer:
        logger().error("unexpected", extra=kind_and_place(error))
        return self._problem(Refused("internal"))

    def _once(self, key: str, handler: Callable[[], Answer]) -> Answer:
        # Who has the key of a request has not yet the right to its answer: an access code is part of the request.
        asks = self._caller(), header(self.event, "x-access-code"), self.event["rawPath"]
        table, request = library_table(), _hash(*asks, key)
        body_hash = _hash(raw_body(self.event).decode(errors="replace"))
        known = answers.claim(table, request, body_hash, self.moment())
        if known and known.body_hash != body_hash:
            raise Refused("idempotency_mismatch")
        if known and not known.status:
            raise Refused("in_progress")
        if known:
            return Answer(known.status, self._with_secrets(known.body.strip()), _headers_of(known.status))
        answered = self._safely(handler)
        if answered.status < 500:
            answers.keep(table, request, answered.status, self._without_secrets(answered.body))
        else:
            answers.forget(table, request)
        return answered

    def _without_secrets(self, text: str) -> str:
        body = json.loads(text) if self._secrets and text else {}
        hidden = {name: "" for name in self._secrets if name in body}
        return _json(body | hidden) if hidden else text

    def _with_secrets(self, text: str) -> str:
        body = json.loads(text) if self._secrets and text else {}
        shown = {name: make(body) for name, make in self._secrets.items() if name in body}
        return _json(body | shown) if shown else text


def answer(status: int, body: Any = None) -> Answer:
    """An answer in JSON; without a body an empty one."""
    return Answer(status, "" if body is None else _json(body), _headers_of(status))


def day_of(text: str, field: str) -> date:
    """A day that a part of the address names.

    Raises:
        Refused: it is not a day that the service plans for.
    """
    try:
        return as_day(text)
    except ValueError:
        raise Refused("invalid_fields", Reason("invalid_field", field=field)) from None


def _headers_of(status: int) -> dict[str, str]:
    kind = "application/json" if status < 400 else "application/problem+json"
    return {"Content-Type": f"{kind}; charset=utf-8"} | _NO_STORE


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def shown_reason(reason: Reason) -> dict[str, Any]:
    """A reason as an answer names it: its facts, code, sentence, and the field at fault."""
    field = {"field": reason.field} if reason.field else {}
    return {**reason.facts, "code": reason.code, "message": reason.sentence, **field}


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
