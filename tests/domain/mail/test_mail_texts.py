"""Every mail, read as a person would: `golden/` holds each one whole (RULES 36, 37).

When a text changes on purpose, write the golden file anew and read it.
"""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.domain.mail.kinds import KINDS, MailKind
from lending.domain.mail.kinds.accounts import AcceptanceMail, TemporaryPasswordMail
from lending.domain.mail.kinds.addresses import AddressConfirmationMail, ArrivalTestMail
from lending.domain.mail.kinds.applications import ImageAgainMail, ReceiptMail, RefusalMail
from lending.domain.mail.kinds.books import HoldCancelledMail, LateBook, OverdueMail, ReadyMail
from lending.domain.mail.kinds.cards import CardExpiredHoldMail, CardRenewalMail
from lending.domain.mail.kinds.kind import WithCard
from lending.domain.mail.kinds.lending import LendingMail, ShiftMail
from lending.domain.mail.kinds.pauses import PauseEndingMail
from lending.domain.mail.kinds.still_wanted import StillWantedMail
from lending.domain.mail.mail import Mail, mail_id
from lending.domain.mail.text import LINE_COLUMNS, Text, columns, masked
from tests.library import AOMORIS, OTHER, aomori

GOLDEN = Path(__file__).parent / "golden"
PAGE = {"my_library_url": "https://online.example.jp/my/", "card_number": "2000123456"}
PASSWORD = {
    "temporary_password": "Aomori-7419",
    "valid_days": 7,
    "reissue_url": "https://online.example.jp/password/",
}
BATCH = {"facility": "弘前市立弘前図書館", "pickup_until": "2026-06-14", "due_on": "2026-06-21"}
TITLES = ["津軽", "青森県の暮らしと祭り 写真でたどる一〇〇年のあゆみ(上巻)", "Python実践入門"]

CASES: dict[str, tuple[type[MailKind], dict[str, Any]]] = {
    "acceptance_new": (
        AcceptanceMail,
        PAGE | PASSWORD | {"application_kind": "new", "expires_on": "2029-06-01", "online_lending": True},
    ),
    "acceptance_change": (AcceptanceMail, PAGE | {"application_kind": "change"}),
    "acceptance_renewal": (
        AcceptanceMail,
        PAGE | {"application_kind": "renewal", "expires_on": "2029-06-01"},
    ),
    "acceptance_password": (AcceptanceMail, PAGE | PASSWORD | {"application_kind": "password"}),
    "acceptance_reissue": (AcceptanceMail, PAGE | {"application_kind": "reissue", "card_number": "2000999988"}),
    "acceptance_name_change": (
        AcceptanceMail,
        PAGE | {"application_kind": "name_change", "card_number": "2000999988"},
    ),
    "receipt": (
        ReceiptMail,
        {
            "receipt_number": "4821773019",
            "application_kind": "new",
            "resume_url": "https://online.example.jp/status.html#4821773019.dGVzdA",
        },
    ),
    "image_again": (
        ImageAgainMail,
        {
            "receipt_number": "R-20260601-0007",
            "slots": ["card", "driving_licence_front"],
            "slot_reasons": {"card": "画像がぼやけていて、番号が読み取れません。"},
            "reason": "文字が読み取れませんでした。\n明るい場所で、正面から撮影してください。",
            "resume_url": "https://online.example.jp/register/resume/",
            "resume_until": "2026-07-01",
        },
    ),
    "refusal": (
        RefusalMail,
        {"receipt_number": "R-20260601-0008", "reason": "確認書類のご住所が、申請のご住所と異なっています。"},
    ),
    "lending": (
        LendingMail,
        PAGE | BATCH | {"pickup_from": "2026-06-07", "books": TITLES},
    ),
    "ready": (ReadyMail, PAGE | {"books": ["津軽"], "pickup_until": "2026-06-19"}),
    "overdue": (
        OverdueMail,
        PAGE | {"books": [LateBook(title, date(2026, 6, 21)) for title in TITLES[:2]]},
    ),
    "card_expired_hold": (
        CardExpiredHoldMail,
        PAGE | {"expired_on": "2026-06-03", "holds": 4, "renew_url": "https://online.example.jp/register/"},
    ),
    "pause_ending": (PauseEndingMail, PAGE | {"until": "2026-07-01", "holds": 3}),
    "still_wanted": (StillWantedMail, PAGE | {"books": TITLES}),
    "card_renewal": (
        CardRenewalMail,
        PAGE | {"expires_on": "2026-07-01", "renew_url": "https://online.example.jp/register/"},
    ),
    "shift": (
        ShiftMail,
        PAGE
        | BATCH
        | {
            "taken_back": False,
            "reason": "大雪のため、搬送が遅れています。",
            "pickup_until": "2027-01-24",
            "due_on": "2027-01-31",
            "pickup_until_before": "2027-01-17",
            "due_on_before": "2027-01-24",
            "books": ["津軽"],
        },
    ),
    "shift_taken_back": (
        ShiftMail,
        PAGE | BATCH | {"taken_back": True, "reason": "予定どおり届きました。"},
    ),
    "hold_cancelled": (
        HoldCancelledMail,
        PAGE | {"title": TITLES[1], "reason": "所蔵していた本を紛失し、買い替えもできませんでした。"},
    ),
    "address_confirmation": (
        AddressConfirmationMail,
        {"confirm_url": "https://online.example.jp/confirm/?t=dGVzdA", "valid_hours": 24},
    ),
    "temporary_password": (TemporaryPasswordMail, PAGE | PASSWORD),
    "test": (ArrivalTestMail, PAGE),
}

TO_PATRONS = [case for case, (kind, _) in CASES.items() if issubclass(kind, WithCard)]


def composed(case: str, **changes: object) -> Text:
    kind, facts = CASES[case]
    return kind.of(facts | changes).text(aomori())


@pytest.mark.parametrize("case", CASES)
def test_every_mail_reads_as_its_golden_text(case: str) -> None:
    # GIVEN a mail as it is to be read
    expected = (GOLDEN / f"{case}.txt").read_text(encoding="utf-8")
    # WHEN it is composed THEN subject and body are just that (RULES 36, 37)
    text = composed(case)
    assert f"{text.subject}\n\n{text.body}" == expected


def test_every_kind_has_a_golden_text_and_none_is_left_over() -> None:
    assert {kind for kind, _ in CASES.values()} == set(KINDS.values())
    letters = {f"letter_{case}" for case in ("lending", "acceptance_password")}
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES) | letters


@pytest.mark.parametrize("case", ["lending", "acceptance_password"])
def test_a_letter_reads_as_its_golden_text(case: str) -> None:
    # GIVEN a mail that goes on paper THEN it shows the way with a letter in hand, and no password (RULES 6, 28, 44)
    text = composed(case, on_paper=True)
    assert f"{text.subject}\n\n{text.body}" == (GOLDEN / f"letter_{case}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", [case for case, (kind, _) in CASES.items() if kind.as_letter])
def test_no_letter_speaks_of_itself_as_a_mail(case: str) -> None:
    body = composed(case, on_paper=True).body
    assert "このメール" not in body
    assert "送信専用" not in body
    assert str(PASSWORD["temporary_password"]) not in body


@pytest.mark.parametrize("case", CASES)
def test_no_line_is_wider_than_a_phone(case: str) -> None:
    # GIVEN the widest dates there are
    widest = {name: "2026-12-30" for name in CASES[case][1] if name.endswith(("_on", "_from", "_until", "_before"))}
    lines = composed(case, **widest).body.splitlines()
    # THEN only the address of a page, which must stay whole, may be longer
    assert [line for line in lines if columns(line) > LINE_COLUMNS and not line.startswith("https://")] == []


@pytest.mark.parametrize("case", CASES)
def test_every_mail_says_who_writes_and_where_to_call(case: str) -> None:
    # RULES 37; the counter's hours and number are the library's to set
    policy = aomori(counter_phone="017-000-0000", counter_hours="10:00～17:00", mail_sender="貸出係")
    kind, facts = CASES[case]
    body = kind.of(facts).text(policy).body
    assert "貸出係です。" in body
    assert "017-000-0000\n受付 10:00～17:00" in body
    assert "017-729-4300" not in body


@pytest.mark.parametrize("case", CASES)
def test_another_library_writes_in_its_own_words(case: str) -> None:
    # GIVEN a library with other and longer words THEN no mail has one of ours, but for the facts told (RULES 57)
    kind, facts = CASES[case]
    text = kind.of(facts).text(OTHER.policy)
    assert set(AOMORIS.findall(text.subject + text.body)) <= {"青森", "弘前"}
    assert not re.search(r"\{[a-z_]+\}", text.subject + text.body)
    # AND its lines are folded to those of a phone
    lines = text.body.splitlines()
    assert [line for line in lines if columns(line) > LINE_COLUMNS and not line.startswith("https://")] == []


@pytest.mark.parametrize("case", TO_PATRONS)
def test_every_mail_to_a_patron_leads_to_my_library(case: str) -> None:
    assert composed(case).body.endswith("Myライブラリ\nhttps://online.example.jp/my/\n")


@pytest.mark.parametrize(("case", "name"), [(c, n) for c, (k, f) in CASES.items() for n in sorted(k.needed(f))])
@pytest.mark.parametrize("nothing", [None, "", []])
def test_a_mail_without_a_needed_fact_is_refused(case: str, name: str, nothing: object) -> None:
    # WHEN a fact is missing THEN no half mail goes out, and the fact is named
    with pytest.raises(ValueError, match=name):
        composed(case, **{name: nothing})


def test_a_lending_mail_without_a_book_has_nothing_to_say() -> None:
    # GIVEN all books gone by Saturday THEN there is no mail to make (RULES 36)
    with pytest.raises(ValueError, match="books"):
        composed("lending", books=[])


def test_the_saturday_mail_says_all_that_matters() -> None:
    # GIVEN the worked example of RULES, "The week"
    body = composed("lending").body
    # THEN it names Sunday, the last day, the due date, facility and titles (RULES 36)
    assert "6月7日(日)から\n6月14日(日)まで" in body
    assert "■返却期限\n6月21日(日)" in body
    assert "弘前市立弘前図書館" in body
    assert "(3冊)\n・津軽\n" in body
    # and the card, its two stand-ins and nothing else (RULES 28)
    assert "利用者カードを必ずお持ちください。" in body
    assert "Myライブラリのカード表示" in body
    assert "このメール(画面または印刷)" in body
    assert "ほかの方法ではお渡しできません。" in body
    # and that the days are the same everywhere, with no earlier visit, not even for a closed Sunday (RULES 29, A20)
    assert "県内の協力館すべてが同じ期間です。" in body
    assert "6月7日(日)より前には、\nお渡しできません。" in body
    assert "6月7日(日)が休館日の館では、" in body
    # and what happens after the last day, of which no notice is sent (RULES 30)
    assert "返送し、予約は終わります。\n改めてのお知らせはしません。" in body


def test_numbers_in_a_mail_are_the_policys() -> None:
    # GIVEN another renewal rule THEN the mail tells that one (RULES 31)
    kind, facts = CASES["lending"]
    body = kind.of(facts).text(aomori(renewal_opens_days=5, renewal_days=14, renewal_limit=1)).body
    assert "返却期限の5日前から" in body
    assert "(14日ずつ1回まで)" in body


@pytest.mark.parametrize("case", ["acceptance_new", "temporary_password"])
def test_the_temporary_password_stands_on_a_line_of_its_own(case: str) -> None:
    # GIVEN a password with every sort of sign THEN it can be copied as it is, and an old one has a way out (RULES 6)
    body = composed(case, temporary_password="a{b}%c ■9#").body
    assert "仮パスワード: a{b}%c ■9#" in body.splitlines()
    assert "仮パスワードは7日間有効です。" in body
    assert "https://online.example.jp/password/" in body


PROOFS = {"lending", "shift", "shift_taken_back"}


@pytest.mark.parametrize("case", TO_PATRONS)
def test_every_mail_to_a_patron_says_whose_it_is(case: str) -> None:
    # GIVEN a family that shares an address
    number = str(CASES[case][1]["card_number"])
    # THEN the mails that prove the right to receive carry the whole number (RULES 28), the others its last four digits
    shown = number if case in PROOFS else f"******{number[-4:]}"
    assert f"利用者番号: {shown}" in composed(case).body.splitlines()
    assert (number in composed(case).body) == (case in PROOFS)


@pytest.mark.parametrize("case", CASES)
def test_no_mail_asks_for_two_things_at_once(case: str) -> None:
    # GIVEN whoever gets a link for an address that is not theirs THEN they are told to delete it, not to call as well
    body = composed(case).body
    assert not ("削除してください" in body and "心当たりがない" in body)
    # and every mail says that nobody reads answers, unless somebody does (RULES 37)
    kind, facts = CASES[case]
    assert "このメールは送信専用です。" in body
    assert "送信専用" not in kind.of(facts).text(aomori(mail_reply_to="desk@example.jp")).body


@pytest.mark.parametrize("kind", ["new", "password"])
def test_an_acceptance_that_opens_an_account_needs_the_password(kind: str) -> None:
    # RULES 4: the mail carries the way to the first password
    with pytest.raises(ValueError, match="reissue_url, temporary_password, valid_days"):
        composed("acceptance_change", application_kind=kind)


def test_an_acceptance_with_any_password_tells_how_to_use_it() -> None:
    # GIVEN a renewal by someone who had no account yet
    body = composed("acceptance_new", application_kind="renewal").body
    assert "「利用者カードの更新」の\n申請を受理しました。" in body
    assert "仮パスワード: Aomori-7419" in body


def test_a_mail_never_keeps_a_password() -> None:
    # DESIGN: we never store a password
    with pytest.raises(ValueError, match="temporary_password"):
        Mail("acceptance#R1", "P1", AcceptanceMail.name, datetime(2026, 6, 4, tzinfo=UTC), PASSWORD)


STORED_UNDER = {
    "receipt",
    "acceptance",
    "image_again",
    "refusal",
    "lending",
    "ready",
    "overdue",
    "card_expired_hold",
    "card_renewal",
    "pause_ending",
    "still_wanted",
    "shift",
    "hold_cancelled",
    "address_confirmation",
    "temporary_password",
    "test",
}


def test_mails_that_are_stored_can_still_be_read() -> None:
    # GIVEN the names that items of the table hold THEN each is still the name of a kind
    assert KINDS.keys() >= STORED_UNDER


def test_a_mail_of_no_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no mail is of kind lendig"):
        Mail("lendig#1", "P1", "lendig", datetime(2026, 6, 4, tzinfo=UTC))


def test_facts_that_a_kind_has_no_use_for_are_passed_over() -> None:
    # GIVEN what is stored to find books by, and facts of long ago THEN the words are the same
    assert composed("ready", ready_on="2026-06-04", shelf="12-3", pickup_place="") == composed("ready")


def test_the_same_matter_always_has_the_same_name() -> None:
    # RULES 26, 38: one mail a matter
    assert mail_id(LendingMail, date(2026, 6, 7), 12) == "lending#2026-06-07#12"
    assert mail_id(LendingMail, "2026-06-07", "12") == "lending#2026-06-07#12"


@pytest.mark.parametrize("part", ["", "1#2"])
def test_a_name_of_a_mail_cannot_be_taken_for_another(part: str) -> None:
    with pytest.raises(ValueError, match="name"):
        mail_id(LendingMail, part)


@given(st.text(min_size=1).filter(lambda title: any(c.isprintable() and not c.isspace() for c in title)))
def test_no_title_breaks_or_forges_the_mail(title: str) -> None:
    # GIVEN any title at all, also one with line breaks
    plain = composed("ready", books=["本"]).body.splitlines()
    lines = composed("ready", books=[title]).body.splitlines()
    # THEN all other lines stay as they are, and its own are set in
    at = plain.index("・本")
    end = len(lines) - (len(plain) - at - 1)
    assert lines[:at] == plain[:at]
    assert lines[end:] == plain[at + 1 :]
    assert lines[at].startswith("・")
    assert all(line.startswith("  ") for line in lines[at + 1 : end])


@given(st.lists(st.sampled_from("津軽海峡、。」)ーabcDEF-1 　"), max_size=120).map("".join).filter(str.strip))
def test_folding_loses_nothing_and_starts_no_line_with_a_closing_mark(title: str) -> None:
    body = composed("ready", books=[f"本{title}"]).body
    entry = body[body.index("・本") : body.index("\n\n■期限を過ぎると")].splitlines()
    assert "".join("".join(entry).split())[1:] == "".join(f"本{title}".split())
    assert all(columns(line) <= LINE_COLUMNS or " " not in line.strip() for line in entry)


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_day_may_be_given_as_date_or_text(day: date) -> None:
    last = day + timedelta(days=7)
    as_date = composed("lending", pickup_from=day, pickup_until=last)
    assert as_date == composed("lending", pickup_from=day.isoformat(), pickup_until=last.isoformat())


def test_masking() -> None:
    assert masked("2000123456") == "******3456"
    assert masked("12") == "12"
