"""What is deployed where: the settings of a stage and its library, checked before anything is touched.

A stage is a file in `infra/stages`: the stack's name, its region, its library by the name of its folder in
`infra/libraries`, and each parameter of the template that is not as the template has it.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.faults import Faulty
from infra.library import Library, as_parameter, fault_in_words, read_library
from infra.local.translate import load_template
from infra.schedules import PARAMETERS as SCHEDULES
from infra.schedules import schedules_for

INFRA = Path(__file__).parent
# What no stage says for itself.
OF_ALL_STAGES = ("Policy", "Release", *SCHEDULES)
NEVER_FOR_PATRONS = (("TimeTravel", "true"), ("StaffPool", "shared"))


class Stage(BaseModel):
    """The file of a stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stack: str = Field(pattern="^[a-z][a-z0-9-]{0,40}$")
    region: str = Field(pattern="^[a-z]+-[a-z]+-[0-9]$")
    library: str
    parameters: dict[str, str | int]


@dataclass(frozen=True)
class Checked:
    """A stage that may be deployed: `parameters` are all that the template has, the policy among them."""

    stack: str
    region: str
    library: Library
    parameters: dict[str, str]
    defaults: dict[str, str]
    named: frozenset[str]

    def forgotten(self, live: Mapping[str, str]) -> list[str]:
        """Settings of the live stack, by their parameters, that the file knows nothing of: to be written there."""
        return [
            f"{name} is {value!r} in the live stack and not in the file: write down whether it stays so"
            for name, value in sorted(live.items())
            if name in self.parameters and name not in (*self.named, *OF_ALL_STAGES) and value != self.defaults[name]
        ]

    def changes(self, live: Mapping[str, str]) -> list[str]:
        """What would be otherwise than in the live stack."""
        differing = sorted(name for name, value in self.parameters.items() if live.get(name, "") != value)
        return [f"{name}: {live.get(name, '')!r} becomes {self.parameters[name]!r}" for name in differing]

    def of_release(self, commit: str) -> dict[str, str]:
        """The parameters with the hash that stands for them and the commit together."""
        everything = json.dumps([commit, self.parameters], sort_keys=True)
        return self.parameters | {"Release": hashlib.sha256(everything.encode()).hexdigest()}


def checked(name: str, folder: Path = INFRA) -> Checked:
    """Read a stage and its library.

    Args:
        folder: where `stages`, `libraries` and `template.yaml` are.

    Raises:
        Faulty: something in the files is wrong: everything that is.
    """
    known = load_template(folder / "template.yaml")["Parameters"]
    stage = _read(folder / "stages" / f"{name}.json")
    library = read_library(stage.library, folder / "libraries")
    given = {key: str(value) for key, value in stage.parameters.items()}
    faults = [f"{name}.json: {fault}" for fault in _parameter_faults(given, known, name)]
    if faults:
        raise Faulty(faults)
    defaults = {key: str(each["Default"]) for key, each in known.items() if "Default" in each}
    defaults |= {"Policy": as_parameter(library.policy), "MailDomain": library.policy.mail_domain}
    values = defaults | given | schedules_for(library.policy)
    del values["Release"]
    return Checked(stage.stack, stage.region, library, values, defaults, frozenset(given))


def outputs_of(stage: Checked) -> dict[str, str]:
    """What the stack of a stage on AWS tells of itself, by the names in the template."""
    session: Any = boto3.Session(region_name=stage.region)
    (stack,) = session.client("cloudformation").describe_stacks(StackName=stage.stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _read(path: Path) -> Stage:
    try:
        return Stage.model_validate_json(path.read_bytes())
    except OSError:
        raise Faulty([f"{path.name} cannot be read"]) from None
    except ValidationError as error:
        raise Faulty([f"{path.name}: {fault_in_words(each)}" for each in error.errors()]) from None


def _parameter_faults(given: Mapping[str, str], known: Mapping[str, Any], stage: str) -> Iterator[str]:
    for name, value in given.items():
        if name not in known or name in OF_ALL_STAGES:
            yield f"{name}: no parameter that a stage may have"
        elif why := _fault(value, known[name]):
            yield f"{name}: {value!r} {why}"
        elif stage == "production" and (name, value) in NEVER_FOR_PATRONS:
            yield f"{name}: {value!r} is for playing and testing, never for patrons"
    if given.get("SiteCertificateArn") and not given.get("SiteUrl"):
        yield "SiteCertificateArn: needs the SiteUrl whose host it is for"


def _fault(value: str, rule: Mapping[str, Any]) -> str:
    """Why a parameter may not have a value, by what the template says of it; or nothing."""
    allowed = [str(each) for each in rule.get("AllowedValues", [])]
    if allowed and value not in allowed:
        return f"is none of {', '.join(allowed)}"
    if pattern := rule.get("AllowedPattern"):
        return "" if re.fullmatch(pattern, value) else f"is not like {pattern}"
    if rule["Type"] != "Number":
        return ""
    if not value.isdecimal():
        return "is no number"
    within = int(rule.get("MinValue", 0)) <= int(value) <= int(rule.get("MaxValue", value))
    return "" if within else f"is not from {rule.get('MinValue')} to {rule.get('MaxValue')}"
