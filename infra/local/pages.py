"""The site's pages: each in the one frame, what is uploaded to the site bucket, and the config.json they start from."""

import json
import mimetypes
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from infra.library import Library
from infra.local.filling import Markup, as_data, filled
from infra.local.site_facts import site_facts
from lending.domain.own_words import in_own_words
from lending.domain.policy import Policy
from lending.domain.registration.documents import DOCUMENTS
from lending.domain.registration.kinds import KINDS
from lending.domain.registration.slots import (
    CARD_SLOT,
    document_of,
    is_optional,
    sides_of,
    slot_label,
    slot_note,
    slots_of,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

WEB = Path(__file__).resolve().parents[2] / "web"
# Beside the pages themselves; what else lies in web/ is for who works on it.
PUBLISHED_FOLDERS = ("css", "img", "js")
# What names facts of the library; anything else is published as it is.
FILLED = {".css", ".js", ".svg"}
# A worker serves but what lies beside it or deeper.
WORKER = "offline.js"
# The bar that travels in time: for a local stack alone, and there before the modules of the page.
TRAVEL = {"css/travel.css", "js/travel.js"}
_BAR = """<link rel="stylesheet" href="/css/travel.css">
<script type="module" src="/js/travel.js"></script>
"""
# Staff find their pages in the foot of the home page, and from there go nowhere else.
STAFF_PAGES = ("desk.html", "facility.html")

# Content types do not depend on the tables of the machine that deploys.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


def page_config(outputs: dict[str, str], region: str, cognito_endpoint: str) -> dict[str, str]:
    """What the pages need to know of the stack they belong to. None of it is secret."""
    return {
        "region": region,
        "userPoolId": outputs["UserPoolId"],
        "userPoolClientId": outputs["UserPoolClientId"],
        "staffPoolClientId": outputs["StaffPoolClientId"],
        "cognitoEndpoint": cognito_endpoint,
    }


def upload_pages(
    s3: "S3Client", bucket: str, folder: Path, config: dict[str, str], library: Library, travels: bool = False
) -> int:
    """Upload the pages and their config.json; the number of objects written.

    Browsers ask again each time (`no-cache`), so that a page never meets the modules of another release.

    Args:
        travels: whether the pages have the bar that travels in time.
    """
    objects = dict(site_files(folder, library, travels)) | {"config.json": json.dumps(config).encode()}
    for key, body in objects.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type(key), CacheControl="no-cache")
    return len(objects)


def content_type(key: str) -> str:
    """The media type of a page, module, style or picture by its name."""
    return CONTENT_TYPES.get(Path(key).suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"


def site_files(folder: Path, library: Library, travels: bool = False) -> Iterator[tuple[str, bytes]]:
    """Each file of the site with its key: the pages in their frame, their worker, styles, pictures and modules.

    Args:
        travels: whether the pages have the bar that travels in time.

    Raises:
        Unfillable: a file names what is not there, or something the library says cannot stand in it.
    """
    kinds = in_own_words(as_data(kinds_of_application(library.policy)), library.policy)
    facts = site_facts(library, folder / "texts") | {"kinds": Markup(kinds)}
    facts |= {"travel": Markup(_BAR if travels else "")}
    for page in sorted(folder.glob("*.html")):
        yield page.name, framed(page, folder / "frame", facts).encode()
    files = (path for name in PUBLISHED_FOLDERS for path in (folder / name).rglob("*") if path.is_file())
    for path in (folder / WORKER, *sorted(files)):
        key = path.relative_to(folder).as_posix()
        if key in TRAVEL and not travels:
            continue
        yield key, filled(key, path.read_text("utf-8"), facts).encode() if path.suffix in FILLED else path.read_bytes()


def framed(page: Path, frame: Path, facts: Mapping[str, str]) -> str:
    """A page in the site's frame: it has but lines for the head, its `<main>`, and what it adds to the foot.

    Args:
        facts: what pages and frame say by name: the library's facts, `kinds`, what can be applied for, as JSON, and
            `travel`, what brings the bar that travels in time.
    """
    head, opening, rest = _filled(page, facts).partition("<main")
    main, closing, foot = rest.partition("</main>")
    navigation = "" if page.name in STAFF_PAGES else _filled(frame / "navigation.html", facts)
    link = f'<a href="/{page.name}"'
    parts = {
        "head": head,
        "navigation": navigation.replace(link, f'{link} aria-current="page"'),
        "main": opening + main + closing,
        "foot": foot,
    }
    return _filled(frame / "page.html", {**facts, **{name: Markup(part.strip()) for name, part in parts.items()}})


def _filled(path: Path, facts: Mapping[str, str]) -> str:
    return filled(path.name, path.read_text("utf-8"), facts)


def kinds_of_application(policy: Policy) -> dict[str, Any]:
    """What the pages need to know of what can be applied for: the rows of kinds and documents, and their photos."""
    kinds = {
        name: {
            "label": kind.label,
            "hint": kind.hint,
            "required": kind.required,
            "optional": kind.optional,
            "kit": kind.with_kit,
            "slots": slots_of(name, ()),
        }
        for name, kind in KINDS.items()
    }
    sides = {name: sides_of(name) for name in DOCUMENTS}
    slots = {
        slot: {
            "label": slot_label(slot),
            "note": slot_note(slot),
            "document": document_of(slot),
            "optional": is_optional(slot),
        }
        for slot in (CARD_SLOT, *chain.from_iterable(sides.values()))
    }
    return {
        "kinds": kinds,
        "documents": {
            name: {"label": document.label, "note": document.note, "slots": sides[name]}
            for name, document in DOCUMENTS.items()
        },
        "slots": slots,
        "image_limit": policy.image_limit,
        "guardian_below": policy.guardian_below,
    }


def publish(name: str, region: str, library: Library) -> None:
    """Publish the pages of a stack on AWS, and say where they are."""
    session: Any = boto3.Session(region_name=region)
    stack = session.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    config = page_config(outputs, region, f"https://cognito-idp.{region}.amazonaws.com")
    count = upload_pages(session.client("s3"), outputs["SiteBucket"], WEB, config, library)
    print(f"{count} objects, {outputs['SiteUrl']}")
