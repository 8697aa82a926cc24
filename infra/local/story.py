"""The story of the first weeks: from the registration until the next in the queue has the book (RULES, the week)."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import requests

from infra.local.people import mailbox, until
from infra.local.played_weeks import evening_before
from infra.local.player import Player, barcode_of, must
from infra.local.samples import FUTABA, HANAKO, JIRO, PEOPLE, SHOKO, TARO, Person
from lending.domain.week import week_of_run
from lending.domain.words import weekdays_in_words

# What they want (see samples.catalogue for the numbers of copies).
POPULAR = "T0003"  # one copy, wanted by three
NOT_ON_SHELF = "T0006"  # one copy, wanted by two, which nobody finds at first
READ_AND_KEPT = "T0010"  # not given back in time
AT_THE_PREFECTURAL = "T0004"  # two copies, the first of the queue wants it there; the second one's copy is missing
REFERENCE_ONLY = "T0025"
MANY = [f"T{number:04}" for number in range(101, 130)]  # with the popular one more than a patron may hold
ONE_TOO_MANY = "T0130"


# Registration (RULES 1-6)


def people_apply(player: Player, at: datetime) -> None:
    """They send in forms and pictures: one after the other, as the local AWS starts a process for each at once."""
    images = sum(player.apply(player.form(person), person, at) for person in PEOPLE)
    player.happened(at, f"{len(PEOPLE)}人がオンライン利用者登録を申請", applications=len(PEOPLE), images=images)


def staff_register(player: Player, at: datetime) -> None:
    """Staff look at the pictures and decide."""
    submitted = player.desk.items("/desk/applications?status=submitted", at)
    for application in submitted:
        _look_and_register(player, application["receipt_number"], at)
    must(not player.desk.items("/desk/applications?status=submitted", at), "all are decided")
    player.happened(at, "職員が画像を確認して登録", registered=len(submitted))


def _look_and_register(player: Player, receipt: str, at: datetime) -> None:
    seen = player.desk.get(f"/desk/applications/{receipt}", at)
    for image in seen["images"]:
        requests.get(image["url"], timeout=60).raise_for_status()
    decision: dict[str, Any] = {"decision": "register", "checked": {"document": "driving_licence", "masked": True}}
    if seen["card_number"] == player.card(FUTABA):
        # A card for a short stay: at the latest run it has run out.
        decision["expires_on"] = f"{evening_before(player.weeks.latest).date()}"
    player.desk.post(f"/desk/applications/{receipt}/decision", at, decision)


def people_sign_in(player: Player, at: datetime) -> None:
    """The 受理メール brings the way to the first password."""
    for person in PEOPLE:
        player.sign_in(person)
        must(player.patrons[person].get("/me", at)["card_number"] == player.card(person), "it is their card")
    player.happened(at, "受理メールの仮パスワードでログインし、自分のパスワードに変更", patrons=len(PEOPLE))


# Holds (RULES 9-12)


def people_place_holds(player: Player, at: datetime) -> None:
    """Three want the same book, one wants more than a patron may hold."""
    mine = MANY[: player.policy.hold_limit - 1]
    for minute, person in enumerate((HANAKO, TARO, SHOKO)):
        player.hold(person, [POPULAR], at + timedelta(minutes=minute))
    player.hold(TARO, [NOT_ON_SHELF, READ_AND_KEPT], at)
    player.hold(JIRO, ["T0011", NOT_ON_SHELF], at + timedelta(minutes=1))
    player.hold(SHOKO, [AT_THE_PREFECTURAL], at, "prefectural")
    player.hold(TARO, [AT_THE_PREFECTURAL], at + timedelta(minutes=1))
    player.hold(HANAKO, mine, at)
    refused = _refused(player, SHOKO, REFERENCE_ONLY, at) + _refused(player, HANAKO, ONE_TOO_MANY, at)
    player.patrons[HANAKO].expect(204, "DELETE", f"/me/holds/{mine[-1]}", at)
    second = player.holds(TARO, at)[POPULAR]
    must((second["position"], second["of"]) == (2, 3), "the queue is in the order of placing")
    open_holds = sum(len(player.holds(person, at)) for person in PEOPLE)
    player.happened(
        at,
        f"予約(禁帯出と{player.policy.hold_limit + 1}冊目は断られ、1冊は取消)",
        open_holds=open_holds,
        cancelled=1,
        **refused,
    )


def _refused(player: Player, person: Person, title_id: str, at: datetime) -> Counter[str]:
    body = {"title_id": title_id, "pickup_place": "prefectural"}
    answer = player.patrons[person].post("/me/holds", at, body, 409)
    return Counter(reason["code"] for reason in answer["reasons"])


# Thursday (RULES 18-24)


def thursday_run(player: Player, at: datetime) -> None:
    """The run, and once more: it does nothing twice."""
    player.job("AllocatorFunction", "thursday_run", at)
    found = decisions(player, at.date(), at)
    again = player.job("AllocatorFunction", "thursday_run", at)
    must(again.get("already_done"), f"the second run is idle: {again}")
    must(decisions(player, at.date(), at) == found, "the second run changes nothing")
    player.happened(at, "オンライン貸出処理(2度目は何もしない)", **found)


def decisions(player: Player, run_on: date, at: datetime) -> Counter[str]:
    """How many of which decision a run made."""
    found = player.desk.items(f"/desk/runs/{run_on}", at, key="decisions")
    return Counter(decision["decision"] for decision in found)


def staff_pull_and_pack(player: Player, at: datetime) -> None:
    """Books are scanned in shelf order; two are not found, and what is left for the head of a queue stays so (15)."""
    did = player.scan(player.pulls(at), at, missing={NOT_ON_SHELF, AT_THE_PREFECTURAL})
    must(not player.pulls(at), "the pull list is done: the other copy is nobody's replacement")
    told = player.reasons(TARO, at)
    must(told[AT_THE_PREFECTURAL] == told[NOT_ON_SHELF] == "not_on_shelf", f"he is told why: {told}")
    player.happened(at, "書架の順に抜き出し、貸出、袋詰め(2冊は見つからない)", **did)


def crates_leave(player: Player, at: datetime) -> None:
    """What is packed leaves for the facilities (RULES 24)."""
    pickup_from = week_of_run(at.date(), player.policy).pickup_from
    crates = player.desk.items(f"/desk/crates?pickup_from={pickup_from}", at)
    facilities = [crate["facility"] for crate in crates]
    body = {"pickup_from": f"{pickup_from}", "facilities": facilities}
    left = player.desk.post("/desk/crates/dispatch", at, body)["items"]
    must([crate["facility"] for crate in left] == facilities, f"each crate has left: {left}")
    bags = sum(crate["bag_count"] for crate in crates)
    player.happened(at, f"{player.policy.partner_word}ごとに箱詰め、発送", crates=len(crates), bags=bags)


# At the prefectural library (RULES 15-17)


def staff_pull_for_the_counter(player: Player, at: datetime) -> None:
    """The pull of the afternoon."""
    player.job("AllocatorFunction", "prefectural_pull", at)
    did = player.scan(player.pulls(at), at)
    must(did == {"shelve_ready": 1}, f"the first in the queue has the copy that was left: {did}")
    player.happened(at, f"{player.policy.owner_word}受取の本を確保", **did)


def ready_mail_goes_out(player: Player, at: datetime) -> None:
    """The day after, the mail tells until when the book is kept."""
    player.job("NoticesFunction", "daily_notices", at)
    player.mail_to(SHOKO, "受取期限")
    ready = player.holds(SHOKO, at)[AT_THE_PREFECTURAL]
    must(ready["status"] == "ready", "it waits at the counter")
    player.happened(at, f"「{ready['status_label']}」のメール(受取期限{ready['pickup_until']})", mails=1)


def lent_at_the_counter(player: Player, at: datetime) -> None:
    """Who comes to the counter takes it home."""
    body = {"card_number": player.card(SHOKO), "barcode": barcode_of(AT_THE_PREFECTURAL)}
    must(player.desk.post("/desk/checkouts", at, body, 201)["hold_spent"], "the loan answers the hold")
    player.happened(at, f"{player.policy.owner_word}のカウンターで貸出", loans=1)


# Mail (RULES 36-39)


def lending_mail(player: Player, at: datetime) -> None:
    """Saturday's mails, and once more: none goes out twice."""
    player.job("NoticesFunction", "lending_mail", at)
    readers = (HANAKO, TARO, JIRO)
    for person in readers:
        player.mail_to(person, "受取期間")
    player.job("NoticesFunction", "lending_mail", at)
    # Of this kind: one of an earlier day may still be on its way.
    sent = [mail for mail in mailbox(player.stack) if "受取期間" in mail["BodyText"]]
    must(len(sent) == len(readers), "one mail for each of them")
    player.happened(at, "オンライン貸出メール(2度目は送らない)", mails=len(readers))


def a_mail_bounces(player: Player, at: datetime) -> None:
    """An address that does not exist: staff see whom to call."""
    player.ses_tells("wrong_address", player.sent_mail_to(HANAKO, "受取期間", at), at)
    (task,) = until(lambda: player.desk.items("/desk/contacts", at) or None, "the contact task")
    must(task["phone"] == HANAKO.phone, "staff see whom to call")
    player.happened(at, f"エラーメール({task['cause']})が職員の連絡リストに載る", contacts=1)


def address_is_mended(player: Player, at: datetime) -> None:
    """With the address she tells on the phone, the task is done."""
    player.desk.expect(200, "PATCH", f"/desk/patrons/{player.card(HANAKO)}", at, {"email": f"mihon.{HANAKO.email}"})
    must(not player.desk.items("/desk/contacts", at), "the task is done")
    must(player.patrons[HANAKO].get("/me", at)["email_reachable"], "mails reach her again")
    player.happened(at, "電話で聞いて、メールアドレスを直す", done=1)


def other_mails_fare_otherwise(player: Player, at: datetime) -> None:
    """Delivered, late, complained of, rejected: My Library shows each."""
    _fares(player, "delivered", TARO, "lending", "受取期間", at)
    _fares(player, "delayed", SHOKO, "ready", "受取期限", at)
    _fares(player, "complained", FUTABA, "acceptance", "仮パスワード: ", at)
    _fares(player, "rejected", HANAKO, "acceptance", "仮パスワード: ", at)
    tasks = player.desk.items("/desk/contacts", at)
    for task in tasks:
        player.desk.post(f"/desk/contacts/{task['id']}/done", at, expected=204)
    must(not player.desk.items("/desk/contacts", at), "all tasks are done")
    player.happened(at, "届いたメール、遅れたメール、苦情、送信不可", mails=4, contacts=len(tasks))


def _fares(player: Player, news: str, person: Person, kind: str, words: str, at: datetime) -> None:
    """SES tells of a person's mail, and My Library shows it."""
    player.ses_tells(news, player.sent_mail_to(person, words, at), at)

    def shown() -> bool:
        mails = player.patrons[person].items("/me/mails", at)
        return any(mail["kind"] == kind and mail["state"] == news for mail in mails)

    until(shown, f"{news} to show")


# Pickup and return (RULES 28-32)


def two_of_three_collect(player: Player, at: datetime) -> None:
    """Of three bags two are handed over, one at each facility; both facilities record it."""
    bags = player.bags(player.home(TARO), at)
    must([bag["card_number"] for bag in bags] == [player.card(TARO)], "the bag is his")
    player.collect(TARO, at)
    player.collect(JIRO, at)
    must(player.states(TARO, at) == player.states(JIRO, at) == {"on_loan": 1}, "they have their books")
    must(player.states(HANAKO, at) == {"to_collect": player.first_loans}, "hers wait for her")
    player.happened(at, "受取開始: 2人は受け取り、1人は来ない", handed_over=2)


def the_run_between(player: Player, at: datetime) -> None:
    """The book is still with the facility: who waits is told so."""
    player.job("AllocatorFunction", "thursday_run", at)
    told = player.holds(TARO, at)[POPULAR]["last_run"]
    must(told["code"] == "all_on_loan", f"he is told why: {told}")
    counts = decisions(player, at.date(), at)
    player.happened(at, f"{_later(player, at)}の処理。待つ人への説明:「{told['message']}」", **counts)


def sunday_release(player: Player, at: datetime) -> None:
    """What nobody collected is on its way back, and once more: it is so once."""
    player.job("ReleaseFunction", "sunday_release", at)
    states = player.states(HANAKO, at)
    player.job("ReleaseFunction", "sunday_release", at)
    must(
        player.states(HANAKO, at) == states == {"returning": player.first_loans},
        "uncollected books are on their way back, once",
    )
    what = "受取期限が過ぎ、受け取られなかった本は返送(2度目は何もしない)"
    player.happened(at, what, returning=states["returning"])


def books_come_back(player: Player, at: datetime) -> None:
    """In time they are checked in (RULES 32)."""
    barcodes = [loan["barcode"] for p in (HANAKO, JIRO, SHOKO) for loan in player.loans(p, at).values()]
    books = player.desk.post("/desk/checkins", at, {"barcodes": barcodes})["items"]
    must({book["result"] for book in books} == {"returned"}, f"all are back: {books}")
    must(not player.states(HANAKO, at), "nothing is on loan to her")
    player.happened(
        at,
        f"{weekdays_in_words([at.weekday()])}曜日までに返却処理",
        returned=len(books),
        **Counter(book["next"] for book in books),
    )


def missing_books_are_found(player: Player, at: datetime) -> None:
    """What was not on the shelf is there again (RULES 23)."""
    found = [barcode_of(NOT_ON_SHELF), barcode_of(AT_THE_PREFECTURAL, copy=2)]
    for barcode in found:
        must(player.desk.post(f"/desk/copies/{barcode}/found", at)["state"] == "on_shelf", "it is there again")
    player.happened(at, "見つからなかった本が見つかる", found=len(found))


def next_in_the_queue(player: Player, at: datetime) -> None:
    """Who was next has the popular book; the one found goes to the head of its queue (RULES 11, 23)."""
    did = player.scan(player.pulls(at), at)
    loans = player.loans(TARO, at)
    must(POPULAR in loans, "the next in the queue has the book")
    must({NOT_ON_SHELF, AT_THE_PREFECTURAL} <= set(loans), "the first in the queue has the book that was found")
    must(player.reasons(JIRO, at)[NOT_ON_SHELF] == "queue", "the second waits on")
    player.happened(at, f"{_later(player, at)}の処理: 次の順番の人に貸出", **did)


def _later(player: Player, at: datetime) -> str:
    days = (at.date() - player.weeks.first.run_date).days
    return {7: "次の週", 14: "翌々週"}.get(days, f"{days}日後")
