"""Accounts are mended by whatever touches them next, and no late mail takes a chosen password away (RULES 6)."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from functions.notices.handler import handler as notices
from lending.actions.mend_accounts import see_to_accounts, temporary_password
from lending.aws import accounts, settings
from lending.aws.clients import client
from lending.aws.table import Overtaken, Table
from lending.aws.table.patrons import account_work
from lending.aws.table.registration import cards
from lending.domain.registration.card import Card, CardState
from tests.handlers.applications import KIT, kit, register, submitted
from tests.handlers.conftest import NOON, Given, context, sample
from tests.handlers.mails import Post, refusal
from tests.handlers.metrics import counts_in
from tests.handlers.registration.test_review_applications import (
    OLD_CARD,
    accounts_made,
    alias,
    crash,
    existing,
    known_patron,
    points,
)
from tests.handlers.registration.test_review_applications import post as at_the_desk

CHOSEN = "Chosen-2026"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    return Post(monkeypatch, NOON)


def choose(patron_id: str) -> None:
    """A person puts a password of their own in the place of a temporary one."""
    pool = settings.settings().user_pool_id
    client("cognito-idp").admin_set_user_password(UserPoolId=pool, Username=patron_id, Password=CHOSEN, Permanent=True)


def mails_of(library: Table, patron_id: str) -> list[tuple[str, str]]:
    return [(item["PK"], item["SK"]) for item in library.query(f"PATRON#{patron_id}", "MAIL#")]


def by_the_decision(library: Table, post: Post) -> None:
    assert register()[0] == 200


def by_the_mail(library: Table, post: Post) -> None:
    assert post.bring(*mails_of(library, "p-1")) == []


def by_another_password(library: Table, post: Post) -> None:
    assert at_the_desk(f"/patrons/{KIT}/temporary-password", {})[0] == 202


def by_a_slip(library: Table, post: Post) -> None:
    temporary_password(library, "p-1")


def by_the_day(library: Table, post: Post) -> None:
    notices(sample("notices/daily_notices"), context())


MENDERS = [by_the_decision, by_the_mail, by_another_password, by_a_slip, by_the_day]


@pytest.mark.parametrize("mend", MENDERS)
@pytest.mark.parametrize(("number", "after"), [point for point in points(5) if point != (1, False)])
def test_a_half_made_account_is_mended_by_what_touches_it_next(
    given: Given, library: Table, post: Post, mend: Callable[..., None], number: int, after: bool
) -> None:
    # GIVEN a re-issue that was cut off after its transaction: no account, no group, or the old number to sign in with
    known_patron(given, library)
    kit(library), existing(library, "reissue")
    with crash(number, after=after):
        assert register()[0] == 500
    # WHEN somebody or the day touches the account
    mend(library, post)
    # THEN the new number signs in, and nothing is left to be seen to (RULES 6)
    assert (accounts_made(), alias("p-1")) == (1, KIT)
    assert account_work.find(library, "p-1") is None


def test_an_account_that_cannot_be_mended_hinders_no_other(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # GIVEN two accounts to be seen to, and a Cognito that fails for one
    given.patron("p-1"), given.patron("p-2")
    library.transact(*(account_work.addition(patron_id, NOON) for patron_id in ("p-1", "p-2")))
    ensure = accounts.ensure_account

    def fails_for_one(patron_id: str, card_number: str) -> None:
        if patron_id == "p-1":
            raise ClientError({"Error": {"Code": "InternalErrorException"}}, "AdminCreateUser")
        ensure(patron_id, card_number)

    monkeypatch.setattr(accounts, "ensure_account", fails_for_one)
    # WHEN the day comes THEN the other is there, and the one is counted
    notices(sample("notices/daily_notices"), context())
    assert counts_in(capsys.readouterr().out)["AccountsLeft"] == [1]
    assert [work.patron_id for work in account_work.all_of_them(library)] == ["p-1"]
    # WHEN Cognito is well again THEN the next day mends it
    monkeypatch.setattr(accounts, "ensure_account", ensure)
    assert see_to_accounts(library) == {"accounts_mended": 1, "accounts_left": 0}
    assert accounts_made() == 2


def test_an_act_that_comes_meanwhile_is_seen_to_as_well(given: Given, library: Table) -> None:
    # GIVEN somebody who sees to an account, while another act wants its password void
    given.patron()
    library.write(account_work.addition("p-1", NOON))
    seen = account_work.find(library, "p-1")
    assert seen is not None
    library.write(account_work.addition("p-1", NOON, void_password=True))
    # WHEN the first says that it is done THEN what came since is still to be done
    with pytest.raises(Overtaken):
        library.write(account_work.end(seen))
    left = account_work.find(library, "p-1")
    assert left is not None
    assert left.void_password


# Passwords that were chosen


def registered(given: Given, library: Table, kind: str) -> str:
    """An application of a kind was registered; the patron's id."""
    if kind == "new":
        kit(library), submitted(library)
    else:
        known_patron(given, library)
        existing(library, kind)
        choose("p-1")
    assert register()[0] == 200
    return "p-new" if kind == "new" else "p-1"


@pytest.mark.parametrize("kind", ["new", "password"])
def test_a_late_acceptance_leaves_a_password_chosen_meanwhile(
    given: Given, library: Table, post: Post, kind: str
) -> None:
    # GIVEN a registration, whose mail is late: the person has got in by a slip and has chosen a password
    patron_id = registered(given, library, kind)
    temporary_password(library, patron_id)
    choose(patron_id)
    # WHEN the mail goes at last THEN it says so, and the password stays (RULES 6)
    assert post.bring(*mails_of(library, patron_id)) == []
    assert "仮パスワード: " not in post.text
    assert "ご自分で決めた\nパスワード" in post.text
    assert accounts.has_chosen_password(patron_id)
    # AND so it does when the decision is made again
    assert register()[0] == 200
    assert accounts.has_chosen_password(patron_id)


def test_a_forgotten_password_is_void_by_the_decision_and_not_by_the_mail(
    given: Given, library: Table, post: Post
) -> None:
    # GIVEN somebody who has forgotten the password they chose WHEN staff register their application
    registered(given, library, "password")
    # THEN it is void, and the mail brings another
    assert not accounts.has_chosen_password("p-1")
    assert post.bring(*mails_of(library, "p-1")) == []
    assert "仮パスワード: " in post.text


@pytest.mark.parametrize("fault", [refusal("BadRequestException"), refusal("SendingPausedException")])
def test_a_mail_that_ses_does_not_take_has_voided_nothing(
    given: Given, library: Table, post: Post, fault: ClientError
) -> None:
    # GIVEN a person with a password of their own, and a re-issue whose mail SES does not take
    known_patron(given, library)
    choose("p-1")
    kit(library), existing(library, "reissue")
    assert register()[0] == 200
    post.before = [fault]
    post.bring(*mails_of(library, "p-1"))
    # THEN the password still is theirs
    assert accounts.has_chosen_password("p-1")


def test_a_card_again_brings_the_first_password_to_who_has_none(given: Given, library: Table, post: Post) -> None:
    # GIVEN a patron from before this service, who has no account yet WHEN their card is issued again
    given.patron()
    library.write(cards.addition(Card(OLD_CARD, CardState.ACTIVE, patron_id="p-1")))
    kit(library), existing(library, "reissue", old_card_number=OLD_CARD)
    assert register()[0] == 200
    # THEN the mail does not speak of a password of before, but brings one
    assert post.bring(*mails_of(library, "p-1")) == []
    assert "仮パスワード: " in post.text


def test_no_account_is_made_before_its_owner_needs_one(given: Given, library: Table) -> None:
    # GIVEN a patron without an account WHEN they renew their card THEN there still is none (RULES 42)
    given.patron()
    library.write(cards.addition(Card(OLD_CARD, CardState.ACTIVE, patron_id="p-1")))
    existing(library, "renewal")
    assert register()[0] == 200
    assert accounts_made() == 0
