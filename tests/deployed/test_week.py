"""The service's weeks over HTTP with real tokens, as `make week` plays them (RULES, the week)."""

from tests.deployed.conftest import Played


def test_a_book_goes_from_the_form_to_the_return(played: Played) -> None:
    # GIVEN a fresh stack with its sample data WHEN the weeks are played
    moments = [step["at"] for step in played.steps]
    # THEN they went through, in the order of time, up to now
    assert moments == sorted(moments)
    assert moments[-1] == played.now.isoformat()
    assert len(moments) >= 30
    # AND work of every kind is left open
    left = played.steps[-1]["counts"]
    assert all(left[kind] for kind in ("applications", "contacts", "letters", "pulls", "crates", "bags"))
