"""A patron's holds."""

from lending.api import holds
from lending.api.surface import Surface

handler = Surface(holds.area)
