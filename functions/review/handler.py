"""What the library's staff do with people: their applications, records, cards, passwords and mails."""

from lending.api.desk import applications, letters, mails, patrons, trail
from lending.api.surface import Surface

handler = Surface(applications.area, patrons.area, mails.area, letters.area, trail.area)
