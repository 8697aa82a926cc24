"""Structured logs. No personal data: never card numbers, names, addresses, mail bodies, tokens, keys."""

from functools import cache
from typing import Any

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The function's logger; its service name comes from POWERTOOLS_SERVICE_NAME."""
    return Logger()


def kind_and_place(error: Exception) -> dict[str, Any]:
    """What a log may show of an unknown error: its kind and place. What it says may hold what a person typed."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_qualname}:{place.tb_lineno}" if place else ""
    return {"error": type(error).__name__, "place": where}
