"""By what people are found at the desk: RULES 4, 44."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lending.domain.patrons import people
from lending.domain.patrons.patron import Patron
from lending.domain.patrons.people import PersonSearch

BORN = date(1990, 4, 1)
TEXTS = st.text(max_size=80)


def patron(name: str = "髙橋 花子", kana: str = "タカハシ ハナコ", phone: str = "017-000-0000") -> Patron:
    return Patron("p-1", "10000001", BORN, date(2027, 3, 31), name, kana, phone=phone)


def test_kana_in_any_form_and_old_characters_lead_to_the_same_list() -> None:
    for kana in ("タカハシ", "たかはし", "ﾀｶﾊｼ", "タカ ハシ"):
        assert people.where_to_look(PersonSearch(kana=kana)) == ("KANA#た", "たかはし")
    assert people.where_to_look(PersonSearch(name="高橋")) == ("NAME#高", "高橋")
    assert people.where_to_look(PersonSearch(phone="０１７（０００）００００")) == ("PHONE#0170000000", "")


def test_where_several_things_are_asked_the_shortest_list_is_read() -> None:
    both = PersonSearch(kana="たかはし", birth_date=BORN)
    assert people.where_to_look(both) == ("BIRTH#1990-04-01", "たかはし")
    by_phone = people.where_to_look(PersonSearch(name="高", phone="017-000-0000"))
    assert by_phone
    assert by_phone[0].startswith("PHONE#")
    assert people.where_to_look(PersonSearch(name="・", phone="-")) is None


def test_every_thing_asked_must_fit() -> None:
    assert people.fits(patron(), PersonSearch(name="高橋花", kana="たかはしは", phone="0170000000", birth_date=BORN))
    for wrong in (
        PersonSearch(name="高橋次"),
        PersonSearch(kana="はなこ"),
        PersonSearch(phone="017"),
        PersonSearch(birth_date=date(1990, 4, 2)),
    ):
        assert not people.fits(patron(), wrong)


def test_one_person_registered_twice_stands_in_one_place() -> None:
    """The same reading, however it is spaced, and the same birthday (RULES 4)."""
    place = people.namesakes_of("タカハシハナコ", BORN)
    assert place in people.found_by(patron())
    assert place not in people.found_by(patron(kana="タカハシ ハナ"))
    assert people.namesakes_of("", BORN) is None


@given(name=TEXTS, kana=TEXTS, phone=TEXTS)
def test_whoever_is_known_is_found_by_all_that_is_known(name: str, kana: str, phone: str) -> None:
    who = patron(name=name, kana=kana, phone=phone)
    for sought in (
        PersonSearch(name),
        PersonSearch(kana=kana),
        PersonSearch(phone=phone),
        PersonSearch(name, kana, phone, BORN),
    ):
        if place := people.where_to_look(sought):
            list_, beginning = place
            assert any(in_list == list_ and text.startswith(beginning) for in_list, text in people.found_by(who))
            assert people.fits(who, sought)


@given(text=TEXTS)
def test_a_key_made_of_anything_is_short(text: str) -> None:
    for list_, shown in people.found_by(patron(name=text, kana=text, phone=text)):
        assert len(list_.encode()) < 500
        assert len(shown.encode()) < 500
