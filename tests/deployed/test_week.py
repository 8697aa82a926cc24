"""The service's weeks over HTTP with real tokens, as `make week` plays them (RULES, the week)."""

from datetime import datetime

from infra.local.load import load
from infra.local.server import free_port
from infra.local.stack import local_stack
from infra.local.week import play
from lending.domain.week import TOKYO


def test_a_book_goes_from_the_form_to_the_return() -> None:
    # GIVEN a fresh stack with its sample data
    now = datetime.now(TOKYO)
    with local_stack(free_port(), free_port()) as stack:
        stack.accounts.extend(load(stack))
        # WHEN the weeks are played; they demand the rules at each step and raise where one is broken
        steps = play(stack, now)
    # THEN they went through, in the order of time, up to now
    moments = [step["at"] for step in steps]
    assert moments == sorted(moments)
    assert moments[-1] == now.isoformat()
    assert len(steps) >= 30
    # AND work of every kind is left open
    assert all(steps[-1]["counts"][kind] for kind in ("applications", "contacts", "letters", "pulls", "crates", "bags"))
    # AND the stack has left nothing behind
    assert not stack.folder.exists()
