"""Staff in a pool of their own, as on AWS: enrolment, codes, a lost phone, and whose token opens what."""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.people import Caller, sign_in
from infra.local.server import free_port
from infra.local.stack import ROOT, Stack, local_stack
from lending.aws.table import Table
from tests.deployed.conftest import NOON, PASSWORD, Given
from tests.deployed.test_roles import DENIED, Role
from tests.second_factor import Cognito, code_of, wrong_code

CHOSEN = "Jibun-2026-jibun"


@pytest.fixture(scope="module")
def own() -> Iterator[Stack]:
    """A stack as it is deployed to AWS, with accounts made by the very command a library uses."""
    with local_stack(free_port(), free_port(), parameters={"StaffPool": "own"}) as stack:
        yield stack


@pytest.fixture(scope="module")
def passwords(own: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The temporary passwords of who is to sign in."""
    folder = tmp_path_factory.mktemp("accounts")
    staff = folder / "staff.csv"
    staff.write_text("username,name\nsato,佐藤 見本\nkudo,工藤 見本\nabe,阿部 見本\n", "utf-8")
    return make_accounts(own, folder / "accounts.csv", "--staff", str(staff))


def make_accounts(stack: Stack, sheet: Path, *asked: str) -> dict[str, str]:
    # The stack of production has the name that local ones have.
    command = [sys.executable, "-m", "infra.accounts", "production"]
    environment = os.environ | {
        "AWS_ENDPOINT_URL": stack.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "PYTHONPATH": f"layers/common{os.pathsep}.",
    }
    subprocess.run([*command, "--sheet", str(sheet), *asked], env=environment, cwd=ROOT, check=True)
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        return {row["username"]: row["temporary_password"] for row in csv.DictReader(file)}


class Somebody:
    """Somebody of staff before the sign-in of the pages."""

    def __init__(self, stack: Stack, username: str) -> None:
        self.cognito, self.stack, self.username = Cognito(stack), stack, username
        self.client = stack.outputs["StaffPoolClientId"]

    def give(self, password: str) -> dict[str, Any]:
        parameters = {"USERNAME": self.username, "PASSWORD": password}
        return self._asked("InitiateAuth", {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters})

    def answer(self, challenge: dict[str, Any], **given: str) -> dict[str, Any]:
        asked = {"ChallengeName": challenge["ChallengeName"], "Session": challenge["Session"]}
        responses = {"USERNAME": self.username, **given}
        return self._asked("RespondToAuthChallenge", asked | {"ChallengeResponses": responses})

    def enrol(self, temporary: str) -> tuple[str, Caller]:
        """The first sign-in: a password of one's own, and an authenticator; its key, and who is signed in."""
        first = self.give(temporary)
        setup = self.answer(first, NEW_PASSWORD=CHOSEN)
        assert setup["ChallengeName"] == "MFA_SETUP"
        _, begun = self.cognito.ask("AssociateSoftwareToken", {"Session": setup["Session"]})
        # GIVEN a key WHEN a wrong code is to prove it THEN nobody is let in
        proof = {"Session": begun["Session"], "UserCode": wrong_code(begun["SecretCode"])}
        status, refused = self.cognito.ask("VerifySoftwareToken", proof)
        assert (status, refused["__type"]) == (400, "EnableSoftwareTokenMFAException")
        assert "AuthenticationResult" not in self.answer(setup)
        proof["UserCode"] = code_of(begun["SecretCode"])
        status, proved = self.cognito.ask("VerifySoftwareToken", proof)
        assert status == 200
        return begun["SecretCode"], self.caller(self.answer(setup | proved))

    def caller(self, answer: dict[str, Any]) -> Caller:
        return Caller(self.stack, answer["AuthenticationResult"]["AccessToken"])

    def _asked(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        _, body = self.cognito.ask(operation, {"ClientId": self.client, **parameters})
        return body


def test_who_has_enrolled_signs_in_with_a_code(own: Stack, passwords: dict[str, str]) -> None:
    # GIVEN somebody of the desk who has chosen a password and given their phone the key
    sato = Somebody(own, "sato")
    key, at_desk = sato.enrol(passwords["sato"])
    assert at_desk.get("/desk/contacts", NOON)["items"] == []
    # WHEN they sign in again THEN the password alone gives no token
    asked = sato.give(CHOSEN)
    assert (asked["ChallengeName"], "AuthenticationResult" in asked) == ("SOFTWARE_TOKEN_MFA", False)
    # nor does a wrong code
    assert sato.answer(asked, SOFTWARE_TOKEN_MFA_CODE=wrong_code(key))["__type"] == "CodeMismatchException"
    # and the code of the phone lets them in, for five minutes
    let_in = sato.answer(asked, SOFTWARE_TOKEN_MFA_CODE=code_of(key))
    assert let_in["AuthenticationResult"]["ExpiresIn"] == 300
    assert sato.caller(let_in).get("/desk/contacts", NOON)["items"] == []


def test_who_has_lost_the_phone_enrols_another(own: Stack, passwords: dict[str, str], tmp_path: Path) -> None:
    # GIVEN somebody whose phone is lost
    kudo = Somebody(own, "kudo")
    lost, _ = kudo.enrol(passwords["kudo"])
    # WHEN the account is made anew by the one command
    temporary = make_accounts(own, tmp_path / "accounts.csv", "--reset", "kudo")["kudo"]
    # THEN the old password is void, and another phone is given another key
    assert kudo.give(CHOSEN)["__type"] == "NotAuthorizedException"
    key, at_desk = kudo.enrol(temporary)
    assert key != lost
    assert at_desk.get("/desk/contacts", NOON)["items"] == []
    # and the old phone's code is one among the wrong ones
    assert "__type" in kudo.answer(kudo.give(CHOSEN), SOFTWARE_TOKEN_MFA_CODE=code_of(lost))


def test_a_facility_sees_its_own_page(own: Stack, passwords: dict[str, str]) -> None:
    _, there = Somebody(own, "facility-07").enrol(passwords["facility-07"])
    assert there.call("GET", "/facility/closures", NOON).status_code == 200


def test_nobody_of_staff_is_a_patron(own: Stack, passwords: dict[str, str]) -> None:
    # GIVEN a token of staff WHEN it is shown at My Library THEN the gateway does not know it
    _, at_desk = Somebody(own, "abe").enrol(passwords["abe"])
    assert at_desk.call("GET", "/me", NOON).status_code == 401


def test_no_patron_becomes_staff_by_a_group(own: Stack) -> None:
    # GIVEN a patron whom somebody with rights on the patrons' pool puts into a group called desk
    given = Given(own, Table(own.client("dynamodb"), own.outputs["TableName"]))
    patron, _ = given.patron()
    cognito, pool = own.client("cognito-idp"), {"UserPoolId": own.outputs["UserPoolId"]}
    for group in ("desk", "facility-07"):
        cognito.create_group(GroupName=group, **pool)
        cognito.admin_add_user_to_group(Username=patron.patron_id, GroupName=group, **pool)
    me = sign_in(own, patron.card_number, PASSWORD)
    assert me.get("/me", NOON)["card_number"] == patron.card_number
    # WHEN they come with a token that says so THEN the doors of staff do not know it
    for path in ("/desk/contacts", "/desk/pulls", "/desk/runs", "/facility", "/facility/bags"):
        assert me.call("GET", path, NOON).status_code == 401, path


@pytest.mark.parametrize("function", ["review", "mail", "notices", "my_library"])
def test_no_function_has_a_right_on_the_pool_of_staff(own: Stack, function: str) -> None:
    # GIVEN the functions that may do something with accounts
    cognito, pool = Role(own, function).client("cognito-idp"), {"UserPoolId": own.outputs["StaffPoolId"]}
    # WHEN one would make somebody staff, or end somebody of staff THEN it may not
    attempts: dict[str, dict[str, Any]] = {
        "admin_create_user": {"Username": "intruder"},
        "admin_add_user_to_group": {"Username": "sato", "GroupName": "desk"},
        "admin_set_user_password": {"Username": "sato", "Password": CHOSEN, "Permanent": True},
        "admin_delete_user": {"Username": "sato"},
    }
    for operation, parameters in attempts.items():
        with pytest.raises(ClientError) as denied:
            getattr(cognito, operation)(**pool, **parameters)
        assert denied.value.response["Error"]["Code"] in DENIED, operation
