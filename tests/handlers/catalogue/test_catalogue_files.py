"""What catalogues come in is read whole, and a broken record hurts no other (RULES 45)."""

import json
import random
import re
from pathlib import Path

import pytest
from pymarc import Field, Indicators, MARCReader, Record, Subfield, record_to_xml

from infra.catalogue.files import read
from infra.catalogue.mapping import NoMapping
from infra.catalogue.years import year_of
from infra.import_catalogue import import_catalogue
from lending.aws.table import Table
from lending.aws.table.catalogue import titles
from lending.domain.catalogue.description import Kind

GENUINE = Path(__file__).parents[3] / "infra" / "data" / "ndl-sample.mrc"


def test_genuine_records_are_read_without_marks_and_with_their_readings() -> None:
    found = read(GENUINE)
    assert (len(found.titles), found.bad, found.unit) == (156, [], "record")
    # THEN a title with what goes with it, its readings, and the volume of a number
    news = found.titles["029611852"]
    assert news.title == "CNNニュース・リスニング : 音声&電子書籍版付き : 1本30秒だから、聞きやすい!"
    assert news.title_kana.startswith("シーエヌエヌ ニュース リスニング : オンセイ アンド")
    assert (news.volume, news.publisher, news.year, news.ndc) == ("2019春夏", "朝日出版社", 2019, "837.5")
    assert (news.isbn, news.kind) == ("978-4-255-01110-3", Kind.BOOK)
    # a name in another language, authors with their readings, the part of a series
    report = found.titles["028381960"]
    assert (report.title, report.volume) == ("電子書籍ビジネス調査報告書 = eBook Marketing Report", "2017")
    one = next(title for title in found.titles.values() if title.title == "本は、これから")
    assert (one.author, one.author_kana) == ("池澤夏樹 編", "イケザワ, ナツキ")
    assert one.volume == "岩波新書 新赤版1280"
    assert [title.title for title in found.titles.values() if title.kind is Kind.CHILDREN] == [
        "カエサルくんと本のおはなし"
    ]


def as_xml(record: Record) -> str:
    return bytes(record_to_xml(record, namespace=True)).decode()  # type: ignore[no-untyped-call]


def test_marcxml_says_what_iso2709_says(tmp_path: Path) -> None:
    # GIVEN the genuine records as XML
    with GENUINE.open("rb") as file:
        records = [as_xml(record) for record in MARCReader(file) if record]
    whole = tmp_path / "titles.xml"
    whole.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<collection>{"".join(records)}</collection>', "utf-8")
    # THEN it is the same
    assert read(whole).titles == read(GENUINE).titles
    # and with a prefix, one that is not closed and one that is no XML the others are read
    prefixed = [one.replace("<", "<marc:").replace("<marc:/", "</marc:") for one in records[:6]]
    prefixed = [one.replace("xmlns=", "xmlns:marc=") for one in prefixed]
    prefixed[1] = prefixed[1].replace("</marc:record>", "")
    prefixed[3] = prefixed[3].replace("</marc:subfield>", "</marc:x>", 1)
    whole.write_text(f"<marc:collection>{''.join(prefixed)}", "utf-8")
    found = read(whole)
    assert (len(found.titles), [place for place, _ in found.bad]) == (4, [2, 4])


def record_of(**told: str) -> bytes:
    """A record with a number and the parts of a title."""
    record = Record(leader="00000cam a2200000   4500")
    parts = [Subfield(code, told[code]) for code in "anp" if code in told]
    record.add_field(Field("001", data=told["number"]), Field("245", Indicators("0", "0"), parts))  # type: ignore[no-untyped-call]
    return bytes(record.as_marc())


def test_a_broken_record_is_named_by_its_place_and_hurts_no_other(library: Table, tmp_path: Path) -> None:
    # RULES 45
    # GIVEN a file with a directory that is none, bytes that are no text, a lost end, no title, one that was deleted
    good = [record_of(number=f"t-{number}", a=f"題{number} /") for number in range(1, 9)]
    good[1] = good[1][:30] + b"x" + good[1][31:]
    good[2] = good[2].replace("題".encode(), b"\xff\xfe\xfd")
    good[3] = good[3].removesuffix(b"\x1d")
    good[5] = record_of(number="t-6", p="部")
    good[6] = good[6][:5] + b"d" + good[6][6:]
    file = tmp_path / "titles.mrc"
    file.write_bytes(b"\r\n".join(good[:3]) + b"".join(good[3:]))
    # WHEN it is brought in
    report = import_catalogue(library, "catalogue", file)
    # THEN each of these is named, and all others are there
    assert (report.unit, [place for place, _ in report.bad]) == ("record", [2, 3, 6, 7])
    assert [title_id for n in range(1, 9) if titles.find(library, title_id := f"t-{n}")] == ["t-1", "t-4", "t-5", "t-8"]


def broken() -> dict[str, bytes]:
    """Made-up records with the faults that the tests of pymarc know; 12 digits of a directory follow its leader."""
    good = record_of(number="t-2", a="題2 /")
    odd = good.replace("題".encode(), b"\xff\xfe\xfd")
    return {
        "a base address beyond the end": good[:12] + b"99999" + good[17:],
        "a base address that is no number": good[:12] + b"xxxxx" + good[17:],
        "a directory beyond the end": good[:31] + b"99999" + good[36:],
        "a directory that ends early": good[:30] + b"\x1e" + good[31:],
        "a length that is no number": good[:27] + b"x" + good[28:],
        "a leader alone": good[:24],
        "half a leader": good[:10],
        "UTF-8 that is none": odd[:9] + b"a" + odd[10:],
    }


@pytest.mark.parametrize("fault", broken())
def test_each_fault_of_a_record_is_named_in_words(tmp_path: Path, fault: str) -> None:
    # GIVEN a broken record between two whole ones, the first of which tells a wrong length, which does no harm
    file = tmp_path / "titles.mrc"
    first = b"00001" + record_of(number="t-1", a="題1 /")[5:]
    file.write_bytes(first + broken()[fault].removesuffix(b"\x1d") + b"\x1d" + record_of(number="t-3", a="題3 /"))
    # WHEN it is read THEN it is named in Japanese, and the others are there
    found = read(file)
    assert [place for place, _ in found.bad] == [2]
    assert re.search("[ぁ-ん]", found.bad[0][1])
    assert list(found.titles) == ["t-1", "t-3"]


def test_a_file_cut_anywhere_loses_only_what_is_cut(tmp_path: Path) -> None:
    # GIVEN five genuine records, cut at every hundredth byte
    records = GENUINE.read_bytes().split(b"\x1d")[:5]
    data, file = b"".join(one + b"\x1d" for one in records), tmp_path / "cut.mrc"
    numbers = list(read(GENUINE).titles)[:5]
    for end in range(0, len(data), 100):
        file.write_bytes(data[:end])
        whole = data[:end].count(b"\x1d")
        found = read(file)
        # THEN what was whole is read, and the rest named
        assert list(found.titles) == numbers[:whole]
        assert [place for place, _ in found.bad] == ([whole + 1] if data[:end].rpartition(b"\x1d")[2] else [])


def test_changed_bytes_stop_no_reading(tmp_path: Path) -> None:
    # GIVEN genuine records of which a byte here and there is another
    chance, file = random.Random(1), tmp_path / "odd.mrc"
    records = GENUINE.read_bytes().split(b"\x1d")[:12]
    for _ in range(60):
        odd = [bytearray(one) for one in records]
        odd[4][chance.randrange(len(odd[4]))] = chance.randrange(256)
        file.write_bytes(b"\x1d".join(odd) + b"\x1d")
        found = read(file)
        # THEN all others are read
        assert len(found.titles) >= 11
        assert {n for n, title in enumerate(read(GENUINE).titles) if title in found.titles} >= {*range(12)} - {4}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_csv_with_headings_and_codes_of_a_librarys_own(library: Table, tmp_path: Path, encoding: str) -> None:
    # GIVEN a list as the library's system writes it, and what its headings and codes mean
    file, mapping = tmp_path / "titles.csv", tmp_path / "mapping.json"
    file.write_text(
        '"書誌番号","書名","書名ヨミ","巻次","著者","著者ヨミ","出版者","出版年","分類","区分","棚","資料番号","請求記号"\r\n'
        '1001,"旅, その後",タビ ソノゴ,上,見本太郎,ミホン タロウ,見本社,昭和58年,913.6,図書,A,5001,913.6/M\r\n'
        "1002,海,ウミ,,見本花子,ミホン ハナコ,見本社,c1999.4,748,映像,A,5002,748/U\r\n"
        "1003,石,イシ,,,,,,,鉱物,A,5003,458\r\n",
        encoding,
    )
    headings = {"title_id": "書誌番号", "title": "書名", "title_kana": "書名ヨミ", "volume": "巻次", "author": "著者",
                "author_kana": "著者ヨミ", "publisher": "出版者", "year": "出版年", "ndc": "分類", "kind": "区分",
                "barcode": "資料番号", "call_number": "請求記号"}  # fmt: skip
    codes = {"図書": "book", "映像": "dvd"}
    told = {"titles": {"headings": headings, "codes": {"kind": codes}}}
    mapping.write_text(json.dumps(told), "utf-8")
    # WHEN it is brought in
    report = import_catalogue(library, "catalogue", file, mapping)
    # THEN all of it is known by our names, and a code that is not told is named by its line
    assert [place for place, _ in report.bad] == [4]
    one, other = titles.find(library, "1001"), titles.find(library, "1002")
    assert one
    assert (one.title, one.title_kana, one.volume, one.author_kana) == (
        "旅, その後",
        "タビ ソノゴ",
        "上",
        "ミホン タロウ",
    )
    assert (one.publisher, one.year, one.ndc, one.kind) == ("見本社", 1983, "913.6", Kind.BOOK)
    assert one.barcodes == ("5001",)
    assert other
    assert (other.year, other.kind) == (1999, Kind.DVD)
    # and what is not named may stand for something as well
    codes["*"] = "other"
    mapping.write_text(json.dumps(told), "utf-8")
    assert read(file, mapping).titles["1003"].kind is Kind.OTHER


def test_a_mapping_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    file, mapping = tmp_path / "titles.csv", tmp_path / "mapping.json"
    file.write_text("title_id,title\n1,旅\n", "utf-8")
    for told in ("no json", "[]", '{"titles": {"headings": {"colour": "色"}}}', '{"titles": {"codes": {"kind": 1}}}'):
        mapping.write_text(told, "utf-8")
        with pytest.raises(NoMapping):
            read(file, mapping)
    # a heading that the file does not have is named
    mapping.write_text('{"titles": {"headings": {"volume": "巻次"}}}', "utf-8")
    assert read(file, mapping).bad == [(1, "見出しがありません:巻次")]


@pytest.mark.parametrize(
    ("told", "year"),
    [("2019.2.", 2019), ("c1999", 1999), ("１９８７", 1987), ("昭和58年", 1983), ("平成元年", 1989), ("令和 3", 2021),
     ("[刊年不明]", None), ("", None), ("12345", None)],
)  # fmt: skip
def test_years_as_catalogues_write_them(told: str, year: int | None) -> None:
    assert year_of(told) == year
