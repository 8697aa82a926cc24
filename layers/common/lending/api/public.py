"""What anyone may see: facilities, notices, titles. No token is asked for."""

from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from lending.actions.calendar.notices import all_facilities, coming_days, current_notices
from lending.actions.catalogue.search_titles import Search, Sort, TitleCard, search_titles, view_title
from lending.actions.view_weeks import view_weeks
from lending.api.answers import Csv
from lending.api.closures import Days
from lending.api.guards import anyone
from lending.api.request import Page, Request
from lending.api.request_models import Place, QueryModel
from lending.api.shown.books import ExpectedAnswer, TitleAnswer, shown_expected, shown_title
from lending.api.shown.statistics import StatisticsQuery, WeekCountsAnswer, answered_as, for_anyone
from lending.api.shown.weeks import PlannedRunAnswer, shown_planned_run
from lending.api.surface import Area
from lending.aws.settings import settings
from lending.domain.calendar.closures import Scope
from lending.domain.calendar.coming_weeks import PlannedWeek
from lending.domain.calendar.facility import Facility
from lending.domain.calendar.notices import Notice
from lending.domain.catalogue.description import Kind
from lending.domain.run.expected_pickup import ANY_FACILITY

area = Area("/api", anyone)

_PAGE = 20
_PAGE_MOST = 50


class FacilityAnswer(TypedDict):
    """A partner facility; its place is told in degrees, if it is known."""

    number: int
    district: str
    municipality: str
    name: str
    gives_out_kits: bool
    latitude: float | None
    longitude: float | None


class NoticeAnswer(Days):
    """One お知らせ (RULES 40)."""

    id: str
    scope: Scope
    facility: str | None
    message: str


class WeekAnswer(PlannedRunAnswer):
    """A week to come; without a `pickup_from` nothing is handed over in it."""

    mail_on: date
    pickup_from: date | None
    pickup_until: date


class ClosedDay(TypedDict):
    """A day on which a place is shut."""

    date: date
    reason: str | None


class CalendarAnswer(Page[WeekAnswer]):
    """The weeks announced, and the closed days of the same time."""

    closed_days: list[ClosedDay]


class TitleForAnyone(TitleAnswer):
    """A title as anyone sees it; `earliest_pickup` and `expected_pickup` are those of a hold placed now."""

    copies: int
    copies_available: int
    holds_waiting: int
    earliest_pickup: date | None
    expected_pickup: ExpectedAnswer | None


class TitlesAnswer(Page[TitleForAnyone]):
    """A part of what was found, and how many titles that is in all.

    It is null where more titles match than are counted, or than are looked at for those on the shelf.
    """

    total: int | None


class CalendarQuery(QueryModel):
    """Whose days are asked for: a facility's, else the prefectural library's."""

    facility: Place = ""


class PlaceQuery(QueryModel):
    """With `pickup_place` dates are told for that place, else for a facility without closed days."""

    pickup_place: Place = ANY_FACILITY


class TitleQuery(PlaceQuery):
    """What is searched for: of one kind, on the shelf now, in which order."""

    q: Annotated[str, Field(max_length=200)] = ""
    kind: Kind | None = None
    available: bool = False
    sort: Sort = Sort.RELEVANCE


@area.get("/facilities")
def facilities(request: Request) -> Page[FacilityAnswer]:
    """Every partner facility, by number."""
    return request.page_of(all_facilities(request.library.table), lambda each: (each.number,), _facility)


@area.get("/notices")
def notices(request: Request) -> Page[NoticeAnswer]:
    """The current お知らせ, the nearest first (RULES 40)."""
    library = request.library
    found = current_notices(library.table, library.today, library.policy)
    return request.page_of(found, lambda each: (f"{each.starts_on} {each.ends_on}", each.notice_id), _notice)


@area.get("/calendar")
def calendar(request: Request, query: CalendarQuery) -> CalendarAnswer:
    """The coming weeks as they will be, suspensions and closed days included (RULES 18, 21, 22, 29, 40)."""
    days = coming_days(request.library, query.facility)
    closed: list[ClosedDay] = [{"date": day, "reason": reason or None} for day, reason in days.closed_days.items()]
    weeks = request.page_of(days.weeks, lambda each: (each.week.run_date.isoformat(),), _week)
    return {**weeks, "closed_days": closed}


@area.get("/statistics")
def statistics(request: Request, asked: StatisticsQuery) -> Page[WeekCountsAnswer] | Csv:
    """What was lent week by week, without small numbers (RULES 56)."""
    library = request.library
    limit = request.limit(library.policy.statistics_weeks, 106)
    found, last = view_weeks(library, asked.first, asked.last, request.start(), limit)
    return answered_as(asked, request.page([for_anyone(week, library.policy) for week in found], last))


@area.get("/titles")
def search(request: Request, query: TitleQuery) -> TitlesAnswer:
    """Titles that have every word of `q` in title, reading, author, publisher, volume, year, NDC or ISBN (RULES 45)."""
    start, limit = request.start() or 0, request.limit(_PAGE, _PAGE_MOST)
    wanted = Search(query.q, query.pickup_place, query.kind, query.available, query.sort)
    found = search_titles(request.library, settings().catalogue_bucket, wanted, start, limit)
    return {**request.page([_title(card) for card in found.cards], found.last), "total": found.total}


@area.get("/titles/<title_id>")
def title(title_id: str, request: Request, query: PlaceQuery) -> TitleForAnyone:
    """One title."""
    library = request.library
    return _title(view_title(library, title_id, query.pickup_place))


def _facility(facility: Facility) -> FacilityAnswer:
    return {
        "number": facility.number,
        "district": facility.district,
        "municipality": facility.municipality,
        "name": facility.name,
        "gives_out_kits": facility.gives_out_kits,
        "latitude": facility.latitude,
        "longitude": facility.longitude,
    }


def _notice(notice: Notice) -> NoticeAnswer:
    return {
        "id": notice.notice_id,
        "scope": notice.scope,
        "facility": notice.facility or None,
        "from": notice.starts_on,
        "until": notice.ends_on,
        "message": notice.text,
    }


def _week(planned: PlannedWeek) -> WeekAnswer:
    return {
        **shown_planned_run(planned),
        "mail_on": planned.week.mail_on,
        "pickup_from": planned.pickup_from,
        "pickup_until": planned.pickup_until,
    }


def _title(card: TitleCard) -> TitleForAnyone:
    return {
        **shown_title(card.title),
        "copies": card.copies,
        "copies_available": card.copies_available,
        "holds_waiting": card.holds_waiting,
        "earliest_pickup": card.earliest_pickup,
        "expected_pickup": shown_expected(card.expected_pickup),
    }
