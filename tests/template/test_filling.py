"""What a library says is put into pages, scripts and styles, and never gets out of where it stands (RULES 57)."""

import pytest

from infra.local.filling import Markup, Unfillable, as_data, filled

FACTS = {"name": "A & B <文庫>", "plain": "文庫", "data": as_data(["</script>"]), "part": Markup("<p>文庫</p>")}


def test_a_page_takes_a_value_escaped_and_markup_as_it_is() -> None:
    told = filled("page.html", '<p title="{{name}}">{{ plain }}</p>{{part}}', FACTS)
    assert told == '<p title="A &amp; B &lt;文庫&gt;">文庫</p><p>文庫</p>'


def test_data_does_not_end_its_element() -> None:
    assert "<" not in filled("page.html", "{{data}}", FACTS)


def test_the_templates_of_a_script_are_its_own() -> None:
    assert filled("a.js", "`${count}冊 {{plain}}` /* @type {{ a: string }} */", FACTS) == (
        "`${count}冊 文庫` /* @type {{ a: string }} */"
    )


@pytest.mark.parametrize("value", ['a"b', "a'b", "a\\b", "a`b", "a${b}", "</script>", "a\nb", "a\u2028b"])
def test_a_value_that_would_get_out_of_a_string_is_refused_in_words(value: str) -> None:
    with pytest.raises(Unfillable, match=r"(?s)^library_name .* which the script a\.js cannot take"):
        filled("a.js", "'{{library_name}}'", {"library_name": value})


@pytest.mark.parametrize("value", ["red; color: blue", "url(x)", "#fff}", "", "</style>"])
def test_a_value_that_would_get_out_of_a_declaration_is_refused_in_words(value: str) -> None:
    with pytest.raises(Unfillable, match=r"^accent .* the style tokens\.css"):
        filled("tokens.css", "--accent: {{accent}};", {"accent": value})


@pytest.mark.parametrize("text", ["{{nane}}", "{{ }}", "{{}}", "{{hold-limit}}"])
def test_what_is_named_and_not_there_stops_the_publishing(text: str) -> None:
    with pytest.raises(Unfillable, match=r"^guide\.html names \{\{"):
        filled("guide.html", text, FACTS)
