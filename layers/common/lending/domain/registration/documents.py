"""Kinds of document: what each is called, which sides of it are wanted, what to mind (RULES 2, 3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class DocumentKind(StrEnum):
    """A document that shows name and current address (RULES 2, 3)."""

    DRIVING_LICENCE = "driving_licence"
    MY_NUMBER_CARD = "my_number_card"
    INSURANCE_CERTIFICATE = "insurance_certificate"
    RESIDENCE_RECORD = "residence_record"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A kind of document.

    Attributes:
        label: what people call it.
        note: what to know before the camera opens (RULES 3).
        front_only: its back must not be sent.
        one_sided: a sheet of paper, with its text on one side: the other may be sent, but nobody waits for it.
    """

    label: str
    note: str = ""
    front_only: bool = False
    one_sided: bool = False


_DONOR = "臓器提供の意思の欄は、紙などで隠してください。"

DOCUMENTS: Mapping[DocumentKind, Document] = {
    DocumentKind.DRIVING_LICENCE: Document(label="運転免許証", note=f"撮影の前に、裏の{_DONOR}"),
    DocumentKind.MY_NUMBER_CARD: Document(
        label="マイナンバーカード",
        note="表(顔写真のある面)だけをお送りください。"
        f"個人番号(マイナンバー)が書かれた裏は、送らないでください。撮影の前に、表の{_DONOR}",
        front_only=True,
    ),
    DocumentKind.INSURANCE_CERTIFICATE: Document(
        label="資格確認書(旧健康保険証)",
        note=f"撮影の前に、保険者番号と被保険者等の記号・番号を、紙などで隠してください。裏の{_DONOR}",
    ),
    DocumentKind.RESIDENCE_RECORD: Document(label="住民票の写し", one_sided=True),
    DocumentKind.OTHER: Document(label="その他の確認書類", one_sided=True),
}
