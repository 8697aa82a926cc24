"""Where a copy is, in the words of staff: what state it is in, and on which shelf it lies (RULES 16, 23, 34)."""

from lending.domain.catalogue.title import Copy, CopyState, LiesAt

STATE_LABELS = {
    CopyState.ON_SHELF: "在架",
    CopyState.KEPT_ASIDE: "確保済み(保留)",
    CopyState.READY: "貸出可能",
    CopyState.ON_LOAN: "貸出中",
    CopyState.ELSEWHERE: "貸出中(館内システム)",
    CopyState.MISSING: "所在不明",
    CopyState.LOST: "紛失",
    CopyState.DAMAGED: "破損",
}

LIES_AT_LABELS = {
    LiesAt.SHELF: "書架",
    LiesAt.COUNTER: "カウンターの取置棚",
    LiesAt.KEPT_ASIDE: "保留の本の棚",
    LiesAt.RETURNS: "返却された本の棚",
}

_LIES_SOMEWHERE = frozenset({CopyState.ON_SHELF, CopyState.KEPT_ASIDE, CopyState.READY})


def lies_at(copy: Copy) -> LiesAt | None:
    """On which shelf a copy lies, None if it is with a patron, missing, lost or being repaired."""
    return copy.lies_at if copy.state in _LIES_SOMEWHERE else None
