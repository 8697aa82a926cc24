"""What the library's staff do."""

from lending.api.desk import (
    applications,
    calendar,
    cards,
    catalogue,
    counter,
    holds,
    lists,
    mails,
    patrons,
    pulls,
    reports,
    trail,
)
from lending.api.surface import Surface

handler = Surface(
    applications.area,
    calendar.area,
    cards.area,
    catalogue.area,
    counter.area,
    holds.area,
    lists.area,
    mails.area,
    patrons.area,
    pulls.area,
    reports.area,
    trail.area,
)
