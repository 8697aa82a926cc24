"""The weeks since the story, up to now: what they leave open for whoever looks at the pages today."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from infra.library import Library
from infra.local.people import until
from infra.local.player import Player, Pull, barcode_of, must
from infra.local.samples import APPLICANT, FUTABA, HANAKO, JIRO, SHOKO, TARO, WALK_IN
from infra.local.story import MANY, POPULAR, READ_AND_KEPT
from lending.domain.week import return_checked_in_by
from lending.domain.words import weekdays_in_words

# Why holds have no book (see samples.catalogue for the numbers of copies).
BEYOND_THE_CAP = [f"T{number:04}" for number in range(141, 146)]  # the first of them is lent
WANTED_BY_TWO = "T0147"  # one copy
NOT_FOUND = "T0153"  # one copy
WHILE_CARD_IS_EXPIRED = "T0157"
STILL_SOUGHT = {"T0156", "T0159"}  # one copy each

READY = {TARO: "T0031", SHOKO: "T0034"}
FOR_THE_COUNTER = {SHOKO: [f"T{number:04}" for number in range(201, 207)],
                   JIRO: [f"T{number:04}" for number in range(207, 213)]}  # fmt: skip
TAKEN_HOME = "T0160"
NOT_LENT_ANY_MORE = "T0214"


# The run a week after the story's last, and its bags


def more_place_holds(player: Player, at: datetime) -> None:
    """For the run that ends the story; one of them holds so many that one loan more fills her cap."""
    held, wanted = player.holds(HANAKO, at), _second_loans(player)
    placed = player.hold(HANAKO, [title_id for title_id in wanted if title_id not in held], at)
    placed += player.hold(JIRO, ["T0016", "T0019"], at) + player.hold(FUTABA, ["T0022", "T0028"], at)
    people = 2 if held.keys() >= set(wanted) else 3
    player.happened(at, f"{people}人が予約", open_holds=placed)


def _second_loans(player: Player) -> list[str]:
    """What the second run lends to who wants more than anybody: of the titles after those that the first one lent."""
    lent = player.first_loans - 1
    return MANY[lent : lent + player.policy.loan_cap - 1]


def all_on_loan(player: Player) -> str:
    """A title with one copy, which the second run has lent."""
    return next(title_id for title_id in _second_loans(player)[1:] if int(title_id[1:]) % 3 == 0)


def lending_mail(player: Player, at: datetime) -> None:
    """The mails of a run."""
    done = player.job("NoticesFunction", "lending_mail", at)
    player.happened(at, "オンライン貸出メール", mails=done["mails"])


def first_bags_are_collected(player: Player, at: datetime) -> None:
    """One bag at each facility; the others stay there until their last day."""
    player.collect(HANAKO, at)
    player.collect(FUTABA, at)
    player.happened(at, "受取開始: 2館で1人ずつ受け取り", handed_over=2)


def last_bags_are_collected(player: Player, at: datetime) -> None:
    """On their last day."""
    player.collect(TARO, at)
    player.collect(JIRO, at)
    player.happened(at, "受取の最終日に2人が受け取り", handed_over=2)


def nothing_is_left(player: Player, at: datetime) -> None:
    """The Sunday release finds nothing: all was collected (RULES 30)."""
    done = player.job("ReleaseFunction", "sunday_release", at)
    must(not done["books"], f"nothing goes back: {done}")
    player.happened(at, "受取期限: 返送する本はない", returning=0)


def weeks_are_counted(player: Player, at: datetime) -> None:
    """The nightly counts (RULES 56)."""
    done = player.job("NoticesFunction", "weekly_counts", at)
    player.happened(at, "週ごとの統計", weeks=done["weeks"])


# At the prefectural library's counter


def a_visitor_borrows(player: Player, at: datetime) -> None:
    """From the shelf, to be renewed online today (RULES 17, 31)."""
    body = {"card_number": player.card(TARO), "barcode": barcode_of(TAKEN_HOME)}
    player.desk.post("/desk/checkouts", at, body, 201)
    player.happened(at, f"来館して、{player.policy.owner_word}のカウンターで借りる", loans=1)


def two_want_to_come(player: Player, at: datetime) -> None:
    """Holds with the prefectural library as the pickup place."""
    placed = sum(player.hold(person, [title_id], at, "prefectural") for person, title_id in READY.items())
    player.happened(at, f"{player.policy.owner_word}で受け取る予約", open_holds=placed)


def books_are_ready(player: Player, at: datetime) -> None:
    """The pull of an afternoon; what a Thursday run has planned is none of its business (RULES 15)."""
    run = player.job("AllocatorFunction", "prefectural_pull", at)["date"]
    did = player.scan((pull for pull in player.pulls(at) if pull["run"] == run), at)
    must(did == {"shelve_ready": len(READY)}, f"they wait at the counter: {did}")
    player.happened(at, f"{player.policy.owner_word}受取の本を確保", **did)


def daily_notices(player: Player, at: datetime) -> None:
    """Ready, overdue, cards (RULES 37)."""
    done = player.job("NoticesFunction", "daily_notices", at)
    told = {name: done[name] for name in ("ready", "overdue", "card_renewal", "card_expired_hold")}
    player.happened(at, "毎日のお知らせ(準備、督促、カードの期限)", **told)


def a_mailbox_is_full(player: Player, at: datetime) -> None:
    """Somebody is to be called."""
    title = player.holds(SHOKO, at)[READY[SHOKO]]["title"]
    player.ses_tells("mailbox_full", player.sent_mail_to(SHOKO, title, at), at)
    until(lambda: "mailbox_full" in {task["cause"] for task in player.desk.items("/desk/contacts", at)}, "the task")
    player.happened(at, "エラーメール(mailbox_full)。電話での連絡はこれから", contacts=1)


def more_want_to_come(player: Player, at: datetime) -> None:
    """A dozen books for the next pull."""
    placed = sum(player.hold(person, titles, at, "prefectural") for person, titles in FOR_THE_COUNTER.items())
    player.happened(at, f"{player.policy.owner_word}で受け取る予約", open_holds=placed)


def pull_for_the_counter(player: Player, at: datetime) -> None:
    """Staff have yet to go to the shelves with it."""
    done = player.job("AllocatorFunction", "prefectural_pull", at)
    player.happened(at, f"{player.policy.owner_word}受取の取り出しリストができる", pulls=done["pulls"])


# The latest run


def people_place_holds(player: Player, at: datetime) -> None:
    """For the latest run: holds that it will lend, keep aside, and leave waiting for one reason or another."""
    placed = player.hold(TARO, [WANTED_BY_TWO, NOT_FOUND, "T0151", "T0152", all_on_loan(player)], at)
    placed += player.hold(HANAKO, [*BEYOND_THE_CAP, WANTED_BY_TWO], at + timedelta(minutes=1))
    placed += player.hold(JIRO, ["T0154", "T0155", "T0156"], at)
    placed += player.hold(SHOKO, ["T0158", "T0159"], at)
    placed += player.hold(FUTABA, [WHILE_CARD_IS_EXPIRED], at)
    player.happened(
        at, f"次の{weekdays_in_words([player.weeks.latest.run_date.weekday()])}曜日に向けて予約", open_holds=placed
    )


def pack_in_the_morning(player: Player, at: datetime) -> None:
    """What is lent to two patrons is packed; the rest is still to be fetched."""
    _pack(
        player,
        at,
        {pull["barcode"] for pull in player.pulls(at) if _goes_first(player, pull)},
        "午前: 抜き出し、貸出、袋詰め",
    )


def _goes_first(player: Player, pull: Pull) -> bool:
    return pull["decision"] == "lend" and pull["card_number"] in (player.card(HANAKO), player.card(TARO))


def pack_in_the_afternoon(player: Player, at: datetime) -> None:
    """All the rest but two, which staff still look for."""
    rest = {pull["barcode"] for pull in player.pulls(at) if pull["title_id"] not in STILL_SOUGHT}
    _pack(player, at, rest, "午後: 残りを抜き出し、貸出、袋詰め(2冊は探しています)")


def _pack(player: Player, at: datetime, barcodes: set[str], what: str) -> None:
    lines = [pull for pull in player.pulls(at) if pull["barcode"] in barcodes and pull["run"] == f"{at.date()}"]
    player.happened(at, what, **player.scan(lines, at, missing={NOT_FOUND}))


def two_are_not_found(player: Player, at: datetime) -> None:
    """Before its bags can be collected, staff give up looking."""
    did = player.scan((pull for pull in player.pulls(at) if pull["title_id"] in STILL_SOUGHT), at, STILL_SOUGHT)
    player.happened(at, "探していた2冊は見つからない", **did)


def one_bag_is_collected(player: Player, at: datetime) -> None:
    """On the day after the first."""
    player.collect(JIRO, at)
    player.happened(at, "受取開始: 1人が受け取り", handed_over=1)


# Applications


def one_applies(player: Player, at: datetime) -> None:
    """A new card."""
    images = player.apply(player.form(APPLICANT), APPLICANT, at)
    player.happened(at, "1人がオンライン利用者登録を申請", applications=1, images=images)


def one_moves(player: Player, at: datetime) -> None:
    """Another address."""
    images = player.apply(player.form_of_move(JIRO), JIRO, at)
    player.happened(at, "1人が住所の変更を申請", applications=1, images=images)


# The window


def one_comes_to_the_window(player: Player, at: datetime) -> None:
    """Somebody without mail is registered; a book they wait for cannot be lent, and a letter is to say so (44)."""
    card = WALK_IN["card_number"]
    player.desk.post("/desk/patrons", at, WALK_IN, 201)
    wanted = {"title_id": NOT_LENT_ANY_MORE, "pickup_place": "prefectural"}
    player.desk.post(f"/desk/patrons/{card}/holds", at, wanted, 201)
    reason = {"action": "cancel_all", "reason": "傷みがひどく、お貸しできなくなりました。"}
    player.desk.post(f"/desk/titles/{NOT_LENT_ANY_MORE}/holds", at, reason)
    until(lambda: card in {each["card_number"] for each in _letters(player, at)}, "the letter")
    player.happened(at, "メールのない方が窓口で登録。予約の取消を、これから手紙でお知らせ", letters=1)


def _letters(player: Player, at: datetime) -> list[dict[str, Any]]:
    return player.desk.items("/desk/lists/letters", at)


# Now


def look_around(player: Player, at: datetime) -> None:
    """Work of every kind is open, and every page of the patrons has something to tell."""
    left = Counter(
        applications=len(player.desk.items("/desk/applications?status=submitted", at)),
        contacts=len(player.desk.items("/desk/contacts", at)),
        letters=len(_letters(player, at)),
        pulls=len(player.pulls(at)),
        crates=len(player.desk.items("/desk/crates", at)),
        bags=sum(_waiting_bags(player, number, at) for number in map(player.home, (HANAKO, TARO))),
    )
    # One whose mailbox is full, and one whose address mails no longer go to since she complained of one.
    must((left["applications"], left["contacts"]) == (2, 2), f"two applications and two calls are open: {left}")
    must(left["letters"], f"a letter is to be printed: {left}")
    must(left["pulls"] >= 12 and left["crates"] >= 2, f"there are books to fetch, and crates: {left}")
    _reasons_are_told(player, at)
    _loans_are_alive(player, at)
    player.happened(at, "いま、これからの仕事", **left)


def _waiting_bags(player: Player, facility: int, at: datetime) -> int:
    waiting = sum(not bag["handed_over_at"] for bag in player.bags(facility, at))
    must(waiting, f"a bag waits at facility {facility}")
    return waiting


def _reasons_are_told(player: Player, at: datetime) -> None:
    hers, his, shokos = (player.reasons(person, at) for person in (HANAKO, TARO, SHOKO))
    must(hers[WANTED_BY_TWO] == "queue", f"another one was before her: {hers}")
    must((his[NOT_FOUND], his[all_on_loan(player)]) == ("not_on_shelf", "all_on_loan"), f"he is told why: {his}")
    must(shokos[POPULAR] == "all_on_loan", f"she is told why: {shokos}")
    must(player.reasons(FUTABA, at)[WHILE_CARD_IS_EXPIRED] == "card_expired", "the card has run out")
    must(list(hers.values()).count("cap") >= len(BEYOND_THE_CAP) - 1, f"her cap is reached: {hers}")


def _loans_are_alive(player: Player, at: datetime) -> None:
    must(player.states(HANAKO, at).total() == player.policy.loan_cap, "she has as many books as she may")
    loans = player.loans(TARO, at)
    # What is given back on the last day may be on its way for some more.
    kept = return_checked_in_by(player.weeks.first.due_on, player.policy) < at.date()
    must(loans[READ_AND_KEPT]["overdue"] == kept, "he should have given it back")
    must(loans[TAKEN_HOME]["renewable"], "he can keep it longer")
    must(player.holds(TARO, at)[READY[TARO]]["status"] == "ready", "a book waits for him at the counter")


def must_be_playable(library: Library) -> None:
    """Demand of a library what the people of the played weeks need.

    Raises:
        RuntimeError: it lacks something.
    """
    policy = library.policy
    enough = len(library.homes) == 3 and 10 <= policy.hold_limit <= 30 and 8 <= policy.loan_cap <= 12
    if not enough:
        raise RuntimeError(
            "The weeks are played with three facilities that hand out kits, a hold_limit from 10 to 30 and a loan_cap "
            f"from 8 to 12; {library.name} has {len(library.homes)}, {policy.hold_limit} and {policy.loan_cap}. "
            "make serve does without."
        )
