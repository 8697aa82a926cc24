"""What people send, whichever of the three form types it comes as (API.md, common). It is bounded before it is read."""

import base64
import json
import re
from email.parser import HeaderParser
from itertools import accumulate
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from lending.domain.problems import Reason, Refused

Model = TypeVar("Model", bound=BaseModel)
Event = dict[str, Any]

# The largest that anybody has reason to send is a thousand card numbers, which is a fifth of it.
BODY_BYTES = 64 * 1024
_PAIRS = 2000
_NAMES = 100
_NESTED = 10
# Of a thousand wrong numbers a person needs no more to see what is wrong.
_FAULTS = 50

# A string that does not end is one to the end of the text: so the text is walked through once, whatever is in it.
_STRINGS_AND_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[][{}]', re.DOTALL)
_DEEPER = {"[": 1, "{": 1, "]": -1, "}": -1}


def header(event: Event, name: str) -> str:
    """A header of a request, by its name in small letters; empty if it was not sent."""
    text = next((str(value) for key, value in (event.get("headers") or {}).items() if key.lower() == name), "")
    return text.encode(errors="replace").decode()


def raw_body(event: Event) -> bytes:
    """The body as it was sent.

    Raises:
        Refused: it is larger than any that is asked for.
    """
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass")
    if len(raw) > BODY_BYTES:
        raise Refused("too_large")
    return raw


def fields_of(event: Event) -> dict[str, Any]:
    """The fields of a request; one that was sent several times is a list.

    Raises:
        Refused: they cannot be read, or are more than any that are asked for.
    """
    kind, raw = header(event, "content-type"), raw_body(event)
    try:
        fields = _read(kind, raw)
        # Text that is no text, half a surrogate pair, could be neither kept nor answered.
        json.dumps(fields, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(fields, dict) or len(fields) > _NAMES:
        raise Refused("malformed")
    return fields


def _read(kind: str, raw: bytes) -> Any:
    if kind.lower().startswith("application/x-www-form-urlencoded"):
        return _gathered(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_PAIRS))
    if kind.lower().startswith("multipart/form-data"):
        return _gathered(_parts(kind, raw))
    text = raw.decode("utf-8-sig") or "{}"
    if _depth(text) > _NESTED:
        raise ValueError("too deep")
    return json.loads(text, parse_constant=_no_number)


def _depth(text: str) -> int:
    """How deep the brackets of a JSON text are nested, found without following them."""
    return max(accumulate(_DEEPER.get(token, 0) for token in _STRINGS_AND_BRACKETS.findall(text)), default=0)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _parts(content_type: str, raw: bytes) -> list[tuple[str, str]]:
    """Names and values of `multipart/form-data` (RFC 7578), which is flat: Python's parser of mails follows parts in
    parts as deep as they go."""
    boundary = _parameter(f"Content-Type: {content_type}", "content-type", "boundary")
    _, *parts, end = (b"\r\n" + raw).split(b"\r\n--" + boundary.encode())
    if not boundary or not end.startswith(b"--") or len(parts) > _PAIRS:
        raise ValueError("not multipart")
    return [_part(part.decode()) for part in parts]


def _part(text: str) -> tuple[str, str]:
    head, blank, value = text.partition("\r\n\r\n")
    if not blank:
        raise ValueError("no part")
    return _parameter(head.lstrip(), "content-disposition", "name"), value


def _parameter(head: str, name: str, parameter: str) -> str:
    return str(HeaderParser().parsestr(head).get_param(parameter, "", header=name))


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


def validated(model: type[Model], fields: dict[str, Any]) -> Model:
    """Fields as a model.

    Raises:
        Refused: with every field at fault.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:_FAULTS]
        raise Refused("invalid_fields", *map(_reason, faults)) from None


_CODES = {"missing": "missing_field", "extra_forbidden": "unknown_field"}


def _reason(fault: Any) -> Reason:
    field = ".".join(map(str, fault["loc"]))
    if fault["type"] == "string_too_long":
        return Reason("too_long", {"most": fault["ctx"]["max_length"]}, field)
    return Reason(_CODES.get(fault["type"], "invalid_field"), field=field)
