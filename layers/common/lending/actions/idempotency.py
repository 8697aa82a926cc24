"""A request with an `Idempotency-Key` is carried out once: sent again, it is answered the same (docs/api.md)."""

from collections.abc import Callable
from typing import NamedTuple

from lending.actions.library import Library
from lending.aws.table import idempotency
from lending.domain.problems import Refused

_RULED_OUT = 409
# An item of the table has 400 KB at most.
_BYTES_KEPT = 300_000


class Answered(NamedTuple):
    """What was answered; `text` is the body. Of what is to be continued it is not the last word."""

    status: int
    text: str
    to_be_continued: bool = False


def carry_out_once(
    library: Library,
    request: str,
    body_hash: str,
    answer: Callable[[], Answered],
    hide: Callable[[str], str],
    show: Callable[[str], str],
) -> Answered:
    """Answer a request, or what was answered to it before.

    What is kept is what was done to the end, and what a rule said to it; anything else can be tried again, or goes on,
    under the same key.

    Args:
        request: hash of who asks for what, with the key.
        hide: makes of a body what may be kept of it.
        show: makes of that what is answered when the request comes again.

    Raises:
        Refused: the key came with another body, or the request is being carried out at this moment.
    """
    known = idempotency.claim(library.table, request, body_hash, library.moment)
    if known and known.body_hash != body_hash:
        raise Refused("idempotency_mismatch")
    if known and not known.status:
        raise Refused("in_progress")
    if known:
        return Answered(known.status, show(known.body.strip()))
    answered = answer()
    text = hide(answered.text)
    if _is_last_word(answered) and len(text.encode()) < _BYTES_KEPT:
        idempotency.keep(library.table, request, answered.status, text)
    else:
        idempotency.forget(library.table, request)
    return answered


def _is_last_word(answered: Answered) -> bool:
    return (answered.status < 300 or answered.status == _RULED_OUT) and not answered.to_be_continued
