"""The library's side of the exchange: each adapter before a simulated system, RULES 43."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.exchange_client import __main__ as command
from infra.exchange_client import memory as memory_file
from infra.exchange_client.bucket import Bucket, answer_candidates, fetch_movements, send_copies
from infra.exchange_client.memory import AtWork, Memory
from infra.exchange_client.movements import HEAD, Act
from infra.exchange_client.online import Online
from infra.exchange_client.systems import OtherSystem, Unreachable
from lending.aws.clients import client
from lending.domain.exchange.copies_file import read_copies
from lending.domain.exchange.movement import HEAD as HEAD_OF_SERVICE
from lending.domain.week import TOKYO
from tests.handlers.exchange.other_systems import OURS, Shelves, koha_server, serving, sip2_server

NOW = datetime(2026, 6, 4, 23, 0, tzinfo=TOKYO)
FAULTS = ("dropped", "unheard", "twice", "spoilt", "misheard")
FIRST = """2026-06-04T09:31:12.408+09:00,lent,B1,2026-06-18
2026-06-04T09:32:00.000+09:00,lent,B2,2026-06-18
2026-06-04T09:33:00.000+09:00,damaged,B6,
"""
SECOND = """2026-06-04T10:01:00.000+09:00,renewed,B1,2026-06-30
2026-06-04T10:02:00.000+09:00,returned,B2,
2026-06-04T10:03:00.000+09:00,lost,B1,2026-06-30
2026-06-04T10:04:00.000+09:00,replaced,B1,
2026-06-04T10:05:00.000+09:00,lent,B3,2026-06-18
"""
DONE = ["lend B1 20260618", "lend B2 20260618", "renew B1 20260630", "take_back B2", "take_back B1", "lend B3 20260618"]
LEFT = {"B3": (OURS, "20260618"), "B5": ("reader", "20260620")}


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_file, "_TABLES", f"PRAGMA synchronous = OFF;{memory_file._TABLES}")


@pytest.fixture
def shelves() -> Shelves:
    """Six copies, of which the library's own system has lent one."""
    return Shelves({"B5": ("reader", "20260620")})


@pytest.fixture(params=["sip2", "koha"])
def settings(request: pytest.FixtureRequest, shelves: Shelves, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The settings of the client, with a server that plays the other side."""
    (tmp_path / "barcodes.txt").write_text("\n".join(shelves.barcodes))
    with serving((sip2_server if request.param == "sip2" else koha_server)(shelves)) as port:
        sip2 = {"kind": "sip2", "host": "127.0.0.1", "port": port, "user": "u", "password": "secret",
                "institution": "LIB", "card": OURS, "barcodes": str(tmp_path / "barcodes.txt")}  # fmt: skip
        koha = {"kind": "koha", "url": f"http://127.0.0.1:{port}/api/v1", "user": "u", "password": "secret",
                "patron_id": 7}  # fmt: skip
        yield {
            "bucket": "exchange",
            "memory": str(tmp_path / "memory.db"),
            "system": sip2 if request.param == "sip2" else koha,
        }


def told(name: str, rows: str, head: str = HEAD) -> None:
    client("s3").put_object(Bucket="exchange", Key=f"out/movements/{name}", Body=f"{head}\n{rows}".encode())


def bucket() -> Bucket:
    return Bucket(client("s3"), "exchange")


def put(key: str) -> str:
    return str(client("s3").get_object(Bucket="exchange", Key=key)["Body"].read(), "utf-8")


def system_of(settings: dict[str, Any], memory: Memory) -> OtherSystem:
    return command.system_of(settings, memory, lambda: NOW)


def fetch(settings: dict[str, Any]) -> list[tuple[str, str]]:
    """One call of the client; answers what was refused."""
    with Memory(Path(settings["memory"])) as memory:
        fetch_movements(bucket(), system_of(settings, memory), memory)
        return memory.refusals()


def both_files() -> None:
    told("20260604-093300-000.csv", FIRST)
    told("20260604-100500-000.csv", SECOND)


def test_the_client_reads_what_the_service_writes() -> None:
    assert HEAD == HEAD_OF_SERVICE


def test_each_movement_is_carried_out_once_in_order(settings: dict[str, Any], shelves: Shelves) -> None:
    # GIVEN what happened here in two hours WHEN the client comes, and comes again, RULES 43
    both_files()
    assert fetch(settings) == []
    assert fetch(settings) == []
    # THEN each was done once; of a lost book there is nothing to do, and its loan ends when it is replaced
    assert (shelves.done, shelves.lent) == (DONE, LEFT)
    # WHEN after a restore the same comes under other names THEN the same loans are left
    told("20260605-093300-000.csv", FIRST)
    told("20260605-100500-000.csv", SECOND)
    fetch(settings)
    assert shelves.lent == LEFT


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_does_not_come_makes_nothing_twice(
    settings: dict[str, Any], shelves: Shelves, fault: str
) -> None:
    # GIVEN a line that drops, spoils or doubles one message of each act WHEN the client goes on
    both_files()
    shelves.faults = [fault, "", ""] * 10
    fetch(settings)
    # THEN each movement was carried out once, RULES 43
    assert (shelves.done, shelves.lent) == (DONE, LEFT)


def test_a_system_that_is_away_for_long_is_asked_the_next_time(settings: dict[str, Any], shelves: Shelves) -> None:
    both_files()
    shelves.faults = ["", "unheard", "dropped", "dropped", "dropped", "dropped"]
    for left in reversed(range(2)):
        try:
            fetch(settings)
        except Unreachable:
            assert left
    assert (shelves.done, shelves.lent) == (DONE, LEFT)


def test_what_the_system_refuses_is_told_and_passed_over(settings: dict[str, Any], shelves: Shelves) -> None:
    # GIVEN a copy that it does not lend, and one that it does not know
    shelves.refused = frozenset({"B1"})
    told("20260604-093300-000.csv", FIRST.replace("B6", "B99").replace("damaged", "returned"))
    refused = fetch(settings)
    assert [row.split(",")[2] for row, _ in refused] == ["B1", "B99"]
    assert [why for _, why in refused] == ["not allowed", "not known"]
    # AND all others are done
    assert shelves.done == ["lend B2 20260618"]


class Files:
    """A bucket with both files of movements, without a network."""

    def names(self, folder: str, after: str) -> Iterator[str]:
        yield from (name for name in ("1.csv", "2.csv") if name > after)

    def content(self, folder: str, name: str) -> bytes:
        return f"{HEAD}\n{FIRST if name == '1.csv' else SECOND}".encode()


class Crash(BaseException):
    """The client is gone."""


class Mortal:
    """Something whose acts are counted; the client dies before or after the nth of them."""

    def __init__(self, of: Any, deaths: Iterator[bool]) -> None:
        self._of, self._deaths = of, deaths

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._of, name)
        if name not in ("begin", "finish", "note_last", *Act):
            return call

        def act(*values: Any) -> Any:
            if next(self._deaths):
                raise Crash
            answer = call(*values)
            if next(self._deaths):
                raise Crash
            return answer

        return act


def dies_at(nth: int) -> Iterator[bool]:
    return (at == nth for at in count(1))


def test_a_death_anywhere_is_made_good(settings: dict[str, Any], shelves: Shelves) -> None:
    # GIVEN a client that dies before or after each thing it notes, and each thing it does over there
    files: Any = Files()
    for nth in count(1):
        shelves.done, shelves.lent = [], {"B5": ("reader", "20260620")}
        path, deaths, died = Path(f"{settings['memory']}-{nth}"), dies_at(nth), False
        try:
            with Memory(path) as memory:
                mortal: Any = Mortal(memory, deaths)
                circulation: Any = Mortal(command.circulation(settings["system"]), deaths)
                fetch_movements(files, Online(circulation, circulation, mortal, lambda: NOW), mortal)
        except Crash:
            died = True
        # WHEN it comes again THEN all was done once, RULES 43
        with Memory(path) as memory:
            fetch_movements(files, system_of(settings, memory), memory)
        assert (shelves.done, shelves.lent) == (DONE, LEFT), f"another end after death {nth}"
        if not died:
            assert nth > 2 * len(DONE)
            return


def test_the_file_of_all_copies_is_made_from_what_the_system_says(settings: dict[str, Any]) -> None:
    # GIVEN a book lent there, and one that is lent there only because it is lent here
    told("20260604-093300-000.csv", FIRST)
    fetch(settings)
    with Memory(Path(settings["memory"])) as memory:
        assert send_copies(bucket(), system_of(settings, memory)) == 1
    # THEN the first is elsewhere, and the second says nothing against us
    text = put("in/copies/copies-20260604-230000.csv")
    assert text.splitlines() == ["barcode,state,due_on", "B1,on_loan,", "B2,on_loan,", "B3,on_shelf,", "B4,on_shelf,",
                                 "B5,elsewhere,2026-06-20", "B6,on_shelf,"]  # fmt: skip
    assert read_copies(text.encode()).elsewhere == {"B5": date(2026, 6, 20)}


def test_candidates_of_today_are_answered_once(settings: dict[str, Any], shelves: Shelves) -> None:
    # GIVEN the question of today, and one of last week WHEN the client comes twice, RULES 43
    for day in ("2026-05-28", "2026-06-04"):
        client("s3").put_object(Bucket="exchange", Key=f"out/candidates/{day}.csv", Body=b"barcode\nB4\nB5\nB99\n")
    with Memory(Path(settings["memory"])) as memory:
        answers = [answer_candidates(bucket(), system_of(settings, memory), memory, NOW.date()) for _ in range(2)]
    # THEN today's is answered, and a copy it does not know is left out
    assert answers == [1, 0]
    assert put("in/candidates/2026-06-04.csv") == "barcode,state,due_on\nB4,on_shelf,\nB5,elsewhere,2026-06-20\n"


def test_files_are_shared_in_a_folder(tmp_path: Path) -> None:
    # GIVEN a system that reads and writes files
    settings = {
        "bucket": "exchange",
        "memory": str(tmp_path / "m.db"),
        "system": {"kind": "folder", "path": str(tmp_path)},
    }
    both_files()
    client("s3").put_object(Bucket="exchange", Key="out/candidates/2026-06-04.csv", Body=b"barcode\nB4\n")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "copies-20260604-2300.csv").write_text("barcode,state\nB1,on_shelf\n")

    def exchange() -> tuple[int, int, int]:
        with Memory(Path(str(settings["memory"]))) as memory:
            system = system_of(settings, memory)
            return (
                fetch_movements(bucket(), system, memory),
                answer_candidates(bucket(), system, memory, NOW.date()),
                send_copies(bucket(), system),
            )

    # WHEN the client comes, and again once the answer is there THEN each file goes over once
    assert exchange() == (2, 0, 1)
    assert (tmp_path / "movements" / "20260604-093300-000.csv").read_text() == f"{HEAD}\n{FIRST}"
    assert (tmp_path / "candidates" / "2026-06-04.csv").read_text() == "barcode\nB4\n"
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "2026-06-04.csv").write_text("barcode,state,due_on\n")
    assert exchange() == (0, 1, 0)
    assert exchange() == (0, 0, 0)
    assert put("in/copies/copies-20260604-2300.csv") == "barcode,state\nB1,on_shelf\n"


def test_two_calls_do_not_work_at_once(tmp_path: Path) -> None:
    with Memory(tmp_path / "m.db"), pytest.raises(AtWork):
        Memory(tmp_path / "m.db")
    Memory(tmp_path / "m.db").__exit__(None, None, None)


@pytest.mark.parametrize("text", [f"{HEAD}\nrow", "moment,barcode\n"], ids=["cut", "another head"])
def test_what_is_no_file_of_movements_is_not_begun(settings: dict[str, Any], shelves: Shelves, text: str) -> None:
    client("s3").put_object(Bucket="exchange", Key="out/movements/1.csv", Body=text.encode())
    with pytest.raises(ValueError, match="no whole file"):
        fetch(settings)
    assert shelves.done == []


def test_the_command_says_what_it_did(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    both_files()
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    monkeypatch.setattr("sys.argv", ["exchange_client", str(tmp_path / "settings.json"), "movements", "copies"])
    assert command.main() == 0
    assert capsys.readouterr().out == "movements: 2\ncopies: 1\n"


def test_a_wrong_password_reaches_nothing(settings: dict[str, Any], shelves: Shelves) -> None:
    if settings["system"]["kind"] == "koha":
        return
    both_files()
    settings["system"]["password"] = "wrong"
    with pytest.raises(Unreachable, match="knows no such user"):
        fetch(settings)
    assert shelves.done == []
