"""The library that the tests are told about."""

from typing import Any

from infra.library import Library, read_library
from lending.domain.policy import Policy

AOMORI = read_library("aomori")


def aomori(**changes: Any) -> Policy:
    """Its policy, with some values changed."""
    return Policy.model_validate(AOMORI.policy.model_dump(exclude_defaults=True) | changes)


def aomori_library(**changes: Any) -> Library:
    """The whole of it, with some values of its policy changed."""
    return AOMORI.model_copy(update={"policy": aomori(**changes)})
