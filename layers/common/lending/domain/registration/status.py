"""Where an application is, in words for the applicant (RULES 4)."""

from lending.domain.policy import Policy
from lending.domain.registration.application import Application, is_decided
from lending.domain.registration.kinds import KINDS, ApplicationStatus
from lending.domain.registration.slots import barcode_warning, missing_slots, slot_label


def status_message(application: Application, policy: Policy) -> str:
    """Where the application is and what to do next, in words for the applicant."""
    texts = {
        ApplicationStatus.AWAITING_IMAGES: _missing_message("画像を送ってください。", application),
        ApplicationStatus.IMAGE_AGAIN: _missing_message("画像をもう一度送ってください。", application),
        ApplicationStatus.SUBMITTED: f"申請を受け付けました。1～{policy.decision_days}日ほどで確認し、"
        "結果をメールでお知らせします。",
        ApplicationStatus.REGISTERED: KINDS[application.kind].registered,
        ApplicationStatus.REFUSED: f"申請をお受けできませんでした。理由: {application.reason}",
    }
    warnings = [] if is_decided(application) else [barcode_warning(application, slot) for slot in application.slots]
    return "\n".join([texts[application.status], *filter(None, warnings)])


def _missing_message(request: str, application: Application) -> str:
    lines = [request]
    for slot in missing_slots(application):
        reason = application.slots[slot].reason
        lines.append(f"・{slot_label(slot)}" + (f": {reason}" if reason else ""))
    return "\n".join(lines)
