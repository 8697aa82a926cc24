"""What a partner facility does."""

from lending.api import facility
from lending.api.surface import Surface

handler = Surface(facility.area, facility.by_links)
