"""Many at once for one place, on the deployed stack."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import requests

from infra.local.people import Caller
from lending.aws.table import Table, holds, patrons
from tests.deployed.conftest import NOON, Given

AT_ONCE = 32


def ask(caller: Caller, title_id: str) -> requests.Response:
    own = Caller(caller.stack, caller.token)  # a connection of one's own: nobody waits for another
    return own.call("POST", "/me/holds", NOON, {"title_id": title_id, "pickup_place": "prefectural"})


def test_thirty_two_requests_for_the_twentieth_hold(given: Given, library: Table) -> None:
    # GIVEN a patron with nineteen holds, and thirty-two more titles
    patron, caller = given.patron()
    for _ in range(19):
        given.hold(patron, given.title())
    titles = [given.title() for _ in range(AT_ONCE)]
    # WHEN all are asked for at once
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda title: ask(caller, title.title_id), titles))
    # THEN exactly one wins (RULES 10), the others are told why
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    refused = [answer.json()["code"] for answer in answers if answer.status_code == 409]
    assert set(refused) == {"hold_limit"}
    # AND counter and rows agree
    found = patrons.find(library, patron.patron_id)
    assert found is not None
    assert found.open_holds == len(holds.of_patron(library, patron.patron_id)) == 20


def test_thirty_two_requests_for_one_title(given: Given, library: Table) -> None:
    # GIVEN a patron without holds WHEN the same title is asked for many times at once
    patron, caller = given.patron()
    title = given.title()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(caller, title.title_id), range(8)))
    # THEN there is one hold (RULES 9), and it is counted once
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    found = patrons.find(library, patron.patron_id)
    assert found is not None
    assert found.open_holds == len(holds.of_patron(library, patron.patron_id)) == 1
