"""A patron's own change of where mails go. A new address proves itself by a link (RULES 7, 39)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from lending.actions.library import Library
from lending.actions.lookup import patron_with_id
from lending.actions.mail.contact_tasks import address_changed
from lending.aws import suppression
from lending.aws.table import Table, again_when_overtaken
from lending.aws.table.mail import addresses, mails
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Write
from lending.domain.form_fields import FieldFault, check_mail_address
from lending.domain.mail.kinds.addresses import AddressConfirmationMail
from lending.domain.mail.mail import Mail, mail_id, new_mail
from lending.domain.patrons.mail_address import PendingAddress
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused


@again_when_overtaken
def change_mail_addresses(library: Library, patron_id: str, wanted: dict[str, str], pending_id: str) -> None:
    """Take up a patron's wish for other addresses.

    One that the patron uses already and that mails reach counts at once, and so does an empty `mail_to`. Any other is
    sent a link first, also one that mails did not reach: it may be mended.

    Args:
        wanted: `email` and `mail_to`, as far as they are to be changed, as typed.
        pending_id: a name nobody can guess.

    Raises:
        Refused: an address is wrong, naming each; or there were too many links today.
    """
    patron = patron_with_id(library.table, patron_id)
    checked = _checked(wanted)
    if not checked:
        return
    bad = addresses.unreachable(library.table, {address for address in checked.values() if address})
    proved = {patron.email, patron.mail_to, ""} - bad
    at_once = {field: address for field, address in checked.items() if address in proved}
    to_prove = {field: address for field, address in checked.items() if address not in proved}
    valid_until = library.moment + timedelta(hours=library.policy.address_link_hours)
    wishes = [
        PendingAddress(patron_id, field, address, f"{pending_id}-{field}", library.moment, valid_until)
        for field, address in to_prove.items()
    ]
    links = _links(wishes, _links_of_day(library.table, patron_id, library.today), library.policy)
    for address in bad:
        suppression.remove_from_suppression_list(address)
    library.table.transact(
        *links, *_settle(patron, at_once), *(addresses.wish_removal(patron_id, field) for field in at_once)
    )


def _checked(wanted: dict[str, str]) -> dict[str, str]:
    """The addresses made regular; only `mail_to` may be empty: then hold mails go to `email`."""
    checked = {
        field: "" if field == "mail_to" and not text.strip() else check_mail_address(text, field)
        for field, text in wanted.items()
    }
    faults = [found for found in checked.values() if isinstance(found, FieldFault)]
    if faults:
        reasons = [Reason("invalid_field", {"fault": each.code}, each.field, each.message) for each in faults]
        raise Refused("invalid_fields", *reasons)
    return {field: found for field, found in checked.items() if isinstance(found, str)}


def _links_of_day(table: Table, patron_id: str, day: date) -> int:
    about = mail_id(AddressConfirmationMail, day)
    return sum(mail.mail_id.startswith(f"{about}#") for mail in mails.of_patron(table, patron_id))


def _links(wishes: list[PendingAddress], sent: int, policy: Policy) -> list[Write]:
    # The mail's name holds the day's limit: nobody can have strangers written to as often as they like.
    if wishes and sent + len(wishes) > policy.address_links_a_day:
        raise Refused("too_soon")
    found = [mails.addition(_link(wish, nth, policy), policy) for nth, wish in enumerate(wishes, sent + 1)]
    return [*found, *map(addresses.wish_addition, wishes)]


def _link(wish: PendingAddress, nth: int, policy: Policy) -> Mail:
    about = (wish.asked_at.date(), nth)
    facts = {"to": wish.address, "pending": wish.pending_id, "valid_hours": policy.address_link_hours}
    return new_mail(AddressConfirmationMail, wish.patron_id, wish.asked_at, *about, **facts)


def confirm_mail_address(library: Library, patron_id: str, pending_id: str) -> PendingAddress:
    """Let a patron's new address count: its link was followed. Followed twice, it answers the same.

    The old address may be tried again as well: one of those who use it has changed it (RULES 39).

    Raises:
        Refused: the link is too old, or a later wish has taken its place.
    """
    wish = _confirm(library.table, patron_id, pending_id, library.moment)
    address_changed(library, patron_id, wish.before, wish.address)
    return wish


@again_when_overtaken
def _confirm(table: Table, patron_id: str, pending_id: str, moment: datetime) -> PendingAddress:
    patron = patrons.find(table, patron_id)
    wish = next((each for each in addresses.pending(table, patron_id) if each.pending_id == pending_id), None)
    if patron is None or wish is None or (moment > wish.valid_until and not wish.confirmed_at):
        raise Refused("link_void")
    if wish.confirmed_at:
        return wish
    changes = {wish.field: wish.address}
    after = replace(patron, **changes)  # type: ignore[arg-type]
    before = getattr(patron, wish.field)
    # An address that the patron goes on using elsewhere is not given up, and may be as dead as before.
    kept = before != wish.address and before in (after.email, after.mail_to)
    granted = replace(wish, confirmed_at=moment, before="" if kept else before)
    table.transact(addresses.wish_confirmation(granted), *_settle(patron, changes))
    return granted


def _settle(patron: Patron, changes: dict[str, str]) -> list[Write]:
    if not changes:
        return []
    after = replace(patron, **changes)  # type: ignore[arg-type]
    return [patrons.mail_addresses_change(patron, changes), *addresses.user_changes(patron, after)]
