"""What a mail takes: the Saturday mails of many patrons, from the job that puts them to the note that each was taken.

Requests and units are counted on `counting_store`, the request to SES with them; what the stream and the queue take is
not the table's and not counted. How fast one worker is shows on moto, where every request is answered at once and
DynamoDB is Python: it is the worker's own work and moto's, and no measure of AWS.
"""

import json
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import TypedDict

from functions.mail import handler as function
from lending.actions.library import Library
from lending.actions.mail.count_mails import MailCounts
from lending.actions.mail.saturday_mail import announce_bags
from lending.actions.mail.send import Sending, send_mail
from lending.actions.unfinished import Unfinished
from lending.aws.table import Table
from lending.aws.table.calendar import facilities
from lending.aws.table.codec import attributes
from lending.aws.table.loans import bags, loans
from lending.aws.table.mail import mails
from lending.aws.table.patrons import patrons
from lending.aws.table.writes import Key, Write, put
from lending.domain.calendar.facility import Facility
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.mail.mail import MailState
from lending.domain.patrons.patron import Patron
from lending.domain.week import TOKYO
from tests.benchmarks.cloud import cloud
from tests.benchmarks.counting_store import CountingStore, Counts
from tests.benchmarks.throttling_store import ThrottlingStore
from tests.handlers.conftest import lending_table
from tests.library import aomori

COUNTED, TIMED, BOOKS = 1_000, 60, 3
SATURDAYS_MAILS, AN_INVOCATION = 50_000, 885  # seconds that a job goes on for
SATURDAY = datetime(2026, 6, 6, 9, tzinfo=TOKYO)
SUNDAY = date(2026, 6, 7)
_BATCH = 10  # what the queue brings at once
_POLICY = aomori()


class Row(TypedDict):
    """The figures of `make bench`."""

    requests_per_mail: float
    write_units_per_mail: float
    mails_per_second: float
    saturdays_mails: int
    saturdays_seconds: float
    saturdays_invocations: int


def run(counted: int = COUNTED, timed: int = TIMED, saturdays: int = SATURDAYS_MAILS) -> Row:
    """What `counted` mails cost, how fast `timed` mails go, and how long the table lets a Saturday's be put."""
    counts, (put_in, invocations) = count(counted), put_saturdays(saturdays)
    return {
        # The one to SES is a request, too.
        "requests_per_mail": round(sum(counts.requests.values()) / counted + 1, 2),
        "write_units_per_mail": round(sum(counts.write.values()) / counted, 2),
        "mails_per_second": round(timed / seconds(timed), 1),
        "saturdays_mails": saturdays,
        "saturdays_seconds": round(put_in, 1),
        "saturdays_invocations": invocations,
    }


def count(mails_: int) -> Counts:
    """Put and send so many mails on the store that counts."""
    store = CountingStore()
    table = Table(store, "lending")
    with cloud():
        for write in _library(mails_):
            table.write(write)
        store.count_from_here()
        for key in _announced(table):
            if send_mail(Library(table, _POLICY, SATURDAY), key, MailCounts()) is not Sending.SENT:
                raise RuntimeError(f"{key} was not sent")
        return store.counts


def put_saturdays(mails_: int, an_invocation: float = AN_INVOCATION) -> tuple[float, int]:
    """Put so many mails on a table that throttles; answers the seconds of its clock, and the invocations it took."""
    store = ThrottlingStore()
    store.load(put(bags.key(bag.pickup_from, bag.facility, bag.patron_id), attributes(bag)).parameters["Item"]
               for bag in map(a_bag, range(mails_)))  # fmt: skip
    table = Table(store, "lending")
    invocations, finished = 0, False
    with store.clock():
        while not finished:
            invocations += 1
            finished = _announced_by(table, store, store.now + an_invocation)
    if (there := sum(1 for _ in mails.on_their_way(table, SATURDAY))) != mails_:
        raise RuntimeError(f"{there} of {mails_} mails are there")
    return store.now, invocations


def _announced_by(table: Table, store: ThrottlingStore, until: float) -> bool:
    try:
        announce_bags(Library(table, _POLICY, SATURDAY), lambda: store.now < until)
    except Unfinished:
        return False
    return True


def a_bag(number: int) -> Bag:
    barcodes = frozenset(f"{number}-{n}" for n in range(BOOKS))
    return Bag(f"p{number:05}", f"{number:08}", str(number % 59 + 1), SUNDAY, date(2026, 6, 14), barcodes)


def seconds(mails_: int) -> float:
    """The seconds that one worker takes for so many mails, ten at a time, on moto."""
    with cloud():
        table = lending_table("lending")
        for write in _library(mails_):
            table.write(write)
        keys = list(_announced(table))
        started = time.perf_counter()
        for first in range(0, len(keys), _BATCH):
            function.handler(_event(keys[first : first + _BATCH]), _CONTEXT)
        taken = time.perf_counter() - started
        found = [mails.find(table, key) for key in keys]
        if any(mail is None or mail.state is not MailState.SENT for mail in found):
            raise RuntimeError("not every mail was sent")
        return taken


def _library(patrons_: int) -> Iterator[Write]:
    """Patrons with a bag of a few books each for one of the facilities."""
    for number in range(1, 60):
        yield facilities.facility_record(Facility(number, "西北", "鰺ヶ沢町", f"見本の公民館{number}", True))
    for number in range(patrons_):
        patron_id, facility = f"p{number:05}", str(number % 59 + 1)
        yield patrons.addition(a_patron(patron_id, f"{number:08}"))
        barcodes = [f"{patron_id}-{n}" for n in range(BOOKS)]
        for barcode in barcodes:
            yield loans.addition(a_loan(patron_id, barcode, facility))
            yield bags.book_addition(
                Bag(patron_id, f"{number:08}", facility, SUNDAY, date(2026, 6, 14)), barcode, _POLICY
            )


def a_patron(patron_id: str, card_number: str) -> Patron:
    return Patron(
        patron_id=patron_id,
        card_number=card_number,
        name="見本 花子",
        kana="ミホン ハナコ",
        birth_date=date(1990, 4, 1),
        postal_code="030-0184",
        address="青森県青森市荒川字藤戸119-7",
        phone="017-000-0000",
        email=f"{patron_id}@example.jp",
        expires_on=date(2028, 3, 31),
        loans=BOOKS,
    )


def a_loan(patron_id: str, barcode: str, facility: str) -> Loan:
    return Loan(
        patron_id=patron_id,
        barcode=barcode,
        title_id=f"T{barcode}",
        title="青森県の見本の本とその続き",
        pickup_place=facility,
        lent_at=SATURDAY - timedelta(days=2),
        due_on=date(2026, 6, 21),
        pickup_from=SUNDAY,
        pickup_until=date(2026, 6, 14),
    )


def _announced(table: Table) -> list[Key]:
    """The keys of the mails that Saturday's job puts."""
    announce_bags(Library(table, _POLICY, SATURDAY), lambda: True)
    return list(mails.on_their_way(table, SATURDAY))


def _event(keys: list[Key]) -> dict[str, object]:
    return {
        "Records": [
            {"messageId": f"m{n}", "eventSource": "aws:sqs", "body": json.dumps({"PK": key[0], "SK": key[1]})}
            for n, key in enumerate(keys)
        ]
    }


_CONTEXT = SimpleNamespace(
    function_name="mail",
    memory_limit_in_mb=512,
    aws_request_id="bench",
    invoked_function_arn="arn:aws:lambda:ap-northeast-1:123456789012:function:mail",
    get_remaining_time_in_millis=lambda: 60_000,
)
