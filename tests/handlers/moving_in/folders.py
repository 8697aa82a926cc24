"""What the tests of moving in share: the files of a library, and what became of them."""

import json
from pathlib import Path
from typing import Any

from infra.moving_in.move import Moved
from lending.aws.table import Table
from lending.aws.table.codec import from_wire
from lending.aws.table.patrons import patrons
from lending.aws.table.registration import cards
from lending.domain.patrons.patron import Patron
from tests.handlers.crashing import everything

MAPPING = {
    "patrons": {
        "headings": {"card_number": "利用者番号", "kana": "カナ", "birth_date": "生年月日", "expires_on": "有効期限",
                     "blocked": "貸出停止", "email": "メール"},
        "codes": {"blocked": {"停止": "はい", "*": "いいえ"}},
    },
    "loans": {"headings": {"card_number": "利用者番号", "barcode": "資料番号", "due_on": "返却期限"}},
}  # fmt: skip
FILES = {
    "titles.csv": "title_id,title\nt-1,津軽\nt-2,斜陽\nt-3,人間失格\n",
    "copies.csv": "barcode,title_id,call_number,state\n"
    "c-1,t-1,913.6,\nc-2,t-2,913.6,\nc-3,t-3,913.6,missing\nc-4,t-3,913.6,lost\n",
    "patrons.csv": "利用者番号,カナ,生年月日,有効期限,貸出停止,メール\n"
    "20000001,ミホン ハナコ,昭和55年4月1日,R9.3.31,,family@example.jp\n"
    "20000002,みほん たろう,1978/5/6,2027-03-31,停止,family@example.jp\n"
    "20000003,ミホン ジロウ,20100102,令和9年3月31日,,\n",
    "loans.csv": "利用者番号,資料番号,返却期限\n20000001,c-1,R8.6.14\n20000001,c-2,2026/6/10\n",
    "holds.csv": "card_number,title_id,placed_at,pickup_place\n"
    "20000003,t-1,2026-05-20 10:00,12\n20000002,t-1,2026-05-10T09:30:00,\n",
}


def folder(path: Path, **changed: str) -> Path:
    """A folder with the files of a library, some of them changed."""
    for name, text in (FILES | {f"{name}.csv": text for name, text in changed.items()}).items():
        (path / name).write_bytes(text.encode("cp932"))
    (path / "mapping.json").write_text(json.dumps(MAPPING))
    return path


def counts(moved: Moved) -> dict[str, dict[str, int]]:
    return {step.file: {str(taken): n for taken, n in step.counts.items() if n} for step in moved.others}


def why(moved: Moved) -> list[tuple[str, int]]:
    return [(fault.file, fault.line) for fault in moved.faults]


def of_card(library: Table, number: str) -> Patron:
    (card,) = cards.find_many(library, [number])
    patron = patrons.find(library, card.patron_id)
    assert patron
    return patron


def rows(library: Table) -> list[dict[str, Any]]:
    return [from_wire(item) for item in everything(library)]
