"""What is deployed where: the stages' files and their library, checked before anything is touched."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.faults import Faulty
from infra.library import LIBRARIES
from infra.stage import Checked, checked
from lending.domain.policy import Policy
from tests.template.conftest import ROOT

STAGE = {"stack": "lending-x", "region": "ap-northeast-1", "library": "aomori", "parameters": {"LogDays": 60}}
SAID = json.loads((LIBRARIES / "aomori" / "library.json").read_bytes())["policy"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the template, and a stage `x` and a library without faults."""
    (tmp_path / "stages").mkdir()
    shutil.copytree(LIBRARIES / "aomori", tmp_path / "libraries" / "aomori")
    shutil.copy(ROOT / "infra" / "template.yaml", tmp_path)
    write(tmp_path)
    return tmp_path


def write(
    folder: Path, policy: dict[str, Any] | None = None, stage: str = "x", parameters: dict[str, Any] | None = None
) -> None:
    (folder / "libraries" / "aomori" / "library.json").write_text(json.dumps({"policy": SAID | (policy or {})}))
    said = STAGE | {"parameters": parameters or STAGE["parameters"]}
    (folder / "stages" / f"{stage}.json").write_text(json.dumps(said))


def faults(folder: Path, stage: str = "x") -> list[str]:
    with pytest.raises(Faulty) as found:
        checked(stage, folder)
    return found.value.faults


@pytest.mark.parametrize("stage", ["production", "staging"])
def test_the_stages_of_the_repository_can_be_deployed(stage: str) -> None:
    found = checked(stage)
    assert found.region == "ap-northeast-1"
    assert Policy.model_validate_json(found.parameters["Policy"])


def test_production_and_staging_are_two_stacks() -> None:
    assert checked("production").stack != checked("staging").stack


def test_every_parameter_goes_with_every_deployment(folder: Path, template: dict[str, Any]) -> None:
    """SAM keeps a value of the live stack that it is not given: what is taken out of a file would stay."""
    # GIVEN a stage that says one thing WHEN it is deployed THEN it says all, the rest as the template has it
    found = checked("x", folder).of_release("c0ffee")
    assert set(found) == set(template["Parameters"])
    assert (found["LogDays"], found["LogLevel"]) == ("60", "INFO")


def test_a_release_is_told_from_another_by_its_commit_and_its_settings(folder: Path) -> None:
    one = checked("x", folder).of_release("a")["Release"]
    assert checked("x", folder).of_release("a")["Release"] == one
    assert checked("x", folder).of_release("b")["Release"] != one
    write(folder, {"loan_cap": 8})
    assert checked("x", folder).of_release("a")["Release"] != one


def test_every_fault_of_a_policy_is_told_at_once(folder: Path) -> None:
    # GIVEN a policy with a wrong name, a wrong number, and no number WHEN it is checked
    write(folder, {"loan_capp": 8, "hold_limit": 0, "renewal_days": "a week", "loan_cap": 8})
    found = faults(folder)
    # THEN each is told by its name, and what is right is not
    where = ["aomori", "library.json"]
    assert [fault.split(": ")[:3] for fault in found] == [
        [*where, "policy.hold_limit"],
        [*where, "policy.renewal_days"],
        [*where, "policy.loan_capp"],
    ]
    assert found[2].endswith("there is no such value")


def test_every_fault_of_a_stage_is_told_at_once(folder: Path) -> None:
    # GIVEN a stage with a parameter for each thing that can be wrong WHEN it is checked THEN each is told
    elsewhere = "arn:aws:acm:ap-northeast-1:123456789012:certificate/x"
    said = {"LogDays": 8, "Polcy": "{}", "Policy": "{}", "SiteUrl": "https://x/", "TemporaryPasswordDays": 0}
    write(folder, parameters=said | {"SiteCertificateArn": elsewhere})
    assert [fault.split(": ")[1] for fault in faults(folder)] == [*said, "SiteCertificateArn"]


def test_a_certificate_without_its_host_is_a_fault(folder: Path) -> None:
    write(folder, parameters={"SiteCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x"})
    assert faults(folder) == ["x.json: SiteCertificateArn: needs the SiteUrl whose host it is for"]


@pytest.mark.parametrize(("name", "value"), [("TimeTravel", "true"), ("StaffPool", "shared")])
def test_what_is_for_testing_is_not_for_patrons(folder: Path, name: str, value: str) -> None:
    write(folder, parameters={name: value})
    assert checked("x", folder).parameters[name] == value
    write(folder, stage="production", parameters={name: value})
    assert faults(folder, "production") == [f"production.json: {name}: '{value}' is for playing and testing, "
                                            "never for patrons"]  # fmt: skip


def test_what_is_no_json_is_told(folder: Path) -> None:
    (folder / "libraries" / "aomori" / "library.json").write_text("{loan_cap: 8}")
    assert faults(folder)[0].startswith("aomori: library.json is no JSON: Expecting property name")
    assert faults(folder, "y") == ["y.json cannot be read"]


def test_a_setting_of_the_live_stack_is_not_forgotten(folder: Path) -> None:
    # GIVEN a live stack with an address that the file does not know WHEN it is to be deployed
    live = {"SiteUrl": "https://lib.example.jp", "LogDays": "90", "LogLevel": "INFO", "Policy": '{"loan_cap": 5}'}
    # THEN it is told, and what the file or the template says is not
    (told,) = checked("x", folder).forgotten(live)
    assert told.startswith("SiteUrl is 'https://lib.example.jp' in the live stack")
    # AND once the file says whatever, there is nothing to be told
    write(folder, parameters={"SiteUrl": ""})
    assert checked("x", folder).forgotten(live | {"LogDays": "30"}) == []


def test_it_is_told_what_will_be_otherwise(folder: Path) -> None:
    found = checked("x", folder)
    live = found.parameters | {"LogDays": "90"}
    assert found.changes(live) == ["LogDays: '90' becomes '60'"]
    assert "LogDays: '' becomes '60'" in Checked.changes(found, {})


def test_a_policys_words_come_through_sam_as_they_are(folder: Path) -> None:
    """SAM takes a backslash before a quote or a blank for its own, and quotes around a value."""
    words = {"counter_name": "a b 青森", "mail_reply_to": '"a\\ b" <x@example.jp>'}
    write(folder, words)
    given = checked("x", folder).parameters["Policy"]
    through = given.replace("\\ ", " ").replace('\\"', '"').replace("\\'", "'")
    assert through == given
    assert json.loads(given).items() >= words.items()
