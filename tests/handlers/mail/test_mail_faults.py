"""2,000 mails and a fault at any step, RULES 38: none is lost, and only what nobody can know is sent a second time."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lending.actions.library import Library
from lending.actions.mail.count_mails import MailCounts
from lending.actions.mail.feedback import take_event_in
from lending.actions.mail.send import send_mail
from lending.aws import mailer
from lending.aws.mailer import PerhapsSent
from lending.aws.table import Table, store
from lending.aws.table.mail import mails
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Key
from lending.domain.mail.events import EventKind, MailEvent, Recipient
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.mail import MailState
from lending.domain.patrons.patron import Patron
from tests.benchmarks.counting_store import CountingStore
from tests.handlers.mails import POLICY, SATURDAY, Died, mail_of, put, throttled

MAILS = 2_000
FAULTS = ["throttled", "died before", "no answer, not taken", "no answer, taken", "died after", "table conflicts"]
KNOWN_UNSENT = {"throttled"}
MORE_THAN_ANYONE_TRIES = 100


@dataclass
class Disturbed:
    """SES and the table, which fail as they are told."""

    faults: dict[Key, str] = field(default_factory=dict)
    taken: Counter[Key] = field(default_factory=Counter)
    unknown: Counter[Key] = field(default_factory=Counter)
    conflicts: int = 0

    def send(self, key: Key, to_address: str, text: Any) -> str:
        """What `mailer.send` does, with a fault before or after SES takes the mail."""
        fault = self.faults.pop(key, "")
        self.unknown[key] += fault not in KNOWN_UNSENT | {""}
        if fault == "throttled":
            raise throttled()
        if fault == "died before":
            raise Died
        if fault == "no answer, not taken":
            raise PerhapsSent
        self.taken[key] += 1
        if fault == "no answer, taken":
            raise PerhapsSent
        if fault == "died after":
            raise Died
        self.conflicts = MORE_THAN_ANYONE_TRIES if fault else 0
        return f"{key[0]}-{self.taken[key]}"

    def transact(self, real: Any) -> Any:
        """What the table does, while other transactions are at the same items or are not."""

        def meets(**request: Any) -> Any:
            if self.conflicts:
                self.conflicts -= 1
                answer: Any = {
                    "Error": {"Code": "TransactionCanceledException", "Message": ""},
                    "CancellationReasons": [{"Code": "TransactionConflict"}],
                }
                raise ClientError(answer, "TransactWriteItems")
            return real(**request)

        return meets


@pytest.fixture
def disturbed(monkeypatch: pytest.MonkeyPatch) -> Disturbed:
    world = Disturbed()
    monkeypatch.setattr(mailer, "send", world.send)
    monkeypatch.setattr(store, "_pause", lambda attempt: None)
    return world


def test_none_is_lost_and_only_the_unknowable_is_sent_again(
    disturbed: Disturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN 2,000 mails, of whose first two tries each meets a fault with a chance of three in ten
    client, chance = CountingStore(), random.Random(7)
    table = Table(client, "lending")
    monkeypatch.setattr(client, "transact_write_items", disturbed.transact(client.transact_write_items))
    keys = [_waiting(table, n) for n in range(MAILS)]
    moment, queue = SATURDAY, keys
    for attempt in range(5):
        # WHEN the queue brings them, and again what failed
        if attempt < 2:
            disturbed.faults = {key: chance.choice(FAULTS) for key in queue if chance.random() < 0.3}
        queue = [key for key in queue if not _brought(table, disturbed, key, moment)]
        moment += timedelta(minutes=3)
    # and SES tells of what it took, and the daily job brings what is left
    for key in keys:
        if disturbed.taken[key]:
            take_event_in(table, _delivered(key), 1, POLICY, MailCounts())
    for key in list(mails.on_their_way(table, moment)):
        assert _brought(table, disturbed, key, moment + timedelta(days=1))
    # THEN each was sent; more than once only what nobody could know, and then twice
    times = Counter(disturbed.taken[key] for key in keys)
    assert set(times) == {1, 2}, times
    assert not [key for key in keys if disturbed.taken[key] > 1 and not disturbed.unknown[key]]
    assert {mail_of(table, key).state for key in keys} == {MailState.SENT, MailState.DELIVERED}
    assert times[2] < sum(disturbed.unknown.values())


def _waiting(table: Table, n: int) -> Key:
    patron_id = f"p-{n}"
    patron = Patron(
        patron_id, f"{n:08}", date(1990, 4, 1), date(2027, 3, 31), "見本 花子", "ミホン ハナコ", "030-0184", "青森市",
        "017-000-0000", f"{patron_id}@example.jp",
    )  # fmt: skip
    table.write(patrons.addition(patron))
    return put(table, ArrivalTestMail, owner=patron_id)


def _brought(table: Table, disturbed: Disturbed, key: Key, moment: Any) -> bool:
    """Whether the queue is done with the mail."""
    disturbed.conflicts = 0
    try:
        send_mail(Library(table, POLICY, moment), key, MailCounts())
    except (Exception, Died):
        return False
    finally:
        disturbed.conflicts = 0
    return True


def _delivered(key: Key) -> MailEvent:
    tags = {"owner": mailer._tag(key[0]), "mail": mailer._tag(key[1])}
    address = f"{key[0].removeprefix('PATRON#')}@example.jp"
    return MailEvent("m", EventKind.DELIVERY, (Recipient(address),), at=SATURDAY, addressed_to=(address,), tags=tags)
