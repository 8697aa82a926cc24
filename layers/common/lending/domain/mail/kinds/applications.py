"""Mails to who has applied (RULES 4, 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lending.domain.mail.kinds.kind import ToApplicant
from lending.domain.mail.text import LINE_COLUMNS, Lines, entry, folded, paragraphs, set_in
from lending.domain.own_words import in_own_words
from lending.domain.policy import Policy
from lending.domain.registration.application import Application, is_decided
from lending.domain.registration.kinds import KINDS, ApplicationKind, ApplicationStatus
from lending.domain.registration.slots import slot_label
from lending.domain.words import full_day_in_words


@dataclass(frozen=True, kw_only=True)
class ReceiptMail(ToApplicant):
    """Receipt number and link, so that nobody who has lost the code is stuck (RULES 4, 6)."""

    name = "receipt"
    label = "申請の受付番号のお知らせ"
    secrets = frozenset({"resume_url"})

    application_kind: ApplicationKind
    resume_url: str

    @classmethod
    def outdated(cls, application: Application) -> bool:
        """Once it is decided."""
        return is_decided(application)

    def words(self, policy: Policy) -> Lines:
        """Where to look and what comes next."""
        return [
            f"「{KINDS[self.application_kind].mail_name}」の",
            "申請をお預かりしました。",
            f"受付番号: {self.receipt_number}",
            "",
            "■申請の状況を見る・写真を送る",
            "次のページから、申請の状況を見たり、",
            "写真の続きを送ったりできます。",
            "確認番号の入力は要りません。",
            self.resume_url,
            "ほかの人には知らせないでください。",
            "",
            "■このあとの流れ",
            "写真がそろってから",
            f"1～{policy.decision_days}日ほどで確認し、結果を",
            "メールでお知らせします。",
            "申請をやめるときは、同じページから",
            "取り下げることができます。",
        ]


@dataclass(frozen=True, kw_only=True)
class ImageAgainMail(ToApplicant):
    """Which images are unclear and why; the receipt number stays (RULES 4)."""

    name = "image_again"
    label = "画像の再提出のお願い"
    secrets = frozenset({"resume_url"})

    slots: Sequence[str]
    reason: str
    resume_url: str
    slot_reasons: Mapping[str, str] = field(default_factory=dict)
    resume_until: date | None = None

    @classmethod
    def outdated(cls, application: Application) -> bool:
        """Once the images are there, or it is decided."""
        return application.status is not ApplicationStatus.IMAGE_AGAIN

    def words(self, policy: Policy) -> Lines:
        """What to send again, and how."""
        until = ["", f"{full_day_in_words(self.resume_until)}までに", "お願いします。"] if self.resume_until else []
        return [
            "お送りいただいた画像では、",
            "内容を確認できませんでした。",
            "次の画像をもう一度お送りください。",
            "",
            "■もう一度お送りいただく画像",
            *(line for slot in self.slots for line in self._slot(slot, policy)),
            "",
            "■理由",
            *paragraphs(self.reason),
            "",
            "■お送りいただく方法",
            "次のページから送れます。",
            "確認番号の入力は要りません。",
            self.resume_url,
            "ほかの入力内容はそのまま残っています。",
            f"受付番号: {self.receipt_number}",
            *until,
        ]

    def _slot(self, slot: str, policy: Policy) -> Lines:
        """A slot, with its own reason where there is one."""
        reason = self.slot_reasons.get(slot)
        return [
            *entry(in_own_words(slot_label(slot), policy)),
            *(set_in(folded(reason, LINE_COLUMNS - 2)) if reason else []),
        ]


@dataclass(frozen=True, kw_only=True)
class RefusalMail(ToApplicant):
    """The staff's reason, and what becomes of what was sent (RULES 4, 41)."""

    name = "refusal"
    label = "申請結果のお知らせ"

    reason: str
    erased_on: date | None = None

    def words(self, policy: Policy) -> Lines:
        """Why, and that it may be tried again."""
        erased = full_day_in_words(self.erased_on) if self.erased_on else f"{policy.application_days}日後"
        return [
            "申請の内容を確認しましたが、",
            "登録できませんでした。",
            "",
            f"受付番号: {self.receipt_number}",
            "",
            "■理由",
            *paragraphs(self.reason),
            "",
            "改めて申請することができます。",
            "お送りいただいた画像は消去しました。",
            f"申請の内容は{erased}に",
            "消去します。",
        ]
