"""The local AWS itself: one MiniStack process on a loopback port, started and stopped by us."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

REGION: Final = "ap-northeast-1"
LOOPBACK = "127.0.0.1"

# What MiniStack, and through it every function, may see of the environment it is started in.
INHERITED = ("PATH", "HOME", "LANG", "SYSTEMROOT")


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether somebody already listens on the loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextmanager
def ministack(port: int, folder: Path) -> Iterator[str]:
    """Run MiniStack on a loopback port, with roles enforced, as long as the block lasts.

    All that it and the functions write to disk, its log included, is in `folder`. Yields its endpoint. Raises
    RuntimeError when the port is taken, or with its own words when it ends or does not come up within five minutes.
    """
    if is_taken(port):
        raise RuntimeError(f"Port {port} is taken. Choose another one with MINISTACK_PORT.")
    log = folder / "ministack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            env=_environment(port, folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to answer: first the front, then this.
        )
    endpoint = f"http://{LOOPBACK}:{port}"
    try:
        _wait_until_healthy(endpoint, process, log)
        yield endpoint
    finally:
        _stop(process)


def _environment(port: int, folder: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": LOOPBACK,
        # Its broker of MQTT would listen on every interface, and nobody needs it.
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(folder),
        "STATE_DIR": str(folder / "state"),
        "AUTH": "true",
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


def _wait_until_healthy(endpoint: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/ready", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"MiniStack did not come up.\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _stop(process: "subprocess.Popen[bytes]", seconds: float = 10) -> None:
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
