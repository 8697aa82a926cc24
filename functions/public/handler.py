"""What anyone may see."""

from lending.api import calendar_feed, public
from lending.api.site import page_not_found
from lending.api.surface import Surface

handler = Surface(public.area, calendar_feed.area, no_page=page_not_found)
