"""Those who use the service from outside: over HTTP with a token of their own, at the moment the player gives."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import requests

from infra.local.stack import Stack

T = TypeVar("T")
# Who finds at once what they look for waits for none of it.
_WAIT_SECONDS = 180.0
# A request does what it has the time for: on a slow machine less than all.
_MOST_PARTS = 10


@dataclass
class Caller:
    """Somebody at the API: a visitor, or with a token a patron, the desk or a facility."""

    stack: Stack
    token: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def call(
        self, method: str, path: str, at: datetime, body: Any = None, headers: dict[str, str] | None = None
    ) -> requests.Response:
        """One request at a moment of the played week.

        Args:
            path: below `ApiUrl`, such as `/me/holds`.
        """
        sent = {"X-Now": at.isoformat()} | (headers or {})
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        return self.session.request(method, self.stack.outputs["ApiUrl"] + path, json=body, headers=sent, timeout=180)

    def get(self, path: str, at: datetime, **headers: str) -> Any:
        """What the API shows."""
        return self.expect(200, "GET", path, at, headers=headers)

    def items(self, path: str, at: datetime, key: str = "items") -> list[dict[str, Any]]:
        """A whole list, page by page; `key` is where it stands in the answer."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            joint = "&" if "?" in path else "?"
            page = self.get(path + (f"{joint}cursor={cursor}" if cursor else ""), at)
            found += page[key]
            if not (cursor := page.get("cursor") or ""):
                return found

    def post(self, path: str, at: datetime, body: Any = None, expected: int = 200) -> Any:
        """What the API answers to a post."""
        return self.expect(expected, "POST", path, at, body)

    def expect(
        self, status: int, method: str, path: str, at: datetime, body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:  # fmt: skip
        """The answer in JSON of a request that must end with a status; what is done in parts is asked for until it is.

        Raises:
            RuntimeError: it ended otherwise.
        """
        for _ in range(_MOST_PARTS):
            answer = self.call(method, path, at, body, headers)
            if (status, answer.status_code) != (200, 202):
                break
        if answer.status_code != status:
            raise RuntimeError(f"{method} {path}: {answer.status_code} instead of {status}: {answer.text}")
        return answer.json() if answer.content else None


def sign_in(stack: Stack, username: str, password: str, new_password: str = "") -> Caller:
    """Sign in with card number (or account name) and password; a temporary one is changed to `new_password`.

    Raises:
        botocore.exceptions.ClientError: the pair is wrong (NotAuthorizedException).
    """
    cognito, client_id = stack.client("cognito-idp"), stack.outputs["UserPoolClientId"]
    answer = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": password},
    )
    if answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
        answer = cognito.respond_to_auth_challenge(
            ClientId=client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=answer["Session"],
            ChallengeResponses={
                "USERNAME": answer["ChallengeParameters"]["USER_ID_FOR_SRP"],
                "NEW_PASSWORD": new_password,
            },
        )
    return Caller(stack, answer["AuthenticationResult"]["AccessToken"])


def run_job(stack: Stack, function: str, job: str, at: datetime) -> dict[str, Any]:
    """Play the scheduler: the event the template gives, at a moment of the played week; the function's summary.

    Args:
        function: the name of the output that names it, such as `AllocatorFunction`.

    Raises:
        RuntimeError: the function failed.
    """
    event = {"job": job, "scheduled_time": at.isoformat()}
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs[function], Qualifier="live", Payload=json.dumps(event).encode()
    )
    summary = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RuntimeError(f"{job}: {summary}")
    found: dict[str, Any] = summary
    return found


def mailbox(stack: Stack) -> list[dict[str, Any]]:
    """Every mail that SES took, oldest first: what stands in people's mailboxes."""
    by_account = requests.get(f"{stack.endpoint}/_ministack/ses/messages", timeout=180).json()["messages"]
    return [mail for mails in by_account.values() for mail in mails]


def until(look: Callable[[], T | None], what: str, seconds: float = _WAIT_SECONDS) -> T:
    """Look again until something is there: queues and streams take their time.

    Raises:
        RuntimeError: it never came.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (found := look()) is not None and found is not False:
            return found
        time.sleep(0.2)
    raise RuntimeError(f"waited in vain for {what}")
