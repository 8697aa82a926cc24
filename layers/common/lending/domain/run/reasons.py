"""What became of a hold in a run, said in plain Japanese to the patron and, shorter, to the counter (RULES 27).

A code names the outcome, its facts are the numbers the sentence needs, as they are stored and sent: dates and moments
are ISO 8601 texts. A fact that is not known is absent and its half of the sentence is left out. The library's words
stand in the sentences in braces (`own_words.py`).
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lending.domain.words import day_in_words, full_day_in_words, moment_in_words

Facts = Mapping[str, Any]


class Code(StrEnum):
    """Why a hold was lent, kept aside or passed over. All but the last two reach a patron as `last_run` (API.md)."""

    LENT = "lent"
    CAP = "cap"
    QUEUE = "queue"
    ALL_ON_LOAN = "all_on_loan"
    NOT_ON_SHELF = "not_on_shelf"
    TAKEN_BY_VISITOR = "taken_by_visitor"
    CARD_EXPIRED = "card_expired"
    BLOCKED = "blocked"
    NOT_ENROLLED = "not_enrolled"
    AFTER_CUTOFF = "after_cutoff"
    RUN_SUSPENDED = "run_suspended"
    FACILITY_SUSPENDED = "facility_suspended"
    NOT_PULLED = "not_pulled"
    NO_COPY_LEFT = "no_copy_left"
    PAUSED = "paused"
    READING_ORDER = "reading_order"
    ANY_OF = "any_of"
    PREFECTURAL = "prefectural"
    READY = "ready"  # a prefectural pull found a copy for it (RULES 15)
    PARTNER = "partner"  # a prefectural pull leaves a copy to it for the next Thursday run (RULES 15)


def patron_sentence(code: str, facts: Facts) -> str:
    """What the patron reads about the last run (RULES 27).

    `facts` are those of the decision. Raises ValueError for a code that is none of `Code`.
    """
    return _FOR_PATRONS[Code(code)](facts)


def counter_sentence(code: str, facts: Facts) -> str:
    """The same for staff at the counter and on the phone, short (RULES 27).

    `facts` are those of the decision. Raises ValueError for a code that is none of `Code`.
    """
    return _FOR_COUNTER[Code(code)](facts)


def _day(facts: Facts, name: str) -> str:
    return day_in_words(date.fromisoformat(facts[name]))


def _full_day(facts: Facts, name: str) -> str:
    return full_day_in_words(date.fromisoformat(facts[name]))


def _moment(facts: Facts, name: str) -> str:
    return moment_in_words(datetime.fromisoformat(facts[name]))


def _if(facts: Facts, name: str, sentence: Callable[[], str]) -> str:
    return sentence() if facts.get(name) else ""


def _place_in_queue(facts: Facts) -> str:
    return _if(
        facts, "position", lambda: f"この本をお待ちの方は{facts['of']}人で、あなたの順番は{facts['position']}番目です。"
    )


def _place_in_queue_short(facts: Facts) -> str:
    return _if(facts, "position", lambda: f" {facts['of']}人中{facts['position']}番目")


def _copies_short(facts: Facts) -> str:
    return f" 所蔵{facts['copies']}冊" if "copies" in facts else ""


def _lent(facts: Facts) -> str:
    days = _if(
        facts,
        "pickup_from",
        lambda: f"{_day(facts, 'pickup_from')}から{_day(facts, 'pickup_until')}までに、受取館でお受け取りください。",
    )
    return f"お貸しする手続きをしました。{days}"


def _lent_short(facts: Facts) -> str:
    days = _if(facts, "pickup_from", lambda: f" 受取{_day(facts, 'pickup_from')}～{_day(facts, 'pickup_until')}")
    return f"貸出{days}"


def _cap(facts: Facts) -> str:
    if "books_a_run" in facts:
        return (
            f"一度の処理でお貸しする本を{facts['books_a_run']}冊までにする設定のため、今回はお貸ししませんでした。"
            "予約の順番は変わりません。"
        )
    back = _if(
        facts, "on_the_way_back", lambda: f"そのうち{facts['on_the_way_back']}冊は、図書館へ返ってくる途中です。"
    )
    return (
        f"借りている本が、今回お貸しする本も入れて{facts['on_loan']}冊あり、一度に借りられる{facts['cap']}冊に達しました。"
        f"{back}この本は、あなたのために取っておきます。借りている本が図書館に戻ると、そのあとの{{run_name}}でお貸しします。"
    )


def _cap_short(facts: Facts) -> str:
    if "books_a_run" in facts:
        return f"ご本人の希望 1回{facts['books_a_run']}冊まで"
    return (
        f"上限のため保留 貸出{facts['on_loan']}冊(返送中{facts['on_the_way_back']}冊)/上限{facts['cap']}冊"
        if "on_the_way_back" in facts
        else f"上限のため保留 貸出{facts['on_loan']}冊/上限{facts['cap']}冊"
    )


def _queue(facts: Facts) -> str:
    copies = f"お貸しできる本は{facts['copies']}冊で、" if "copies" in facts else ""
    return f"{_place_in_queue(facts)}{copies}今回は、ほかにお待ちの方の番でした。もうしばらくお待ちください。"


def _all_on_loan(facts: Facts) -> str:
    copies = f"({facts['copies']}冊)" if "copies" in facts else ""
    due = _if(facts, "next_due", lambda: f"いちばん早い返却期限は{_day(facts, 'next_due')}です。")
    where = (
        f"{facts['copies'] - facts['missing']}冊が今ほかの方のところにあり、"
        f"{facts['missing']}冊は見つからないため職員が探しています。"
        if "missing" in facts
        else "今すべて、ほかの方のところにあります。"
    )
    return f"お貸しできる本{copies}は、{where}{due}{_place_in_queue(facts)}"


def _all_on_loan_short(facts: Facts) -> str:
    due = _if(facts, "next_due", lambda: f" 次の返却期限{_day(facts, 'next_due')}")
    missing = _if(facts, "missing", lambda: f"・所在不明{facts['missing']}冊")
    return f"全冊貸出中{missing}{due}{_place_in_queue_short(facts)}{_copies_short(facts)}"


def _not_on_shelf(facts: Facts) -> str:
    return f"棚に本が見つかりませんでした。職員が探しています。予約の順番は変わりません。{_place_in_queue(facts)}"


def _not_on_shelf_short(facts: Facts) -> str:
    return f"所在不明・探索中{_place_in_queue_short(facts)}{_copies_short(facts)}"


def _taken_by_visitor(facts: Facts) -> str:
    return f"来館された方が、ひと足先にこの本を借りました。予約の順番は変わりません。{_place_in_queue(facts)}"


def _taken_by_visitor_short(facts: Facts) -> str:
    return f"来館者に貸出済み{_place_in_queue_short(facts)}"


def _card_expired(facts: Facts) -> str:
    last_day = _if(facts, "expired_on", lambda: f"({_full_day(facts, 'expired_on')}まで)")
    return (
        f"{{card_word}}の有効期限{last_day}が過ぎているため、お貸しするのを見合わせています。"
        "予約の順番は変わりません。カードの更新をお願いします。"
    )


def _card_expired_short(facts: Facts) -> str:
    return f"カード期限切れ{_if(facts, 'expired_on', lambda: ' ' + facts['expired_on'])}"


def _after_cutoff(facts: Facts) -> str:
    cut_off = _if(facts, "cut_off", lambda: f"({_moment(facts, 'cut_off')})")
    placed = _if(facts, "placed_at", lambda: f"({_moment(facts, 'placed_at')})")
    following = _if(facts, "next_run", lambda: f"次の{_day(facts, 'next_run')}の処理で、順番にお貸しします。")
    return f"締切{cut_off}のあとの予約{placed}でしたので、今回の処理には入りませんでした。{following}"


def _after_cutoff_short(facts: Facts) -> str:
    placed = _if(facts, "placed_at", lambda: f" 予約{_moment(facts, 'placed_at')}")
    return f"締切後の予約{placed}{_if(facts, 'next_run', lambda: ' 次回' + _day(facts, 'next_run'))}"


def _why(facts: Facts) -> str:
    return _if(facts, "reason", lambda: f"(理由:{facts['reason']})")


def _run_suspended(facts: Facts) -> str:
    until = _if(facts, "until", lambda: f"お休みは{_full_day(facts, 'until')}までです。")
    following = _if(facts, "next_run", lambda: f"次の処理は{_day(facts, 'next_run')}の予定です。")
    return f"{{lending_word}}の処理をお休みしました{_why(facts)}。予約の順番は変わりません。{until}{following}"


def _run_suspended_short(facts: Facts) -> str:
    return f"処理休止{_why(facts)}{_if(facts, 'until', lambda: ' ' + _full_day(facts, 'until') + 'まで')}"


def _facility_suspended(facts: Facts) -> str:
    until = _if(facts, "until", lambda: f"お休みは{_full_day(facts, 'until')}までです。")
    return f"受取館での受け渡しがお休みのため{_why(facts)}、お貸しできませんでした。予約の順番は変わりません。{until}"


def _facility_suspended_short(facts: Facts) -> str:
    return f"受取館休止{_why(facts)}{_if(facts, 'until', lambda: ' ' + _full_day(facts, 'until') + 'まで')}"


def _paused(facts: Facts) -> str:
    until = _if(facts, "until", lambda: f"({_full_day(facts, 'until')}まで)")
    return f"予約をお休みにされている{until}ため、お貸しするのを見合わせています。予約の順番は変わりません。"


_FOR_PATRONS: Mapping[Code, Callable[[Facts], str]] = {
    Code.LENT: _lent,
    Code.CAP: _cap,
    Code.QUEUE: _queue,
    Code.ALL_ON_LOAN: _all_on_loan,
    Code.NOT_ON_SHELF: _not_on_shelf,
    Code.TAKEN_BY_VISITOR: _taken_by_visitor,
    Code.CARD_EXPIRED: _card_expired,
    Code.BLOCKED: lambda _: (
        "ただいま、お貸しするのを見合わせています。お手数ですが、{owner_word}へお電話ください。予約の順番は変わりません。"
    ),
    Code.NOT_ENROLLED: lambda _: (
        "{service_name}の登録がまだのため、お貸しできませんでした。登録のお申込みをお願いします。"
        "予約の順番は変わりません。"
    ),
    Code.AFTER_CUTOFF: _after_cutoff,
    Code.RUN_SUSPENDED: _run_suspended,
    Code.FACILITY_SUSPENDED: _facility_suspended,
    Code.NOT_PULLED: lambda facts: (
        "お貸しする番でしたが、発送までに本を用意できませんでした。予約の順番は変わりません。次の処理で、あらためてお貸しします。"
        + _place_in_queue(facts)
    ),
    Code.NO_COPY_LEFT: lambda _: (
        "お貸しできる本が、紛失などのためなくなりました。{owner_word}でご相談を承ります。この予約は、取り消すこともできます。"
    ),
    Code.PAUSED: _paused,
    Code.READING_ORDER: lambda _: (
        "先にお読みになる本をお貸ししたあとで、この本をお貸しします。予約の順番は変わりません。"
    ),
    Code.ANY_OF: lambda _: (
        "「どれか1冊」の予約のうち、ほかの本をご用意しています。その本をお渡しできないときは、この本をお待ちいただけます。"
    ),
    Code.PREFECTURAL: lambda _: (
        "{owner_word}で受け取る本として用意します。「貸出可能」になりましたら、{owner_word}へお越しください。"
    ),
    Code.READY: lambda _: "{owner_word}でお渡しする本を用意しています。「貸出可能」になりましたら、お越しください。",
    Code.PARTNER: lambda _: "次の{run_name}でお貸しするため、本を取っておきます。",
}

_FOR_COUNTER: Mapping[Code, Callable[[Facts], str]] = {
    Code.LENT: _lent_short,
    Code.CAP: _cap_short,
    Code.QUEUE: lambda facts: f"順番待ち{_place_in_queue_short(facts)}{_copies_short(facts)}",
    Code.ALL_ON_LOAN: _all_on_loan_short,
    Code.NOT_ON_SHELF: _not_on_shelf_short,
    Code.TAKEN_BY_VISITOR: _taken_by_visitor_short,
    Code.CARD_EXPIRED: _card_expired_short,
    Code.BLOCKED: lambda _: "利用停止中",
    Code.NOT_ENROLLED: lambda _: "{lending_word}未登録",
    Code.AFTER_CUTOFF: _after_cutoff_short,
    Code.RUN_SUSPENDED: _run_suspended_short,
    Code.FACILITY_SUSPENDED: _facility_suspended_short,
    Code.NOT_PULLED: lambda facts: f"発送までに取り出されず{_place_in_queue_short(facts)}",
    Code.NO_COPY_LEFT: lambda _: "貸出できる所蔵なし",
    Code.PAUSED: lambda facts: f"予約休止中{_if(facts, 'until', lambda: ' ' + _full_day(facts, 'until') + 'まで')}",
    Code.READING_ORDER: lambda _: "順番予約 先の本を貸出後",
    Code.ANY_OF: lambda _: "いずれか予約 ほかの本を用意中",
    Code.PREFECTURAL: lambda _: "{owner_word}受取分として確保",
    Code.READY: lambda _: "{owner_word}受取分として取置",
    Code.PARTNER: lambda _: "次回の貸出処理用に確保",
}
