"""Stacks of one tree beside each other: each keeps to a folder of its own, and leaves nothing behind."""

import json
import os
import re
import socket
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from infra.local.deploy import Deployment
from infra.local.people import Caller
from infra.local.server import LOOPBACK
from infra.local.stack import Stack
from tests.deployed.conftest import NOON
from tests.library import AOMORI


def test_what_the_functions_write_is_in_the_stacks_own_folder(stack: Stack) -> None:
    # GIVEN a loaded stack WHEN a function has run
    Caller(stack).get("/facilities", NOON)
    # THEN its code, the log and the keys tokens are signed with are nowhere else
    names = {path.name for path in stack.folder.iterdir()}
    assert {"ministack.log", "state"} < names
    assert any(name.startswith("ministack-lambda-") for name in names)


def stack_at(port: int, tree: Path) -> Stack:
    folder = tree / f"{port}-own"
    folder.mkdir()
    return Stack(Deployment(f"http://{LOOPBACK}:{port}", port, 0, tree, AOMORI), {"TableName": f"of {port}"}, folder)


def table_in(outputs: Path) -> str:
    return str(json.loads(outputs.read_text("utf-8"))["TableName"])


def test_a_second_stack_leaves_the_outputs_of_the_first_alone(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as running:
        # GIVEN a stack that runs, whose outputs are where people look for them
        port = running.getsockname()[1]
        first, second = stack_at(port, tmp_path), stack_at(1, tmp_path)
        assert first.write(tmp_path) == tmp_path / "outputs.json"
        # WHEN a second one is started THEN it writes its own elsewhere, and the first one may write again
        written = second.write(tmp_path)
        assert (written.parent, table_in(written)) == (second.folder, "of 1")
        assert table_in(first.write(tmp_path)) == f"of {port}"
    # WHEN the first has stopped THEN the place is the second's
    assert second.write(tmp_path) == tmp_path / "outputs.json"
    assert table_in(tmp_path / "outputs.json") == "of 1"


def processes_below(process: int) -> Iterator[int]:
    """A process and all that it has started, and they have."""
    yield process
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = re.search(r"^PPid:\s+(\d+)$", (folder / "status").read_text(), re.MULTILINE)
        except OSError:
            continue  # it has ended meanwhile
        if parent and int(parent[1]) == process:
            yield from processes_below(int(folder.name))


def sockets_of(process: int) -> Iterator[str]:
    """The sockets that a process holds, by the numbers the system knows them by."""
    for descriptor in Path(f"/proc/{process}/fd").glob("*"):
        try:
            held = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(descriptor))
        except OSError:
            continue
        if held:
            yield held[1]


def listening() -> Iterator[tuple[str, str]]:
    """Every socket that listens on this machine, with its address."""
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, state, number = (line.split()[column] for column in (1, 3, 9))
            if state == "0A":
                words = bytes.fromhex(address.partition(":")[0])
                # The system writes an address in words of four bytes, each in the order of its own processor.
                parts = [words[start : start + 4][::-1] for start in range(0, len(words), 4)]
                yield number, str(ip_address(b"".join(parts)))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_nothing_listens_but_on_loopback(stack: Stack) -> None:
    # GIVEN a stack whose functions have been called
    Caller(stack).get("/facilities", NOON)
    # WHEN the machine is asked who listens
    ours = {number for process in processes_below(os.getpid()) for number in sockets_of(process)}
    addresses = [address for number, address in listening() if number in ours]
    # THEN nobody from outside can reach what we have started
    assert addresses
    assert [address for address in addresses if not ip_address(address).is_loopback] == []
