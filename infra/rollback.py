"""Take the functions of a stack back to the release before: `python -m infra.rollback STAGE`.

Every function is called by its alias `live`, which shows one version: code, layer and settings, the policy among them,
as they were deployed. All go back to the same release, or none does. Done again it goes back one further; the next
deployment of another commit goes on from there. Table, pages and the rest of the template stay as they are.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import boto3

from infra.faults import Faulty
from infra.stage import checked

ALIAS = "live"

# The versions of a function by their numbers: which release each is of.
Versions = Mapping[int, str]


class NoRelease(Exception):
    """There is no release that all functions can go back to."""


def roll_back(cloudformation: Any, functions: Any, stack: str) -> str:
    """Let every function's alias show its version of the release before the present one; that release.

    Args:
        functions: the client of Lambda.

    Raises:
        NoRelease: there is none before it, or one function has no version of it. Nothing has changed then.
    """
    names = list(_function_names(cloudformation, stack))
    versions = {name: _versions(functions, name) for name in names}
    live = {name: int(functions.get_alias(FunctionName=name, Name=ALIAS)["FunctionVersion"]) for name in names}
    release = _release_before(versions, live)
    for name, version in _versions_of(release, versions).items():
        functions.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=str(version))
    return release


def _function_names(cloudformation: Any, stack: str) -> Iterator[str]:
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Lambda::Function":
                yield resource["PhysicalResourceId"]


def _versions(functions: Any, name: str) -> Versions:
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    found = (version for page in pages for version in page["Versions"] if version["Version"] != "$LATEST")
    return {int(version["Version"]): version["Description"] for version in found}


def _release_before(versions: Mapping[str, Versions], live: Mapping[str, int]) -> str:
    """The latest release, of any function, before the one that is live."""
    for name, known in versions.items():
        now = known[live[name]]
        earlier = [number for number, release in known.items() if number < live[name] and release != now]
        if earlier:
            return known[max(earlier)]
    raise NoRelease("There is no release before this one.")


def _versions_of(release: str, versions: Mapping[str, Versions]) -> dict[str, int]:
    found = {name: _latest(number for number, each in known.items() if each == release)
             for name, known in versions.items()}  # fmt: skip
    if missing := [name for name, version in found.items() if not version]:
        raise NoRelease(f"Release {release} had no {', '.join(missing)}: deploy its commit instead.")
    return found


def _latest(numbers: Iterable[int]) -> int:
    return max(numbers, default=0)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.rollback", description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="the name of a file in infra/stages")
    try:
        stage = checked(parser.parse_args().stage)
        session: Any = boto3.Session(region_name=stage.region)
        release = roll_back(session.client("cloudformation"), session.client("lambda"), stage.stack)
    except (Faulty, NoRelease) as error:
        parser.exit(1, f"{error}\n")
    print(f"The functions are those of {release}.")


if __name__ == "__main__":
    main()
