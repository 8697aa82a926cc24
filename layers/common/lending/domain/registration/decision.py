"""What staff decide about an application, and what that changes (RULES 3-5, 8)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from lending.domain.form_fields import FieldFault, check_reason, shown_text
from lending.domain.policy import Policy
from lending.domain.registration.application import Application, SlotState, erase_at, is_decided
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import KINDS, ApplicationStatus, DecisionKind, SlotStatus
from lending.domain.registration.slots import missing_slots, slot_label, with_slots


@dataclass(frozen=True, slots=True)
class Decision:
    """What staff decided: `slots` and `reason` for asking again, `reason` for refusing, the rest for registering.

    `masked` answers 「番号は隠されていますか」, None while nobody has; `expires_on` overrides the policy's day;
    `old_card_number` is the card that staff found out a re-issue or a change of name replaces; `confirmed` are fields
    that say something else in the record, though it is the same person.
    """

    kind: DecisionKind
    slots: tuple[str, ...] = ()
    reason: str = ""
    expires_on: date | None = None
    document: DocumentKind | None = None
    masked: bool | None = None
    old_card_number: str = ""
    confirmed: tuple[str, ...] = ()


# What stands in the way lies with the application (409), not with what was sent (422).
CONFLICT_CODES = frozenset({"already_decided", "images_missing", "images_gone"})


def decide_faults(application: Application, decision: Decision, today: date) -> tuple[FieldFault, ...]:
    """Everything that stands in the way of a decision (RULES 3, 4); `field` is the decision's in the API.

    Codes in `CONFLICT_CODES` are the application's state, the others are missing or wrong answers.
    """
    if is_decided(application):
        return (FieldFault("decision", "already_decided", "この申請は、すでに決定されています。"),)
    rules = {
        DecisionKind.REGISTER: _register_faults,
        DecisionKind.IMAGE_AGAIN: _image_again_faults,
        DecisionKind.REFUSE: _refuse_faults,
    }
    return tuple(rules[decision.kind](application, decision, today))


def _register_faults(application: Application, decision: Decision, today: date) -> list[FieldFault]:
    faults = []
    if missing := missing_slots(application):
        labels = "、".join(map(slot_label, missing))
        faults.append(FieldFault("decision", "images_missing", f"画像がそろっていないため登録できません: {labels}"))
    if checked_document(application, decision) is None:
        faults.append(
            FieldFault("checked.document", "document_needed", "確認した書類を、添付された中から選んでください。")
        )
    if DocumentKind.INSURANCE_CERTIFICATE in application.documents and decision.masked is None:
        question = "資格確認書(旧健康保険証)の番号が隠されているかを答えてください。"
        faults.append(FieldFault("checked.masked", "masked_unanswered", question))
    if decision.expires_on is not None and decision.expires_on < today:
        faults.append(FieldFault("expires_on", "expires_in_past", "有効期限が過ぎた日付になっています。"))
    return faults


def _image_again_faults(application: Application, decision: Decision, _today: date) -> list[FieldFault]:
    faults = _reason_faults(decision)
    if not decision.slots:
        faults.append(FieldFault("slots", "slots_needed", "もう一度送ってもらう画像を選んでください。"))
    for slot in (slot for slot in decision.slots if slot not in application.slots):
        faults.append(FieldFault("slots", "unknown_slot", f"{shown_text(slot)}は、この申請にない画像です。"))
    return faults


def _refuse_faults(_application: Application, decision: Decision, _today: date) -> list[FieldFault]:
    return _reason_faults(decision)


def _reason_faults(decision: Decision) -> list[FieldFault]:
    reason = check_reason(decision.reason)
    return [reason] if isinstance(reason, FieldFault) else []


def checked_document(application: Application, decision: Decision) -> DocumentKind | None:
    """Which document staff saw: the one named, or the only one there is; None if it is another or undecided."""
    if decision.document is not None:
        return decision.document if decision.document in application.documents else None
    return application.documents[0] if len(application.documents) == 1 else None


def repeats(application: Application, decision: Decision) -> bool:
    """Whether this very decision was carried out before: sent twice, or again after a crash."""
    if decision.kind is DecisionKind.IMAGE_AGAIN:
        asked = [application.slots.get(slot, SlotState()) for slot in decision.slots]
        again = (SlotStatus.AGAIN, _regular(decision.reason))
        return bool(asked) and all((state.status, state.reason) == again for state in asked)
    end = ApplicationStatus.REGISTERED if decision.kind is DecisionKind.REGISTER else ApplicationStatus.REFUSED
    was = (application.status, application.checked_document, application.masked, application.reason)
    return was == (end, checked_document(application, decision), decision.masked, _regular(decision.reason))


def decided(application: Application, decision: Decision, by: str, moment: datetime, policy: Policy) -> Application:
    """The application after a decision without faults (RULES 3, 4).

    Asking again keeps the receipt number and all that was accepted but the named slots, whose images go at once; the
    others stay until the end. After the two others the record says what was seen, by whom and when.
    """
    if decision.kind is DecisionKind.IMAGE_AGAIN:
        return _asked_again(application, decision, moment, policy)
    registered = decision.kind is DecisionKind.REGISTER
    application = replace(
        application,
        status=ApplicationStatus.REGISTERED if registered else ApplicationStatus.REFUSED,
        decided_at=moment,
        decided_by=by,
        reason=_regular(decision.reason),
        checked_document=checked_document(application, decision),
        masked=decision.masked,
    )
    return replace(application, expires_at=erase_at(application, moment, policy))


def _asked_again(application: Application, decision: Decision, moment: datetime, policy: Policy) -> Application:
    again = {slot: _void(application.slots[slot], _regular(decision.reason)) for slot in decision.slots}
    application = replace(with_slots(application, again), status=ApplicationStatus.IMAGE_AGAIN)
    return replace(application, expires_at=erase_at(application, moment, policy))


def _void(state: SlotState, reason: str) -> SlotState:
    """The picture that was there goes at once, and its ticket is of no use any more (RULES 3)."""
    return SlotState(
        SlotStatus.AGAIN, reason=reason, seen_at=state.seen_at, void_ticket=state.ticket_id or state.void_ticket
    )


def _regular(reason: str) -> str:
    return " ".join(reason.split())


def patron_changes(application: Application) -> dict[str, Any]:
    """What registering writes into the patron's record: the fields of its kind that were filled in (RULES 1).

    Joining the online lending service goes with any kind; no kind leaves it.
    """
    changes = {name: getattr(application, name) for name in KINDS[application.kind].changes}
    joining = {"online_lending": True} if application.online_lending else {}
    return {name: value for name, value in changes.items() if value} | joining


def new_expiry(application: Application, decision: Decision, today: date, policy: Policy) -> date | None:
    """The card's last day after registering (RULES 8); None leaves it as it is.

    Staff's own day goes first. A new card and a renewal get the policy's years from `today`.
    """
    if decision.expires_on is not None:
        return decision.expires_on
    return years_after(today, policy.card_years) if KINDS[application.kind].renews else None


def years_after(day: date, years: int) -> date:
    """The same day so many years on, 28 February for a leap day."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
