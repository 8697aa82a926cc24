"""Work that is done in parts, as long as there is time."""

from collections.abc import Callable

EnoughTime = Callable[[], bool]
"""Asked before each part; how much time is enough is known to who asks for the work."""


class Stuck(Exception):
    """Some of it could not be done, and all the rest is: asked again, it is tried again."""


class Unfinished(Exception):
    """The time was too short. Asked again, the work goes on where it was."""
