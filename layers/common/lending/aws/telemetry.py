"""Structured logs. No personal data: never card numbers, names, addresses, mail bodies, tokens, keys."""

from functools import cache
from traceback import walk_tb
from types import FrameType
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

# Lambda runs a function's own module as `handler`.
_OURS = ("lending", "functions", "handler")


@cache
def logger() -> Logger:
    """The function's logger; its service name comes from POWERTOOLS_SERVICE_NAME."""
    return Logger()


def kind_and_place(error: Exception) -> dict[str, Any]:
    """What a log may show of an unknown error: its kind, AWS's code for it, and our own line that met it.

    What it says may hold what a person typed. The innermost line of all is mostly botocore's, the same for every fault.
    """
    ours = [f"{frame.f_code.co_qualname}:{line}" for frame, line in walk_tb(error.__traceback__) if _is_ours(frame)]
    code = {"code": error.response["Error"]["Code"]} if isinstance(error, ClientError) else {}
    return {"error": type(error).__name__, "place": ours[-1] if ours else "", **code}


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] in _OURS
