"""What anyone may see."""

from lending.api import public
from lending.api.site import page_not_found
from lending.api.surface import Surface

handler = Surface(public.area, no_page=page_not_found)
