"""What anyone can ask for, without a card yet or without a password."""

from lending.api import applications
from lending.api.surface import Surface

handler = Surface(applications.area, applications.passwords)
