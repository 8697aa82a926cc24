"""The counts of weeks as they are shown, to the desk or to anyone, and as a table for a spreadsheet (RULES 56)."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from lending.api.answers import Csv
from lending.api.request import Page
from lending.api.request_models import Day, QueryModel
from lending.domain.policy import Policy
from lending.domain.run.run import Outcome
from lending.domain.statistics import WeekCounts, without_small

Numbers = Mapping[str, int | None]

_CODE, _WAITED = "code_", "waited_"


class StatisticsQuery(QueryModel):
    """From when until when, and in which form; a day stands for its week."""

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    format: Literal["json", "csv"] = "json"


class FacilityWeekAnswer(TypedDict):
    """A facility's batches of a week; `uncollected` are books. None is a number too small to be shown."""

    facility: str
    bags: int | None
    books: int | None
    uncollected: int | None


class WeekCountsAnswer(TypedDict):
    """A week, Monday to Sunday. Outside the desk a small number is None.

    `outcomes` and `reasons` are of the holds that the week's runs considered, `waits` of those they lent, by the weeks
    from which on they had waited. `counter` are books planned for the prefectural library's counter. `applications`
    are those decided, `days` those registered by the days it took.
    """

    week_from: date
    week_until: date
    counted_at: datetime
    considered: int | None
    outcomes: Numbers
    reasons: Numbers
    waits: Numbers
    counter: int | None
    bags: int | None
    books: int | None
    uncollected: int | None
    facilities: list[FacilityWeekAnswer]
    mails: Numbers
    applications: Numbers
    days: Numbers


def for_the_desk(week: WeekCounts) -> WeekCountsAnswer:
    """A week with all its numbers."""
    return _shown(week, 0)


def for_anyone(week: WeekCounts, policy: Policy) -> WeekCountsAnswer:
    """A week without its small numbers."""
    return _shown(week, policy.smallest_count_shown)


def _shown(week: WeekCounts, least: int) -> WeekCountsAnswer:
    outcomes = {str(each): week.run[each] for each in Outcome if each in week.run}
    together = week.together()
    return {
        "week_from": week.week_from,
        "week_until": week.week_until,
        "counted_at": week.counted_at,
        "considered": _one(sum(outcomes.values()), least),
        "outcomes": without_small(outcomes, least),
        "reasons": without_small(_named(week.run, _CODE), least),
        "waits": without_small(_named(week.run, _WAITED), least),
        "counter": _one(week.ready, least),
        "bags": _one(together.bags, least),
        "books": _one(together.books, least),
        "uncollected": _one(together.uncollected, least),
        "facilities": _facilities(week, least),
        "mails": without_small(week.mails, least),
        "applications": without_small(week.decided, least),
        "days": without_small(week.days, least),
    }


def _one(number: int, least: int) -> int | None:
    return without_small({"": number}, least)[""]


def _named(counts: Mapping[str, int], beginning: str) -> dict[str, int]:
    return {name.removeprefix(beginning): n for name, n in counts.items() if name.startswith(beginning)}


def _facilities(week: WeekCounts, least: int) -> list[FacilityWeekAnswer]:
    """What is in a facility's few bags is as telling as how many they are."""
    of_facilities = week.facilities
    bags = without_small({name: each.bags for name, each in of_facilities.items()}, least)
    left = without_small({name: each.uncollected for name, each in of_facilities.items()}, least)
    return [
        {
            "facility": name,
            "bags": bags[name],
            "books": each.books if bags[name] is not None else None,
            "uncollected": left[name] if bags[name] is not None else None,
        }
        for name, each in sorted(of_facilities.items(), key=lambda pair: int(pair[0]))
    ]


def answered_as(asked: StatisticsQuery, page: Page[WeekCountsAnswer]) -> Page[WeekCountsAnswer] | Csv:
    """The weeks in the form that was asked for."""
    return as_csv(page["items"]) if asked.format == "csv" else page


def as_csv(weeks: Iterable[WeekCountsAnswer]) -> Csv:
    """One line a number; what is left out has none."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(["week_from", "week_until", "facility", "group", "name", "number"])
    for week in weeks:
        lines.writerows([week["week_from"], week["week_until"], *line] for line in _lines(week))
    return Csv(text.getvalue())


def _lines(week: WeekCountsAnswer) -> Iterator[tuple[str, str, str, int]]:
    alone: Numbers = {"considered": week["considered"], "counter": week["counter"]} | {
        "bags": week["bags"], "books": week["books"], "uncollected": week["uncollected"],
    }  # fmt: skip
    groups: dict[str, Numbers] = {
        "total": alone, "outcomes": week["outcomes"], "reasons": week["reasons"], "waits": week["waits"],
        "mails": week["mails"], "applications": week["applications"], "days": week["days"],
    }  # fmt: skip
    for group, numbers in groups.items():
        yield from (("", group, name, number) for name, number in numbers.items() if number is not None)
    for row in week["facilities"]:
        numbers = {"bags": row["bags"], "books": row["books"], "uncollected": row["uncollected"]}
        yield from ((row["facility"], "facility", name, n) for name, n in numbers.items() if n is not None)
