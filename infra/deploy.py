"""Deploy a stage to AWS and publish its pages: `python -m infra.deploy STAGE`."""

import argparse
import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.faults import Faulty
from infra.local.pages import publish
from infra.stage import Checked, checked

ROOT = Path(__file__).parents[1]
BUILT = ROOT / ".aws-sam"


def live_parameters(cloudformation: Any, stack: str) -> dict[str, str]:
    """The parameters of a stack as it is deployed now; none if there is no such stack.

    Raises:
        ClientError: AWS refuses to say.
    """
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return {}
        raise
    return {each["ParameterKey"]: each["ParameterValue"] for each in found.get("Parameters", [])}


def commit() -> str:
    """The commit that is deployed.

    Raises:
        Faulty: something is not committed, and could not be deployed again.
    """
    if changed := _git("status", "--porcelain", "--untracked-files=no"):
        raise Faulty([f"not committed, so it could not be deployed again: {line[3:]}" for line in changed.splitlines()])
    return _git("rev-parse", "HEAD")


def look(stage: str) -> Checked:
    """Check everything that can be checked before something is built or deployed, and say what would be otherwise.

    Raises:
        Faulty: what stands in the way, all of it.
    """
    found = checked(stage)
    cloudformation: Any = boto3.client("cloudformation", region_name=found.region)
    live = live_parameters(cloudformation, found.stack)
    if faults := found.forgotten(live):
        raise Faulty(faults)
    commit()
    for change in found.changes(live):
        print(change)
    return found


def deploy(found: Checked) -> None:
    """Deploy what is built, every parameter with it, and the pages whether or not something else has changed.

    Raises:
        subprocess.CalledProcessError: SAM has failed, and said why.
    """
    parameters = BUILT / "parameters.yaml"
    # JSON is YAML, which SAM reads.
    parameters.write_text(json.dumps(found.of_release(commit()), indent=2), "utf-8")
    where = ["--stack-name", found.stack, "--region", found.region, "--resolve-s3"]
    how = ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-fail-on-empty-changeset"]
    what = ["--parameter-overrides", f"file://{parameters}"]
    command = [str(ROOT / ".venv-sam" / "bin" / "sam"), "deploy", *where, *how, *what]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603
    publish(found.stack, found.region, found.library)


def _git(*arguments: str) -> str:
    answer = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    return answer.stdout.rstrip()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("stage", help="the name of a file in infra/stages")
    parser.add_argument("--check", action="store_true", help="deploy nothing")
    parser.add_argument("--pages", action="store_true", help="publish only the pages")
    options = parser.parse_args()
    try:
        found = checked(options.stage) if options.pages else look(options.stage)
    except Faulty as error:
        parser.exit(1, f"{error}\n")
    if options.pages:
        publish(found.stack, found.region, found.library)
    elif not options.check:
        deploy(found)


if __name__ == "__main__":
    main()
