"""What people, schedules and queues ask of the played library: every route for each of the two, every job."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from functions.bounces.handler import handler as bounces
from functions.mail.handler import handler as mail
from lending.aws.access_codes import access_code
from tests.handlers.conftest import context, request, sample
from tests.handlers.desk import SUNDAY
from tests.handlers.mails import batch
from tests.handlers.played import JOBS, NOW, ONE, SATURDAY, TWO, Person, do_job
from tests.handlers.surface import ROUTES, api_of, group_of

LISTS = ("missing", "lost", "damaged", "kept_aside", "to_clear", "ready", "overdue", "without_copy",
         "differences")  # fmt: skip
NAMING = ("DELETE /api/desk/pulls", "POST /api/desk/cards")
Sent = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question: whose it is (nobody's: it is about all), and how it is asked."""

    name: str
    of: Person | None
    ask: Callable[[], Any]


def questions() -> list[Asked]:
    """All of them."""
    of_both = [asked for who in (ONE, TWO) for asked in _of(who)]
    jobs = [Asked(job[1], None, partial(do_job, job)) for job in JOBS]
    return [*of_both, *_of(TWO, about_all=True), *_messages(), *jobs]


def _messages() -> Iterator[Asked]:
    """What queues bring of both in one batch: mails to be sent, news of mails that were."""
    waiting = [(f"PATRON#{who.patron}", f"MAIL#test#10{who.number}") for who in (ONE, TWO)]
    yield Asked("mail", None, lambda: mail(batch(*waiting), context()))
    yield Asked("bounces", None, lambda: bounces(_news(), context()))


def _news() -> dict[str, Any]:
    (record,) = sample("bounces/bounce_permanent_general")["Records"]
    envelope, records = json.loads(record["body"]), []
    for n, who in enumerate((ONE, TWO)):
        event = json.loads(envelope["Message"])
        event["mail"] |= {"messageId": who.patron, "destination": [who.address], "tags": {}}
        event["bounce"]["bouncedRecipients"] = [{"emailAddress": who.address, "status": "5.1.1"}]
        body = json.dumps(envelope | {"Message": json.dumps(event)})
        records.append(record | {"messageId": f"m-{n}", "body": body})
    return {"Records": records}


def _of(who: Person, about_all: bool = False) -> Iterator[Asked]:
    """What is asked about one of the two, or of lists that show everybody's."""
    for function, method, path in ROUTES:
        of_somebody = "<" in path or group_of(path) in ("patron", "facility-12")
        if of_somebody == about_all:
            continue
        for n, how in enumerate(_ways(who).get(f"{method} {path}", [{}])):
            event = _event(who, method, path, how)
            # What is named, and is neither's: a run, and the place whose cards are counted.
            named = "<run_id>" in path or f"{method} {path}" in NAMING
            whose = ONE if named else who if of_somebody else None
            name = f"{method} {path} {n} {whose.number if whose else ''}"
            yield Asked(name, whose, partial(api_of(function), event, context()))


def _event(who: Person, method: str, path: str, how: Sent) -> dict[str, Any]:
    known = who.known | how.get("path", {})
    filled = re.sub(r"<(\w+)>", lambda part: known.get(part[1], "x"), path)
    group = group_of(path).replace("12", who.facility)
    user = who.patron if group == "patron" else who.staff
    headers = {"x-access-code": access_code(who.receipt)}
    return request(method, filled, body=how.get("body"), query=how.get("query"), group=group, user=user,
                   now=how.get("now", NOW), headers=headers)  # fmt: skip


def _copies(who: Person, *numbers: int) -> list[Sent]:
    return [{"path": {"barcode": who.copy(n)}, "body": {}} for n in numbers]


def _holds(who: Person, *numbers: int, **body: str) -> list[Sent]:
    return [{"path": {"title_id": who.title(n)}, "body": body} for n in numbers]


def _ways(who: Person) -> dict[str, list[Sent]]:
    """How a route is asked that needs more than a path filled in, or has several ways to go."""
    facility, far = who.facility, {"from": "2026-08-01", "until": "2026-08-02", "reason": "雪"}
    shift = {"pickup_from": str(SUNDAY), "facility": facility, "pickup_until": "2026-06-16", "due_on": "2026-06-25",
             "reason": "雪"}  # fmt: skip
    card, week, monday = who.card, {"pickup_from": str(SUNDAY)}, {"now": SATURDAY.replace(day=8)}
    record = {"name": "見本 花", "kana": "ミホン ハナ", "birth_date": "1990-04-01", "postal_code": "030-0184",
              "address": "青森市", "phone": "017-000-0000"}  # fmt: skip
    told: dict[str, list[Sent]] = {
        "GET /api/titles": [{"query": {"q": "見本"}}],
        "GET /api/titles/<title_id>": _holds(who, 1, 4),
        "POST /api/passwords": [{"body": {"card_number": card, "birth_date": "1990-04-01"}}],
        "POST /api/applications/<receipt_number>/uploads": [{"body": {}}],
        "POST /api/me/holds": [{"body": {"title_id": who.title(6), "pickup_place": facility}},
                               {"body": {"title_id": who.title(0), "pickup_place": "prefectural"}}],
        "POST /api/me/holds/batch": [
            {"body": {"title_ids": [who.title(0), who.title(5)], "pickup_place": facility}}],
        "POST /api/me/renewals": [{"body": {"barcodes": [who.copy(1), who.copy(5)]}}],
        "DELETE /api/me/holds/<title_id>": _holds(who, 3, 9),
        "PATCH /api/me": [{"body": {"mail_to": f"other-{who.address}"}}],
        "POST /api/me/loans/<barcode>/renewals": _copies(who, 1, 6),
        "POST /api/me/loans/<barcode>/returned": [
            {"path": {"barcode": who.copy(n)}, "body": {"place": facility, "on": "2026-06-14"}} for n in (1, 6)],
        "GET /api/desk/applications": [{"query": {"status": status}} for status in ("awaiting_images", "submitted")],
        "PATCH /api/desk/applications/<receipt_number>": [{"body": {"email": f"other-{who.address}"}}],
        "POST /api/desk/applications/<receipt_number>/decision": [{"body": {"decision": "refuse", "reason": "なし"}}],
        "POST /api/desk/applications/<receipt_number>/images/<slot>/blackout":
            [{"body": {"rectangles": [{"left": 0, "top": 0, "right": 1, "bottom": 1}]}}],
        "GET /api/desk/patrons": [{"query": {"kana": "ミホン"}}, {"query": {"phone": "017-000-0000"}},
                                  {"query": {"birth_date": "1990-04-01"}}],
        "POST /api/desk/patrons": [{"body": record | {"card_number": who.kit}}],
        "POST /api/desk/patrons/<card_number>/card": [{"body": {"card_number": who.kit}}],
        "PATCH /api/desk/patrons/<card_number>": [{"body": {"note": "耳が遠い方", "email": f"o-{who.address}"}}],
        "POST /api/desk/patrons/<card_number>/address": [{"body": {"action": "try_again"}}],
        "POST /api/desk/lists/letters": [{"body": {"printed": [f"{who.patron}#overdue#2026-06-04"]}}],
        "GET /api/desk/trail": [{"query": {"staff": "desk-1", "from": "2026-05-01"}}],
        "GET /api/desk/closures": [{"query": {"all": "1"}}],
        "POST /api/desk/closures": [{"body": far | {"scope": "prefectural"}}],
        "POST /api/desk/closures/preview": [{"body": far | {"scope": "prefectural"}}],
        "POST /api/desk/suspensions/preview": [{"body": far | {"scope": "facility", "facility": facility}}],
        "POST /api/desk/shifts/preview": [{"body": shift}],
        "POST /api/desk/suspensions": [{"body": far | {"scope": "facility", "facility": facility, "opted_in": []}}],
        "GET /api/desk/shifts": [{"query": week}],
        "POST /api/desk/shifts": [{"body": shift}],
        "DELETE /api/desk/shifts": [{"query": week}],
        "POST /api/desk/cards": [{"body": {"facility": "1", "numbers": ["20109999"]}}],
        "PUT /api/desk/titles/<title_id>": [{"body": {"title": "別の本", "copies": [
            {"barcode": who.copy(1), "call_number": "1"}, {"barcode": f"{who.title(1)}-2", "call_number": "2"}]}}],
        "GET /api/desk/copies/<barcode>": _copies(who, 0, 3, 4, 6, 7),
        "POST /api/desk/titles/<title_id>/holds": [{"body": {"action": "cancel_all", "reason": "紛失"}}],
        "POST /api/desk/titles/<title_id>/merge": [
            {"path": {"title_id": who.title(0)}, "body": {"into": who.title(6)}}],
        "POST /api/desk/checkins": [{"body": {"barcodes": [who.copy(1), who.copy(5), who.copy(8)]}}],
        "POST /api/desk/checkouts": [{"body": {"card_number": card, "barcode": who.copy(n)}} for n in (0, 4)],
        "POST /api/desk/copies/<barcode>/lost": _copies(who, 1, 3, 4),
        "POST /api/desk/copies/<barcode>/damaged": _copies(who, 5),
        "POST /api/desk/copies/<barcode>/found": _copies(who, 0, 8),
        "POST /api/desk/copies/<barcode>/replaced": _copies(who, 8, 9),
        "POST /api/desk/patrons/<card_number>/holds": [
            {"body": {"title_id": who.title(6), "pickup_place": facility}}, {"body": {"action": "cancel_all"}}],
        "POST /api/desk/patrons/<card_number>/holds/<title_id>": [
            *_holds(who, 3, 9, action="cancel"), *_holds(who, 4, action="extend", until="2026-06-19"),
            *_holds(who, 9, action="change_pickup", pickup_place=facility), *_holds(who, 9, action="to_end")],
        "POST /api/desk/patrons/<card_number>/loans/<barcode>/renewal": _copies(who, 1, 6),
        "GET /api/desk/lists/<name>": [{"path": {"name": name}} for name in LISTS],
        "POST /api/desk/pulls/<barcode>": [
            {"path": {"barcode": who.copy(7)}, "body": {"result": "found"}, "now": SATURDAY},
            {"path": {"barcode": who.copy(7)}, "body": {"result": "missing"}, "now": SATURDAY}],
        "DELETE /api/desk/pulls": [{"query": {"run": "2026-06-04"}}],
        "DELETE /api/desk/pulls/<barcode>/scan": _copies(who, 1, 2),
        "POST /api/desk/crates/dispatch": [{"body": {"pickup_from": "2026-06-14"}}],
        "DELETE /api/desk/crates/dispatch": [{"query": week | {"facility": facility}}],
        "GET /api/desk/crates": [{"query": week}],
        "POST /api/desk/runs": [{"body": {"date": "2026-06-11", "dry_run": True}}, {"body": {"date": "2026-06-11"}}],
        "GET /api/desk/runs/<run_id>": [{"path": {"run_id": run}} for run in ("2026-06-04", "2026-06-04am")],
        "GET /api/facility/bags": [{}, {"query": {"list": "coming,to_hand_over,to_return,done"}} | monday],
        "POST /api/facility/bags/<bag_id>/handover": [monday],
        "POST /api/facility/bags/<bag_id>/arrival": [{"body": {"state": "arrived"}} | monday],
        "POST /api/facility/reports": [{"body": {"kind": "kits", "text": "10枚"}}],
        "POST /api/facility/closures": [{"body": far}],
    }  # fmt: skip
    return told
