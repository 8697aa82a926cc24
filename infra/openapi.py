"""The description of the HTTP surface, made from the routes: `python -m infra.openapi > docs/openapi.json`."""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import TypeAdapter

from lending.api.answers import Created, Unfinished
from lending.api.guards import anyone
from lending.api.request import Page, Request
from lending.api.request_models import QueryModel
from lending.api.surface import Area, Route, Surface

FUNCTIONS = Path(__file__).parents[1] / "functions"
Schema = dict[str, Any]

_REF = "#/components/schemas/{model}"
_FORMS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_STATUSES = {Created: 201, Unfinished: 202}
_PROBLEM: Schema = {
    "type": "object",
    "description": "What stands in the way (RFC 9457); `reasons` names everything, not only the first.",
    "required": ["type", "title", "status", "detail", "code", "reasons", "request_id"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "detail", "code", "request_id")}
    | {
        "status": {"type": "integer"},
        "reasons": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {name: {"type": "string"} for name in ("code", "message", "field")},
            },
        },
    },
}
_LIMIT_AND_CURSOR: list[Schema] = [
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
    {"name": "cursor", "in": "query", "schema": {"type": "string"}},
]


def surfaces() -> Iterator[Surface]:
    """The surface of each function that has one."""
    for path in sorted(FUNCTIONS.glob("*/handler.py")):
        handler = importlib.import_module(f"functions.{path.parent.name}.handler").handler
        if isinstance(handler, Surface):
            yield handler


def describe() -> Schema:
    """The whole surface as OpenAPI 3.1."""
    routes = [(area, route) for surface in surfaces() for area in surface.areas for route in area.routes]
    models = _Models([kind for _, route in routes for kind in (*_sent(route), *_answered(route))])
    paths: dict[str, Schema] = {}
    for area, route in routes:
        path = re.sub(r"<(\w+)>", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(area, route, models)
    return {
        "openapi": "3.1.0",
        "info": {"title": "オンライン利用者登録・オンライン貸出", "version": "1.0.0"},
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": {
            "schemas": {name: models.schemas[name] for name in sorted(models.schemas)},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


class _Models:
    """The schemas of everything that is sent or answered; two classes of one name keep their modules' names."""

    def __init__(self, kinds: list[Any]) -> None:
        adapters = {kind: TypeAdapter(kind) for kind in kinds}
        inputs = [(kind, self._mode(kind), adapter) for kind, adapter in adapters.items()]
        found, told = TypeAdapter.json_schemas(inputs, ref_template=_REF)
        self._found = {kind: schema for (kind, _), schema in found.items()}
        self.schemas = {name: _renamed(each) for name, each in told.get("$defs", {}).items()} | {"Problem": _PROBLEM}

    def of(self, kind: Any) -> Schema:
        """The schema of a class, by reference where it has a name."""
        return dict(self._found[kind])

    def resolved(self, kind: Any) -> Schema:
        """The schema of a class itself."""
        schema = self.of(kind)
        return dict(self.schemas[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema

    @staticmethod
    def _mode(kind: Any) -> Literal["validation", "serialization"]:
        return "serialization" if is_dataclass(kind) else "validation"


def _renamed(schema: Schema) -> Schema:
    """A schema without the `_` that keeps a field's name from being a word of Python's: answers have none."""
    if "properties" in schema:
        schema["properties"] = {name.rstrip("_"): each for name, each in schema["properties"].items()}
        schema["required"] = [name.rstrip("_") for name in schema.get("required", [])]
    return schema


def _sent(route: Route) -> list[Any]:
    """The models of body and query string."""
    parts = re.findall(r"<(\w+)>", route.path)
    return [kind for name, kind in route.types.items() if name not in (*parts, "return") and kind is not Request]


def _answers(route: Route) -> tuple[Any, ...]:
    kind = route.types["return"]
    return get_args(kind) if get_origin(kind) is UnionType else (kind,)


def _answered(route: Route) -> list[Any]:
    """The models of answers, those of lists by their items."""
    kinds = [get_args(kind)[0] if get_origin(kind) is Page else kind for kind in _answers(route)]
    return [kind for kind in kinds if kind is not NoneType and kind not in _STATUSES]


def _operation(area: Area, route: Route, models: _Models) -> Schema:
    parts = re.findall(r"<(\w+)>", route.path)
    whole = {"type": "string", "maxLength": 200}
    parameters: list[Schema] = [{"name": part, "in": "path", "required": True, "schema": whole} for part in parts]
    operation: Schema = {"summary": _summary(route), "operationId": _name(route)}
    for kind in _sent(route):
        if issubclass(kind, QueryModel):
            asked = models.resolved(kind)["properties"]
            parameters += [{"name": name, "in": "query", "schema": each} for name, each in asked.items()]
        else:
            content = {form: {"schema": models.of(kind)} for form in _FORMS}
            operation["requestBody"] = {"required": True, "content": content}
    if get_origin(route.types["return"]) is Page:
        parameters += _LIMIT_AND_CURSOR
    told = {str(_STATUSES.get(kind, route.status)): _answer(kind, models) for kind in _answers(route)}
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    return (
        operation
        | ({"parameters": parameters} if parameters else {})
        | {"responses": told | {"default": {"description": "What stands in the way.", "content": problem}}}
        | {"security": [] if area.guard is anyone else [{"token": []}]}
    )


def _name(route: Route) -> str:
    return f"{route.handler.__module__.removeprefix('lending.api.').replace('.', '_')}_{route.handler.__name__}"


def _summary(route: Route) -> str:
    return (inspect.getdoc(route.handler) or "").partition("\n")[0]


def _answer(kind: Any, models: _Models) -> Schema:
    if kind is NoneType:
        return {"description": "Done; there is nothing to say."}
    schema: Schema = {"type": "object"}
    if get_origin(kind) is Page:
        items = {"type": "array", "items": models.of(get_args(kind)[0])}
        cursor = {"anyOf": [{"type": "string"}, {"type": "null"}]}
        schema |= {"required": ["items", "cursor"], "properties": {"items": items, "cursor": cursor}}
    elif kind not in _STATUSES:
        schema = models.of(kind)
    return {"description": "Done.", "content": {"application/json": {"schema": schema}}}


def as_text() -> str:
    """The description as it is kept in `docs/openapi.json`."""
    return json.dumps(describe(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
