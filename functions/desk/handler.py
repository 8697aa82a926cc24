"""What the library's staff do with books: the counter, pulls and crates, holds, lists, the calendar."""

from lending.api.desk import calendar, cards, catalogue, counter, holds, lists, pulls, reports
from lending.api.surface import Surface

handler = Surface(
    calendar.area,
    cards.area,
    catalogue.area,
    counter.area,
    holds.area,
    lists.area,
    pulls.area,
    reports.area,
)
