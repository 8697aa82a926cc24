"""A patron's record at the desk: looked at with a trace, and changed (RULES 7, 8, 19, 39, 41)."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, NamedTuple

from lending.actions.holds.standing import Standing, places_of
from lending.actions.library import Library
from lending.actions.lookup import patron_of_card
from lending.actions.mail.contact_tasks import address_changed
from lending.aws.table import again_when_overtaken
from lending.aws.table.calendar import calendar
from lending.aws.table.holds import holds
from lending.aws.table.loans import loans
from lending.aws.table.mail import addresses
from lending.aws.table.patrons import audit_log, patrons, people
from lending.aws.table.writes import Write
from lending.domain.calendar.calendar import LatestRun
from lending.domain.calendar.coming_weeks import week_of_next_run
from lending.domain.holds.hold import Hold, HoldStatus
from lending.domain.loans.loan import Loan
from lending.domain.loans.release import with_deadline
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.problems import Reason, Refused
from lending.domain.registration.card import CardState

_ADDRESSES = ("email", "mail_to")


class HeldTitle(NamedTuple):
    """A hold with the title's name and, while it waits, its place: `position` of `of`."""

    hold: Hold
    title: str
    position: int | None
    of: int | None


class Record(NamedTuple):
    """What staff see of a patron. `unreachable` are those of the addresses that no mail reaches."""

    patron: Patron
    card_retired: bool
    holds: list[HeldTitle]
    loans: list[Loan]
    unreachable: set[str]


def view_record(library: Library, card_number: str, staff: str, why: str) -> Record:
    """A patron's record. That staff looked at it leaves a trace first (RULES 41).

    Args:
        why: what for, as staff say it.

    Raises:
        Refused: no such card.
    """
    patron, card = patron_of_card(library.table, card_number)
    library.table.write(
        audit_log.entry_of_patron(patron.patron_id, Act(library.moment, staff, Deed.LOOK, why), library.policy)
    )
    closed, today = calendar.load(library.table), library.today
    open_holds = [
        with_deadline(hold, today, closed, library.policy) for hold in holds.of_patron(library.table, patron.patron_id)
    ]
    standings = places_of(library.table.as_shown(), open_holds)
    return Record(
        patron=patron,
        card_retired=card.state is CardState.RETIRED,
        holds=[_held(hold, standings.get(hold.title_id), closed.latest_run) for hold in open_holds],
        loans=loans.of_patron(library.table, patron.patron_id),
        unreachable=addresses.unreachable(library.table, _used(patron)),
    )


def _held(hold: Hold, standing: Standing | None, latest: LatestRun | None) -> HeldTitle:
    title = standing.title.title if standing else ""
    waits = standing and hold.status is HoldStatus.WAITING
    return HeldTitle(hold.as_of(latest), title, *(standing.place if standing and waits else (None, None)))


@again_when_overtaken
def change_record(library: Library, card_number: str, wanted: dict[str, Any], staff: str) -> Patron:
    """Change what staff may change of a patron; a trace says which fields, not what was in them (RULES 41).

    Args:
        wanted: any of `loan_cap` (counts from the next run, RULES 19), `blocked`, `expires_on`, `online_lending`,
            and what is known of the person, see `person.checked`.

    Raises:
        Refused: no such card, or not a cap of the policy.
    """
    patron, _ = patron_of_card(library.table, card_number)
    changed = replace(patron, **{name: value for name, value in wanted.items() if name != "loan_cap"})
    if "loan_cap" in wanted:
        changed = _with_cap(library, changed, wanted["loan_cap"])
    act = Act(library.moment, staff, Deed.CHANGE, ", ".join(sorted(wanted)))
    trace = audit_log.entry_of_patron(patron.patron_id, act, library.policy)
    follow = [*people.name_changes(patron, changed), *_addresses(patron, changed)]
    library.table.transact(patrons.change(patron, changed), trace, *follow)
    for old, new in _tried_addresses(patron, changed, wanted):
        address_changed(library, patron.patron_id, old, new)
    return changed


def _tried_addresses(before: Patron, after: Patron, wanted: Collection[str]) -> list[tuple[str, str]]:
    """Each address given up, or empty, with the one in its place; one that was named anew is in its own place."""
    pairs = [(getattr(before, name), getattr(after, name)) for name in _ADDRESSES if name in wanted]
    still_used = _used(after)
    return [("" if old in still_used and old != new else old, new) for old, new in pairs]


def _with_cap(library: Library, patron: Patron, cap: int) -> Patron:
    if cap not in library.policy.loan_caps:
        raise Refused("invalid_fields", Reason("invalid_field", {"one_of": list(library.policy.loan_caps)}, "loan_cap"))
    if cap == patron.loan_cap:
        return patron
    today, coming = (
        library.today,
        week_of_next_run(library.moment, calendar.load(library.table), library.policy),
    )
    return replace(patron, loan_cap=cap, loan_cap_before=patron.cap_on(today), loan_cap_from=coming.cycle)


def _used(patron: Patron) -> set[str]:
    return {patron.email, patron.mail_to} - {""}


def _addresses(before: Patron, after: Patron) -> list[Write]:
    """Who uses which address; a link the patron asked for earlier must not undo what staff have just been told."""
    changed = [name for name in _ADDRESSES if getattr(before, name) != getattr(after, name)]
    return addresses.user_changes(before, after) + [addresses.wish_removal(before.patron_id, name) for name in changed]
