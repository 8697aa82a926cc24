"""The description of the HTTP surface, made from the routes: `python -m infra.openapi > docs/openapi.json`."""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from lending.api.answers import Created, Document, Unfinished, UnfinishedRun
from lending.api.facility_links import by_link
from lending.api.guards import anyone
from lending.api.request import Request
from lending.api.request_models import AccessCode, QueryModel
from lending.api.surface import Area, Route, Surface

FUNCTIONS = Path(__file__).parents[1] / "functions"
Schema = dict[str, Any]

_REF = "#/components/schemas/{model}"
_FORMS = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
_STATUSES: dict[Any, int] = {each: each.status for each in (Created, Unfinished, UnfinishedRun)}
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
_REFUSAL: Schema = {
    "description": "What stands in the way.",
    "content": {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}},
}
# Told by the gateway, before any function, in its own form.
_NO_TOKEN: Schema = {
    "description": "No token, or one that does not count.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
        }
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
        self.schemas = told.get("$defs", {}) | {"Problem": _PROBLEM}

    def of(self, kind: Any) -> Schema:
        """The schema of a class, by reference where it has a name."""
        return dict(self._found[kind])

    def resolved(self, kind: Any) -> Schema:
        """The schema of a class itself."""
        schema = self.of(kind)
        return dict(self.schemas[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema

    @staticmethod
    def _mode(kind: Any) -> Literal["validation", "serialization"]:
        return "validation" if isinstance(kind, type) and issubclass(kind, BaseModel) else "serialization"


def _sent(route: Route) -> list[Any]:
    """The models of body and query string."""
    parts = re.findall(r"<(\w+)>", route.path)
    return [
        kind
        for name, kind in route.types.items()
        if name not in (*parts, "return") and kind not in (Request, AccessCode)
    ]


def _answers(route: Route) -> dict[int, list[Any]]:
    """The models of answers by their statuses."""
    kind = route.types["return"]
    answers: dict[int, list[Any]] = {}
    for each in get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,):
        model = get_args(each)[0] if get_origin(each) in _STATUSES else each
        models = answers.setdefault(_STATUSES.get(get_origin(each), route.status), [])
        models += [model] if model not in models else []
    return answers


def _answered(route: Route) -> list[Any]:
    """The models of all answers."""
    return [
        kind for kinds in _answers(route).values() for kind in kinds if kind is not NoneType and not _is_document(kind)
    ]


def _operation(area: Area, route: Route, models: _Models) -> Schema:
    parts = re.findall(r"<(\w+)>", route.path)
    whole = {"type": "string", "maxLength": 200}
    parameters: list[Schema] = [{"name": part, "in": "path", "required": True, "schema": whole} for part in parts]
    if AccessCode in route.types.values():
        parameters.append({"name": AccessCode.HEADER, "in": "header", "schema": {"type": "string"}})
    operation: Schema = {"summary": _summary(route), "operationId": _name(area, route)}
    for kind in _sent(route):
        if issubclass(kind, QueryModel):
            asked = models.resolved(kind)
            needed = asked.get("required", [])
            parameters += [
                {"name": name, "in": "query", "required": name in needed, "schema": each}
                for name, each in asked["properties"].items()
            ]
        else:
            content = {form: {"schema": models.of(kind)} for form in _FORMS}
            operation["requestBody"] = {"required": True, "content": content}
    if any("cursor" in models.resolved(kind).get("properties", {}) for kind in _answered(route)):
        parameters += _LIMIT_AND_CURSOR
    told = {str(status): _answer(kinds, models) for status, kinds in _answers(route).items()}
    guarded = area.guard not in (anyone, by_link)
    return (
        operation
        | ({"parameters": parameters} if parameters else {})
        | {"responses": told | ({"401": _NO_TOKEN} if guarded else {}) | {"default": _REFUSAL}}
        | {"security": [{"token": []}] if guarded else []}
    )


def _name(area: Area, route: Route) -> str:
    name = f"{route.handler.__module__.removeprefix('lending.api.').replace('.', '_')}_{route.handler.__name__}"
    return f"{name}_by_link" if area.guard is by_link else name


def _summary(route: Route) -> str:
    return (inspect.getdoc(route.handler) or "").partition("\n")[0]


def _answer(kinds: list[Any], models: _Models) -> Schema:
    if kinds == [NoneType]:
        return {"description": "Done; there is nothing to say."}
    documents = {kind.media_type: {"schema": {"type": "string"}} for kind in kinds if _is_document(kind)}
    schemas = [models.of(kind) for kind in kinds if not _is_document(kind)]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    json_ = {"application/json": {"schema": schema}} if schemas else {}
    return {"description": "Done.", "content": json_ | documents}


def _is_document(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Document)


def as_text() -> str:
    """The description as it is kept in `docs/openapi.json`."""
    return json.dumps(describe(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
