"""A deployed stack on the local AWS: its outputs, its clients, its life from start to stop."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from infra.library import FIRST, Library, read_library
from infra.local.deploy import Deployment
from infra.local.front import front
from infra.local.server import REGION, is_taken, ministack
from infra.local.translate import load_template
from infra.local.travel import Traveller
from infra.schedules import functions_of
from lending.domain.week import TOKYO

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"


@dataclass(frozen=True)
class Stack:
    """What a player or a test needs of a deployed stack.

    `outputs` are the stack's outputs with addresses that answer on this machine; `folder` is the stack's own place on
    disk, which goes when it stops.
    """

    deployment: Deployment
    outputs: dict[str, str]
    folder: Path
    accounts: list[dict[str, str]] = field(default_factory=list)
    region: str = REGION

    @property
    def library(self) -> Library:
        """The library whose stack it is."""
        return self.deployment.library

    @property
    def endpoint(self) -> str:
        """Where the local AWS listens."""
        return self.deployment.endpoint

    def change(self, **parameters: str) -> None:
        """Deploy it anew with some parameters changed.

        Raises:
            RuntimeError: the change fails.
        """
        self.outputs.update(self.deployment.change(**parameters))

    def client(self, service: str) -> Any:
        """A boto3 client of the account's owner for one service, e.g. `dynamodb`."""
        return _client(service, self.endpoint, self.region)

    def write(self, local: Path = LOCAL) -> Path:
        """Write the outputs, and the sign-in data of the sample accounts, where people look for them; that place.

        It is `outputs.json` in `local`, or in the stack's own folder while the stack that stands there still runs.
        """
        path = local / "outputs.json"
        if _is_of_another(path, self.endpoint):
            path = self.folder / "outputs.json"
        facts: dict[str, object] = {**self.outputs, "Endpoint": self.endpoint, "Region": self.region}
        text = json.dumps(facts | {"accounts": self.accounts}, ensure_ascii=False, indent=2) + "\n"
        # Whoever looks while it is written finds the whole of before.
        whole = self.folder / "outputs.part"
        whole.write_text(text, "utf-8")
        return whole.replace(path)


def _is_of_another(path: Path, endpoint: str) -> bool:
    """Whether the outputs in a file are those of another stack of this tree that still runs."""
    if not path.exists():
        return False
    other = json.loads(path.read_text("utf-8"))["Endpoint"]
    port = int(urlsplit(other).port or 0)
    return other != endpoint and is_taken(port) and any(path.parent.glob(f"{port}-*"))


@cache
def _client(service: str, endpoint: str, region: str) -> Any:
    """Made once, for making one takes longer than most of what is asked of it."""
    session: Any = boto3.Session("test", "test", region_name=region)
    # As long as the longest function may take to answer.
    return session.client(service, endpoint_url=endpoint, config=Config(read_timeout=900))


@contextmanager
def local_stack(
    port: int | None = None,
    site_port: int | None = None,
    root: Path = ROOT,
    parameters: dict[str, str] | None = None,
    library: str = FIRST,
    travels: bool = False,
) -> Iterator[Stack]:
    """Start the local AWS, deploy everything, serve the site, and stop it all at the end of the block.

    `port` and `site_port` default to MINISTACK_PORT (4566) and SITE_PORT (8080); `server.free_port()` gives ports for
    tests that run beside each other. `root` is the tree that is deployed, `parameters` override the template's,
    `library` is a folder of `infra/libraries`, `travels` gives the pages the bar that travels in time.

    Raises:
        RuntimeError: something does not come up.
        Faulty: something is wrong in the library's folder.
    """
    said = read_library(library)
    port = port or int(os.environ.get("MINISTACK_PORT", "4566"))
    site_port = site_port or int(os.environ.get("SITE_PORT", "8080"))
    with _own_folder(port) as folder, ministack(port, folder) as endpoint:
        deployment = Deployment(
            endpoint, port, site_port, root, said, travels=travels, parameters=dict(parameters or {})
        )
        outputs = deployment.create()
        api = urlsplit(outputs["ApiUrl"]).path.removesuffix("/api")
        stack = Stack(deployment, outputs, folder)
        traveller = _traveller(stack) if travels else None
        with front(site_port, port, outputs["DistributionDomain"], api, traveller):
            yield stack


def _traveller(stack: Stack) -> Traveller:
    """Who goes forward in time from this moment on."""
    named = functions_of(load_template(stack.deployment.root / "infra" / "template.yaml"))
    functions = {job: stack.outputs[name] for job, name in named.items()}
    return Traveller(stack.client("lambda"), functions, stack.library.policy, datetime.now(TOKYO))


@contextmanager
def _own_folder(port: int) -> Iterator[Path]:
    LOCAL.mkdir(exist_ok=True)
    # A function that is just being ended may still write.
    with TemporaryDirectory(prefix=f"{port}-", dir=LOCAL, ignore_cleanup_errors=True) as folder:
        yield Path(folder)
