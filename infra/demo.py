"""A demo without an account: some pages and the recorded weeks, as a folder that any web server can serve.

make demo                   into .local/demo; python -m http.server --directory .local/demo shows it
make demo LIBRARY=okayama   with the names and the week of another library's folder
"""

import argparse
import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from infra.faults import Faulty
from infra.library import FIRST, Library, read_library
from infra.local.filling import Markup, filled
from infra.local.load import load
from infra.local.open_work import must_be_playable
from infra.local.pages import FILLED, WEB, framed, site_files
from infra.local.recording import Record, record
from infra.local.site_facts import site_facts
from infra.local.stack import LOCAL, local_stack
from lending.domain.week import TOKYO

# The demo's own page is the first of them.
PAGES = ("index.html", "calendar.html", "facilities.html", "guide.html")
OWN = WEB / "demo"
# Nothing but the folder is ever asked for.
_HEAD = """<meta http-equiv="Content-Security-Policy" content="default-src 'self'">
<script type="module" src="demo/recorded.js"></script>
"""
_REFERENCES = {
    ".html": re.compile(r'\b(?:href|src|action)="(?!tel:|mailto:)([^"#?]+)'),
    ".js": re.compile(r'(?:\bfrom |\bimport )"(\.[^"]+)"'),
}
_NAVIGATION = re.compile(r'\s*<li><a href="/([^"]+)">[^<]*</a></li>')
_LINK = re.compile(r'<a [^>]*?href="(?!tel:|mailto:|#)/?([^"#?]*)[^>]*>(.*?)</a>', re.DOTALL)


def write_demo(folder: Path, library: Library, recorded: Record) -> int:
    """Write the demo, in the place of what is in the folder; the number of its files.

    Raises:
        RuntimeError: the record is not whole.
    """
    if faults := list(recorded.faults()):
        raise RuntimeError("; ".join(faults))
    week = {"steps": recorded.steps, "runs": recorded.runs, "rules": recorded.rules}
    files = pages_of_demo(library, recorded.at) | {"week.json": _json(week)}
    files |= {f"api/{path}": _json(answer) for path, answer in recorded.answers.items()}
    shutil.rmtree(folder, ignore_errors=True)
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return len(files)


def pages_of_demo(library: Library, at: datetime) -> dict[str, bytes]:
    """The pages with all they are made of, which is found from file to file; they stand at a moment."""
    facts = site_facts(library, WEB / "texts") | {"recorded_at": at.isoformat(), "kinds": Markup("{}")}
    facts["travel"] = Markup(_HEAD)
    own = {
        f"demo/{path.name}": filled(path.name, path.read_text("utf-8"), facts).encode() for path in OWN.glob("*.?s*")
    }
    known = dict(site_files(WEB, library)) | own
    known |= {page: framed((OWN if page == PAGES[0] else WEB) / page, WEB / "frame", facts).encode() for page in PAGES}
    found: dict[str, bytes] = {}
    waiting = list(PAGES)
    while waiting:
        if (name := waiting.pop()) not in found:
            found[name] = _at_home(name, known[name]) if Path(name).suffix in FILLED | {".html"} else known[name]
            waiting += references(name, found[name])
    return found


def references(name: str, body: bytes) -> Iterator[str]:
    """What a file of the folder refers to, by its place in the folder."""
    pattern = _REFERENCES.get(Path(name).suffix)
    for reference in pattern.findall(body.decode()) if pattern else []:
        # What climbs out of the folder, or names another host, stays as strange as it is.
        yield _flat(PurePosixPath(name).parent / reference)


def _flat(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _at_home(name: str, body: bytes) -> bytes:
    """A file that finds all it needs beside it, wherever the folder is served; links to other pages are but words."""
    text = body.decode()
    if name.endswith(".html"):
        text = _NAVIGATION.sub(lambda entry: entry[0] if entry[1] in PAGES else "", text)
        text = _LINK.sub(lambda link: link[0] if link[1] in PAGES else link[2], text)
        text = re.sub(r'\b(href|src|action)="/', r'\1="', text)
    return text.replace('"/api"', '"api"').encode()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.demo", description=__doc__.splitlines()[0])
    parser.add_argument("--library", default=FIRST, help="a folder of infra/libraries")
    library, folder = parser.parse_args().library, LOCAL / "demo"
    try:
        must_be_playable(read_library(library))
        with local_stack(library=library) as stack:
            stack.accounts.extend(load(stack))
            recorded = record(stack, datetime.now(TOKYO).replace(second=0, microsecond=0))
        count = write_demo(folder, stack.library, recorded)
    except (RuntimeError, Faulty) as error:
        parser.exit(1, f"{error}\n")
    print(f"{count} files; to see them: python3 -m http.server --directory {folder}")


if __name__ == "__main__":
    main()
