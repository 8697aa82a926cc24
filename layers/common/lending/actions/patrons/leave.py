"""A patron leaves, is taken out by staff, or has not used the service for years: nothing is kept of them (RULES 41).

One transaction takes away the record and whatever finds it, if nothing is open; from then on they are no patron. What
is left is then deleted step by step. Each step can be repeated, and the hourly job takes those that were cut off; it
ends only once no token of theirs is good any more and no mail of theirs is heard of.
"""

from contextlib import suppress
from datetime import date, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from lending.actions.library import Library
from lending.actions.unfinished import EnoughTime
from lending.aws import accounts, suppression
from lending.aws.metrics import emit_counts
from lending.aws.table import Busy, Overtaken, Table, again_when_overtaken
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import audit_log, leavings, patrons, people
from lending.aws.table.patrons.leavings import Leaving
from lending.aws.table.registration import applications, cards
from lending.aws.table.writes import Write
from lending.aws.telemetry import kind_and_place, logger
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.card import CardState

# What somebody who goes may still cause: a token lives for minutes, a mail on its way is given up before.
ECHO = timedelta(hours=3)
_LIST = "left"


def leave(table: Table, patron_id: str, moment: datetime) -> None:
    """A patron leaves. Asked again it goes on where it was.

    Raises:
        Refused: holds or loans are open; both are named.
    """
    _take_out(table, patron_id, moment)
    if leaving := leavings.find(table, patron_id):
        _clear(table, leaving)


def take_out(library: Library, card_number: str, staff: str) -> None:
    """Staff take a patron out. The trace says that they did, and not whom. Asked again it changes nothing.

    Raises:
        Refused: no such card, or holds or loans are open; both are named.
    """
    card = cards.find(library.table, card_number)
    if card is None or card.state is CardState.BLANK:
        raise Refused("unknown_card")
    if card.patron_id:
        trace = audit_log.entry_of_list(_LIST, Act(library.moment, staff, Deed.CLOSE), library.policy)
        _take_out(library.table, card.patron_id, library.moment, trace)
        if leaving := leavings.find(library.table, card.patron_id):
            _clear(library.table, leaving)


@again_when_overtaken
def _take_out(table: Table, patron_id: str, moment: datetime, *more: Write) -> None:
    """No patron any more: the record is gone, its cards are nobody's, and nothing finds them."""
    patron = patrons.find(table, patron_id)
    if patron is None:
        return
    if reasons := _open(patron):
        raise Refused("cannot_leave", *reasons)
    unreached = addresses.unreachable(table, {patron.email, patron.mail_to} - {""})
    table.transact(
        patrons.removal(patron),
        *map(cards.patron_removal, patron.cards),
        *people.name_changes(patron, None),
        *addresses.user_changes(patron, None),
        leavings.addition(Leaving(patron_id, moment, patron.receipts, tuple(sorted(unreached)))),
        *more,
    )


def _open(patron: Patron) -> list[Reason]:
    holds = [Reason("holds_open", {"holds": patron.open_holds})] if patron.open_holds else []
    return holds + ([Reason("loans_open", {"loans": patron.loans})] if patron.loans else [])


def _clear(table: Table, leaving: Leaving) -> None:
    """All that is left of somebody who goes: account, applications, mails, tasks, notes of traces, what SES knows."""
    accounts.delete_account(leaving.patron_id)
    leavings.clear(table, leaving)
    for address in leaving.addresses:
        suppression.remove_from_suppression_list(address)


def erase(library: Library, enough_time: EnoughTime) -> dict[str, int]:
    """Take out who has not used the service for the policy's years, and finish what is left of all who go.

    Returns:
        How many were taken out, are going, are gone for good, and could not be seen to.
    """
    counts = {"taken_out": 0, "going": 0, "gone": 0, "erasures_left": 0}
    for patron_id in _unused(library.table, library.today, library.policy):
        if not enough_time():
            break
        with suppress(Refused, Busy):  # a hold has come meanwhile
            _take_out(library.table, patron_id, library.moment)
            counts["taken_out"] += 1
    for leaving in leavings.all_of_them(library.table):
        if not enough_time():
            break
        counts[_finished(library.table, leaving, library.moment)] += 1
    counts["addresses"] = _forget_strangers(library)
    emit_counts(ErasuresLeft=counts["erasures_left"])
    return counts


def _forget_strangers(library: Library) -> int:
    """Unreachable addresses that no patron uses are forgotten, by SES as well: mistyped, of people gone (41)."""
    found = addresses.marked_until(library.table, library.moment - timedelta(days=library.policy.mark_days))
    strangers = [(address, since) for address, since in found if not addresses.users(library.table, address)]
    for address, since in strangers:
        suppression.remove_from_suppression_list(address)
        with suppress(Overtaken):  # marked anew meanwhile
            library.table.write(addresses.mark_removal_of_earlier(address, since))
    return len(strangers)


def _unused(table: Table, today: date, policy: Policy) -> list[str]:
    """Whose card ran out the policy's years ago, nothing open; renewing the card, or asking for it, is using it."""
    last_day = today - timedelta(days=366 * policy.erasure_years)
    unused = [patron for patron in patrons.expired_until(table, last_day) if not _open(patron)]
    applying = applications.cards_at_stake(table) if unused else set()
    return [patron.patron_id for patron in unused if patron.card_number not in applying]


def _finished(table: Table, leaving: Leaving, moment: datetime) -> str:
    try:
        _clear(table, leaving)
    except (ClientError, BotoCoreError, Busy) as error:
        logger().error("somebody who goes could not be seen to", extra=kind_and_place(error))
        return "erasures_left"
    if moment < leaving.since + ECHO:
        return "going"
    table.write(leavings.end(leaving))
    return "gone"
