"""Sample data, plainly made up: a catalogue, kit cards, people."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from infra.library import Library

# Kit numbers say where the kit lies: 2, the facility's number, a running number of five digits.
KITS_PER_FACILITY = 5

_PLACES = (
    ("津軽", "ツガル"),
    ("下北", "シモキタ"),
    ("八甲田", "ハッコウダ"),
    ("白神", "シラカミ"),
    ("十和田", "トワダ"),
    ("岩木山", "イワキサン"),
    ("奥入瀬", "オイラセ"),
    ("陸奥湾", "ムツワン"),
    ("三内丸山", "サンナイ マルヤマ"),
    ("八戸", "ハチノヘ"),
    ("弘前", "ヒロサキ"),
    ("五所川原", "ゴショガワラ"),
)
_SUBJECTS = (
    ("の歴史", "ノ レキシ", "210.1"),
    ("の自然", "ノ シゼン", "462.1"),
    ("の昔話", "ノ ムカシバナシ", "388.1"),
    ("の料理", "ノ リョウリ", "596.2"),
    ("を歩く", "オ アルク", "291.2"),
    ("のりんご", "ノ リンゴ", "625.2"),
    ("の祭り", "ノ マツリ", "386.1"),
    ("の方言", "ノ ホウゲン", "818.2"),
    ("の星空", "ノ ホシゾラ", "440.8"),
    ("の建物", "ノ タテモノ", "521.8"),
    ("の手仕事", "ノ テシゴト", "750.2"),
    ("の魚", "ノ サカナ", "487.5"),
    ("の鉄道", "ノ テツドウ", "686.2"),
    ("の雪", "ノ ユキ", "451.6"),
    ("の温泉", "ノ オンセン", "453.9"),
    ("の文学", "ノ ブンガク", "910.2"),
    ("の写真", "ノ シャシン", "748.8"),
    ("の俳句", "ノ ハイク", "911.3"),
    ("の絵本", "ノ エホン", "E913"),
    ("の物語", "ノ モノガタリ", "913.6"),
    ("の童話", "ノ ドウワ", "K913"),
    ("の野草", "ノ ヤソウ", "471.7"),
    ("の野鳥", "ノ ヤチョウ", "488.2"),
    ("の暮らし", "ノ クラシ", "382.1"),
    ("の地図", "ノ チズ", "290.3"),
)
_AUTHORS = (
    ("見本 太郎", "ミホン, タロウ"), ("見本 花子", "ミホン, ハナコ"), ("例示 一郎", "レイジ, イチロウ"),
    ("例示 二葉", "レイジ, フタバ"), ("仮名 三郎", "カメイ, サブロウ"),
)  # fmt: skip
_KINDS = {"の絵本": "picture_book", "の童話": "children", "の地図": "map"}


def catalogue() -> Iterator[dict[str, str]]:
    """Some 300 titles with one to three copies, as rows of an import; every 25th is for use in the library only."""
    for number, ((place, read), (subject, sounds, call_number)) in enumerate(product(_PLACES, _SUBJECTS), start=1):
        author, author_kana = _AUTHORS[number % 5]
        for copy in range(1, number % 3 + 2):
            yield {
                "title_id": f"T{number:04}",
                "title": f"{place}{subject}",
                "title_kana": f"{read} {sounds}",
                "author": author,
                "author_kana": author_kana,
                "publisher": "見本社",
                "year": str(1990 + number % 36),
                "ndc": call_number.lstrip("EK"),
                "kind": _KINDS.get(subject, "book"),
                "isbn": _isbn(number),
                "barcode": f"B{number:04}{copy}",
                "call_number": f"{call_number}/{number:04}/{copy}",
                "reference_only": "禁帯出" if number % 25 == 0 else "",
            }


def _isbn(number: int) -> str:
    body = f"97840000{number:04}"
    check = -sum(int(digit) * (1 + 2 * (n % 2)) for n, digit in enumerate(body)) % 10
    return f"{body}{check}"


def kit_numbers(facility: int) -> list[str]:
    """The numbers of the blank cards that lie at a facility."""
    return [str(20_000_000 + 100_000 * facility + n) for n in range(1, KITS_PER_FACILITY + 1)]


def home_of(person: "Person", library: Library) -> int:
    """The number of the facility where a sample person collects books."""
    return library.homes[person.home]


def kit_of(person: "Person", library: Library) -> str:
    """The number on the blank card that a sample person took home from there."""
    return kit_numbers(home_of(person, library))[person.kit]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who applies for a card, with the form fields they type.

    `home` counts the facilities of the samples from 0, `kit` the blank cards there.
    """

    name: str
    latin_name: str
    kana: str
    birth_date: str
    phone: str
    email: str
    home: int
    kit: int = 0

    def form(self, card_number: str, town: str) -> dict[str, object]:
        """What they type into the form of a new card."""
        return {
            "kind": "new",
            "card_number": card_number,
            "name": self.name,
            "kana": self.kana,
            "birth_date": self.birth_date,
            "postal_code": "030-0184",
            "address": f"{town}見本町1-2-3",
            "phone": self.phone,
            "email": self.email,
            "online_lending": True,
            "documents": ["driving_licence"],
        }

    def form_of_move(self, card_number: str, town: str) -> dict[str, object]:
        """What they type when they have moved."""
        return {
            "kind": "change",
            "card_number": card_number,
            "name": self.name,
            "birth_date": self.birth_date,
            "postal_code": "036-0000",
            "address": f"{town}例示町4-5-6",
            "documents": ["driving_licence"],
        }


HANAKO = Person("見本 花子", "MIHON HANAKO", "ミホン ハナコ", "1988-05-12", "0172-00-0001", "hanako@example.jp", home=0)
TARO = Person("見本 太郎", "MIHON TARO", "ミホン タロウ", "1954-11-03", "0175-00-0002", "taro@example.jp", home=1)
SHOKO = Person("例示 翔子", "REIJI SHOKO", "レイジ ショウコ", "2009-02-20", "0178-00-0003", "shoko@example.jp", home=2)
JIRO = Person(
    "仮名 次郎", "KAMEI JIRO", "カメイ ジロウ", "1971-07-30", "0172-00-0004", "jiro@example.jp", home=0, kit=1
)
FUTABA = Person(
    "例示 二葉", "REIJI FUTABA", "レイジ フタバ", "1996-01-15", "0175-00-0005", "futaba@example.jp", home=1, kit=1
)
PEOPLE = (HANAKO, TARO, SHOKO, JIRO, FUTABA)
# Who has just applied; nobody has looked at it yet.
APPLICANT = Person(
    "仮名 三葉",
    "KAMEI MITSUHA",
    "カメイ ミツハ",
    "2003-09-09",
    "0172-00-0006",
    "mitsuha@example.jp",
    home=0,
    kit=2,
)
# Who comes to the window with a card of old, and has no mail.
WALK_IN = {
    "card_number": "00640001",
    "name": "例示 冬美",
    "kana": "レイジ フユミ",
    "birth_date": "1948-02-03",
    "postal_code": "030-0184",
    "address": "見本市見本町7-8-9",
    "phone": "017-000-0007",
}
