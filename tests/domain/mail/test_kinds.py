"""What a mail tells is decided from what is true at the moment of sending (RULES 36)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

import pytest

from lending.domain.loans.loan import Loan
from lending.domain.mail.kinds.accounts import AcceptanceMail, TemporaryPasswordMail
from lending.domain.mail.kinds.lending import LendingMail
from lending.domain.mail.kinds.sources import Sources
from lending.domain.mail.pages import Page
from lending.domain.week import TOKYO

LENT_AT = datetime(2026, 6, 4, 8, 30, tzinfo=TOKYO)
SUNDAY = date(2026, 6, 7)
STORED = {"pickup_from": "2026-06-07", "facility": "12"}


def book(title: str) -> Loan:
    due_on, pickup_until = date(2026, 6, 21), date(2026, 6, 14)
    lent = Loan("p-1", f"{title}-1", title, f"見本の本 {title}", "12", LENT_AT, due_on)
    return replace(lent, pickup_from=SUNDAY, pickup_until=pickup_until)


@dataclass(frozen=True)
class Now:
    """A patron's books and the password that can be made for them."""

    books: tuple[Loan, ...] = ()
    password: str = ""
    password_days: int = 7

    def loans(self) -> list[Loan]:
        return list(self.books)

    def facility_name(self, number: str) -> str:
        return f"館{number}"

    def new_password(self) -> str:
        return self.password

    def url(self, page: Page) -> str:
        return f"https://online.example.jp{page}"


def sources(*books: Loan, password: str = "") -> Sources:
    return cast(Sources, Now(books, password))


def test_the_saturday_mail_tells_of_what_is_on_loan_now() -> None:
    # GIVEN of three books of the bag one for another Sunday, and one that has gone back
    other, back = replace(book("b"), pickup_from=date(2026, 6, 14)), replace(book("c"), released_at=LENT_AT)
    # WHEN the mail is sent THEN it tells of the third
    told = LendingMail.told(STORED, sources(book("a"), other, back))
    assert told is not None
    assert (told["books"], told["facility"], told["due_on"]) == (["見本の本 a"], "館12", date(2026, 6, 21))
    # and where none is left there is nothing to tell
    assert LendingMail.told(STORED, sources(other, back)) is None


@pytest.mark.parametrize(("kind", "told"), [("new", {"password_chosen": True}), ("change", {})])
def test_no_acceptance_brings_a_password_to_who_has_one(kind: str, told: dict[str, bool]) -> None:
    # GIVEN somebody who has chosen a password THEN theirs stays (RULES 6)
    assert AcceptanceMail.told({"application_kind": kind}, sources()) == told
    assert TemporaryPasswordMail.told({}, sources()) is None


def test_a_password_comes_with_the_way_to_use_it() -> None:
    told = TemporaryPasswordMail.told({}, sources(password="Aomori-7419"))
    way = {"valid_days": 7, "reissue_url": "https://online.example.jp/password.html"}
    assert told == {"temporary_password": "Aomori-7419"} | way
