"""Make the folder of a library by its answers to a few questions: `python -m infra.new_library NAME [--answers FILE]`.

Answers are typed, or come from a JSON file with the names of the questions. What is not answered is as it is proposed;
without a list of facilities there are three that are made up, so that the library plays at once.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.facility_list import COLUMNS
from infra.faults import Faulty
from infra.library import LIBRARIES, Library, fault_in_words, read_library

_WEEKDAYS = "月火水木金土日"
_MADE_UP = (
    "1,見本地区,見本市,見本市立図書館,yes,,35.68,139.76",
    "2,見本地区,見本町,見本町立図書館,yes,,35.78,139.66",
    "3,例示地区,例示村,例示村公民館図書室,yes,,35.58,139.86",
)


class Answers(BaseModel):
    """What a library is asked, and what is proposed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    library_name: str = Field("見本県立図書館", description="図書館の名前")
    service_name: str = Field("オンライン貸出サービス", description="サービスの名前")
    counter_name: str = Field("カウンター", description="問い合わせ先の名前")
    counter_phone: str = Field("000-000-0000", description="問い合わせ先の電話番号")
    counter_hours: str = Field("9:00～17:00(休館日を除く)", description="電話のつながる時間")
    mail_domain: str = Field("lib.example.jp", description="メールのドメイン(@の後)")
    weekdays: str = Field("木", pattern=f"^[{_WEEKDAYS}]+$", description="貸出処理の曜日(週に2回なら「火木」のように)")
    cut_off: str = Field("08:30", description="予約の締切の時刻")
    cut_off_days_before: int = Field(0, description="締切は貸出処理の何日前か(当日は0)")
    mail_days_after: int = Field(2, description="貸出処理の何日後にメールを送るか")
    pickup_days_after: int = Field(3, description="貸出処理の何日後から受け取れるか")
    pickup_days: int = Field(8, description="何日間受け取れるか(初日と最終日も数える)")
    checked_in_days_after_pickup: int = Field(3, description="最終日の何日後までに本が県立図書館へ戻るか")
    place_change_until: str = Field("17:00", description="受取場所の変更の締切の時刻(貸出処理の前日)")
    facilities: str = Field("", description=f"協力館のCSVファイル(見出し: {','.join(COLUMNS)})。空なら見本の3館")


_OF_A_RUN = set(Answers.model_fields) & {
    "cut_off", "cut_off_days_before", "mail_days_after", "pickup_days_after", "pickup_days",
    "checked_in_days_after_pickup", "place_change_until",
}  # fmt: skip


def ask(say: Callable[[str], str]) -> dict[str, Any]:
    """Ask everything; `say` puts a question and gives the answer, empty for what is proposed."""
    asked = {name: say(f"{field.description} [{field.default}]: ") for name, field in Answers.model_fields.items()}
    return {name: answer for name, answer in asked.items() if answer}


def make_library(name: str, said: dict[str, Any], folder: Path = LIBRARIES) -> Library:
    """Write the folder of a library, and read it as a deployment would.

    Raises:
        Faulty: there is a folder of that name, or something is wrong with the answers; then none is made.
    """
    if (folder / name).exists():
        raise Faulty([f"{name}: there is such a folder already"])
    try:
        answers = Answers.model_validate(said)
        facilities = Path(answers.facilities).read_text("utf-8-sig") if answers.facilities else _made_up()
    except ValidationError as error:
        raise Faulty([fault_in_words(each) for each in error.errors()]) from None
    except OSError:
        raise Faulty([f"facilities: {said['facilities']} cannot be read"]) from None
    (folder / name).mkdir()
    (folder / name / "library.json").write_text(_library_json(answers), "utf-8")
    (folder / name / "facilities.csv").write_text(facilities, "utf-8")
    try:
        return read_library(name, folder)
    except Faulty:
        shutil.rmtree(folder / name)
        raise


def _library_json(answers: Answers) -> str:
    of_a_run = answers.model_dump(include=_OF_A_RUN) | {"place_change_days_before": 1}
    runs = [{"weekday": _WEEKDAYS.index(day), **of_a_run} for day in answers.weekdays]
    policy = answers.model_dump(exclude={*_OF_A_RUN, "weekdays", "facilities"}) | {"runs": runs}
    return json.dumps({"policy": policy}, ensure_ascii=False, indent=2) + "\n"


def _made_up() -> str:
    return "\n".join([",".join(COLUMNS), *_MADE_UP]) + "\n"


def main() -> int:
    """The command; its exit status is 1 if nothing was made."""
    parser = argparse.ArgumentParser(prog="python -m infra.new_library", description=__doc__.splitlines()[0])
    parser.add_argument("name", help="of the folder: a-z, 0-9, hyphen")
    parser.add_argument("--answers", type=Path, help="a JSON file of answers, in place of questions")
    asked = parser.parse_args()
    try:
        said = json.loads(asked.answers.read_bytes()) if asked.answers else ask(input)
        library = make_library(asked.name, said)
    except (Faulty, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"infra/libraries/{library.name} is there, with {len(library.facilities)} facilities.")
    print(f"Play it: make run LIBRARY={library.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
