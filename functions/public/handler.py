"""What anyone may see."""

from lending.api import public
from lending.api.surface import Surface

handler = Surface(public.area)
