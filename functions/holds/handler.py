"""A patron's holds, and what the next runs bring."""

from lending.api import holds, outlook
from lending.api.surface import Surface

handler = Surface(holds.area, outlook.area)
