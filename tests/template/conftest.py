"""The template as the tests read it: parsed, and expanded as CloudFormation gets it."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.translate import code_folders, expand, load_template

Resources = dict[str, dict[str, Any]]
OfType = Callable[[str], Resources]
Statements = dict[str, list[dict[str, Any]]]
RELEASE = "0123456789abcdef"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """The SAM template as it is written."""
    return load_template(ROOT / "infra" / "template.yaml")


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> Resources:
    """The resources after SAM's transformation, roles and schedules included."""
    written = copy.deepcopy(template)
    expanded: Resources = expand(written, dict.fromkeys(code_folders(written), "s3://bucket/key"), RELEASE)["Resources"]
    return expanded


@pytest.fixture(scope="session")
def of_type(resources: Resources) -> OfType:
    """The properties of every resource of a type, by logical id."""

    def select(kind: str) -> Resources:
        return {name: each.get("Properties", {}) for name, each in resources.items() if each["Type"] == kind}

    return select


@pytest.fixture(scope="session")
def statements(of_type: OfType) -> Statements:
    """What each function's role allows, by the function's logical id, itself and by policies of ours."""
    shared = of_type("AWS::IAM::ManagedPolicy")

    def allowed(role: dict[str, Any]) -> list[dict[str, Any]]:
        ours = [shared[policy["Ref"]] for policy in role["ManagedPolicyArns"] if "Ref" in policy]
        documents = [policy["PolicyDocument"] for policy in [*role.get("Policies", []), *ours]]
        return [statement for document in documents for statement in document["Statement"]]

    return {
        name.removesuffix("Role"): allowed(role)
        for name, role in of_type("AWS::IAM::Role").items()
        if name.endswith("FunctionRole")
    }
