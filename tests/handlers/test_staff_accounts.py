"""Accounts of staff and facilities are made by one command, and made anew for who has lost phone or password."""

import csv
import stat
from pathlib import Path

import pytest

from infra.accounts import Account, Pool, facility_accounts, make_accounts, reset_account, staff_accounts
from lending.aws.clients import client
from tests.library import AOMORI

DESK = Account("sato", "desk", "佐藤 見本")
PLACE = Account("facility-02", "facility-02", "平内町立図書館")


@pytest.fixture
def pool() -> Pool:
    cognito = client("cognito-idp")
    made = cognito.create_user_pool(PoolName="staff")["UserPool"]["Id"]
    return Pool(cognito, made)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "own" / "accounts.csv"


def on(sheet: Path) -> dict[str, dict[str, str]]:
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        return {row["username"]: row for row in csv.DictReader(file)}


def groups_of(pool: Pool, username: str) -> list[str]:
    found = pool.cognito.admin_list_groups_for_user(UserPoolId=pool.pool_id, Username=username)["Groups"]
    return [group["GroupName"] for group in found]


def asked_at_sign_in(pool: Pool, username: str, password: str) -> str:
    """What Cognito asks for once name and password are right."""
    app = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="pages")["UserPoolClient"]
    answer = pool.cognito.admin_initiate_auth(
        UserPoolId=pool.pool_id,
        ClientId=app["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )
    return str(answer.get("ChallengeName", ""))


def choose_password(pool: Pool, username: str, password: str) -> None:
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username=username, Password=password, Permanent=True)


def test_every_facility_has_an_account_in_its_own_group() -> None:
    accounts = facility_accounts(AOMORI.facilities)
    assert len(accounts) == 59
    assert accounts[1] == PLACE


def test_accounts_are_made_with_a_temporary_password_on_the_sheet(pool: Pool, sheet: Path) -> None:
    # WHEN accounts are made
    assert make_accounts(pool, [DESK, PLACE], sheet) == [DESK, PLACE]
    # THEN each signs in with the password on the sheet, and is asked for one of its own
    rows = on(sheet)
    assert rows["sato"]["name"] == "佐藤 見本"
    for account in (DESK, PLACE):
        password = rows[account.username]["temporary_password"]
        assert asked_at_sign_in(pool, account.username, password) == "NEW_PASSWORD_REQUIRED"
        assert groups_of(pool, account.username) == [account.group]
    # and nobody but its owner can read the sheet
    assert stat.S_IMODE(sheet.stat().st_mode) == 0o600


def test_who_has_an_account_keeps_it(pool: Pool, sheet: Path) -> None:
    # GIVEN somebody who has chosen a password
    make_accounts(pool, [DESK], sheet)
    choose_password(pool, "sato", "Jibun-2026")
    sheet.unlink()
    # WHEN the command is given again, with one more on the list THEN only that one is made
    assert make_accounts(pool, [DESK, PLACE], sheet) == [PLACE]
    assert list(on(sheet)) == ["facility-02"]
    assert asked_at_sign_in(pool, "sato", "Jibun-2026") == ""
    # and a third time nothing is, without a sheet
    sheet.unlink()
    assert make_accounts(pool, [DESK, PLACE], sheet) == []
    assert not sheet.exists()


def test_what_was_left_half_made_is_mended(pool: Pool, sheet: Path) -> None:
    # GIVEN an account that was made, and is not in its group
    make_accounts(pool, [DESK], sheet)
    pool.cognito.admin_remove_user_from_group(UserPoolId=pool.pool_id, Username="sato", GroupName="desk")
    # WHEN the command is given again THEN it is
    make_accounts(pool, [DESK], sheet)
    assert groups_of(pool, "sato") == ["desk"]


def test_a_sheet_that_was_not_handed_out_is_not_written_over(pool: Pool, sheet: Path) -> None:
    make_accounts(pool, [DESK], sheet)
    before = sheet.read_text("utf-8")
    with pytest.raises(FileExistsError):
        make_accounts(pool, [DESK, PLACE], sheet)
    # nor is an account ended whose new password could not be told
    with pytest.raises(FileExistsError):
        reset_account(pool, "sato", sheet)
    assert sheet.read_text("utf-8") == before
    assert pool.has("sato")
    assert not pool.has("facility-02")


def test_who_has_lost_phone_or_password_begins_anew(pool: Pool, sheet: Path) -> None:
    # GIVEN somebody of the desk with a password of their own
    make_accounts(pool, [DESK], sheet)
    choose_password(pool, "sato", "Jibun-2026")
    before = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="sato")["UserAttributes"]
    sheet.unlink()
    # WHEN the account is made anew THEN it is another one, of the same name and group
    reset_account(pool, "sato", sheet)
    assert pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="sato")["UserAttributes"] != before
    assert groups_of(pool, "sato") == ["desk"]
    password = on(sheet)["sato"]["temporary_password"]
    assert asked_at_sign_in(pool, "sato", password) == "NEW_PASSWORD_REQUIRED"


@pytest.mark.parametrize("name", ["nobody", "p-1"])
def test_only_staff_and_facilities_are_made_anew(pool: Pool, sheet: Path, name: str) -> None:
    # GIVEN a pool in which there is a patron as well
    patron = Account("p-1", "patron")
    make_accounts(pool, [patron], sheet)
    sheet.unlink()
    # WHEN another is asked for THEN nothing is done
    with pytest.raises(ValueError, match=name):
        reset_account(pool, name, sheet)
    assert pool.has("p-1")


@pytest.mark.parametrize("names", [["Sato"], ["佐藤"], ["facility-02"], ["sato", "sato"], [""]])
def test_a_name_that_cannot_be_one_of_staff_is_told_by_its_line(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("username,name\n" + "".join(f"{name},見本\n" for name in names), "utf-8")
    with pytest.raises(ValueError, match="line 2"):
        staff_accounts(path)


def test_a_list_without_the_column_of_names_is_told(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("user,name\nsato,佐藤 見本\n", "utf-8")
    with pytest.raises(ValueError, match="line 2"):
        staff_accounts(path)


def test_a_list_of_staff_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("username,name\r\nsato,佐藤 見本\r\n", "utf-8-sig")
    assert staff_accounts(path) == [DESK]
