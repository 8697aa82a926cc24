"""A little library after a week, with something of nearly every kind for each of two people who share one queue.

Whatever is broken of the first, the second goes on. Everything of theirs has a name of theirs in it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from functions.allocator.handler import handler as allocator
from functions.notices.handler import handler as notices
from functions.release.handler import handler as release
from lending.actions.catalogue.refresh_search import refresh_search
from lending.aws.table import Table
from lending.aws.table.calendar import calendar
from lending.aws.table.catalogue import search_index, titles
from lending.aws.table.holds import baskets, holds
from lending.aws.table.mail import addresses, contacts, mails, sent_messages
from lending.aws.table.patrons import account_work, leavings, password_wishes, people
from lending.aws.table.writes import put
from lending.domain.calendar.closures import Closure, Scope, Suspension
from lending.domain.calendar.facility import in_order
from lending.domain.catalogue.title import CopyState, LiesAt
from lending.domain.holds.hold import PREFECTURAL, HoldStatus
from lending.domain.loans.batch import bag_id
from lending.domain.mail.bounce_table import BounceCause, Diagnosis
from lending.domain.mail.contact import contact_about
from lending.domain.mail.kinds.addresses import ArrivalTestMail
from lending.domain.mail.kinds.books import OverdueMail
from lending.domain.mail.mail import Mail, MailState, Unsent, new_mail
from lending.domain.patrons.mail_address import PendingAddress
from lending.domain.patrons.password_wish import PasswordWish
from lending.domain.week import TOKYO
from tests.benchmarks.counting_store import Change, CountingStore, Item, Key
from tests.copies import moved
from tests.handlers.applications import applied, kit
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import POLICY, SUNDAY, THURSDAY, SampleLibrary, ask
from tests.handlers.surface import asked


class Watched(CountingStore):
    """A store in memory that says what was read of it, and can be taken back to what it was."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[Key] = set()
        self._before: dict[Key, Item] = {}

    def get_item(self, **request: Any) -> dict[str, Any]:
        """One item."""
        answer = super().get_item(**request)
        self._note([answer["Item"]] if "Item" in answer else [])
        return answer

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Many items."""
        answer = super().batch_get_item(**request)
        for found in answer["Responses"].values():
            self._note(found)
        return answer

    def query(self, **request: Any) -> dict[str, Any]:
        """A page of a partition."""
        answer = super().query(**request)
        self._note(answer["Items"])
        return answer

    def _note(self, items: list[Item]) -> None:
        self.read |= {(item["PK"]["S"], item["SK"]["S"]) for item in items}

    def _store(self, change: Change) -> None:
        self._before.setdefault(change.key, self._items.get(change.key, {}))
        super()._store(change)

    @property
    def changed(self) -> set[Key]:
        """What was written since."""
        return set(self._before)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens meanwhile has not happened afterwards; what was read is what is read from here on."""
        outer, self._before, self.read = self._before, {}, set()
        try:
            yield
        finally:
            for key, item in self._before.items():
                super()._store(Change(key, self._items.get(key, {}), item, holds=True))
            self._before = outer


# The two; the third has what all wait for


@dataclass(frozen=True)
class Person:
    """One of the two, and by which names everything of theirs goes."""

    number: int

    @property
    def patron(self) -> str:
        return f"p-{self.number}"

    @property
    def goes(self) -> str:
        """The patron of theirs who is taken out."""
        return f"p-8{self.number}"

    @property
    def card(self) -> str:
        return f"1000000{self.number}"

    @property
    def facility(self) -> str:
        return str(11 + self.number)

    @property
    def receipt(self) -> str:
        return f"482177301{8 + self.number}"

    @property
    def kit(self) -> str:
        return f"2010000{self.number}"

    @property
    def staff(self) -> str:
        return f"staff-{self.number}"

    @property
    def address(self) -> str:
        return f"{self.patron}@example.jp"

    def title(self, n: int) -> str:
        return f"t-{self.number}{n}"

    def copy(self, n: int) -> str:
        return f"{self.title(n)}-1"

    @property
    def known(self) -> dict[str, str]:
        """What a route's path is filled with."""
        bag = bag_id(SUNDAY, self.facility, self.patron)
        return {
            "title_id": self.title(1), "barcode": self.copy(4), "card_number": self.card, "slot": "card",
            "receipt_number": self.receipt, "bag_id": bag,
            "batch_id": f"{SUNDAY}.{self.facility}", "closure_id": f"c-{self.number}", "run_id": str(THURSDAY.date()),
            "suspension_id": f"s-c-{self.number}", "contact_id": contacts.contact_id(contact_of(self)),
            "report_id": f"{self.facility}.{bag}", "mail": f"test~{self.number}",
            "number": self.facility,
        }  # fmt: skip

    def is_named_in(self, text: str) -> bool:
        """Whether something is theirs, of their facility, or of a title of theirs."""
        names = (self.patron, self.goes, self.card, self.receipt, self.kit, f"t-{self.number}", self.staff)
        kept = {f"{kind}#{in_order(self.facility)}" for kind in ("BAG", "FACILITY", "CRATE", "SHIFT")}
        shown = {f'facility": "{self.facility}', f'"number": {self.facility}', f"c-{self.number}", f"s-{self.number}"}
        return any(name in text for name in (*names, *kept, *shown))


ONE, TWO, THREE = Person(1), Person(2), Person(3)
BOTH_WAIT_FOR = THREE.title(1)
NOW = datetime(2026, 6, 11, 9, 30, tzinfo=TOKYO)  # the Thursday after
LONG_AGO = datetime(2026, 5, 1, 12, tzinfo=TOKYO)
RUN, PULL, SATURDAY = THURSDAY.replace(hour=8), THURSDAY.replace(hour=9, minute=0), THURSDAY + timedelta(days=2)

Job = tuple[Any, str, datetime]
# What comes next, each at its time.
JOBS: list[Job] = [
    (allocator, "thursday_run", NOW.replace(hour=8)),
    (allocator, "prefectural_pull", NOW.replace(minute=0)),
    (notices, "lending_mail", SATURDAY),
    (release, "sunday_release", NOW.replace(hour=22) + timedelta(days=10)),
    (release, "prefectural_release", NOW.replace(hour=22) + timedelta(days=3)),
    (notices, "daily_notices", NOW.replace(hour=10)),
    (notices, "mails_again", NOW),
    (notices, "erasure", NOW.replace(hour=3)),
]


def do_job(job: Job, **how: Any) -> Any:
    """A job as its schedule calls it."""
    function, name, moment = job
    return function({"job": name, "scheduled_time": moment.isoformat()}, how.get("context", context()))


def play(table: Table) -> SampleLibrary:
    """The week up to `NOW`."""
    library = SampleLibrary(Given(table))
    library.facility(1)
    library.patron(THREE.patron), library.given.title(BOTH_WAIT_FOR)
    library.loan(f"{BOTH_WAIT_FOR}-1", THREE.patron, facility="", due_on=date(2026, 6, 30))
    for who in (ONE, TWO):
        _settle(library, who)
    refresh_search(table, "catalogue")
    for who in (ONE, TWO):
        _write_about(library, who)
    do_job((allocator, "thursday_run", RUN))
    do_job((allocator, "prefectural_pull", PULL))
    for who in (ONE, TWO):
        for n in (1, 2):
            assert ask("POST", f"/pulls/{who.copy(n)}", {"result": "found"}, now=THURSDAY)[0] == 200
    for who in (ONE, TWO):
        assert ask("POST", "/crates/dispatch", {"pickup_from": str(SUNDAY), "facilities": [who.facility]})[0] == 200
        moved_to = {"pickup_from": str(SUNDAY), "facility": who.facility, "pickup_until": "2026-06-15",
                    "due_on": "2026-06-24", "reason": "雪"}  # fmt: skip
        assert ask("POST", "/shifts", moved_to)[0] in (200, 201)
        _at_the_facility(who)
        _since(library, who)
    return library


def _settle(library: SampleLibrary, who: Person) -> None:
    """Somebody with books in every state."""
    library.facility(int(who.facility))
    library.patron(
        who.patron, expires_on=date(2026, 6, 20), name=f"見本 {who.patron}", birth_date=date(1990, 4, who.number)
    )
    library.patron(who.goes)
    library.table.transact(*people.name_changes(None, library.who(who.patron)))
    for n in range(10):
        library.given.title(who.title(n), copies=2)
    for n in (1, 3, 7):
        library.hold(who.patron, who.title(n), who.facility)
    library.hold(who.patron, who.title(2), PREFECTURAL)
    library.hold(who.patron, BOTH_WAIT_FOR, who.facility)
    kept = library.kept(who.copy(3), who.patron)
    library.table.write(holds.change(kept, replace(kept, pickup_place=who.facility)))
    library.hold(who.patron, who.title(4), PREFECTURAL)
    library.kept(who.copy(4), who.patron, HoldStatus.READY)
    library.loan(who.copy(5), who.patron, facility="", due_on=date(2026, 5, 25))
    library.loan(who.copy(6), who.patron, facility=who.facility)
    library.records(who.facility)
    table = library.table
    for copy, state in ((0, CopyState.MISSING), (8, CopyState.LOST), (9, CopyState.DAMAGED)):
        table.write(moved(table, who.copy(copy), state))
    table.write(moved(table, f"{who.title(8)}-2", CopyState.ON_SHELF, lies_at=LiesAt.COUNTER))
    table.write(baskets.addition(who.patron, who.title(0), LONG_AGO))


def contact_of(who: Person) -> Any:
    """The task that a mail to them came back."""
    found = contact_about(Diagnosis(BounceCause.MAILBOX_FULL), f"old-{who.address}", RUN, _test_mail(who))
    return replace(found, patron_id=who.patron)


def _test_mail(who: Person) -> Mail:
    sent_at = RUN - timedelta(days=1)
    mail = new_mail(ArrivalTestMail, who.patron, sent_at, who.number)
    return replace(mail, state=MailState.BOUNCED, sent_at=sent_at, to_address=who.address, message_id=who.patron)


def _write_about(library: SampleLibrary, who: Person) -> None:
    """What is kept beside books: mails, tasks, wishes, work left undone."""
    table, mail, link = library.table, _test_mail(who), f"pending-{who.number}"
    waiting = new_mail(ArrivalTestMail, who.patron, RUN, 100 + who.number)
    letter = new_mail(OverdueMail, who.patron, RUN, RUN.date(), reminded_on=str(RUN.date()))
    letter = replace(letter, state=MailState.UNSENT, why=Unsent.NO_ADDRESS)
    wish = PendingAddress(who.patron, "mail_to", f"new-{who.address}", link, RUN, NOW + timedelta(days=1))
    for write in (
        *(mails.addition(each, POLICY) for each in (mail, waiting, letter)),
        sent_messages.addition(who.patron, mails.key(mail), mail, POLICY),
        contacts.record(None, contact_of(who), POLICY),
        addresses.mark_addition(f"old-{who.address}", RUN, BounceCause.MAILBOX_FULL),
        addresses.user_addition(f"old-{who.address}", who.patron),
        addresses.wish_addition(wish),
        account_work.addition(who.patron, RUN),
        leavings.addition(leavings.Leaving(f"{who.goes}9", RUN, (), (f"gone-{who.address}",))),
        password_wishes.addition(PasswordWish(who.card, date(1990, 4, 1), RUN)),
        search_index.title_change(titles.find(table, who.title(1)) or library.given.title(), f"v-{who.number}"),
        put((f"TITLE#t-{who.number}99", "MERGED"), {"into": who.title(1)}),
    ):
        table.transact(write)
    kit(table, who.kit)
    applied(table, who.receipt, f"p-new-{who.patron}", card_number=who.kit, email=f"new-{who.address}")
    for n, (scope, facility) in enumerate(((Scope.FACILITY, who.facility), (Scope.PREFECTURAL, ""))):
        day = date(2026, 7, 1) + timedelta(days=who.number + 7 * n)
        name = f"c-{who.number}" if facility else f"c-all-{who.number}"
        closed = Closure(closure_id=name, scope=scope, facility=facility, starts_on=day, ends_on=day, reason="雪")
        table.write(calendar.closure_addition(closed))
        stop = Suspension(suspension_id=f"s-{name}", scope=Scope.FACILITY, facility=who.facility, starts_on=day,
                          ends_on=day, reason="雪", opted_in=frozenset({who.patron}))  # fmt: skip
        table.write(calendar.suspension_addition(stop))


def _at_the_facility(who: Person) -> None:
    """The facility speaks: the bag is missing, then it is there and handed over; something is too many."""
    bag = f"/api/facility/bags/{who.known['bag_id']}"
    how: dict[str, Any] = {"group": f"facility-{who.facility}", "now": SATURDAY + timedelta(days=2)}
    told = {"kind": "extra", "text": f"{who.facility}館 {who.patron}"}
    for path, body in ((f"{bag}/arrival", {"state": "missing"}), ("/api/facility/reports", told)):
        status, answer = asked("facility", request("POST", path, body=body, user=f"f-{who.facility}", **how))
        assert status in (200, 201), answer


def _since(library: SampleLibrary, who: Person) -> None:
    """What has come since: a look by staff, a hold placed once and for all, and one for the run to come."""
    ask("GET", f"/patrons/{who.card}", now=SATURDAY)
    ask("GET", f"/titles/{who.title(1)}", now=SATURDAY)
    wanted, once = {"title_id": who.title(8), "pickup_place": who.facility}, {"idempotency-key": who.patron}
    placing = request("POST", "/api/me/holds", body=wanted, group="patron", user=who.patron, now=SATURDAY, headers=once)
    assert asked("holds", placing)[0] == 201
    library.hold(who.patron, who.title(9), PREFECTURAL)
