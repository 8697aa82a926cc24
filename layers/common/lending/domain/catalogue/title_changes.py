"""What it takes to make a title and its copies what the catalogue says they are (RULES 9)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from lending.domain.catalogue.description import Description, as_described, facts_of
from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.problems import Reason

# What names a title or a copy: it becomes a part of keys and paths.
NUMBER = re.compile(r"[0-9A-Za-z._-]{1,40}")
# How long the rest may be, by any way it comes: it goes into indexes, mails and lists.
TITLE_LENGTH, AUTHOR_LENGTH, ISBN_LENGTH, CALL_NUMBER_LENGTH = 500, 500, 20, 60
VOLUME_LENGTH, PUBLISHER_LENGTH, NDC_LENGTH, LATEST_YEAR = 100, 200, 20, 2100

_IN_USE = (CopyState.ON_LOAN, CopyState.ELSEWHERE, CopyState.KEPT_ASIDE, CopyState.READY)


class DescribedCopy(NamedTuple):
    """A copy as the catalogue describes it."""

    barcode: str
    call_number: str
    reference_only: bool = False


@dataclass(frozen=True, slots=True)
class DescribedTitle(Description):
    """A title as the catalogue describes it; `copies` are all of it, or those that are to be there among others."""

    copies: tuple[DescribedCopy, ...] = ()


class Changes(NamedTuple):
    """What has to change; `reasons` is everything that stands in the way."""

    before: Title | None
    after: Title
    added: tuple[Copy, ...]
    changed: tuple[tuple[Copy, Copy], ...]
    removed: tuple[Copy, ...]
    reasons: tuple[Reason, ...]

    @property
    def in_words(self) -> bool:
        """Whether the title is searched or shown by other words than before."""
        return self.before is None or as_described(self.before) != as_described(self.after)

    @property
    def writes(self) -> int:
        """How many items differ."""
        return (self.before != self.after) + len(self.added) + len(self.changed) + len(self.removed)


def changes_to(wanted: DescribedTitle, before: Title | None, known: Mapping[str, Copy], whole: bool) -> Changes:
    """What has to change so that a title is as described.

    Args:
        before: the title as it is, None if it is new.
        known: all copies of the title, and all others that have one of the bar codes described.
        whole: whether copies that are not described are withdrawn; otherwise they stay.
    """
    own = {barcode: copy for barcode, copy in known.items() if copy.title_id == wanted.title_id}
    described = {copy.barcode: _as_described(own.get(copy.barcode), copy, wanted.title_id) for copy in wanted.copies}
    left_out = {barcode: copy for barcode, copy in own.items() if barcode not in described}
    copies = described if whole else left_out | described
    after = replace(
        before or Title(wanted.title_id, wanted.title),
        **facts_of(wanted),
        barcodes=tuple(sorted(copies)),
        lendable=sum(copy.can_be_lent for copy in copies.values()),
    )
    return Changes(
        before=before,
        after=after,
        added=tuple(copy for barcode, copy in described.items() if barcode not in own),
        changed=tuple((own[b], copy) for b, copy in described.items() if b in own and own[b] != copy),
        removed=tuple(left_out.values()) if whole else (),
        reasons=tuple(_merging(before) + _foreign(wanted, known) + (_in_use(left_out) if whole else [])),
    )


def _as_described(known: Copy | None, described: DescribedCopy, title_id: str) -> Copy:
    if known is None:
        return Copy(described.barcode, title_id, described.call_number, described.reference_only)
    return replace(known, call_number=described.call_number, reference_only=described.reference_only)


def _merging(before: Title | None) -> list[Reason]:
    into = before.merging_into if before else ""
    return [Reason("title_merged", {"into": into})] if into else []


def _foreign(wanted: DescribedTitle, known: Mapping[str, Copy]) -> list[Reason]:
    others = [known[c.barcode] for c in wanted.copies if c.barcode in known]
    return [
        Reason("barcode_of_other_title", {"barcode": copy.barcode, "title_id": copy.title_id})
        for copy in others
        if copy.title_id != wanted.title_id
    ]


def _in_use(left_out: Mapping[str, Copy]) -> list[Reason]:
    used = [copy for copy in left_out.values() if copy.holder or copy.pull or copy.state in _IN_USE]
    return [Reason("copy_in_use", {"barcode": copy.barcode}) for copy in used]
