"""The copies that a coming run could take: asked about just before, and what is answered (RULES 43)."""

from collections.abc import Iterable
from dataclasses import replace

from lending.domain.catalogue.title import Copy, CopyState
from lending.domain.exchange.copies_file import CopiesFile
from lending.domain.policy import Policy

_HEAD = "barcode"


def candidates(copies: Iterable[Copy]) -> list[str]:
    """The bar codes of those copies of the titles people wait for that a run could take, in the order of shelves."""
    could_go = (
        copy for copy in copies if copy.can_be_lent and copy.state in (CopyState.ON_SHELF, CopyState.KEPT_ASIDE)
    )
    return [copy.barcode for copy in sorted(could_go, key=lambda copy: (copy.call_number, copy.barcode))]


def file_of_candidates(barcodes: Iterable[str]) -> bytes:
    """The question, its last line whole."""
    return "".join(f"{line}\n" for line in (_HEAD, *barcodes)).encode()


def asked_about(question: bytes) -> frozenset[str]:
    """The bar codes of a question."""
    return frozenset(question.decode().splitlines()[1:])


def answer_to(asked: frozenset[str], told: CopiesFile) -> CopiesFile:
    """What an answer says of the copies that were asked about; of others it says nothing."""
    elsewhere = {barcode: due_on for barcode, due_on in told.elsewhere.items() if barcode in asked}
    return replace(told, elsewhere=elsewhere, on_shelf=told.on_shelf & asked)


def answer_takes_too_much(taken_away: int, asked: int, policy: Policy) -> bool:
    """Whether an answer takes away more than the policy's share of what was asked about; one is never too many."""
    return taken_away > max(1, policy.candidates_away_percent / 100 * asked)
