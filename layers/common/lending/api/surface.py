"""A function's surface on Powertools' resolver: its areas, and one form for every answer (docs/api.md, common).

A handler says by its types what it needs: parts of the path by their names, the `Request`, a `RequestModel` read from
the body, a `QueryModel` read from the query string; and by its answer's type what it gives.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, get_type_hints

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from botocore.exceptions import ClientError

from lending.actions.library import Busy, Overtaken
from lending.api.answers import answered, problem
from lending.api.edge import demand_way_by_site
from lending.api.forms import Event, fields_of, header, validated
from lending.api.guards import Guard
from lending.api.idempotency import Secrets, answer_once
from lending.api.request import Request
from lending.api.request_models import AccessCode, QueryModel
from lending.aws.settings import settings
from lending.aws.telemetry import kind_and_place, logger
from lending.domain.problems import Refused

Handler = TypeVar("Handler", bound=Callable[..., Any])

# Nothing has a longer name: whoever asks for it asks for what is not there.
_PART_LENGTH = 200
_THROTTLED = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "SlowDown"}


@dataclass(frozen=True)
class Route:
    """What answers the requests of one method and path, and with which status."""

    method: str
    path: str
    handler: Callable[..., Any]
    status: int

    @cached_property
    def types(self) -> Mapping[str, Any]:
        """The types of the handler's parameters by name, and of its answer as `return`."""
        return get_type_hints(self.handler)

    def answer(self, request: Request, parts: Mapping[str, str]) -> Response[str]:
        """Carry a request out.

        Raises:
            Refused: what was sent cannot be read, or a rule says no.
        """
        if any(len(part) > _PART_LENGTH for part in parts.values()):
            raise Refused("not_found")
        wanted = {name: kind for name, kind in self.types.items() if name != "return"}
        given = {name: parts[name] if name in parts else _read(kind, request) for name, kind in wanted.items()}
        return answered(self.status, self.handler(**given))


def _read(kind: Any, request: Request) -> Any:
    if kind is Request:
        return request
    if kind is AccessCode:
        return AccessCode(request.header(AccessCode.HEADER.lower()))
    if issubclass(kind, QueryModel):
        return validated(kind, request.event.get("queryStringParameters") or {})
    return validated(kind, fields_of(request.event))


class Area:
    """The routes of one area, all for the same callers.

    Args:
        path: what all of them begin with.
        guard: who may ask.
        secrets: fields of answers that are not kept with them, each with how it is made again from the rest.
    """

    def __init__(self, path: str, guard: Guard, secrets: Secrets | None = None) -> None:
        self.routes: list[Route] = []
        self.guard = guard
        self.router = Router()  # type: ignore[no-untyped-call]
        self._path = path
        self._secrets = secrets or {}

    def at(self, path: str, guard: Guard) -> "Area":
        """The same routes in another place, for who comes in by another door; a part of `path` is the guard's."""
        other = Area(path, guard, self._secrets)
        for route in self.routes:
            other._add(route.method, route.path.removeprefix(self._path), route.status)(route.handler)
        return other

    def get(self, path: str = "", status: int = 200) -> Callable[[Handler], Handler]:
        """Let the decorated function answer."""
        return self._add("GET", path, status)

    def post(self, path: str = "", status: int = 200) -> Callable[[Handler], Handler]:
        """Let the decorated function answer."""
        return self._add("POST", path, status)

    def put(self, path: str = "", status: int = 200) -> Callable[[Handler], Handler]:
        """Let the decorated function answer."""
        return self._add("PUT", path, status)

    def patch(self, path: str = "", status: int = 200) -> Callable[[Handler], Handler]:
        """Let the decorated function answer."""
        return self._add("PATCH", path, status)

    def delete(self, path: str = "", status: int = 204) -> Callable[[Handler], Handler]:
        """Let the decorated function answer."""
        return self._add("DELETE", path, status)

    def _add(self, method: str, path: str, status: int) -> Callable[[Handler], Handler]:
        def known(handler: Handler) -> Handler:
            route = Route(method, self._path + path, handler, status)
            self.routes.append(route)
            self.router.route(route.path, method)(lambda **parts: self._answer(route, parts))
            return handler

        return known

    def _answer(self, route: Route, parts: Mapping[str, str]) -> Response[str]:
        """Answer one request; a POST with an `Idempotency-Key` is carried out once."""
        event = self.router.current_event.raw_event

        def safely() -> Response[str]:
            return _safely(event, lambda: route.answer(Request(event, self.guard(event)), parts))

        key = header(event, "idempotency-key")
        if not key or route.method != "POST":
            return safely()
        return _safely(event, lambda: answer_once(key, Request(event, self.guard(event)), safely, self._secrets))


class Surface(APIGatewayHttpResolver):
    """All that one function answers; `routes` are its methods and paths.

    `no_page` answers who looks for a page of the site that is not there, where a function is asked for such.
    """

    def __init__(self, *areas: Area, no_page: Callable[[], Response[str]] | None = None) -> None:
        super().__init__()
        self.areas = areas
        self._no_page = no_page
        self.routes = [(route.method, route.path) for area in areas for route in area.routes]
        self.not_found(self._unknown)
        for area in areas:
            self.include_router(area.router)

    def __call__(self, event: Event, context: Any) -> dict[str, Any]:
        """Answer one request."""
        return self.resolve(event, context)

    def _unknown(self, _: Exception) -> Response[str]:
        """A path that is known by other methods is told so; who looks for a page is shown one."""
        event = self.current_event.raw_event
        if self._no_page and not f"{event['rawPath']}/".startswith("/api/"):
            return _safely(event, self._no_page)
        rules = self._static_routes + self._dynamic_routes
        allowed = ", ".join(route.method for route in rules if route.rule.match(event["rawPath"]))
        return problem(Refused("method_not_allowed" if allowed else "not_found"), event, allowed)


def _safely(event: Event, act: Callable[[], Response[str]]) -> Response[str]:
    """The answer, or the problem that stood in its way."""
    try:
        demand_way_by_site(event)
        if settings().closed:
            raise Refused("closed")
        return act()
    except Refused as refusal:
        return problem(refusal, event)
    except (Busy, Overtaken):
        return problem(Refused("busy"), event)
    except Exception as error:
        if isinstance(error, ClientError) and error.response["Error"]["Code"] in _THROTTLED:
            return problem(Refused("busy"), event)
        logger().error("unexpected", extra=kind_and_place(error))
        return problem(Refused("internal"), event)
