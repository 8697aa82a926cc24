"""The played weeks told: what happens and why, in English or Japanese, and which rules were seen to hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from infra.local import open_work, scheduler, story
from infra.local.player import Act, Step


@dataclass(frozen=True)
class Told:
    """What is told of an act: what it is in English (the step itself says it in Japanese), why it is done, and the
    rules that the player demands of it."""

    what: str
    why: str
    why_japanese: str
    rules: tuple[int, ...] = ()


# Of the rules that acts demand: their names in English and Japanese.
RULES = {
    1: ("kinds of application", "申請の種類"),
    2: ("pictures of card and document", "カードと書類の写真"),
    4: ("staff decide on applications", "職員の確認と受理"),
    5: ("the kit's card number", "キットのカード番号"),
    6: ("signing in, first password", "ログインと仮パスワード"),
    8: ("an expired card keeps its holds", "期限切れのカードと予約"),
    9: ("what can be held", "予約できる本"),
    10: ("how many holds", "予約の上限"),
    11: ("one queue a title", "予約の順番"),
    12: ("cancelling", "予約の取消"),
    15: ("pulled for the counter", "カウンター受取の本の確保"),
    17: ("lent at the counter", "カウンターでの貸出"),
    19: ("the cap on loans", "貸出冊数の上限"),
    23: ("pulled by list and scan", "書架から抜き出すとき"),
    24: ("one bag a patron and facility", "袋詰めと箱詰め"),
    26: ("twice is the same as once", "2度しても同じ結果"),
    27: ("each hold is told its reason", "貸し出せない理由の説明"),
    29: ("the days of pickup", "受取期間"),
    30: ("what is not collected goes back", "受け取られない本の返送"),
    31: ("renewals", "貸出の延長"),
    32: ("the check-in ends a loan", "返却処理で貸出が終わる"),
    35: ("when a book is overdue", "延滞になるとき"),
    36: ("the lending mail", "貸出メール"),
    37: ("the mails of other days", "そのほかのメール"),
    38: ("each mail is sent once", "メールは1度だけ"),
    39: ("mails that come back", "エラーメール"),
    44: ("window and letters", "窓口と手紙"),
}

TOLD: dict[Act, Told] = {
    story.people_apply: Told(
        "Five people apply online, with pictures of a blank card and of a document",
        "Nobody has to travel to the library for a card.",
        "来館しなくても、カードを作れます。",
        (1, 2, 5),
    ),
    story.staff_register: Told(
        "Staff look at the pictures and register them",
        "A person decides, not a machine; the pictures are deleted at once.",
        "登録は職員が決め、画像はすぐに消します。",
        (4,),
    ),
    story.people_sign_in: Told(
        "They sign in with the password of the mail and choose one of their own",
        "A temporary password is known to more than its owner, so it opens nothing but its own change.",
        "仮パスワードのままでは使えません。本人だけが知るものに変えます。",
        (4, 6),
    ),
    story.people_place_holds: Told(
        "They place holds: one book may not leave the library, one hold is too many, one is cancelled",
        "One queue for each title, in the order of placing; a refusal says why.",
        "本ごとに、予約した順に並びます。断るときは理由を言います。",
        (9, 10, 11, 12),
    ),
    story.thursday_run: Told(
        "The run decides which hold gets which copy; made again, it does nothing",
        "A job may be started twice, or after a crash: no book is lent twice.",
        "2度動いても、途中で止まってやりなおしても、同じ結果です。",
        (26,),
    ),
    story.staff_pull_and_pack: Told(
        "Staff pull the books in shelf order; the scan lends and bags them, two are not found",
        "Only a book in the hand is lent; who gets none is told why and keeps the place.",
        "手に取った本だけが貸出になり、見つからなければ、順番はそのままで理由を伝えます。",
        (15, 23, 27),
    ),
    story.crates_leave: Told(
        "The bags leave in a crate for each facility",
        "One bag for each patron, with the card's number and no name.",
        "袋は1人に1つ、名前は書きません。",
        (24,),
    ),
    story.staff_pull_for_the_counter: Told(
        "Staff pull what is collected at the library's own counter",
        "Twice each open day; who comes to the library need not wait for the run.",
        "来館して受け取る本は、処理の日を待たずに、開館日ごとに用意します。",
        (15,),
    ),
    story.ready_mail_goes_out: Told(
        "A mail says that the book is ready, and until when",
        "A day later, so that the book is there for certain.",
        "本が確かにそろってから、つぎの日にお知らせします。",
        (15, 37),
    ),
    story.lent_at_the_counter: Told(
        "It is lent at the counter", "The loan answers the hold.", "貸出で、予約は済みになります。", (17,)
    ),
    story.lending_mail: Told(
        "The lending mails go out; sent again, none goes out twice",
        "They tell of what is really in the bags, and where and when to collect it.",
        "袋に入った本と、受取の場所と期間を知らせます。2度は送りません。",
        (36, 38),
    ),
    story.a_mail_bounces: Told(
        "A mail comes back: staff have somebody to call",
        "A wrong address would otherwise be silent, and the book go back unread.",
        "届かないままでは、本が受け取られずに戻ってしまいます。",
        (39,),
    ),
    story.address_is_mended: Told(
        "Staff call and mend the address",
        "With the right address the task is done, and mails reach her again.",
        "正しいアドレスになれば、連絡の仕事は済みです。",
        (39,),
    ),
    story.other_mails_fare_otherwise: Told(
        "Other mails are delivered, late, complained of, rejected",
        "My Library shows what became of each, so that nothing is lost with a mail.",
        "どのメールがどうなったかは、Myライブラリで分かります。",
        (38, 39),
    ),
    story.two_of_three_collect: Told(
        "Pickup opens: two collect their bags, one does not come",
        "The facility shows its bags by the card's number alone.",
        "受取館は、カードの番号だけで袋を渡します。",
        (24, 29),
    ),
    story.the_run_between: Told(
        "The next run: the book is still out, and who waits is told so",
        "A reason in plain words, instead of silence.",
        "待つ人に、理由を分かることばで伝えます。",
        (27,),
    ),
    story.sunday_release: Told(
        "The last pickup day is over: what nobody collected goes back, once",
        "It counts as a loan until it is checked in, so nobody is promised a book that is on the road.",
        "返却処理までは貸出中です。道の途中の本を、ほかの人に約束しません。",
        (30,),
    ),
    story.books_come_back: Told(
        "The books are back and checked in",
        "Only the check-in at the library ends a loan.",
        "貸出が終わるのは、図書館での返却処理のときだけです。",
        (32,),
    ),
    story.missing_books_are_found: Told(
        "The missing books are found",
        "Their queues go on from where they were.",
        "待っていた人の順番は、そのままです。",
        (23,),
    ),
    story.next_in_the_queue: Told(
        "The next run lends the book to the next in the queue",
        "The place in the queue was kept all the time.",
        "順番は、ずっと守られていました。",
        (11, 23),
    ),
    open_work.more_place_holds: Told(
        "More holds are placed",
        "One of them wants more than a patron may have at home at once.",
        "1人は、一度に借りられる冊数より多く待っています。",
    ),
    open_work.lending_mail: Told(
        "The lending mails of this run go out", "One for each patron and facility.", "1人に1通です。"
    ),
    open_work.first_bags_are_collected: Told(
        "Pickup opens: one collects at each of two facilities",
        "The others have until the last day.",
        "ほかの人は、最終日まで受け取れます。",
    ),
    open_work.last_bags_are_collected: Told(
        "Two collect on the last day", "The last day counts in full.", "最終日も、終わりまで受け取れます。"
    ),
    open_work.nothing_is_left: Told(
        "The pickup is over, and nothing goes back", "All was collected.", "すべて受け取られました。", (30,)
    ),
    open_work.weeks_are_counted: Told(
        "The weeks are counted", "Numbers for all, of no person.", "数だけを数え、だれのことかは残しません。"
    ),
    open_work.a_visitor_borrows: Told(
        "A visitor borrows at the counter",
        "Who comes to the library needs no hold.",
        "来館した人は、予約なしで借りられます。",
    ),
    open_work.two_want_to_come: Told(
        "Two place holds to be collected at the library",
        "Who would rather come chooses the counter as the place of pickup.",
        "来館して受け取ることも選べます。",
    ),
    open_work.books_are_ready: Told(
        "Their books are pulled, and wait at the counter",
        "What the run has planned is left alone.",
        "貸出処理で決まった本には、さわりません。",
        (15,),
    ),
    open_work.daily_notices: Told(
        "The notices of the day: ready, overdue, cards that run out",
        "Each is sent once, whatever else fails.",
        "どれも1度だけ送ります。",
    ),
    open_work.a_mailbox_is_full: Told(
        "A mailbox is full: somebody is still to be called",
        "The cause is told, so that staff know what to say.",
        "原因が分かるので、職員は何を伝えるか分かります。",
        (39,),
    ),
    open_work.one_comes_to_the_window: Told(
        "Somebody without mail is registered at the window; a letter is to tell of a cancelled hold",
        "Who has no mail is served as well.",
        "メールのない人にも、同じサービスをします。",
        (44,),
    ),
    open_work.more_want_to_come: Told(
        "More holds for the counter", "Something is to be fetched today.", "きょう取り出す本になります。"
    ),
    open_work.pull_for_the_counter: Told(
        "The pull list for the counter is made",
        "Staff have yet to go to the shelves with it.",
        "職員が書架へ行くのは、これからです。",
    ),
    open_work.people_place_holds: Told(
        "Holds for the latest run",
        "Some will be lent, some kept aside, some wait, each for a reason.",
        "貸し出す本、取り置く本、理由があって待つ本があります。",
    ),
    open_work.pack_in_the_morning: Told(
        "In the morning the first books are pulled, lent and packed",
        "The list goes along the shelves, so that nobody walks twice.",
        "リストは書架の順なので、同じ道を2度歩きません。",
    ),
    open_work.pack_in_the_afternoon: Told(
        "In the afternoon all the rest but two", "Two are still sought.", "2冊は、まだ探しています。"
    ),
    open_work.two_are_not_found: Told(
        "The two are not found", "Their holds keep their places.", "予約の順番はそのままです。"
    ),
    open_work.one_bag_is_collected: Told(
        "Pickup of the latest run opens: one bag is collected",
        "The others wait with their facilities.",
        "ほかの袋は、受取館で待っています。",
    ),
    open_work.one_applies: Told(
        "One more applies for a card", "Staff have something to decide.", "職員が、これから確認します。"
    ),
    open_work.one_moves: Told(
        "One asks for a change of address", "Staff have something to decide.", "職員が、これから確認します。"
    ),
    scheduler.jobs_are_made_up_for: Told(
        "The week's other scheduled jobs are done",
        "A job that comes late does what was due, and nothing twice.",
        "遅れて動いた処理も、そのときにすべきだったことをします。2度はしません。",
    ),
    open_work.look_around: Told(
        "Now: this is the work that is left",
        "Every page has something to show, and each hold that waits says why.",
        "どの画面にも仕事があり、待つ予約には、それぞれ理由があります。",
        (8, 19, 27, 31, 35),
    ),
}


def rules_of(acts: Iterable[Act]) -> list[tuple[int, str, str]]:
    """The rules that the player demands of some acts, in order, with their names in English and Japanese."""
    return [(rule, *RULES[rule]) for rule in sorted({rule for act in acts for rule in TOLD[act].rules})]


@dataclass
class Teller:
    """Prints the steps as they happen, in one of the languages, and at the end the rules that held."""

    japanese: bool
    acts: list[Act] = field(default_factory=list)

    def tell(self, act: Act, step: Step) -> None:
        """Print when, what, how many of what, and why."""
        self.acts.append(act)
        told = TOLD[act]
        counts = "  ".join(f"{what} {count}" for what, count in step["counts"].items())
        what, why = (step["what"], told.why_japanese) if self.japanese else (told.what, told.why)
        print(f"{step['at'][:16].replace('T', ' ')}  {what}  [{counts}]\n{' ' * 18}{why}", flush=True)

    def tell_rules(self) -> None:
        """Print the rules that the player demanded of the acts: none was broken, or it would have stopped there."""
        title = "確かめて、守られていた規則" if self.japanese else "Rules that were checked, and held"
        print(f"\n{title} (docs/rules-text.md):")
        for rule, *names in rules_of(self.acts):
            print(f"  {rule:>2}  {names[self.japanese]}")
