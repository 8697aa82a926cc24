"""What SES tells of a mail, as the tests begin with it."""

from typing import Any

HANAKO = "hanako@example.jp"


def an_event(**changes: object) -> dict[str, Any]:
    """A bounce for good, with other parts where they are given."""
    mail = {"messageId": "m1", "timestamp": "2026-06-06T00:00:01.000Z", "destination": [HANAKO]}
    bounce = {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": HANAKO}],
        "timestamp": "2026-06-06T00:00:05.000Z",
    }
    return {"eventType": "Bounce", "mail": mail, "bounce": bounce} | changes
