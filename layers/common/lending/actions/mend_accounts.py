"""Accounts are what the table says: a half-made one is mended by whatever touches it next, or by the day (RULES 6).

Whoever changes what an account depends on leaves word in the same transaction (`account_work.needed`) and sees to it
then. Passwords that a person has chosen are void by an act of staff only, never by a mail that is late or comes twice.
"""

from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from lending.aws import accounts
from lending.aws.table import Busy, Overtaken, Table, Unreadable
from lending.aws.table.patrons import account_work, patrons
from lending.aws.telemetry import kind_and_place, logger


def see_to_account(table: Table, patron_id: str) -> None:
    """See to it that a patron has an account that signs in with their card; safe to repeat.

    It is the card of now: an act that is repeated late does not bring an older number back.
    """
    work, patron = account_work.find(table, patron_id), patrons.find(table, patron_id)
    if patron:
        accounts.ensure_account(patron_id, patron.card_number)
        # A temporary one may have been made meanwhile, by the mail: it stays.
        if work and work.void_password and accounts.has_chosen_password(patron_id):
            accounts.new_temporary_password(patron_id)
    if work:
        with suppress(Overtaken):  # another act has come: whoever made it sees to it
            table.write(account_work.end(work))


def temporary_password(table: Table, patron_id: str) -> str:
    """A new temporary password, to be handed to its owner; whatever password there was is void."""
    see_to_account(table, patron_id)
    return accounts.new_temporary_password(patron_id)


def password_unless_chosen(table: Table, patron_id: str) -> str:
    """A new temporary password, or nothing where the person has chosen one: no mail takes that away."""
    see_to_account(table, patron_id)
    return "" if accounts.has_chosen_password(patron_id) else accounts.new_temporary_password(patron_id)


def see_to_accounts(table: Table) -> dict[str, int]:
    """See to every account that an act has left half-made; answers how many are right now, and how many are not."""
    counts = {"accounts_mended": 0, "accounts_left": 0}
    for work in account_work.all_of_them(table):
        try:
            see_to_account(table, work.patron_id)
        except (ClientError, BotoCoreError, Busy, Unreadable) as error:
            logger().error("an account could not be seen to", extra=kind_and_place(error))
            counts["accounts_left"] += 1
        else:
            counts["accounts_mended"] += 1
    return counts
