"""My Library: a patron's record, basket, loans and mails."""

from lending.api import holds, loans, mail, patrons
from lending.api.surface import Surface

handler = Surface(patrons.area, patrons.confirmations, holds.basket, loans.area, mail.area)
