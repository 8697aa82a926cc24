"""A phone with an authenticator, and a Cognito that asks for one.

The local Cognito checks codes as AWS does, but lets in whoever has no authenticator yet, and gives a key for keeps only
to who has a token. AWS asks for one first (MFA_SETUP), and knows by the challenge's session whose it is. Here the local
one is asked for all that it can do, and its tokens are kept back until there is an authenticator.
"""

import base64
import hmac
import json
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from infra.local.stack import Stack

Answer = tuple[int, dict[str, Any]]


def code_of(key: str, steps: int = 0) -> str:
    """The code that an authenticator shows now, or some half minutes later (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time() // 30) + steps)
    digest = hmac.digest(base64.b32decode(key), counter, "sha1")
    start = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def wrong_code(key: str) -> str:
    """A code that no clock would show now."""
    taken = {code_of(key, steps) for steps in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in taken)


@dataclass
class Cognito:
    """The local Cognito of a stack, asked as the pages ask, with what AWS demands of the pool of staff."""

    stack: Stack
    held: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ask(self, operation: str, parameters: dict[str, Any]) -> Answer:
        """Status and body of the answer to one operation."""
        session = parameters.get("Session", "")
        if session not in self.held:
            return self._let_in(*self._local(operation, parameters))
        result = self.held[session]
        if operation == "RespondToAuthChallenge":
            return self._let_in(200, {"AuthenticationResult": result})
        asked = {name: value for name, value in parameters.items() if name != "Session"}
        status, body = self._local(operation, asked | {"AccessToken": result["AccessToken"]})
        return status, body | {"Session": session}

    def _let_in(self, status: int, body: dict[str, Any]) -> Answer:
        result = body.get("AuthenticationResult")
        if not result or not self._needs_authenticator(result["AccessToken"]):
            return status, body
        session = f"enrolment-{len(self.held)}"
        self.held[session] = result
        offered = {"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'}
        return 200, {"ChallengeName": "MFA_SETUP", "Session": session, "ChallengeParameters": offered}

    def _needs_authenticator(self, token: str) -> bool:
        part = token.split(".")[1]
        issuer = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["iss"]
        if not issuer.endswith(self.stack.outputs["StaffPoolId"]):
            return False
        _, user = self._local("GetUser", {"AccessToken": token})
        return "SOFTWARE_TOKEN_MFA" not in user.get("UserMFASettingList", [])

    def _local(self, operation: str, parameters: dict[str, Any]) -> Answer:
        target = f"AWSCognitoIdentityProviderService.{operation}"
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
        answer = requests.post(f"{self.stack.endpoint}/", data=json.dumps(parameters), headers=headers, timeout=180)
        return answer.status_code, answer.json() if answer.content else {}
