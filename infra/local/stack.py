"""A deployed stack on the local AWS: its outputs, its clients, its life from start to stop."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.local.deploy import deploy
from infra.local.front import front
from infra.local.server import LOGS, REGION, ministack

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Stack:
    """What a player or a test needs of a deployed stack.

    `outputs` are the stack's outputs with addresses that answer on this machine; `endpoint` is the local AWS.
    """

    endpoint: str
    region: str
    outputs: dict[str, str]
    accounts: list[dict[str, str]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        """A boto3 client of the account's owner for one service, e.g. `dynamodb`."""
        session: Any = boto3.Session("test", "test", region_name=self.region)
        # As long as the longest function may take to answer.
        return session.client(service, endpoint_url=self.endpoint, config=Config(read_timeout=900))

    def write(self, path: Path = LOGS / "outputs.json") -> None:
        """Write the outputs, and the sign-in data of the sample accounts, where people and tests look for them."""
        path.parent.mkdir(exist_ok=True)
        facts: dict[str, object] = {**self.outputs, "Endpoint": self.endpoint, "Region": self.region}
        path.write_text(json.dumps(facts | {"accounts": self.accounts}, ensure_ascii=False, indent=2) + "\n", "utf-8")


@contextmanager
def local_stack(
    port: int | None = None, site_port: int | None = None, root: Path = ROOT, parameters: dict[str, str] | None = None
) -> Iterator[Stack]:
    """Start the local AWS, deploy everything, serve the site, and stop it all at the end of the block.

    `port` and `site_port` default to MINISTACK_PORT (4566) and SITE_PORT (8080); `server.free_port()` gives ports for
    tests that run beside each other. `root` is the tree that is deployed, `parameters` override the template's. Raises
    RuntimeError when something does not come up.
    """
    port = port or int(os.environ.get("MINISTACK_PORT", "4566"))
    site_port = site_port or int(os.environ.get("SITE_PORT", "8080"))
    with ministack(port) as endpoint:
        outputs = deploy(endpoint, port, site_port, root, parameters or {})
        with front(site_port, port, outputs["DistributionDomain"]):
            yield Stack(endpoint, REGION, outputs)
