"""Two records of one work become one: what stands in the way, and who holds both (RULES 9, 11)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from lending.domain.catalogue.title import Copy, CopyState, Merge, Title
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.holds.merging import joined_queue, refusals_to_merge, united
from lending.domain.week import TOKYO

MONDAY = datetime(2026, 6, 1, 12, tzinfo=TOKYO)


def hold(title_id: str, days: int = 0, place: str = "12", **changes: Any) -> Hold:
    at = MONDAY + timedelta(days=days)
    return Hold("p-1", title_id, place, **({"placed_at": at, "queued_at": at} | changes))


def kept(title_id: str, days: int = 0, place: str = "12") -> Hold:
    return hold(title_id, days, place, status=HoldStatus.SECURED, barcode=f"{title_id}-1")


@pytest.mark.parametrize(("moving", "there", "place"), [(0, 1, "1"), (1, 0, "2")])
def test_of_two_that_wait_the_older_stays_at_its_place(moving: int, there: int, place: str) -> None:
    # WHEN a patron holds both THEN the older place counts, with what was asked for then (RULES 11)
    one = united(hold("t-1", moving, "1"), hold("t-2", there, "2"))
    assert (one.title_id, one.queued_at, one.placed_at, one.pickup_place) == ("t-2", MONDAY, MONDAY, place)


@pytest.mark.parametrize(("moving", "there"), [(kept("t-1", 1), hold("t-2")), (hold("t-1"), kept("t-2", 1))])
def test_one_that_has_its_copy_stays_at_the_older_place(moving: Hold, there: Hold) -> None:
    one = united(moving, there)
    assert (one.title_id, one.queued_at, one.status) == ("t-2", MONDAY, HoldStatus.SECURED)
    assert one.barcode == (moving.barcode or there.barcode)


def test_of_two_copies_the_one_of_the_title_that_stays_is_kept() -> None:
    assert united(kept("t-1"), kept("t-2", 1)).barcode == "t-2-1"


def test_one_moved_to_the_end_of_its_queue_has_that_place() -> None:
    # RULES 13
    moved = hold("t-1", queued_at=MONDAY + timedelta(days=9))
    one = united(moved, hold("t-2", 5))
    assert (one.queued_at, one.placed_at) == (MONDAY + timedelta(days=5), MONDAY + timedelta(days=5))


def test_who_reads_in_order_is_in_no_circle_once_two_of_it_are_one() -> None:
    # GIVEN the second volume after the third, and that after a record which turns out to be the second (RULES 47)
    moving, there = hold("t-1", after="t-3"), hold("t-2", 1)
    third = hold("t-3", after="t-2")
    # WHEN the older of the two joins the other's queue THEN it comes after nothing that comes after it
    assert joined_queue(moving, there, "t-2", [moving, there, third]).after == ""
    # AND what it was to come after stays where that makes no circle
    assert joined_queue(moving, there, "t-2", [moving, there, hold("t-3")]).after == "t-3"
    assert joined_queue(moving, None, "t-2", [moving, hold("t-3")]).after == "t-3"


def on_loan(barcode: str, title_id: str, holder: str, state: CopyState = CopyState.ON_LOAN) -> Copy:
    return Copy(barcode, title_id, state=state, holder=holder)


def test_a_title_is_not_merged_into_itself_nor_amid_another_merge() -> None:
    one, other = Title("t-1", "本"), Title("t-2", "本")
    codes = {
        (one, one): ["same_title"],
        (Title("t-1", "本", merge=Merge("t-1", "t-3")), other): ["merging"],
        (Title("t-1", "本", merge=Merge("t-3", "t-1")), other): ["merging"],
        (one, Title("t-2", "本", merge=Merge("t-2", "t-3"))): ["merging"],
        (one, Title("t-2", "本", merge=Merge("t-3", "t-2"))): ["merging"],
        (one, other): [],
    }
    for (source, target), expected in codes.items():
        assert [reason.code for reason in refusals_to_merge(source, target, [])] == expected


def test_not_while_one_patron_has_both_at_home() -> None:
    # GIVEN two who have one each, one who has both, and one for whom both are kept (RULES 9)
    copies = [
        on_loan("a", "t-1", "p-1"), on_loan("b", "t-2", "p-2"), on_loan("c", "t-1", "p-3"), on_loan("d", "t-2", "p-3"),
        on_loan("e", "t-1", "p-4", CopyState.READY), on_loan("f", "t-2", "p-4", CopyState.KEPT_ASIDE),
    ]  # fmt: skip
    (reason,) = refusals_to_merge(Title("t-1", "本"), Title("t-2", "本"), copies)
    assert (reason.code, reason.facts) == ("both_on_loan", {"barcode": "c"})
    assert "資料番号c" in reason.sentence
