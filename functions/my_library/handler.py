"""My Library: a patron's record, basket, loans and mails."""

from lending.api import calendar_link, holds, loans, mail, patrons
from lending.api.surface import Surface

handler = Surface(patrons.area, patrons.confirmations, holds.basket, loans.area, mail.area, calendar_link.area)
