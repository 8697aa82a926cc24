"""The commands behind `make run`, `make week` and `make serve`."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from infra.faults import Faulty
from infra.library import FIRST, read_library
from infra.local.load import load
from infra.local.mailbox import PATH as MAILBOX
from infra.local.open_work import must_be_playable
from infra.local.player import Step
from infra.local.samples import HANAKO, TARO, home_of, kit_numbers, kit_of
from infra.local.stack import ROOT, Stack, local_stack
from infra.local.telling import Teller
from infra.local.week import play
from lending.domain.week import TOKYO

# Where each group signs in.
PAGES = {"patron": "library.html", "desk": "desk.html", "facility": "facility.html"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the local AWS, deploy, load, and then play the week, serve the site, or both; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("command", choices=["run", "week", "serve"])
    parser.add_argument("--library", default=FIRST, help="a folder of infra/libraries")
    parser.add_argument("--json", action="store_true", help="print the steps and outputs as one JSON object, last")
    options = parser.parse_args(arguments)
    # A polite stop unwinds like Ctrl-C, so that nothing stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(options.command, options.json, options.library)
    except KeyboardInterrupt:
        print(file=sys.stderr)
    except (RuntimeError, Faulty) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(command: str, as_json: bool, library: str) -> None:
    """Carry out one of the commands."""
    if command != "serve":
        must_be_playable(read_library(library))
    with local_stack(library=library, travels=True) as stack:
        stack.accounts.extend(load(stack))
        stack.write()
        steps = played(stack, as_json) if command != "serve" else []
        written = stack.write()
        if as_json:
            print(json.dumps({"steps": steps, "outputs": stack.outputs}, ensure_ascii=False), flush=True)
        else:
            show_addresses(stack, written)
        if command != "week":
            print("Ctrl-C stops it.", file=sys.stderr)
            threading.Event().wait()


def played(stack: Stack, silent: bool) -> list[Step]:
    """Play the weeks, and tell of them in the language of the shell: Japanese, or else English."""
    teller = Teller(japanese=os.environ.get("LANG", "").startswith("ja"))
    now = datetime.now(TOKYO).replace(second=0, microsecond=0)
    steps = play(stack, now, (lambda act, step: None) if silent else teller.tell)
    if not silent:
        teller.tell_rules()
    return steps


def show_addresses(stack: Stack, written: Path) -> None:
    """Print where to look and how to sign in: two patrons, the desk, the two patrons' facilities."""
    library, pair = stack.library, (HANAKO, TARO)
    shown = [*(kit_of(person, library) for person in pair), "desk"]
    shown += [f"facility-{home_of(person, library):02}" for person in pair]
    accounts = {account["username"]: account for account in stack.accounts}
    site = stack.outputs["SiteUrl"]
    print(f"\nSite: {site}\nAPI:  {stack.outputs['ApiUrl']}\n\nSign in with user name and password:")
    for account in (accounts[name] for name in shown if name in accounts):
        kind = account["group"].partition("-")[0]
        print(f"  {kind:<9} {account['username']:<12} {account['password']:<25} {site}/{PAGES[kind]}")
    print(f"  To apply, take the blank card {kit_numbers(home_of(HANAKO, library))[-1]:<18} {site}/apply.html")
    print(f"  The mails that were sent {'':<29} {site}{MAILBOX}")
    print(f"\nAll outputs and sample accounts: {written.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
