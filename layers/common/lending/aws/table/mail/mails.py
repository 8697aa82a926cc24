"""Mails: with their patron, PATRON#id / MAIL#…, or with their application, APPLICATION#receipt / MAIL#….

A mail exists because its item was put in the same transaction as the change it tells of; the stream carries it on.
`work` lists those on their way, so that what is stuck is found, and those that are to be printed (RULES 44).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from lending.aws.table.codec import Item, attributes, each_of, epoch, stamp, value_of
from lending.aws.table.shards import merged, shard
from lending.aws.table.store import Table
from lending.aws.table.writes import Key, Write, delete, put_new, still, update
from lending.domain.mail.kinds import kind_named
from lending.domain.mail.mail import Mail
from lending.domain.policy import Policy

_WORK = "MAIL"
WORK_LETTER = "LETTER"


def key(mail: Mail) -> Key:
    """The key of a mail: what it is about names it, so it is there once (RULES 38)."""
    owner = "APPLICATION" if kind_named(mail.kind).to_applicant else "PATRON"
    return f"{owner}#{mail.owner}", f"MAIL#{mail.mail_id}"


def mail_of(item: Item) -> Mail:
    """The mail that an item holds."""
    return value_of(Mail, item)


def find(table: Table, key_: Key) -> Mail | None:
    """The mail as of now."""
    item = table.get(key_)
    return mail_of(item) if item else None


def existing(table: Table, keys: Iterable[Key]) -> set[Key]:
    """Those of the keys under which there is a mail."""
    return {(item["PK"], item["SK"]) for item in table.get_many(keys)}


def of_patron(table: Table, patron_id: str) -> list[Mail]:
    """A patron's mails that have not vanished, the newest first."""
    found = each_of(mail_of, table.query(f"PATRON#{patron_id}", "MAIL#"))
    return sorted(found, key=lambda mail: mail.created_at, reverse=True)


def of_application(table: Table, receipt_number: str) -> list[Mail]:
    """An application's mails that have not vanished."""
    return list(each_of(mail_of, table.query(f"APPLICATION#{receipt_number}", "MAIL#")))


def on_their_way(table: Table, created_until: datetime) -> Iterator[Key]:
    """Keys of the mails put by a moment that are still to be sent, the oldest first."""
    for item in merged(table, _WORK, before=f"{stamp(created_until)}#~", only_keys=True):
        yield item["PK"], item["SK"]


def page_of_letters(table: Table, limit: int, start: Item | None) -> tuple[list[Mail], Item | None]:
    """Some of the mails that are to be printed, the oldest first, and where the list goes on (RULES 44)."""
    page = table.page(WORK_LETTER, index="work", limit=limit, start=start)
    return list(each_of(mail_of, page.items)), page.last


def vanishes(mail: Mail, policy: Policy) -> datetime:
    """When a mail is erased (RULES 41)."""
    return mail.created_at + timedelta(days=kind_named(mail.kind).days_kept(policy))


def addition(mail: Mail, policy: Policy) -> Write:
    """A mail to be sent; put it in the transaction of what it tells of. It vanishes after the policy's days (41)."""
    return put_new(key(mail), attributes(mail) | _work(mail) | {"expires_at": epoch(vanishes(mail, policy))})


def erasure(mail: Mail) -> Write:
    """The mail is gone with what it was about."""
    return delete(key(mail))


def change(before: Mail, after: Mail) -> Write:
    """A mail becomes another state of itself, if it still is what was read (RULES 38)."""
    was, now = (attributes(mail) | _work(mail) for mail in (before, after))
    changed = {name: now.get(name) for name in was | now if was.get(name) != now.get(name)}
    condition, values = still(was, "state", "claimed_at")
    return update(key(before), set=changed, condition=condition, **values)


def _work(mail: Mail) -> Item:
    # Both parts together or none: half a key of the index would be refused.
    if not (mail.on_its_way or mail.is_letter):
        return {}
    order = f"{stamp(mail.created_at)}#{mail.owner}#{mail.mail_id}"
    return {"work": shard(_WORK, mail.owner) if mail.on_its_way else WORK_LETTER, "work_order": order}
