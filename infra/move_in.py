"""A library moves in with its files (RULES 42).

    python -m infra.move_in FOLDER [--dry-run] [--stage STAGE | --table NAME --bucket NAME]

The folder has `titles.csv` (or `.mrc`, `.xml`), `copies.csv`, `patrons.csv`, `loans.csv`, `holds.csv`, whichever there
are, with the headings, codes and forms of dates of the library's own system; `mapping.json` says what is what
(docs/moving-in.ja.md). Safe to repeat, also after it was stopped anywhere: what is there already is not written again.
A dry run checks everything and writes nothing. Lines that cannot be used are named in `faults.csv` of the folder; all
others are taken in. No account is made: a person's is made when they ask for their first password.
"""

import argparse
import csv
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import boto3

from infra.catalogue.mapping import NoMapping
from infra.faults import Faulty
from infra.import_catalogue import names_of
from infra.library import FIRST, read_library
from infra.moving_in.folder import Folder, read_folder
from infra.moving_in.move import Moved, move_in
from infra.moving_in.rows import Fault
from infra.stage import checked
from lending.actions.library import Library
from lending.actions.moving_in.begin import Older
from lending.actions.moving_in.take_in import Taken
from lending.aws.table import Busy, Table
from lending.domain.own_words import in_own_words
from lending.domain.policy import Policy
from lending.domain.week import TOKYO

FAULTS = "faults.csv"
# Write units of the table for one of each (`tests/benchmarks/moving_in.py`), and what a million cost in Tokyo.
UNITS = {"titles": 2, "copies": 2, "patrons": 15, "loans": 8, "holds": 13}
USD_A_MILLION_UNITS = 0.715


def main() -> int:
    """The command; its exit status is 1 if something cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m infra.move_in", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    parser.add_argument("--stage", help="the name of a file in infra/stages")
    parser.add_argument("--library", default=FIRST, help="without a stage: a folder of infra/libraries")
    parser.add_argument("--table")
    parser.add_argument("--bucket")
    asked = parser.parse_args()
    now = datetime.now(TOKYO)
    try:
        table, bucket = names_of(asked)
        if not (table and bucket):
            parser.error("which table and bucket? Give --stage, or --table and --bucket.")
        policy = (checked(asked.stage).library if asked.stage else read_library(asked.library)).policy
        folder = read_folder(asked.folder, policy, now.date())
        print(_estimate(folder))
        library = Library(Table(boto3.client("dynamodb"), table), policy, now)
        moved = move_in(library, bucket, folder, _progress, dry=asked.dry_run)
    except (Faulty, NoMapping) as error:
        parser.exit(1, f"{error}\n")
    except Older as older:
        newer = f"{older.latest:%Y-%m-%d %H:%M}時点のフォルダー"
        parser.exit(1, f"より新しい、{newer}が取り込まれています。何も書き込みませんでした。\n")
    except Busy:
        parser.exit(1, "表が混み合っています。もう一度実行すると、続きから取り込みます。\n")
    return _told(moved, asked.folder, policy, dry=asked.dry_run)


def _estimate(folder: Folder) -> str:
    """What there is to take in, and what writing all of it costs."""
    counts = folder.counts()
    units = sum(UNITS[name] * number for name, number in counts.items())
    amounts = "、".join(f"{name} {number:,}" for name, number in counts.items())
    return f"{amounts}。すべて書き込むと約{units:,}書き込み単位、{units * USD_A_MILLION_UNITS / 1e6:.2f}米ドルです。"


def _progress(file: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        bar = "█" * (done * 30 // of)
        end = "\n" if done == of else ""
        print(f"\r{file:<12} {bar:<30} {done:,}/{of:,}", end=end, file=sys.stderr, flush=True)


def _told(moved: Moved, folder: Path, policy: Policy, *, dry: bool) -> int:
    """Say what became of everything, and name what cannot be used."""
    print(f"{moved.titles.file}: 書き込み{moved.written:,}件、使えない行{len(moved.titles.faults):,}")
    for step in moved.others:
        added, changed, same = (step.counts[each] for each in (Taken.ADDED, Taken.CHANGED, Taken.SAME))
        print(f"{step.file}: 新規{added:,}、変更{changed:,}、そのまま{same:,}、使えない行{len(step.faults):,}")
    if dry:
        print("試しに調べただけで、何も書き込んでいません。")
    _write_faults(moved.faults, folder / FAULTS, policy)
    if moved.faults:
        print(f"使えない行の理由は {FAULTS} にあります。")
    return 1 if moved.faults else 0


def _write_faults(faults: Iterable[Fault], path: Path, policy: Policy) -> None:
    """The faults as a CSV that a spreadsheet opens."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("ファイル", "行", "理由"))
        lines.writerows((fault.file, fault.line, in_own_words(fault.why, policy)) for fault in faults)


if __name__ == "__main__":
    sys.exit(main())
