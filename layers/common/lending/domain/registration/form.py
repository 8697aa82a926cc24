"""The form of an application: read whole, every fault named at once (RULES 1, 2, 7)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lending.domain.field_checks import CHECKS
from lending.domain.form_fields import (
    FIELD_LABELS,
    FieldFault,
    check_birth_date,
    required,
    shown_text,
)
from lending.domain.policy import Policy
from lending.domain.registration.application import ApplicationForm
from lending.domain.registration.decision import years_after
from lending.domain.registration.documents import DocumentKind
from lending.domain.registration.kinds import CONTACT_FIELDS, KINDS, ApplicationKind
from lending.domain.registration.slots import slots_of

_YES = frozenset({"true", "1", "on", "yes"})

_NO = frozenset({"false", "0", "off", "no", ""})

_TEXT_FIELDS = frozenset({"card_number", "old_card_number", "name", "kana", "birth_date", *CONTACT_FIELDS})

# Asked in every kind of who is too young to apply alone.
GUARDIAN = "guardian"

KNOWN_FIELDS = frozenset({"kind", "online_lending", "documents", GUARDIAN, *_TEXT_FIELDS})


def parse_form(values: Mapping[str, Any], policy: Policy, today: date) -> ApplicationForm | tuple[FieldFault, ...]:
    """Read flat form values as JSON, a form post or multipart give them (RULES 1, 2, 7).

    `documents` may be a list or a text with commas, `online_lending` a boolean or a box's text; a list of one stands
    for its only value. Answers the form, or every fault at once: unknown fields, wrong ones, missing ones.
    """
    kind = _kind(values.get("kind"))
    read = _read_texts(values, kind if isinstance(kind, ApplicationKind) else None, today)
    read |= {
        "kind": kind,
        "documents": _documents(values.get("documents"), kind, policy),
        "online_lending": _yes_or_no(values.get("online_lending", False)),
    } | _guardian(values, read.get("birth_date"), policy, today)
    faults = [*_unknown(values), *(value for value in read.values() if isinstance(value, FieldFault))]
    faults += _changes_nothing(read)
    return tuple(faults) if faults else ApplicationForm(**read)


def _guardian(values: Mapping[str, Any], born: object, policy: Policy, today: date) -> dict[str, Any]:
    """Who applies for a child; of anybody else nothing is asked, whatever was sent."""
    if not isinstance(born, date) or not is_child(born, today, policy):
        return {}
    text = _only(values.get(GUARDIAN))
    if not (text.strip() if isinstance(text, str) else text):
        return {GUARDIAN: required(GUARDIAN)}
    return {GUARDIAN: _checked(GUARDIAN, text, today)}


def is_child(born: date, today: date, policy: Policy) -> bool:
    """Whether somebody is too young to apply without a guardian."""
    return today < years_after(born, policy.guardian_below)


def _changes_nothing(read: Mapping[str, Any]) -> list[FieldFault]:
    """A change needs something to change; joining the online lending service is something."""
    kind = read["kind"]
    if not (isinstance(kind, ApplicationKind) and KINDS[kind].only_to_change):
        return []
    if read["online_lending"] or any(name in read for name in KINDS[kind].changes):
        return []
    message = "変更する項目(住所・電話番号・メールアドレス)を入力してください。"
    return [FieldFault("address", "nothing_to_change", message)]


def _unknown(values: Mapping[str, Any]) -> list[FieldFault]:
    names = sorted(
        "".join(c if c.isprintable() else "?" for c in str(key)[:40]) for key in values.keys() - KNOWN_FIELDS
    )
    return [FieldFault(name, "unknown_field", f"「{name}」という項目はありません。") for name in names]


def _kind(value: object) -> ApplicationKind | FieldFault:
    text = _only(value)
    if isinstance(text, str) and text in set(ApplicationKind):
        return ApplicationKind(text)
    return FieldFault("kind", "unknown_kind" if text else "missing_field", "申請の種類を選んでください。")


def _read_texts(values: Mapping[str, Any], kind: ApplicationKind | None, today: date) -> dict[str, Any]:
    """Every text the kind asks for, checked; without a kind, whatever was sent, so that no fault is found late."""
    needed = KINDS[kind].required if kind else ()
    asked = needed + KINDS[kind].optional if kind else tuple(sorted(_TEXT_FIELDS))
    given = {name: _only(values.get(name)) for name in asked}
    read: dict[str, Any] = {}
    for name, value in given.items():
        if not (value.strip() if isinstance(value, str) else value):
            if name in needed or _goes_with(name, given, kind):
                read[name] = required(name)
        else:
            read[name] = _checked(name, value, today)
    return read


def _goes_with(name: str, given: Mapping[str, Any], kind: ApplicationKind | None) -> bool:
    """A new address is not complete without its postal code, nor the other way round."""
    other = {"postal_code": "address", "address": "postal_code"}.get(name)
    return kind is not None and other is not None and bool(given.get(other))


def _checked(name: str, value: object, today: date) -> object:
    if not isinstance(value, str):
        return FieldFault(name, "not_text", f"{FIELD_LABELS[name]}は文字で1つだけ送ってください。")
    return check_birth_date(value, today) if name == "birth_date" else CHECKS[name](value, name)


def _only(value: object) -> object:
    """The value itself, or the only one of a form's list."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _yes_or_no(value: object) -> bool | FieldFault:
    answer = _only(value)
    if isinstance(answer, bool):
        return answer
    text = "" if answer is None else answer.strip().lower() if isinstance(answer, str) else "?"
    if text in _YES | _NO:
        return text in _YES
    return FieldFault("online_lending", "not_a_choice", "{service_name}を申し込むかどうかを選んでください。")


def _documents(value: object, kind: object, policy: Policy) -> tuple[DocumentKind, ...] | FieldFault:
    """The documents to be photographed, each once, and not more than the images allow (RULES 2)."""
    listed = list(value) if isinstance(value, list | tuple) else [value]
    names = [name.strip() for item in listed for name in (item.split(",") if isinstance(item, str) else [])]
    names = list(dict.fromkeys(filter(None, names)))
    if wrong := [name for name in names if name not in set(DocumentKind)]:
        return FieldFault("documents", "unknown_document", f"{shown_text(wrong[0])}という確認書類はありません。")
    if not names or any(item is not None and not isinstance(item, str) for item in listed):
        return FieldFault("documents", "missing_field", "お名前と現住所を確認できる書類を選んでください。")
    documents = tuple(DocumentKind(name) for name in names)
    if isinstance(kind, ApplicationKind) and len(slots_of(kind, documents)) > policy.image_limit:
        message = f"画像は{policy.image_limit}枚までです。確認書類を減らしてください。"
        return FieldFault("documents", "too_many_images", message)
    return documents
