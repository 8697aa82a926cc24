"""The statuses of refusals go along with the catalogue of their sentences (docs/api.md, common)."""

import pytest

from lending.api.statuses import CODES, status_of
from lending.domain.problems import SENTENCES, Refused


def test_every_code_with_a_status_of_its_own_is_in_the_catalogue_and_named_once() -> None:
    named = [code for codes in CODES.values() for code in codes]
    assert sorted(named) == sorted({*named} & SENTENCES.keys())


@pytest.mark.parametrize(
    ("code", "status"),
    [("not_signed_in", 401), ("unknown_card", 404), ("closed_day", 422), ("too_soon", 429), ("hold_limit", 409)],
)
def test_a_refusal_has_its_status(code: str, status: int) -> None:
    # GIVEN a refusal THEN what was sent amiss, what is not there and what conflicts are told apart
    assert status_of(Refused(code)) == status
