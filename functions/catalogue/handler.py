"""What anyone may see: facilities, notices, titles. No token is asked for."""

from typing import Any

from lending.actions.searching_titles import TitleCard, search_titles, view_title
from lending.actions.viewing_notices import all_facilities, current_notices
from lending.aws.http import Api, answer
from lending.aws.settings import settings
from lending.aws.table import library_table
from lending.domain.expected_pickup import ANY_FACILITY
from lending.domain.facility import Facility
from lending.domain.notices import Notice

api = Api()
handler = api

_PAGE = 20
_PAGE_MOST = 50
_QUESTION_LENGTH = 200


@api.get("/api/facilities")
def facilities() -> Any:
    """Every partner facility, by number."""
    return api.listed(all_facilities(library_table()), lambda each: (each.number,), _facility)


def _facility(facility: Facility) -> dict[str, Any]:
    return {
        "number": facility.number,
        "district": facility.district,
        "municipality": facility.municipality,
        "name": facility.name,
        "gives_out_kits": facility.gives_out_kits,
    }


@api.get("/api/notices")
def notices() -> Any:
    """The current お知らせ, the nearest first (RULES 40)."""
    found = current_notices(library_table(), api.moment().date(), settings().policy)
    return api.listed(found, lambda each: (f"{each.starts_on} {each.ends_on}", each.notice_id), _notice)


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.notice_id,
        "scope": notice.scope,
        "facility": notice.facility or None,
        "from": notice.starts_on,
        "until": notice.ends_on,
        "message": notice.text,
    }


@api.get("/api/titles")
def search() -> Any:
    """Titles that have every word of `q` in title, author or ISBN."""
    start, limit = api.start() or 0, api.limit(_PAGE, _PAGE_MOST)
    table, bucket, place = library_table(), settings().catalogue_bucket, api.place("pickup_place", ANY_FACILITY)
    query, moment = api.query("q", most=_QUESTION_LENGTH), api.moment()
    cards, last = search_titles(table, bucket, query, place, start, limit, moment, settings().policy)
    return api.items([_card(card) for card in cards], last)


@api.get("/api/titles/<title_id>")
def title(title_id: str) -> Any:
    """One title; with `pickup_place` its date is for that place."""
    place = api.place("pickup_place", ANY_FACILITY)
    return answer(200, _card(view_title(library_table(), title_id, place, api.moment(), settings().policy)))


def _card(card: TitleCard) -> dict[str, Any]:
    return {
        "title_id": card.title.title_id,
        "title": card.title.title,
        "author": card.title.author,
        "isbn": card.title.isbn,
        "holdable": card.title.lendable > 0,
        "copies": card.copies,
        "copies_available": card.copies_available,
        "holds_waiting": card.holds_waiting,
        "earliest_pickup": card.earliest_pickup,
    }
