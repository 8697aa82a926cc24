"""What the library's staff do with books: the counter, pulls and crates, holds, lists, the calendar."""

from lending.api.desk import (
    calendar,
    calendar_previews,
    cards,
    catalogue,
    counter,
    facility_links,
    holds,
    lists,
    operations,
    pulls,
    reports,
    statistics,
    today,
)
from lending.api.surface import Surface

handler = Surface(
    calendar.area,
    calendar_previews.area,
    cards.area,
    catalogue.area,
    counter.area,
    facility_links.area,
    holds.area,
    lists.area,
    operations.area,
    pulls.area,
    reports.area,
    statistics.area,
    today.area,
)
