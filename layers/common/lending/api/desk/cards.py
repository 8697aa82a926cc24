"""Blank cards at facilities and the library (RULES 5, 44)."""

from datetime import datetime
from typing import Annotated, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict

from lending.actions.registration.load_cards import card_stocks, load_cards, numbers_between
from lending.api.desk.shared import demand_one, regular_numbers
from lending.api.guards import staff
from lending.api.request import Page, Request
from lending.api.request_models import Place, RequestModel, Word, as_list
from lending.api.surface import Area
from lending.domain.holds.hold import PREFECTURAL
from lending.domain.registration.card import Stock

area = Area("/api/desk", staff)


class CardsRequest(RequestModel):
    """Blank cards brought to a facility, or to any place: their numbers, or the first and the last of a row."""

    facility: Place = ""
    place: Place = ""
    numbers: Annotated[list[Word], Field(max_length=1000), BeforeValidator(as_list)] = Field(default_factory=list)
    first: Word = Field("", alias="from")
    last: Word = Field("", alias="to")


class LoadedAnswer(TypedDict):
    """How many cards were named, and how many of them were not known before; with the place as it was named."""

    facility: NotRequired[str]
    place: NotRequired[str]
    numbers: int
    added: int


class StockAnswer(TypedDict):
    """What a place has of blank cards, has given out, and when the last."""

    place_name: str
    place: str
    blank: int
    given: int
    last_given_at: datetime | None


@area.post("/cards", status=201)
def make_cards_known(request: Request, asked: CardsRequest) -> LoadedAnswer:
    """Blank cards brought to a place, by their numbers or as a row from one to another."""
    demand_one(facility=asked.facility, place=asked.place)
    demand_one(numbers=asked.numbers, **{"from": asked.first or asked.last})
    numbers = regular_numbers({f"numbers.{place}": number for place, number in enumerate(asked.numbers)})
    if not numbers:
        numbers = numbers_between(*regular_numbers({"from": asked.first, "to": asked.last}))
    field = "facility" if asked.facility else "place"
    place = asked.facility or asked.place
    added = load_cards(request.library.table, place, numbers, field)
    loaded: LoadedAnswer = {"numbers": len(set(numbers)), "added": added}
    return {"facility": place, **loaded} if asked.facility else {"place": place, **loaded}


@area.get("/cards")
def show_stocks(request: Request) -> Page[StockAnswer]:
    """What each place has of blank cards, has given out, and when the last."""
    stocks = card_stocks(request.library.table, request.library.policy)
    return request.page_of(stocks, lambda each: (_place_order(each[0].place),), lambda each: _shown_stock(*each))


def _place_order(place: str) -> int:
    return 0 if place == PREFECTURAL else int(place)


def _shown_stock(stock: Stock, name: str) -> StockAnswer:
    return {
        "place_name": name,
        "place": stock.place,
        "blank": stock.blank,
        "given": stock.given,
        "last_given_at": stock.last_given_at,
    }
