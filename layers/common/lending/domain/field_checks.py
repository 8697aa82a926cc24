"""By which check the text of each field is made regular, whoever types it (RULES 7)."""

from collections.abc import Callable

from lending.domain.form_fields import (
    FieldFault,
    check_address,
    check_card_number,
    check_kana,
    check_mail_address,
    check_name,
    check_phone,
    check_postal_code,
    check_reason,
)

CHECKS: dict[str, Callable[[str, str], str | FieldFault]] = {
    "card_number": check_card_number,
    "old_card_number": check_card_number,
    "name": check_name,
    "kana": check_kana,
    "guardian": check_name,
    "postal_code": check_postal_code,
    "address": check_address,
    "phone": check_phone,
    "email": check_mail_address,
    "mail_to": check_mail_address,
    "note": check_reason,
}
