"""What staff decide about an application: register, ask for images again, refuse (RULES 1, 3-5, 41).

Everything a decision changes in the table is one transaction; the account and the deletion of the images follow it
and can be repeated. So a decision that was cut off anywhere is finished by making it again.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lending.actions.library import Library
from lending.actions.mail.contact_tasks import tasks_settled
from lending.actions.mend_accounts import see_to_account
from lending.actions.registration.keep_images import clear_images, lost_images
from lending.aws import suppression
from lending.aws.table import Overtaken, Table, again_when_overtaken
from lending.aws.table.mail import addresses, mails
from lending.aws.table.patrons import account_work, audit_log, patrons, people
from lending.aws.table.registration import applications, cards
from lending.aws.table.writes import Write
from lending.domain.form_fields import FIELD_LABELS, FieldFault
from lending.domain.mail.kinds.accounts import AcceptanceMail
from lending.domain.mail.kinds.applications import ImageAgainMail, RefusalMail
from lending.domain.mail.mail import Mail, new_mail
from lending.domain.patrons.audit_log import Act, Deed
from lending.domain.patrons.patron import Patron
from lending.domain.policy import Policy
from lending.domain.problems import Reason, Refused
from lending.domain.registration.application import Application, record_of
from lending.domain.registration.card import Card, CardState
from lending.domain.registration.decision import (
    CONFLICT_CODES,
    Decision,
    decide_faults,
    decided,
    new_expiry,
    patron_changes,
    repeats,
)
from lending.domain.registration.kinds import FILLED_FIELDS, KINDS, ApplicationStatus, DecisionKind
from lending.domain.registration.right_person import unconfirmed
from lending.domain.registration.slots import slot_label


def decide_application(library: Library, receipt_number: str, decision: Decision, staff: str) -> Application:
    """Carry out a decision; made again it ends the same, wherever it was cut off before.

    Args:
        staff: the user name of who decides.

    Raises:
        Refused: there is no such application, it is decided otherwise, something is missing for this decision, or the
            card cannot be used; all faults are named.
    """
    application = _decided(library, receipt_number, decision, staff)
    if application.status is ApplicationStatus.REGISTERED and KINDS[application.kind].with_account:
        see_to_account(library.table, application.patron_id)
    clear_images(library.table, receipt_number)
    return application


@again_when_overtaken
def _decided(library: Library, receipt_number: str, decision: Decision, staff: str) -> Application:
    application = applications.standing(library.table, receipt_number, library.moment)
    if application is None:
        raise Refused("not_found")
    if repeats(application, decision):
        return application
    if faults := [*decide_faults(application, decision, library.today), *_gone(application, decision)]:
        raise _refused(faults)
    after = decided(application, decision, staff, library.moment, library.policy)
    if decision.kind is DecisionKind.REGISTER:
        try:
            after, writes = _registered(library, application, after, decision)
        except Refused:
            _still_as_read(library.table, application)
            raise
    else:
        mail = _answer(application, after, decision, library.moment, _registered_address(library.table, application))
        writes = [mails.addition(mail, library.policy)]
    writes += _traces(after, Act(library.moment, staff, _DEEDS[decision.kind]), library.policy)
    library.table.transact(applications.change(application, after), *writes)
    return after


_DEEDS = {
    DecisionKind.REGISTER: Deed.REGISTER,
    DecisionKind.IMAGE_AGAIN: Deed.IMAGE_AGAIN,
    DecisionKind.REFUSE: Deed.REFUSE,
}


def _traces(after: Application, act: Act, policy: Policy) -> list[Write]:
    """With the application, and with the patron whom registering has made or changed."""
    registered = act.what is Deed.REGISTER
    on_patron = [audit_log.entry_of_patron(after.patron_id, act, policy)] if registered else []
    return [audit_log.entry_of_application(after.receipt_number, act, policy), *on_patron]


def _still_as_read(table: Table, application: Application) -> None:
    """Whoever registers the same application at this moment is no reason to refuse: what is true now is asked again."""
    now = applications.find(table, application.receipt_number)
    if now is None or now.revision != application.revision:
        raise Overtaken([0])


def _gone(application: Application, decision: Decision) -> list[FieldFault]:
    """Nobody registers what nobody can have seen."""
    if decision.kind is not DecisionKind.REGISTER or not (gone := lost_images(application)):
        return []
    labels = "、".join(map(slot_label, gone))
    message = f"画像が消去されているため登録できません。もう一度送ってもらってください: {labels}"
    return [FieldFault("decision", "images_gone", message)]


def _refused(faults: list[FieldFault]) -> Refused:
    """One refusal for all faults: a conflict if the application itself stands in the way."""
    reasons = [Reason(fault.code, field=fault.field, message=fault.message) for fault in faults]
    conflict = next((fault.code for fault in faults if fault.code in CONFLICT_CODES), "")
    return Refused(conflict or "invalid_fields", *reasons)


# --- The patron -----------------------------------------------------------------------------------------------------


def _registered(
    library: Library, application: Application, after: Application, decision: Decision
) -> tuple[Application, list[Write]]:
    """What is kept of the application, and what registering writes beside it: card, patron, mail."""
    kind = KINDS[application.kind]
    expires_on = new_expiry(application, decision, library.today, library.policy)
    before = find_patron(library.table, application, decision.old_card_number)
    if before is None and not kind.new_patron:
        raise Refused("patron_unknown")
    if before and (differing := unconfirmed(application, before, decision.confirmed)):
        raise Refused("other_person", *(Reason("differs", {"name": FIELD_LABELS[f]}, field=f) for f in differing))
    patron = _patron_after(application, before, expires_on)
    patron = replace(patron, receipts=(*patron.receipts, application.receipt_number))
    # SES is told that the address on the form may be tried again, whoever it failed, or the answer is lost (RULES 39).
    # So is one that is given up, for those who share it.
    given_up = {before.email} - {patron.email, patron.mail_to} if before else set()
    for address in addresses.unreachable(library.table, {application.email, *given_up} - {""}):
        suppression.remove_from_suppression_list(address)
    mail = _acceptance(application, patron, expires_on, library.moment)
    account = account_work.addition(patron.patron_id, library.moment, void_password=kind.resets_password)
    writes = [
        *([account] if kind.with_account else []),
        *_kit_writes(library.table, application, before, patron, library.moment),
        patrons.change(before, patron) if before else patrons.addition(patron),
        *addresses.user_changes(before, patron, application.email),
        # A link the patron asked for earlier must not undo what is registered now.
        *([addresses.wish_removal(patron.patron_id, "email")] if before and before.email != patron.email else []),
        *people.name_changes(before, patron),
        *tasks_settled(library, patron.patron_id, {application.email, *given_up}),
        mails.addition(mail, library.policy),
        # What was written to the applicant holds the address, and tells nothing any more (RULES 41).
        *map(mails.erasure, mails.of_application(library.table, application.receipt_number)),
    ]
    return replace(record_of(after), patron_id=patron.patron_id), writes


def _patron_after(application: Application, before: Patron | None, expires_on: date | None) -> Patron:
    changes = patron_changes(application) | ({"expires_on": expires_on} if expires_on else {})
    card = application.card_number if KINDS[application.kind].with_kit else ""
    if before is None:
        return Patron(application.patron_id, card, **({"online_lending": False} | changes))
    # What the library does not know of a patron from before comes with whatever they apply for (RULES 42).
    unknown = [name for name in FILLED_FIELDS if getattr(application, name) and not getattr(before, name)]
    after = replace(before, **({name: getattr(application, name) for name in unknown} | changes))
    return after.with_card(card) if card else after


def find_patron(table: Table, application: Application, old_card_number: str = "") -> Patron | None:
    """Whose application it is: the holder of the card it names, or the only person of that name and birthday.

    Args:
        old_card_number: the card that staff say a re-issue or a change of name replaces.
    """
    kind = KINDS[application.kind]
    if kind.new_patron:
        return None
    number = (old_card_number or application.old_card_number) if kind.with_kit else application.card_number
    if number:
        card = cards.find(table, number)
        return patrons.find(table, card.patron_id) if card and card.state is CardState.ACTIVE else None
    namesakes = people.namesakes(table, application.kana, application.birth_date)
    return patrons.find(table, namesakes[0]) if len(namesakes) == 1 else None


def _kit_writes(
    table: Table, application: Application, before: Patron | None, patron: Patron, moment: datetime
) -> list[Write]:
    """The kit's card becomes the patron's, by exactly one application; the one it replaces ends (RULES 1, 5)."""
    if not KINDS[application.kind].with_kit:
        return []
    kit = _blank_kit(table, application.card_number)
    retired = [cards.retirement(before.card_number, before.patron_id)] if before else []
    return [cards.activation(kit, patron.patron_id, moment), *retired]


def _blank_kit(table: Table, number: str) -> Card:
    """The card of a number; refuses one that is no blank kit's, in words that tell staff what to do (RULES 5)."""
    card = cards.find(table, number)
    if card is None or card.state is not CardState.BLANK:
        state = card.state if card else "unknown"
        raise Refused("card_not_usable", Reason("card_not_usable", {"card_state": state}, message=_CARD_TEXTS[state]))
    return card


_CARD_TEXTS = {
    "unknown": (
        "この番号のカードは{kit_short}にありません。画像の番号と見比べ、誤りなら申請し直していただいてください。"
    ),
    CardState.ACTIVE: "この番号のカードは、ほかの方がすでに使っています。別のカードで申請し直していただいてください。",
    CardState.RETIRED: "この番号のカードは使用が終わっています。別のカードで申請し直していただいてください。",
}


# --- The mail -------------------------------------------------------------------------------------------------------


def _acceptance(application: Application, patron: Patron, expires_on: date | None, moment: datetime) -> Mail:
    """The 受理メール, to the address on the form if it names one; a password is made at the moment of sending."""
    facts: dict[str, Any] = {"application_kind": application.kind, "card_number": patron.card_number}
    facts |= {"to": application.email} if application.email else {}
    facts |= {"expires_on": expires_on.isoformat()} if expires_on else {}
    facts |= {"online_lending": True} if application.online_lending else {}
    return new_mail(AcceptanceMail, patron.patron_id, moment, application.receipt_number, **facts)


def _registered_address(table: Table, application: Application) -> str:
    """Where an answer goes if the form names no address: to the holder of the card; nothing if the form does."""
    patron = None if application.email else find_patron(table, application)
    return patron.email if patron else ""


def _answer(before: Application, after: Application, decision: Decision, moment: datetime, to_address: str) -> Mail:
    """The mail that asks for images again, or refuses; each asking is a mail of its own."""
    receipt, until = before.receipt_number, after.expires_at.date().isoformat() if after.expires_at else ""
    facts: dict[str, Any] = {"receipt_number": receipt, "reason": decision.reason.strip()}
    facts |= {"to": to_address} if to_address else {}
    if decision.kind is DecisionKind.IMAGE_AGAIN:
        facts |= {"slots": list(decision.slots), "resume_until": until}
        return new_mail(ImageAgainMail, receipt, moment, receipt, before.revision, **facts)
    return new_mail(RefusalMail, receipt, moment, receipt, **facts, erased_on=until)
