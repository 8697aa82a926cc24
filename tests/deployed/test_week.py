"""A service week over HTTP with real tokens, as `make week` plays it (RULES, the week)."""

from infra.local.load import load
from infra.local.server import free_port
from infra.local.stack import local_stack
from infra.local.week import play


def test_a_book_goes_from_the_form_to_the_return() -> None:
    # GIVEN a fresh stack with its sample data
    with local_stack(free_port(), free_port()) as stack:
        stack.accounts.extend(load(stack))
        # WHEN the week is played; it demands the rules at each step and raises where one is broken
        steps = play(stack)
    # THEN it went through, in the order of time
    moments = [step["at"] for step in steps]
    assert moments == sorted(moments)
    assert len(steps) >= 15
    # AND the stack has left nothing behind
    assert not stack.folder.exists()
