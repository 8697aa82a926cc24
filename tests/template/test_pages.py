"""The pages as they are published: all in one frame, and nothing else of web/ beside them."""

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local.filling import NAME
from infra.local.pages import (
    STAFF_PAGES,
    TRAVEL,
    WEB,
    WORKER,
    content_type,
    kinds_of_application,
    publish,
    site_files,
)
from lending.domain.registration.kinds import KINDS
from tests.library import AOMORI, aomori_library, told
from tests.weeks import runs_of_week

FILES = dict(site_files(WEB, AOMORI))
PAGES = sorted(name for name in FILES if name.endswith(".html"))
ONCE = ("title", "header", "main", "footer", "h1")


class Tags(HTMLParser):
    """The opening tags of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(FILES[page].decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of a name."""
        return [attributes for tag, attributes in self.found if tag == name]


def test_every_page_of_the_folder_is_published() -> None:
    assert sorted(path.name for path in WEB.glob("*.html")) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_head_one_main_and_one_foot(page: str) -> None:
    tags = Tags(page)
    assert {name: len(tags.named(name)) for name in ONCE} == dict.fromkeys(ONCE, 1)


def test_every_name_is_filled() -> None:
    texts = {name: body.decode() for name, body in FILES.items() if content_type(name).endswith("utf-8")}
    assert {name: found for name, text in texts.items() if (found := NAME.findall(text))} == {}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_marks_itself_in_the_navigation_that_staff_do_not_have(page: str) -> None:
    tags = Tags(page)
    current = [link["href"] for link in tags.named("a") if link.get("aria-current") == "page"]
    assert len(tags.named("nav")) == (0 if page in STAFF_PAGES else 1)
    in_navigation = f"/{page}" in re.findall(r'href="([^"]+)"', (WEB / "frame" / "navigation.html").read_text("utf-8"))
    assert current == ([f"/{page}"] if in_navigation else [])


def test_staff_find_their_pages_in_the_foot_of_the_home_page() -> None:
    assert {link["href"] for link in Tags("index.html").named("a")} >= set(STAFF_PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_loads_is_published_with_it(page: str) -> None:
    tags = Tags(page)
    loaded = [link["href"] for link in tags.named("link")] + [
        script["src"] for script in tags.named("script") if "src" in script
    ]
    assert [name for name in loaded if name and name.removeprefix("/") not in FILES] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_leads_to_is_published_with_it(page: str) -> None:
    # GIVEN the links to other pages of the site, and to places within them
    addresses = [urlsplit(link["href"] or "") for link in Tags(page).named("a") if "href" in link]
    own = {address.path.removeprefix("/") for address in addresses if not address.scheme and address.path}
    assert own - set(FILES) == set()


def test_the_page_of_a_wrong_address_holds_at_any_depth() -> None:
    tags = Tags("404.html")
    assert [tag for tag, told in tags.found for name in ("href", "src", "action")
            if (told.get(name) or "/")[0] not in "/#t"] == []  # fmt: skip


def test_nothing_but_pages_styles_modules_and_pictures_is_published() -> None:
    assert {content_type(name).partition(";")[0] for name in FILES} == {
        "text/html", "text/css", "text/javascript", "image/svg+xml",
    }  # fmt: skip
    assert {name.partition("/")[0] for name in FILES if name not in PAGES} == {"css", "img", "js", WORKER}


# Pages with a map.
WITH_LAND = ("facilities.html", "desk.html")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_nothing_but_modules_and_carries_the_kinds_of_application(page: str) -> None:
    # GIVEN the scripts of a page: no policy lets one run that stands in it
    scripts = Tags(page).named("script")
    modules, data = ([each for each in scripts if ("id" in each) == known] for known in (False, True))
    assert all(script.keys() == {"type", "src"} and script["type"] == "module" for script in modules)
    # THEN the others are data, which can be read where they stand
    assert {script["type"] for script in data} == {"application/json"}
    assert {script["id"] for script in data} == {"kinds"} | ({"land"} if page in WITH_LAND else set())
    _, _, rest = FILES[page].decode().partition('id="kinds">')
    assert json.loads(rest.partition("</script>")[0]) == json.loads(
        told(json.dumps(kinds_of_application(AOMORI.policy), ensure_ascii=False))
    )


def test_a_page_of_a_stack_that_travels_has_its_bar_before_its_own_modules() -> None:
    travelling = dict(site_files(WEB, AOMORI, travels=True))
    assert travelling.keys() - FILES.keys() == TRAVEL
    for page in PAGES:
        scripts = re.findall(r'<script type="module" src="/?([^"]+)"', travelling[page].decode())
        assert scripts[0] == "js/travel.js", page


class Aws:
    """An account with one stack, which says that it travels in time; `kept` is what is put into its bucket."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def client(self, name: str) -> "Aws":
        """Any service."""
        return self

    def describe_stacks(self, **asked: str) -> dict[str, Any]:
        """The stack."""
        names = ("UserPoolId", "UserPoolClientId", "StaffPoolClientId", "SiteBucket", "SiteUrl")
        return {"Stacks": [{
            "Outputs": [{"OutputKey": name, "OutputValue": name} for name in names],
            "Parameters": [{"ParameterKey": "TimeTravel", "ParameterValue": "true"}],
        }]}  # fmt: skip

    def put_object(self, **file: Any) -> None:
        """Keep a file."""
        self.kept[file["Key"]] = file["Body"]


def test_the_bar_that_travels_in_time_comes_to_no_stack_on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    # GIVEN a stack on AWS, whatever it says of itself WHEN its pages are published
    aws = Aws()
    monkeypatch.setattr("infra.local.pages.boto3.Session", lambda **asked: aws)
    publish("lending", "ap-northeast-1", AOMORI)
    # THEN neither the bar nor anything that leads to it is among them
    assert aws.kept.keys() == FILES.keys() | {"config.json"}
    assert not TRAVEL & aws.kept.keys()
    assert [name for name, body in aws.kept.items() if b"travel.js" in body or b"travel.css" in body] == []


def test_the_home_page_leads_to_every_kind_of_application() -> None:
    home = FILES["index.html"].decode()
    links = {name: f'<a href="apply.html?kind={name}">{told(kind.label)}</a>' for name, kind in KINDS.items()}
    assert [name for name, link in links.items() if link not in home] == []


def test_the_pages_are_published_with_the_policy_of_their_stack() -> None:
    # GIVEN a library that asks for fewer pictures and names guardians later THEN its pages say so
    own = aomori_library(image_limit=3, guardian_below=18)
    page = dict(site_files(WEB, own))["apply.html"].decode()
    told = json.loads(page.partition('id="kinds">')[2].partition("</script>")[0])
    assert (told["image_limit"], told["guardian_below"]) == (3, 18)


STYLES = sorted(name for name in FILES if name.endswith(".css") and not name.endswith("tokens.css"))


@pytest.mark.parametrize("style", STYLES)
def test_a_style_takes_its_colours_by_what_they_are_for(style: str) -> None:
    # A colour of its own, or one of the palette, has no counterpart in the dark.
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|--color-[a-z0-9-]+", FILES[style].decode())


def test_every_colour_that_a_style_takes_is_there() -> None:
    styles = "".join(FILES[name].decode() for name in FILES if name.endswith(".css"))
    taken = set(re.findall(r"var\((--[a-z0-9-]+)", styles))
    assert taken <= set(re.findall(r"^\s*(--[a-z0-9-]+):", styles, re.MULTILINE))


# The leaflet of questions has 32 (RULES, Q1 to Q32).
QUESTIONS = 32


def test_the_guide_answers_each_question_once() -> None:
    asked = [told.get("id") for told in Tags("guide.html").named("details")]
    assert asked == [f"q{number}" for number in range(1, QUESTIONS + 1)]


def test_what_the_guide_says_follows_the_policy() -> None:
    # GIVEN a library with another week and other numbers THEN its answers say so
    tuesday = runs_of_week({"weekday": 1})
    own = aomori_library(runs=tuesday, hold_limit=12, renewal_days=10, counter_phone="017-000-0000")
    guide = dict(site_files(WEB, own))["guide.html"].decode()
    for sentence in (
        "火曜日の朝8時30分まで",
        "12冊までです",
        "10日間ずつ",
        "tel:0170000000",
        "月曜日の19時(月曜日が休館日のときは日曜日の19時)まで",
    ):
        assert sentence in guide
    # and neither number nor phone of ours is left in what is written
    written = (WEB / "guide.html").read_text("utf-8")
    assert re.findall(r"木曜|土曜|日曜|水曜|017-|[0-9]+冊|[0-9]+か所(?!は使え)", written) == []


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        ("pause", "予約をいつまで休むか"),
        ("books_a_run", "1回に受け取る冊数だけ"),
        ("own_order", "どの本を先に借りるか"),
        ("reading_order", "下巻を上巻の「あとに」"),
        ("any_of", "「どれか1冊」の組"),
    ],
)
def test_the_guide_tells_what_the_library_offers(switch: str, said: str) -> None:
    # GIVEN a library that lets its patrons decide something of their order and pace (RULES 46-49)
    guide = dict(site_files(WEB, aomori_library(**{switch: True})))["guide.html"].decode()
    # THEN its guide says so, and ours does not, where holds are suspended by phone alone
    ours = FILES["guide.html"].decode()
    assert (said in guide, said in ours) == (True, False)
    by_phone = "予約の順番をいちばん後ろに移します"
    assert (by_phone in guide, by_phone in ours) == (switch != "pause", True)


def test_the_guide_names_the_views_of_my_library_as_they_are() -> None:
    labels = set(re.findall(r'label: "(.+?)"', "".join(text.decode() for name, text in FILES.items()
                                                       if name.startswith("js/library/"))))  # fmt: skip
    named = set(re.findall(r"Myライブラリ(?:</a>)?の「(?:<a [^>]+>)?(.+?)(?:</a>)?」", FILES["guide.html"].decode()))
    assert named
    assert named <= labels


def test_every_facility_lies_on_the_map() -> None:
    land = json.loads(FILES["facilities.html"].decode().partition('id="land">')[2].partition("</script>")[0])
    for facility in AOMORI.facilities:
        assert facility.latitude is not None
        assert facility.longitude is not None
        assert _within(facility.latitude, facility.longitude, land), facility.name


def _within(y: float, x: float, outline: list[tuple[float, float]]) -> bool:
    """Whether a point lies inside: a line from it to the east crosses the outline an odd number of times."""
    sides = zip(outline, outline[1:] + outline[:1], strict=True)
    crossed = [x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 for (y1, x1), (y2, x2) in sides if (y1 > y) != (y2 > y)]
    return sum(crossed) % 2 == 1
