"""From SES's news to the desk and back into a mailbox: an address is no dead end (RULES 6, 38, 39)."""

import json
from datetime import timedelta
from typing import Any

import requests

from infra.local.people import mailbox, run_job, sign_in, until
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.mail import addresses
from tests.deployed.applicants import Counter
from tests.deployed.conftest import NOON, Given

LATER = NOON + timedelta(hours=2)


def written_to(stack: Stack, address: str, words: str) -> dict[str, Any]:
    """The latest mail to an address that says certain words, once it is there."""

    def look() -> dict[str, Any] | None:
        found = [mail for mail in mailbox(stack) if address in mail["To"] and words in mail["BodyText"]]
        return found[-1] if found else None

    return until(look, f"a mail with {words}")


def came_back(stack: Stack, mail: dict[str, Any], address: str) -> None:
    """Play SES's part: it tells that a mail came back for good."""
    event = {
        "eventType": "Bounce",
        "mail": {"messageId": mail["MessageId"], "timestamp": NOON.isoformat(), "destination": [address]},
        "bounce": {
            "timestamp": NOON.isoformat(),
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": address, "status": "5.1.1"}],
        },
    }
    stack.client("sns").publish(TopicArn=stack.outputs["MailEventsTopicArn"], Message=json.dumps(event))


def test_who_cannot_sign_in_and_has_a_dead_address_gets_in(given: Given, library: Table, stack: Stack) -> None:
    # GIVEN a patron who has forgotten the password, and whose mails came back for good
    counter, (patron, me) = Counter(given), given.patron()
    address = patron.email
    library.write(addresses.user_addition(address, patron.patron_id))
    me.post("/me/test-mail", NOON, {}, 202)
    came_back(stack, written_to(stack, address, "受信を確認"), address)
    task = until(lambda: next((each for each in counter.desk.items("/desk/contacts", NOON)
                               if each["patron"] == patron.card_number), None), "the task")  # fmt: skip
    assert (task["cause"], task["unreachable"]) == ("wrong_address", True)
    # WHEN staff send a temporary password THEN it arrives all the same, and lets them in (RULES 6)
    counter.desk.post(f"/desk/patrons/{patron.card_number}/temporary-password", NOON, {}, 202)
    said = written_to(stack, address, "仮パスワード: ")["BodyText"]
    password = said.split("仮パスワード: ")[1].split("\n")[0]
    # and whoever tries the service on their own machine sees it beside the site
    shown_there = requests.get(f"{stack.outputs['SiteUrl']}/mailbox", timeout=180).text
    assert (password in shown_there, address in shown_there) == (True, True)
    me = sign_in(stack, patron.card_number, password, "Another-Password-2026")
    # and My Library shows what was written, but no password (RULES 38)
    shown = {mail["kind"]: mail for mail in me.items("/me/mails", NOON)}
    assert "受信を確認" in shown["test"]["text"]
    assert password not in str(shown)
    # WHEN they say on the phone that the address works again, and staff try it (RULES 39)
    path = f"/desk/patrons/{patron.card_number}"
    assert counter.desk.post(f"{path}/address", LATER, {"action": "try_again"}, 202)["addresses"] == [address]
    # THEN nobody has to call, mails go there again, and one that came back is sent again
    assert all(each["patron"] != patron.card_number for each in counter.desk.items("/desk/contacts", LATER))
    assert me.get("/me", LATER)["email_reachable"] is True
    (first,) = [mail for mail in counter.desk.items(f"{path}/mails", LATER) if mail["state"] == "bounced"]
    again = counter.desk.post(f"{path}/mails/{first['id']}/again", LATER, {}, 202)
    assert again["id"].endswith("~again~1")

    def sent() -> bool:
        found = counter.desk.items(f"{path}/mails", LATER)
        return all(mail["state"] != "pending" for mail in found) and any(mail["id"] == again["id"] for mail in found)

    until(sent, "the mail to be sent again")
    # and what waits in the table is looked after every hour
    assert run_job(stack, "NoticesFunction", "mails_again", LATER)["sent_again"] >= 0
