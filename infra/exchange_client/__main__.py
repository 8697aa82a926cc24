"""The library's side of the exchange of files, run on a machine of its own (RULES 43, docs/exchange.md).

    python -m infra.exchange_client SETTINGS.json [movements] [candidates] [copies]

It fetches what happened in the service and carries it out in the library's own system, each movement once; answers what
is away of the candidates of today's run; and puts the file of all copies. Without a word it does the first two. Safe to
repeat, after whatever stopped it; needs Python, boto3 and this folder.
"""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3

from infra.exchange_client.bucket import Bucket, answer_candidates, fetch_movements, send_copies
from infra.exchange_client.folder import Folder
from infra.exchange_client.koha import Access, Koha
from infra.exchange_client.memory import AtWork, Memory
from infra.exchange_client.online import Online
from infra.exchange_client.sip2 import Sip2, Terminal
from infra.exchange_client.systems import Circulation, OtherSystem, Unreachable

_TOKYO = timezone(timedelta(hours=9))
WHAT = ("movements", "candidates", "copies")


def system_of(settings: dict[str, Any], memory: Memory, now: Callable[[], datetime]) -> OtherSystem:
    """The library's own system by the settings; `seen_by`, if there is one, is asked where copies are."""
    asked = settings["system"]
    if asked["kind"] == "folder":
        return Folder(Path(asked["path"]), memory)
    system = circulation(asked)
    return Online(system, circulation(settings["seen_by"]) if "seen_by" in settings else system, memory, now)


def circulation(asked: dict[str, Any]) -> Circulation:
    """A system that is asked copy by copy, by its settings."""
    how = {name: value for name, value in asked.items() if name != "kind"}
    if asked["kind"] == "koha":
        return Koha(Access(**how))
    return Sip2(Terminal(**how | {"barcodes": Path(how["barcodes"])}))


def main() -> int:
    """The command; its exit status is 1 if the other system cannot be reached, or another call is at work."""
    parser = argparse.ArgumentParser(prog="python -m infra.exchange_client", description=__doc__.splitlines()[0])
    parser.add_argument("settings", type=Path)
    parser.add_argument(
        "what", nargs="*", metavar="what", help=f"of {', '.join(WHAT)}; the first two, if none is named"
    )
    asked = parser.parse_args()
    if unknown := set(asked.what) - set(WHAT):
        parser.error(f"not known: {', '.join(sorted(unknown))}")
    settings = json.loads(asked.settings.read_text())
    bucket = Bucket(boto3.client("s3"), settings["bucket"])
    try:
        with Memory(Path(settings["memory"])) as memory:
            return _exchange(asked.what or WHAT[:2], bucket, settings, memory)
    except AtWork:
        parser.exit(1, "Another call has not ended.\n")


def _exchange(what: tuple[str, ...], bucket: Bucket, settings: dict[str, Any], memory: Memory) -> int:
    system = system_of(settings, memory, lambda: datetime.now(_TOKYO))
    known = len(memory.refusals())
    acts: dict[str, Callable[[], int]] = {
        "movements": lambda: fetch_movements(bucket, system, memory),
        "candidates": lambda: answer_candidates(bucket, system, memory, datetime.now(_TOKYO).date()),
        "copies": lambda: send_copies(bucket, system),
    }
    try:
        for name in (each for each in WHAT if each in what):
            print(f"{name}: {acts[name]()}")
    except Unreachable as error:
        print(f"The library's own system cannot be reached: {error}", file=sys.stderr)
        return 1
    finally:
        for row, why in memory.refusals()[known:]:
            print(f"refused: {row}: {why}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
