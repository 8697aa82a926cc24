"""Which function answers a request, by its method and path, and the answer in the HTTP API's own form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

Handler = Callable[..., Any]

# Nothing has a longer name, or one that is half a surrogate pair: whoever asks for it asks for what is not there.
_PART = r"[^/\ud800-\udfff]{1,200}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: str
    headers: Mapping[str, str]

    def as_event(self) -> dict[str, Any]:
        """As the HTTP API takes it."""
        return {"statusCode": self.status, "headers": dict(self.headers), "body": self.body, "isBase64Encoded": False}


class Routes:
    """The routes of one function, `known` by method and path. The first that fits is taken."""

    def __init__(self) -> None:
        self.known: list[tuple[str, str]] = []
        self._handlers: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, path: str) -> Callable[[Handler], Handler]:
        """Let the decorated function answer; `<name>` in the path is a part of it, handed over by its name."""
        parts = [rf"(?P<{part[1:-1]}>{_PART})" if part.startswith("<") else re.escape(part) for part in path.split("/")]
        pattern = re.compile("/".join(parts))

        def known(handler: Handler) -> Handler:
            self.known.append((method, path))
            self._handlers.append((method, pattern, handler))
            return handler

        return known

    def find(self, method: str, path: str) -> Callable[[], Answer] | None:
        """What answers a request, its parts of the path filled in; None if nothing does."""
        for known, pattern, handler in self._handlers:
            if known == method and (found := pattern.fullmatch(path)):
                return partial(handler, **found.groupdict())
        return None

    def methods(self, path: str) -> list[str]:
        """By which methods a path is known; none if it is not."""
        return [method for method, pattern, _ in self._handlers if pattern.fullmatch(path)]
