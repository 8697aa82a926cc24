"""The player of a service week: everything happens through the surfaces people and AWS use."""

from typing import TypedDict

from infra.local.stack import Stack


class Step(TypedDict):
    """One thing that happened: the moment in the played week (ISO 8601), what, and how many of what."""

    at: str
    what: str
    counts: dict[str, int]


def play(stack: Stack) -> list[Step]:
    """Play one service week on a loaded stack; its steps in their order."""
    return []
