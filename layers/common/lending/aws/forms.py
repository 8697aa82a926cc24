"""What people send, whichever of the three form types it comes as (API.md, common)."""

import base64
import json
from email.parser import BytesParser
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from lending.domain.problems import Reason, Refused

Model = TypeVar("Model", bound=BaseModel)
Event = dict[str, Any]


class Asked(BaseModel):
    """What somebody asks for: unknown fields are refused. A cold start builds only the models that it needs."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def header(event: Event, name: str) -> str:
    """A header of a request, by its name in small letters; empty if it was not sent."""
    return next((str(value) for key, value in (event.get("headers") or {}).items() if key.lower() == name), "")


def raw_body(event: Event) -> bytes:
    """The body as it was sent."""
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def fields_of(event: Event) -> dict[str, Any]:
    """The fields of a request; one that was sent several times is a list.

    Raises:
        Refused: they cannot be read.
    """
    kind, raw = header(event, "content-type"), raw_body(event)
    try:
        if kind.lower().startswith("application/x-www-form-urlencoded"):
            return _gathered(parse_qsl(raw.decode(), keep_blank_values=True, errors="strict"))
        if kind.lower().startswith("multipart/form-data"):
            return _gathered(_parts(kind, raw))
        fields = json.loads(raw or b"{}")
    except ValueError:
        raise Refused("malformed") from None
    if not isinstance(fields, dict):
        raise Refused("malformed")
    return fields


def _parts(content_type: str, raw: bytes) -> list[tuple[str, str]]:
    message = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + raw)
    if not message.is_multipart():
        raise ValueError
    parts: Any = message.get_payload()
    named = ((part.get_param("name", header="content-disposition"), part.get_payload(decode=True)) for part in parts)
    return [(str(name), value.decode() if isinstance(value, bytes) else "") for name, value in named]


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        before = fields.get(name)
        fields[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    return fields


def validated(model: type[Model], fields: dict[str, Any]) -> Model:
    """Fields as a model.

    Raises:
        Refused: with every field at fault.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise Refused("invalid_fields", *map(_reason, error.errors(include_input=False))) from None


def as_list(value: Any) -> Any:
    """A form sends a list of one as the one."""
    return [value] if isinstance(value, str | int) else value


def as_place(value: Any) -> Any:
    """A facility's number as text, however it was written; anything else as it is."""
    return str(int(value)) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else value


# A pickup place, or a facility: its number may be sent as a number or as text, and is known as text.
Place = Annotated[str, BeforeValidator(as_place)]


_CODES = {"missing": "missing_field", "extra_forbidden": "unknown_field"}


def _reason(fault: Any) -> Reason:
    return Reason(_CODES.get(fault["type"], "invalid_field"), field=".".join(map(str, fault["loc"])))
