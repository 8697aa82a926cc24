"""The player of a service week: everything happens through the surfaces people and AWS use."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypedDict

import requests

from infra.local.people import Caller, mailbox, run_job, sign_in, until
from infra.local.photos import card_photo, document_photo
from infra.local.samples import PEOPLE, Person
from infra.local.stack import Stack
from lending.domain.week import TOKYO

PASSWORD = "Lending-Week-2026"

# What the three want (see samples.catalogue for the numbers of copies).
POPULAR = "T0003"  # one copy, wanted by all three
NOT_ON_SHELF = "T0006"  # one copy, which nobody finds
AT_THE_PREFECTURAL = "T0004"
REFERENCE_ONLY = "T0025"
MANY = [f"T{number:04}" for number in range(101, 120)]  # with the popular one the twenty that a patron may hold
ONE_TOO_MANY = "T0130"

HANAKO, TARO, SHOKO = PEOPLE


class Step(TypedDict):
    """One thing that happened: the moment in the played week (ISO 8601), what, and how many of what."""

    at: str
    what: str
    counts: dict[str, int]


def play(stack: Stack, tell: Callable[[Step], None] = lambda step: None) -> list[Step]:
    """Play one service week on a loaded stack.

    Args:
        tell: called with each step as it happens.

    Raises:
        RuntimeError: something did not happen as the rules say.
    """
    week = _Week(stack, tell)
    week.people_register()
    week.people_sign_in()
    week.people_place_holds()
    week.thursday_run()
    week.staff_pull_and_pack()
    week.pickup_at_the_prefectural_library()
    week.saturday_mail()
    week.one_mail_bounces()
    week.other_mails_fare_otherwise()
    week.one_collects_on_sunday()
    week.the_run_between()
    week.sunday_release()
    week.books_come_back()
    week.next_in_the_queue()
    return week.steps


def coming_run(today: date) -> date:
    """The Thursday the played week turns about, three days ahead at least: people register before it."""
    ahead = (3 - today.weekday()) % 7
    return today + timedelta(days=ahead if ahead >= 3 else ahead + 7)


def must(holds: object, what: str) -> None:
    """Demand something of the service.

    Raises:
        RuntimeError: it is not so.
    """
    if not holds:
        raise RuntimeError(f"not as the rules say: {what}")


@dataclass
class _Week:
    stack: Stack
    tell: Callable[[Step], None]
    steps: list[Step] = field(default_factory=list)
    patrons: dict[Person, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.run_on = coming_run(datetime.now(TOKYO).date())
        self.visitor = Caller(self.stack)
        self.desk = self._account("desk")

    def _account(self, group: str) -> Caller:
        account = next(account for account in self.stack.accounts if account["group"] == group)
        return sign_in(self.stack, account["username"], account["password"])

    def _on(self, days: int, hours: int, minutes: int = 0) -> datetime:
        """A moment, its days counted from the Thursday of the run: -3 is Monday, 3 the first Sunday."""
        return datetime.combine(self.run_on + timedelta(days=days), time(hours, minutes), TOKYO)

    def _happened(self, at: datetime, what: str, **counts: int) -> None:
        self.steps.append({"at": at.isoformat(), "what": what, "counts": counts})
        self.tell(self.steps[-1])

    # Registration (RULES 1-6)

    def people_register(self) -> None:
        applied, decided = self._on(-3, 10), self._on(-2, 14)
        images = sum(self._apply(person, applied) for person in PEOPLE)
        self._happened(applied, "3人がオンライン利用者登録を申請", applications=len(PEOPLE), images=images)
        submitted = self.desk.items("/desk/applications?status=submitted", decided)
        for application in submitted:
            self._look_and_register(application["receipt_number"], decided)
        must(not self.desk.items("/desk/applications?status=submitted", decided), "all are decided")
        self._happened(decided, "職員が画像を確認して登録", registered=len(submitted))

    def _apply(self, person: Person, at: datetime) -> int:
        accepted = self.visitor.post("/applications", at, person.form(), 201)
        for upload in accepted["uploads"]:
            _send_picture(person, upload)
        path, code = f"/applications/{accepted['receipt_number']}", {"X-Access-Code": accepted["access_code"]}

        def submitted() -> bool:
            return bool(self.visitor.expect(200, "GET", path, at, headers=code)["status"] == "submitted")

        until(submitted, "the images to be looked at")
        return len(accepted["uploads"])

    def _look_and_register(self, receipt: str, at: datetime) -> None:
        seen = self.desk.get(f"/desk/applications/{receipt}", at)
        for image in seen["images"]:
            requests.get(image["url"], timeout=60).raise_for_status()
        decision = {"decision": "register", "checked": {"document": "driving_licence", "masked": True}}
        self.desk.post(f"/desk/applications/{receipt}/decision", at, decision)

    def people_sign_in(self) -> None:
        at = self._on(-2, 18)
        for person in PEOPLE:
            text = self._mail_to(person, "仮パスワード: ")["BodyText"]
            temporary = re.findall(r"仮パスワード: (\S+)", text)[0]
            self.patrons[person] = sign_in(self.stack, person.card_number, temporary, PASSWORD)
            self.stack.accounts.append({"group": "patron", "username": person.card_number, "password": PASSWORD})
            must(self.patrons[person].get("/me", at)["card_number"] == person.card_number, "it is their card")
        self._happened(at, "受理メールの仮パスワードでログインし、自分のパスワードに変更", patrons=len(PEOPLE))

    def _mail_to(self, person: Person, words: str) -> dict[str, Any]:
        """The mail in a person's mailbox that says certain words."""

        def look() -> dict[str, Any] | None:
            mails = (mail for mail in mailbox(self.stack) if person.email in mail["To"] and words in mail["BodyText"])
            return next(mails, None)

        return until(look, f"a mail with {words}")

    # Holds (RULES 9-12)

    def people_place_holds(self) -> None:
        at = self._on(-1, 20)
        for minute, person in enumerate(PEOPLE):
            self._hold(person, POPULAR, str(person.facility), at + timedelta(minutes=minute))
        self._hold(TARO, NOT_ON_SHELF, str(TARO.facility), at)
        self._hold(TARO, "T0010", str(TARO.facility), at)
        self._hold(SHOKO, AT_THE_PREFECTURAL, "prefectural", at)
        for title_id in MANY:
            self._hold(HANAKO, title_id, str(HANAKO.facility), at)
        refused = self._refused(SHOKO, REFERENCE_ONLY, at) + self._refused(HANAKO, ONE_TOO_MANY, at)
        self.patrons[HANAKO].expect(204, "DELETE", f"/me/holds/{MANY[-1]}", at)
        (second,) = (hold for hold in self._holds(TARO, at) if hold["title_id"] == POPULAR)
        must((second["position"], second["of"]) == (2, 3), "the queue is in the order of placing")
        open_holds = sum(len(self._holds(person, at)) for person in PEOPLE)
        self._happened(at, "予約(禁帯出と21冊目は断られ、1冊は取消)", open_holds=open_holds, cancelled=1, **refused)

    def _holds(self, person: Person, at: datetime) -> list[dict[str, Any]]:
        return self.patrons[person].items("/me/holds", at)

    def _hold(self, person: Person, title_id: str, place: str, at: datetime) -> None:
        self.patrons[person].post("/me/holds", at, {"title_id": title_id, "pickup_place": place}, 201)

    def _refused(self, person: Person, title_id: str, at: datetime) -> Counter[str]:
        body = {"title_id": title_id, "pickup_place": "prefectural"}
        answer = self.patrons[person].post("/me/holds", at, body, 409)
        return Counter(reason["code"] for reason in answer["reasons"])

    # Thursday (RULES 18-24)

    def thursday_run(self) -> None:
        at = self._on(0, 8, 30)
        run_job(self.stack, "AllocatorFunction", "thursday_run", at)
        decisions = self._decisions(self.run_on, at)
        again = run_job(self.stack, "AllocatorFunction", "thursday_run", at)
        must(again.get("already_done"), f"the second run is idle: {again}")
        must(self._decisions(self.run_on, at) == decisions, "the second run changes nothing")
        self._happened(at, "オンライン貸出処理(2度目は何もしない)", **decisions)

    def _decisions(self, run_on: date, at: datetime) -> Counter[str]:
        found = self.desk.items(f"/desk/runs/{run_on}", at, key="decisions")
        return Counter(decision["decision"] for decision in found)

    def staff_pull_and_pack(self) -> None:
        at = self._on(0, 9, 30)
        self._happened(at, "書架の順に抜き出し、貸出、袋詰め(1冊は見つからない)", **self._pull(at, {NOT_ON_SHELF}))
        crates = self.desk.items(f"/desk/crates?pickup_from={self._on(3, 0).date()}", at)
        bags = [bag for crate in crates for bag in crate["bags"]]
        self._happened(at, "協力館ごとに箱詰め、発送", crates=len(crates), bags=len(bags))

    def _pull(self, at: datetime, not_found: set[str]) -> Counter[str]:
        """Go through the pull list: what was done with the books, by the answer to each scan."""
        did: Counter[str] = Counter()
        for pull in self.desk.items("/desk/pulls", at):
            result = "missing" if pull["title_id"] in not_found else "found"
            answer = self.desk.post(f"/desk/pulls/{pull['barcode']}", at, {"result": result})
            did[answer["action"] if result == "found" else "missing"] += 1
        must(not self.desk.items("/desk/pulls", at), "the pull list is done")
        return did

    def pickup_at_the_prefectural_library(self) -> None:
        pulled, mailed, collected = self._on(0, 14), self._on(1, 10), self._on(1, 15)
        run_job(self.stack, "AllocatorFunction", "prefectural_pull", pulled)
        did = self._pull(pulled, set())
        self._happened(pulled, "県立図書館受取の本を確保", **did)
        run_job(self.stack, "NoticesFunction", "daily_notices", mailed)
        self._mail_to(SHOKO, "受取期限")
        (ready,) = (hold for hold in self._holds(SHOKO, mailed) if hold["status"] == "ready")
        self._happened(mailed, f"「{ready['status_label']}」のメール(受取期限{ready['pickup_until']})", mails=1)
        barcode = f"B{ready['title_id'].removeprefix('T')}1"
        self.desk.post("/desk/checkouts", collected, {"card_number": SHOKO.card_number, "barcode": barcode}, 201)
        self._happened(collected, "県立図書館のカウンターで貸出", loans=1)

    # Mail (RULES 36-39)

    def saturday_mail(self) -> None:
        at, before = self._on(2, 9), len(mailbox(self.stack))
        run_job(self.stack, "NoticesFunction", "lending_mail", at)
        for person in (HANAKO, TARO):
            self._mail_to(person, "受取期間")
        run_job(self.stack, "NoticesFunction", "lending_mail", at)
        self._happened(at, "オンライン貸出メール(2度目は送らない)", mails=len(mailbox(self.stack)) - before)

    def one_mail_bounces(self) -> None:
        at = self._on(2, 11)
        self._ses_tells("Bounce", self._mail_to(HANAKO, "受取期間"), at)
        (task,) = until(lambda: self.desk.items("/desk/contacts", at) or None, "the contact task")
        must(task["phone"] == HANAKO.phone, "staff see whom to call")
        self._happened(at, f"エラーメール({task['cause']})が職員の連絡リストに載る", contacts=1)
        self.desk.post(f"/desk/contacts/{task['id']}/done", at, expected=204)
        must(not self.desk.items("/desk/contacts", at), "the task is done")
        self._happened(at, "電話で連絡し、対応済みに", done=1)

    def other_mails_fare_otherwise(self) -> None:
        at = self._on(2, 12)
        self._fares("Delivery", "delivered", TARO, "lending", "受取期間", at)
        self._fares("DeliveryDelay", "delayed", SHOKO, "ready", "受取期限", at)
        self._fares("Complaint", "complained", SHOKO, "acceptance", "仮パスワード: ", at)
        self._fares("Reject", "rejected", HANAKO, "acceptance", "仮パスワード: ", at)
        tasks = self.desk.items("/desk/contacts", at)
        for task in tasks:
            self.desk.post(f"/desk/contacts/{task['id']}/done", at, expected=204)
        self._happened(at, "届いたメール、遅れたメール、苦情、送信不可", mails=4, contacts=len(tasks))

    def _fares(self, event: str, state: str, person: Person, kind: str, words: str, at: datetime) -> None:
        """SES tells of a person's mail, and My Library shows it."""
        self._ses_tells(event, self._mail_to(person, words), at)

        def shown() -> bool:
            mails = self.patrons[person].items("/me/mails", at)
            return any(mail["kind"] == kind and mail["state"] == state for mail in mails)

        until(shown, f"{event} to show")

    def _ses_tells(self, event: str, mail: dict[str, Any], at: datetime) -> None:
        """Play SES's part: what its configuration set publishes of a mail."""
        message = json.dumps(_ses_event(event, mail, at))
        self.stack.client("sns").publish(TopicArn=self.stack.outputs["MailEventsTopicArn"], Message=message)

    # Pickup and return (RULES 28-32)

    def one_collects_on_sunday(self) -> None:
        at = self._on(3, 10)
        facility = self._account(f"facility-{TARO.facility:02}")
        (bag,) = facility.items("/facility/bags", at)
        must(bag["card_number"] == TARO.card_number, "the bag is his")
        facility.post(f"/facility/bags/{bag['id']}/handover", at)
        must(self._states(TARO, at) == {"on_loan": 1}, "he has the book")
        must(self._states(HANAKO, at) == {"to_collect": 10}, "hers wait for her")
        self._happened(at, "受取開始: 1人は受け取り、1人は来ない", handed_over=1)

    def _states(self, person: Person, at: datetime) -> Counter[str]:
        return Counter(loan["state"] for loan in self.patrons[person].items("/me/loans", at))

    def the_run_between(self) -> None:
        at = self._on(7, 8, 30)
        run_job(self.stack, "AllocatorFunction", "thursday_run", at)
        (hold,) = (hold for hold in self._holds(TARO, at) if hold["title_id"] == POPULAR)
        must(hold["last_run"]["code"] == "all_on_loan", f"he is told why: {hold['last_run']}")
        counts = self._decisions(at.date(), at)
        self._happened(at, f"次の週の処理。待つ人への説明:「{hold['last_run']['message']}」", **counts)

    def sunday_release(self) -> None:
        at = self._on(10, 22)
        run_job(self.stack, "ReleaseFunction", "sunday_release", at)
        states = self._states(HANAKO, at)
        run_job(self.stack, "ReleaseFunction", "sunday_release", at)
        must(self._states(HANAKO, at) == states == {"returning": 10}, "uncollected books are on their way back, once")
        self._happened(
            at, "受取期限が過ぎ、受け取られなかった本は返送(2度目は何もしない)", returning=states["returning"]
        )

    def books_come_back(self) -> None:
        at = self._on(13, 15)
        barcodes = [loan["barcode"] for p in (HANAKO, TARO) for loan in self.patrons[p].items("/me/loans", at)]
        books = self.desk.post("/desk/checkins", at, {"barcodes": barcodes})["items"]
        must({book["result"] for book in books} == {"returned"}, f"all are back: {books}")
        must(not self._states(HANAKO, at), "nothing is on loan to her")
        self._happened(at, "水曜日までに返却処理", returned=len(books), **Counter(book["next"] for book in books))

    def next_in_the_queue(self) -> None:
        at, scanned = self._on(14, 8, 30), self._on(14, 9, 30)
        run_job(self.stack, "AllocatorFunction", "thursday_run", at)
        did = self._pull(scanned, set())
        loans = {loan["title_id"] for loan in self.patrons[TARO].items("/me/loans", scanned)}
        must(POPULAR in loans, "the next in the queue has the book")
        self._happened(scanned, "翌々週の処理: 次の順番の人に貸出", **did)


def _send_picture(person: Person, upload: dict[str, Any]) -> None:
    photo = card_photo(person.card_number, person.latin_name) if upload["slot"] == "card" else document_photo()
    fields = {"Content-Type": "image/jpeg"} | upload["fields"]
    requests.post(upload["url"], data=fields, files={"file": photo}, timeout=60).raise_for_status()


def _ses_event(event: str, mail: dict[str, Any], at: datetime) -> dict[str, Any]:
    """An event of SES's about a mail, in the format of event publishing."""
    address = {"emailAddress": mail["To"][0]}
    failed = address | {
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    }
    told: dict[str, dict[str, Any]] = {
        "Bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": [failed]},
        "Delivery": {"recipients": mail["To"], "smtpResponse": "250 ok"},
        "DeliveryDelay": {"delayType": "TransientCommunicationFailure", "delayedRecipients": [address]},
        "Complaint": {"complaintFeedbackType": "abuse", "complainedRecipients": [address]},
        "Reject": {"reason": "Bad content"},
    }
    return {
        "eventType": event,
        event[0].lower() + event[1:]: told[event] | {"timestamp": at.isoformat(), "feedbackId": "played"},
        "mail": {
            "timestamp": at.isoformat(),
            "source": mail["Source"],
            "messageId": mail["MessageId"],
            "destination": mail["To"],
        },
    }
