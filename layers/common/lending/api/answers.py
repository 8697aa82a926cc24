"""Answers: JSON, and problems in the one form of RFC 9457 (docs/api.md, common)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, NotRequired, TypeVar, cast

from aws_lambda_powertools.event_handler import Response
from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from lending.api.forms import Event
from lending.api.statuses import status_of
from lending.aws.settings import settings
from lending.domain.own_words import in_own_words
from lending.domain.problems import SENTENCES, Reason, Refused

_RETRY_AFTER_SECONDS = {"closed": "600"}
_SOON_SECONDS = "5"

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Unfinished(Generic[Body]):
    """What was done of something that takes longer than a request: sent again it goes on where it was (202)."""

    body: Body
    status: ClassVar[int] = 202


class UnfinishedRun(Unfinished[Body]):
    """The same of a run, whose body says so (200)."""

    __slots__ = ()
    status: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class Created(Generic[Body]):
    """What a request has made, where another one of the same route makes nothing (201)."""

    body: Body
    status: ClassVar[int] = 201


@dataclass(frozen=True, slots=True)
class Document:
    """An answer that is no JSON."""

    text: str
    media_type: ClassVar[str]


class Csv(Document):
    """A table for a spreadsheet."""

    __slots__ = ()
    media_type = "text/csv; charset=utf-8"


class ICalendar(Document):
    """Events for the calendar of a phone or a computer."""

    __slots__ = ()
    media_type = "text/calendar; charset=utf-8"


class ToBeContinued(Response[str]):
    """An answer that is not the last one to its request: the same one sent again goes on."""


@with_config(ConfigDict(extra="allow"))
class ReasonAnswer(TypedDict):
    """One thing that stands in the way; the facts that its sentence names stand beside."""

    code: str
    message: str
    field: NotRequired[str]


def answered(status: int, body: Any) -> Response[str]:
    """An answer in JSON; of None an empty one."""
    if isinstance(body, Unfinished):
        so_far = answered(body.status, body.body)
        return ToBeContinued(so_far.status_code, so_far.content_type, so_far.body, so_far.headers)
    if isinstance(body, Created):
        return answered(body.status, body.body)
    if isinstance(body, Document):
        return Response(status, body.media_type, body.text, {"Cache-Control": "no-store"})
    return response(status, "" if body is None else as_json(body))


def problem(refusal: Refused, event: Event, allow: str = "") -> Response[str]:
    """What stands in the way, with every reason; `allow` are the methods that the path knows."""
    status = status_of(refusal)
    body = {
        "type": "about:blank",
        "title": SENTENCES[refusal.code] if refusal.code == "invalid_fields" else refusal.sentence,
        "status": status,
        "detail": refusal.sentence,
        "code": refusal.code,
        "reasons": [shown_reason(reason) for reason in refusal.reasons],
        "request_id": event["requestContext"].get("requestId", ""),
    }
    headers = {"Retry-After": _RETRY_AFTER_SECONDS.get(refusal.code, _SOON_SECONDS)} if status in (429, 503) else {}
    return response(status, as_json(body), headers | ({"Allow": allow} if allow else {}))


def shown_reason(reason: Reason) -> ReasonAnswer:
    """A reason as an answer names it: its facts, code, sentence, and the field at fault."""
    field = {"field": reason.field} if reason.field else {}
    return cast(ReasonAnswer, {**reason.facts, "code": reason.code, "message": reason.sentence, **field})


def as_json(body: Any) -> str:
    """A body as it is sent, with the library's own words; none of them has a letter that JSON would escape."""
    return in_own_words(json.dumps(body, ensure_ascii=False, default=_plain), settings().policy)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def response(status: int, text: str, headers: dict[str, str] | None = None) -> Response[str]:
    """An answer whose body is JSON already."""
    kind = "application/json" if status < 400 else "application/problem+json"
    return Response(status, f"{kind}; charset=utf-8", text, {"Cache-Control": "no-store"} | (headers or {}))
