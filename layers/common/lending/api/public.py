"""What anyone may see: facilities, notices, titles. No token is asked for."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import Field

from lending.actions.calendar.notices import all_facilities, current_notices
from lending.actions.catalogue.search_titles import TitleCard, search_titles, view_title
from lending.api.guards import anyone
from lending.api.request import Page, Request
from lending.api.request_models import Place, QueryModel
from lending.api.surface import Area
from lending.aws.settings import settings
from lending.domain.calendar.closures import Scope
from lending.domain.calendar.facility import Facility
from lending.domain.calendar.notices import Notice
from lending.domain.run.expected_pickup import ANY_FACILITY

area = Area("/api", anyone)

_PAGE = 20
_PAGE_MOST = 50


@dataclass(frozen=True, slots=True)
class FacilityAnswer:
    """A partner facility."""

    number: int
    district: str
    municipality: str
    name: str
    gives_out_kits: bool

    @classmethod
    def of(cls, facility: Facility) -> "FacilityAnswer":
        """A facility as it is answered."""
        place = facility.district, facility.municipality, facility.name
        return cls(facility.number, *place, facility.gives_out_kits)


@dataclass(frozen=True, slots=True)
class NoticeAnswer:
    """One お知らせ (RULES 40)."""

    id: str
    scope: Scope
    facility: str | None
    from_: date
    until: date
    message: str

    @classmethod
    def of(cls, notice: Notice) -> "NoticeAnswer":
        """A notice as it is answered."""
        facility = notice.facility or None
        return cls(notice.notice_id, notice.scope, facility, notice.starts_on, notice.ends_on, notice.text)


@dataclass(frozen=True, slots=True)
class TitleAnswer:
    """A title as anyone sees it; `earliest_pickup` is that of a hold placed now."""

    title_id: str
    title: str
    author: str
    isbn: str
    holdable: bool
    copies: int
    copies_available: int
    holds_waiting: int
    earliest_pickup: date | None

    @classmethod
    def of(cls, card: TitleCard) -> "TitleAnswer":
        """A title as it is answered."""
        title = card.title
        return cls(
            title_id=title.title_id,
            title=title.title,
            author=title.author,
            isbn=title.isbn,
            holdable=title.lendable > 0,
            copies=card.copies,
            copies_available=card.copies_available,
            holds_waiting=card.holds_waiting,
            earliest_pickup=card.earliest_pickup,
        )


class PlaceQuery(QueryModel):
    """With `pickup_place` dates are told for that place, else for a facility without closed days."""

    pickup_place: Place = ANY_FACILITY


class TitleQuery(PlaceQuery):
    """What is searched for."""

    q: Annotated[str, Field(max_length=200)] = ""


@area.get("/facilities")
def facilities(request: Request) -> Page[FacilityAnswer]:
    """Every partner facility, by number."""
    return request.page_of(all_facilities(request.library.table), lambda each: (each.number,), FacilityAnswer.of)


@area.get("/notices")
def notices(request: Request) -> Page[NoticeAnswer]:
    """The current お知らせ, the nearest first (RULES 40)."""
    library = request.library
    found = current_notices(library.table, library.today, library.policy)
    return request.page_of(found, lambda each: (f"{each.starts_on} {each.ends_on}", each.notice_id), NoticeAnswer.of)


@area.get("/titles")
def search(request: Request, query: TitleQuery) -> Page[TitleAnswer]:
    """Titles that have every word of `q` in title, author or ISBN."""
    library, bucket = request.library, settings().catalogue_bucket
    start, limit = request.start() or 0, request.limit(_PAGE, _PAGE_MOST)
    cards, last = search_titles(
        library.table, bucket, query.q, query.pickup_place, start, limit, library.moment, library.policy
    )
    return request.page([TitleAnswer.of(card) for card in cards], last)


@area.get("/titles/<title_id>")
def title(title_id: str, request: Request, query: PlaceQuery) -> TitleAnswer:
    """One title."""
    library = request.library
    return TitleAnswer.of(view_title(library.table, title_id, query.pickup_place, library.moment, library.policy))
