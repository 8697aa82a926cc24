"""Two records of one work become one: what stands in the way, and what becomes of who holds both (RULES 9, 11)."""

from collections.abc import Iterable
from dataclasses import replace

from lending.domain.catalogue.title import Copy, CopyState, Title
from lending.domain.holds.hold import Hold
from lending.domain.holds.order import without_circles
from lending.domain.problems import Reason

_KEPT = (CopyState.KEPT_ASIDE, CopyState.READY)

# What a patron is told whose hold ends because the book that they have at home turns out to be the same.
ALREADY_ON_LOAN = "同じ本を、今お借りになっているため"


def refusals_to_merge(source: Title, target: Title, copies: Iterable[Copy]) -> list[Reason]:
    """Everything that stands in the way of beginning to merge one title into another.

    Args:
        copies: of both titles.
    """
    reasons = []
    if source.title_id == target.title_id:
        reasons.append(Reason("same_title", field="into"))
    merges = [(each.title_id, each.merge) for each in (source, target) if each.merge]
    reasons += [
        Reason("merging", {"title_id": merge.source if merge.into == title_id else merge.into})
        for title_id, merge in merges
    ]
    return reasons or _both_on_loan(source, copies)


def _both_on_loan(source: Title, copies: Iterable[Copy]) -> list[Reason]:
    """A patron has one title on loan once: their list of titles at home could not tell two loans of it apart."""
    lent = [copy for copy in copies if copy.holder and copy.state not in _KEPT]
    elsewhere = {copy.holder for copy in lent if copy.title_id != source.title_id}
    both = [copy for copy in lent if copy.title_id == source.title_id and copy.holder in elsewhere]
    return [Reason("both_on_loan", {"barcode": copy.barcode}) for copy in both]


def come_after(open_holds: Iterable[Hold], moving: Hold, into: str) -> list[tuple[Hold, Hold]]:
    """What a patron's holds become that come after a hold of theirs which joins another queue (RULES 47).

    Where the patron holds both titles, what comes after which cannot be told any more.
    """
    others = {each.title_id: each for each in open_holds if each.title_id != moving.title_id}
    after = "" if into in others else into
    followers = [each for each in others.values() if each.after == moving.title_id and each.title_id != into]
    return [(each, replace(each, after=after)) for each in followers]


def joined_queue(moving: Hold, there: Hold | None, into: str, open_holds: Iterable[Hold]) -> Hold:
    """What a patron's hold becomes that joins the queue of another title, which may have one of theirs (RULES 11, 47).

    Args:
        open_holds: all of the patron's.
    """
    one = united(moving, there) if there else replace(moving, title_id=into)
    others = [each for each in open_holds if each.title_id not in (moving.title_id, into)]
    return without_circles([one], others)[0]


def united(moving: Hold, there: Hold) -> Hold:
    """What a patron's two holds become: the one that has its copy stays, or else the older, at the older place."""
    older = min(there, moving, key=lambda hold: hold.queued_at)
    stays = next((hold for hold in (there, moving) if hold.barcode), older)
    after = "" if stays.after in (moving.title_id, there.title_id) else stays.after
    return replace(stays, title_id=there.title_id, placed_at=older.placed_at, queued_at=older.queued_at, after=after)
