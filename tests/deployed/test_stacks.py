"""Stacks of one tree beside each other: each keeps to a folder of its own, and leaves nothing behind."""

import json
import socket
from pathlib import Path

from infra.local.deploy import Deployment
from infra.local.people import Caller
from infra.local.server import LOOPBACK
from infra.local.stack import Stack
from tests.deployed.conftest import NOON


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
    return Stack(Deployment(f"http://{LOOPBACK}:{port}", port, 0, tree), {"TableName": f"of {port}"}, folder)


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
