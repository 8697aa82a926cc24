"""What a fresh stack is given: facilities, kit cards, a sample catalogue, accounts to sign in with."""

from infra.local.stack import Stack


def load(stack: Stack) -> list[dict[str, str]]:
    """Load the sample data; the sign-in data of the accounts made, as `{group, username, password}`."""
    return []
