"""A library may have any number of facilities: as many as Hokkaido has municipalities are loaded and served."""

import json
from datetime import datetime, time
from pathlib import Path
from typing import Any

from functions.facility.handler import handler as facility
from functions.public.handler import handler as public
from infra.accounts import Account, facility_accounts
from infra.facilities import load_facilities
from infra.facility_list import read_facilities
from lending.domain.calendar.facility import Facility
from lending.domain.week import TOKYO
from tests.handlers.conftest import Given, context, request
from tests.handlers.desk import SUNDAY, THURSDAY, SampleLibrary, ask

MANY = 179
ON_SUNDAY = datetime.combine(SUNDAY, time(11), TOKYO)
HEAD = "number,district,municipality,name,gives_out_kits,alias,latitude,longitude"


def loaded(given: Given, path: Path) -> list[Facility]:
    rows = (f"{n},道央,見本町{n},見本館{n},{'no' if n == 150 else 'yes'},,43.06,141.35" for n in range(MANY, 0, -1))
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    faults: list[str] = []
    listed = read_facilities(path, faults)
    assert not faults
    load_facilities(given.table, listed)
    return sorted(listed, key=lambda each: each.number)


def test_179_facilities_are_served_each_with_its_own(given: Given, tmp_path: Path) -> None:
    # GIVEN 179 facilities, listed from the last to the first, and a book for each of three
    accounts = facility_accounts(loaded(given, tmp_path / "facilities.csv"))
    library = SampleLibrary(given)
    for n, number in enumerate(("179", "17", "9"), 1):
        library.patron(f"p-{n}"), given.title(f"t-{n}")
        library.loan(f"t-{n}-1", f"p-{n}", facility=number)
    # THEN all are listed by number
    listed = json.loads(public(request("GET", "/api/facilities", now=THURSDAY), context())["body"])["items"]
    assert [each["number"] for each in listed] == list(range(1, MANY + 1))
    # AND crates are in the same order, each with its own bags
    crates = ask("GET", "/crates", query={"pickup_from": str(SUNDAY)})[1]["items"]
    assert [(crate["facility"], len(crate["bags"])) for crate in crates] == [("9", 1), ("17", 1), ("179", 1)]
    # AND each sees its own by its own account
    seen = {accounts[n].group: len(bags_of(accounts[n])) for n in (0, 8, 16, 99, 178)}
    assert seen == {"facility-01": 0, "facility-09": 1, "facility-17": 1, "facility-100": 0, "facility-179": 1}
    # AND all crates leave together
    status, left = ask("POST", "/crates/dispatch", {"pickup_from": str(SUNDAY), "facilities": []})
    assert status == 200
    assert len(left["items"]) == MANY


def bags_of(account: Account) -> list[dict[str, Any]]:
    asked = request("GET", "/api/facility/bags", group=account.group, user=account.username, now=ON_SUNDAY)
    found: list[dict[str, Any]] = json.loads(facility(asked, context())["body"])["items"]
    return found


def test_the_list_alone_says_who_hands_out_kits(given: Given, tmp_path: Path) -> None:
    # GIVEN a list by which facility 150 hands out none, and 14 does WHEN kits are brought to both
    loaded(given, tmp_path / "facilities.csv")
    refused = ask("POST", "/cards", {"facility": "150", "numbers": ["10009999"]})
    brought = ask("POST", "/cards", {"facility": "14", "numbers": ["10009998"]})
    # THEN the one is told so, and the other has them
    assert (refused[0], refused[1]["reasons"][0]["code"]) == (422, "facility_without_kits")
    assert brought[0] == 201
