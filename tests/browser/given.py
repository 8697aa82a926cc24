"""What tests of signed-in people start from: patrons, titles, accounts, and a moment of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import requests
from playwright.sync_api import BrowserContext, Page, Route, expect

from infra.local.people import Caller, run_job, sign_in, until
from infra.local.photos import card_photo, document_photo
from infra.local.samples import Person
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.holds import holds
from lending.aws.table.loans import bags, loans
from lending.aws.table.mail import addresses, contacts
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.holds.hold import Hold
from lending.domain.loans.bag import Bag
from lending.domain.loans.loan import Loan
from lending.domain.mail.bounce_table import BounceCause
from lending.domain.mail.contact import Contact
from lending.domain.patrons.patron import Patron
from lending.domain.registration.card import Card, CardState
from lending.domain.week import TOKYO, week_of_run
from tests.library import aomori

TEMPORARY, CHOSEN = "Kari2345kari", "Jibun-2026-jibun"


@dataclass
class Given:
    """People and titles under numbers nobody else uses, made straight in the table and the pool, or by the desk."""

    stack: Stack
    table: Table
    made: int = 0
    names: dict[str, str] = field(default_factory=dict)
    at_desk: Caller | None = None

    def patron(self, password: str = CHOSEN, **changes: Any) -> Patron:
        """A patron with a working card; with `TEMPORARY` one who has never signed in."""
        self.made += 1
        defaults: dict[str, Any] = {
            "card_number": f"9{self.made:07}",
            "name": "見本 花子",
            "kana": "ミホン ハナコ",
            "birth_date": date(1990, 4, 1),
            "postal_code": "030-0184",
            "address": "青森県青森市荒川字藤戸119-7",
            "phone": "017-000-0000",
            "email": f"hanako{self.made}@example.jp",
            "expires_on": date(2030, 3, 31),
            "online_lending": True,
        }
        patron = Patron(patron_id=f"patron{self.made:04}", **(defaults | changes))
        card = Card(patron.card_number, CardState.ACTIVE, patron_id=patron.patron_id)
        self.table.transact(patrons.addition(patron), cards.addition(card), *addresses.user_changes(None, patron))
        self._account(patron.patron_id, "patron", password, preferred_username=patron.card_number)
        return patron

    def account(self, group: str) -> str:
        """An account of the desk or of a facility that signs in with `CHOSEN`; its user name."""
        if group not in self.names:
            self.names[group] = group
            if group != "desk":
                cognito = self.stack.client("cognito-idp")
                cognito.create_group(GroupName=group, UserPoolId=self.stack.outputs["UserPoolId"])
            self._account(group, group, CHOSEN)
        return self.names[group]

    def desk(self) -> Caller:
        """The desk at the API."""
        self.at_desk = self.at_desk or sign_in(self.stack, self.account("desk"), CHOSEN)
        return self.at_desk

    def title(self, name: str, at: datetime, copies: int = 1, **told: Any) -> str:
        """A title as the desk describes it, with what else is told of it, which can be found at once; its id."""
        self.made += 1
        title_id = f"X{self.made:04}"
        described = [
            {"barcode": f"{title_id}{n}", "call_number": f"913.6/{self.made:04}/{n}"} for n in range(1, copies + 1)
        ]
        body = {"title": name, "author": "見本 太郎", "isbn": "", "copies": described} | told
        self.desk().expect(200, "PUT", f"/desk/titles/{title_id}", at, body)
        return title_id

    def hold(self, patron: Patron, title_id: str, place: str, at: datetime) -> None:
        """A waiting hold."""
        hold = Hold(patron.patron_id, title_id, place, placed_at=at, queued_at=at)
        self.table.transact(patrons.hold_increment(patron.patron_id, title_id, 20), holds.addition(hold))

    def bag(self, patron: Patron, facility: str, sunday: date, books: int = 1) -> None:
        """A patron's bag for a facility and a week, with some books of no title anybody else has."""
        week = week_of_run(sunday - timedelta(days=3), aomori())
        bag = Bag(patron.patron_id, patron.card_number, facility, week.pickup_from, week.pickup_until)
        for _ in range(books):
            self.made += 1
            barcode, lent_at = f"Y{self.made:05}", datetime.combine(week.run_date, time(10), TOKYO)
            loan = Loan(patron.patron_id, barcode, barcode, "見本の本", facility, lent_at, week.due_on,
                        pickup_from=week.pickup_from, pickup_until=week.pickup_until)  # fmt: skip
            self.table.transact(
                loans.addition(loan),
                patrons.loan_increment(patron.patron_id, barcode, 10),
                bags.book_addition(bag, barcode, aomori()),
            )

    def application(self, person: Person, card_number: str, at: datetime, documents: list[str], **changes: Any) -> str:
        """An application with all its photos, which have been looked at; its receipt number."""
        visitor, form = Caller(self.stack), person.form(card_number, "見本市") | {"documents": documents} | changes
        accepted = visitor.post("/applications", at, form, 201)
        small = (1200, 900)
        for upload in accepted["uploads"]:
            of_card = upload["slot"] == "card"
            photo = card_photo(card_number, size=small) if of_card else document_photo(size=small)
            requests.post(upload["url"], data=upload["fields"], files={"file": photo}).raise_for_status()
        path, code = f"/applications/{accepted['receipt_number']}", {"X-Access-Code": accepted["access_code"]}
        until(
            lambda: visitor.expect(200, "GET", path, at, headers=code)["status"] == "submitted",
            "the images to be looked at",
        )
        return str(accepted["receipt_number"])

    def contact(self, patron: Patron, at: datetime) -> None:
        """A contact task: mails to a patron come back."""
        wrong = Contact(
            patron_id=patron.patron_id,
            address=patron.email,
            cause=BounceCause.WRONG_ADDRESS,
            permanent=True,
            since=at,
            last_at=at,
        )
        self.table.transact(contacts.record(None, wrong, aomori()))

    def run(self, job: str, at: datetime, function: str = "AllocatorFunction") -> None:
        """A job of the schedule."""
        run_job(self.stack, function, job, at)

    def _account(self, username: str, group: str, password: str, **attributes: str) -> None:
        cognito, pool = self.stack.client("cognito-idp"), {"UserPoolId": self.stack.outputs["UserPoolId"]}
        named = [{"Name": name, "Value": value} for name, value in attributes.items()]
        cognito.admin_create_user(Username=username, UserAttributes=named, MessageAction="SUPPRESS", **pool)
        permanent = password != TEMPORARY
        cognito.admin_set_user_password(Username=username, Password=password, Permanent=permanent, **pool)
        cognito.admin_add_user_to_group(Username=username, GroupName=group, **pool)


class Clock:
    """The moment at which everything happens that a device asks of the API."""

    def __init__(self, context: BrowserContext, now: datetime) -> None:
        self.now = now
        context.route("**/api/**", self._told)

    def _told(self, route: Route) -> None:
        route.continue_(headers=route.request.headers | {"x-now": self.now.isoformat()})


def sign_in_at(page: Page, path: str, name: str, label: str, password: str = CHOSEN) -> None:
    """Sign in at a page."""
    page.goto(path)
    page.get_by_label(label).fill(name)
    page.get_by_label("パスワード", exact=True).fill(password)
    page.get_by_role("button", name="ログイン").click()


def open_view(page: Page, view: str, exact: bool = True) -> None:
    """Go to a view from another one, or from a sheet of its own, and wait until all of it is there."""
    links = page.locator(".view-links")
    link = links.get_by_role("link", name=view, exact=exact)
    before = page.locator("#content > [aria-busy]").element_handle()
    if not link.is_visible():
        links.get_by_role("button", name="メニュー").click()
    link.click()
    page.wait_for_function("before => !before.isConnected", arg=before)
    expect(page.locator("#content > [aria-busy=false]")).to_be_visible()
    expect(links.get_by_role("link", name=view, exact=exact, include_hidden=True)).to_have_attribute(
        "aria-current", "page"
    )


def is_kept_for_later(page: Page, *more: str) -> None:
    """Wait until the device keeps all that the page is made of, and `more` that it may load later."""
    page.wait_for_function(
        """async more => {
          const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
          const own = loaded.filter(name => name.startsWith(location.origin) && !name.includes('/api/'));
          const cache = await caches.open(location.pathname);
          const kept = await Promise.all([location.pathname, ...own, ...more].map(name => cache.match(name)));
          return navigator.serviceWorker.controller && kept.every(Boolean);
        }""",
        arg=more,
    )


@contextmanager
def on_paper(page: Page) -> Iterator[None]:
    """The page as it is printed on A4."""
    before = page.viewport_size
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    yield
    page.emulate_media(media="screen")
    page.set_viewport_size(before or {"width": 390, "height": 844})
