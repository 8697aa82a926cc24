"""Placing a hold and taking it back (RULES 9-12)."""

from collections.abc import Iterable
from dataclasses import replace

from lending.actions.library import Library
from lending.actions.one_by_one import Outcome, each_on_its_own
from lending.aws.table import CROWD_TRIES, Table, again_when_overtaken
from lending.aws.table.calendar import calendar, facilities
from lending.aws.table.catalogue import copies, queues, titles
from lending.aws.table.holds import baskets, holds
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Write
from lending.domain.calendar.coming_weeks import refusal_of_place
from lending.domain.holds.hold import PREFECTURAL, Hold, refusal_to_cancel, refusals_to_place
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused


@again_when_overtaken
def place_hold(library: Library, patron_id: str, title_id: str, pickup_place: str, *traces: Write) -> Hold:
    """Put a patron at the end of a title's queue; what was in the basket is there no more.

    Args:
        pickup_place: `prefectural` or a facility's number as text.
        traces: of the staff who place it for a caller (RULES 41).

    Raises:
        Refused: with every reason at once (RULES 9, 10), or there is no such title.
    """
    patron, title = patrons.find(library.table, patron_id), titles.find(library.table, title_id)
    if patron is None or title is None:
        raise Refused("not_found")
    if title.merging_into:
        raise Refused("title_merged", into=title.merging_into)
    held = holds.find(library.table, patron_id, title_id) is not None
    found_copies = copies.find_many(library.table, list(title.barcodes)) if not title.lendable else []
    reasons = refusals_to_place(patron, title, found_copies, held, library.policy)
    if reasons := reasons + refusals_of_place(library, pickup_place):
        raise Refused.for_all(reasons)
    queued_at = queues.end(library.table, title_id, library.moment)
    hold = Hold(patron_id, title_id, pickup_place, placed_at=library.moment, queued_at=queued_at)
    # To look costs a tenth of taking away what is not there.
    in_basket = baskets.has(library.table, patron_id, title_id)
    library.table.transact(
        patrons.hold_increment(patron_id, title_id, library.policy.hold_limit),
        holds.addition(hold),
        titles.lendable_check(title_id),
        *([baskets.removal(patron_id, title_id)] if in_basket else []),
        *_ends_of_orders(library, patron_id, title_id),
        *traces,
        tries=CROWD_TRIES,
    )
    queues.drop_emptied_weeks(library.table, title_id)
    return hold


def _ends_of_orders(library: Library, patron_id: str, title_id: str) -> list[Write]:
    """What was to come after an earlier hold on the title does not come after the new one (RULES 47)."""
    if not library.policy.reading_order:
        return []
    followers = [each for each in holds.of_patron(library.table, patron_id) if each.after == title_id]
    return [holds.order_change(each, replace(each, after="")) for each in followers]


def place_holds(library: Library, patron_id: str, title_ids: Iterable[str], pickup_place: str) -> list[Outcome[Hold]]:
    """Place several holds, in their order; one that is refused hinders no other."""
    return each_on_its_own(title_ids, lambda title_id: place_hold(library, patron_id, title_id, pickup_place))


def refusals_of_place(library: Library, pickup_place: str) -> list[Reason]:
    """Why a place cannot be chosen for pickup: there is none of that name, or it is shut for good (RULES 21, 29)."""
    if pickup_place == PREFECTURAL:
        return []
    if facilities.find(library.table, pickup_place) is None:
        return [Reason("unknown_pickup_place", field="pickup_place")]
    reason = refusal_of_place(pickup_place, library.moment, calendar.load(library.table), library.policy)
    return [reason] if reason else []


@again_when_overtaken
def cancel_hold(table: Table, patron_id: str, title_id: str, policy: Policy) -> None:
    """Take a patron's own hold back, while it waits (RULES 12). A pull that was planned for it is void at the scan.

    Raises:
        Refused: the hold is past waiting, its title is on loan to the patron, or there is no such hold.
    """
    hold = holds.find(table, patron_id, title_id)
    if hold is None:
        patron = patrons.find(table, patron_id)
        raise Refused("already_on_loan" if patron and title_id in patron.lent_titles else "not_found")
    if reason := refusal_to_cancel(hold, "patron", policy):
        raise Refused.for_all([reason])
    table.transact(holds.end(hold), patrons.hold_decrement(patron_id))
