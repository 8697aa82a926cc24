"""All routes of all functions, asked by who may about what is there."""

import importlib
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from lending.api.surface import Surface
from lending.aws.signing import facility_token
from lending.aws.table import Table, statistics
from lending.aws.table.calendar import calendar, facility_links, shifts
from lending.aws.table.holds import baskets
from lending.aws.table.mail import mails
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.calendar.facility_link import FacilityLink
from lending.domain.loans.batch import bag_id
from lending.domain.loans.shift import Shift
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.mail import Mail
from lending.domain.problems import SENTENCES
from lending.domain.statistics import FacilityCounts, WeekCounts
from tests.handlers.applications import RECEIPT, applied, kit
from tests.handlers.conftest import NOON, Given, context, request
from tests.handlers.desk import POLICY, SUNDAY, THURSDAY, SampleLibrary
from tests.handlers.played_once import played_once
from tests.stopwatch import lasts_again, timed

Route = tuple[str, str, str]

FUNCTIONS = ("public", "registration", "holds", "my_library", "review", "desk", "runs", "facility")
GROUPS = {"/api/me": "patron", "/api/desk": "desk", "/api/facility": "facility-12"}
USERS = {"": "", "patron": "p-1", "desk": "staff-1", "facility-12": "f-12"}


def api_of(function: str) -> Surface:
    answering: Surface = importlib.import_module(f"functions.{function}.handler").handler
    return answering


ROUTES: list[Route] = [(function, method, path) for function in FUNCTIONS for method, path in api_of(function).routes]


def group_of(path: str) -> str:
    """Whose route it is; nobody's if it is for anyone."""
    return next((group for start, group in GROUPS.items() if f"{path}/".startswith(f"{start}/")), "")


# What is there: something of everything, so that a route that takes an odd thing in goes as far as it can


KNOWN = {
    "title_id": "t-1", "barcode": "t-1-1", "card_number": "10000001", "receipt_number": RECEIPT, "slot": "card",
    "bag_id": bag_id(SUNDAY, "12", "p-1"), "batch_id": "2026-06-07.12", "closure_id": "c-1", "suspension_id": "s-1",
    "run_id": "2026-06-04", "contact_id": "patron.p-1.x", "number": "12",
}  # fmt: skip


# A facility's link is sealed by the stack's secret, so what stands in an address is made when it is asked for.
LINK = "link-1"


@played_once
def furnished(given: Given) -> SampleLibrary:
    """A library with two of everything that is listed."""
    library, table = SampleLibrary(given), given.table
    for number, patron_id in ((12, "p-1"), (13, "p-2")):
        library.facility(number), library.patron(patron_id)
    for title_id in ("t-1", "t-2", "t-3", "t-4"):
        given.title(title_id, copies=2)
    for title_id in ("t-1", "t-2"):
        library.hold(title_id=title_id), library.pull(f"{title_id}-1")
        table.write(baskets.addition("p-1", title_id, NOON))
    library.loan("t-3-1"), library.loan("t-4-1")
    library.loan("t-3-2", "p-2"), library.loan("t-4-2", "p-2", facility="13")
    for n, facility in enumerate(("12", "13", "12"), 1):
        day = SUNDAY + timedelta(days=n)
        closed = Closure(closure_id=f"c-{n}", scope=Scope.FACILITY, facility=facility, starts_on=day, ends_on=day)
        table.write(calendar.closure_addition(closed))
        stop = Suspension(suspension_id=f"s-{n}", scope=Scope.FACILITY, facility=facility, starts_on=day, ends_on=day)
        table.write(calendar.suspension_addition(stop))
        table.write(mails.addition(Mail(f"test-{n}", "p-1", ArrivalTestMail.name, NOON + timedelta(minutes=n)), POLICY))
    for facility in ("12", "13"):
        moved = Shift(shift_id=facility, facility=facility, pickup_from=SUNDAY, pickup_until=SUNDAY, due_on=SUNDAY,
                      reason="雪", recorded_at=NOON)  # fmt: skip
        table.write(shifts.record(None, moved, POLICY))
    for receipt in (RECEIPT, "4821773020"):
        applied(table, receipt)
    kit(table)
    for monday in (date(2026, 5, 25), date(2026, 6, 1)):
        batches = {f"{monday + timedelta(days=6)}.12": FacilityCounts(9, 20, 6)}
        table.write(statistics.record(None, WeekCounts(monday, NOON, batches=batches)))
    table.write(facility_links.record(FacilityLink("12", LINK, SUNDAY)))
    return library


def filled(path: str, value: str | None = None) -> str:
    """A route's path with its parts filled in: with what is there, or all with one value."""
    parts = [part[1:-1] if part.startswith("<") else None for part in path.split("/")]
    known = KNOWN | ({"link": facility_token("12", LINK)} if "link" in parts else {})
    return "/".join(
        (known.get(name, "x") if value is None else value) if name else part
        for name, part in zip(parts, path.split("/"), strict=True)
    )


# What is more is a mistake: a page of a list is below it, and so is whatever is kept of a patron.
MOST_BYTES = 1_000_000
# Of the processor. No answer needs a tenth; work that grows with the square of what is sent needs many times more.
MOST_SECONDS = 1


def asked(function: str, event: dict[str, Any]) -> tuple[int, str]:
    """Status and body of an answer, demanding that it is one of the API's own, within bounds, and no failure.

    What is refused is told by a problem with a stable code.
    """
    asking = partial(_answer, function, event)
    answered, took = timed(asking)
    status, kind = answered["statusCode"], answered["headers"]["Content-Type"]
    odd = str({name: event.get(name) for name in ("routeKey", "body", "queryStringParameters", "headers")})[:500]
    what = f"{status} {answered['body'][:200]} to {odd!a}"
    assert status < 500, what
    assert len(answered["body"].encode()) <= MOST_BYTES, what
    assert took <= MOST_SECONDS or not lasts_again(asking, MOST_SECONDS), f"{took} s for {what}"
    if status >= 400:
        problem = json.loads(answered["body"].encode())
        assert kind.startswith("application/problem+json"), what
        assert (problem["status"], problem["code"] in SENTENCES, bool(problem["reasons"])) == (status, True, True), what
    return status, answered["body"]


def _answer(function: str, event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = api_of(function)(event, context())
    return answer


TAKING = [each for each in ROUTES if each[1] not in ("GET", "DELETE")]


def sent(route: Route, path: str = "", **how: Any) -> tuple[int, str]:
    """What is answered when a route is asked by who may, about what is there."""
    function, method, template = route
    group = group_of(template)
    event = request(method, path or filled(template), group=group, user=USERS[group], **({"now": THURSDAY} | how))
    return asked(function, event)


# Beside moto and the store in memory


LONGEST_KEY = {"PK": 2048, "SK": 1024}


def as_strict_as_dynamodb(ask: Callable[..., Any]) -> Callable[..., Any]:
    """What moto lets pass: keys that are too long, and text that is none."""

    def strictly(table: Table, operation: str, **request: Any) -> Any:
        for name, value in texts(request):
            assert len(value.encode()) <= LONGEST_KEY.get(name, 400_000), f"{operation} with {name} of {len(value)}"
        return ask(table, operation, **request)

    return strictly


def texts(request: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a request with the name of its attribute."""
    if isinstance(request, dict):
        for inner, value in request.items():
            yield from texts(value, name if inner == "S" else inner)
    elif isinstance(request, list | tuple):
        for value in request:
            yield from texts(value, name)
    elif isinstance(request, str):
        yield name, request
