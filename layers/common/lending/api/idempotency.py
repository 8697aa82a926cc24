"""An `Idempotency-Key` makes a request one that is carried out once (docs/api.md, common)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import Response

from lending.actions.idempotency import Answered, carry_out_once
from lending.api.answers import ToBeContinued, as_json, response
from lending.api.forms import header, raw_body
from lending.api.request import Request

# Fields of answers that are not kept with them, each with how it is made again from the rest.
Secrets = Mapping[str, Callable[[dict[str, Any]], str]]


def answer_once(key: str, request: Request, answer: Callable[[], Response[str]], secrets: Secrets) -> Response[str]:
    """Answer a request, or what was answered to the same request before.

    Raises:
        Refused: the key came with another body, or the request is being carried out at this moment.
    """
    event = request.event
    # Who has the key of a request has not yet the right to its answer: an access code is part of the request.
    name = _hash(request.account, header(event, "x-access-code"), event["rawPath"], key)
    body_hash = _hash(raw_body(event).decode(errors="replace"))

    def carry_out() -> Answered:
        answered = answer()
        return Answered(answered.status_code, answered.body or "", isinstance(answered, ToBeContinued))

    hide, show = partial(_without, secrets), partial(_with, secrets)
    done = carry_out_once(request.library, name, body_hash, carry_out, hide, show)
    return response(done.status, done.text)


def _without(secrets: Secrets, text: str) -> str:
    body = json.loads(text) if secrets and text else {}
    hidden = {name: "" for name in secrets if name in body}
    return as_json(body | hidden) if hidden else text


def _with(secrets: Secrets, text: str) -> str:
    body = json.loads(text) if secrets and text else {}
    shown = {name: make(body) for name, make in secrets.items() if name in body}
    return as_json(body | shown) if shown else text


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
