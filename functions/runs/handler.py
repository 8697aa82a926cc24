"""Runs at the desk: made, tried, looked at."""

from lending.api import runs
from lending.api.surface import Surface

handler = Surface(runs.area)
