"""A release is put beside another, changed and taken back; on a stack of its own, deployed again and again."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.deploy import live_parameters
from infra.library import as_parameter
from infra.local.people import Caller
from infra.local.server import free_port
from infra.local.stack import Stack, local_stack
from infra.rollback import NoRelease, roll_back
from infra.stage import checked
from lending.aws.table import Table
from tests.deployed.conftest import NOON, Given
from tests.library import aomori


@pytest.fixture(scope="module")
def production() -> Iterator[Stack]:
    """A stack of a first release."""
    with local_stack(free_port(), free_port()) as stack:
        yield stack


@pytest.fixture(scope="module")
def patron(production: Stack) -> Caller:
    """Somebody who is signed in."""
    table = Table(production.client("dynamodb"), production.outputs["TableName"])
    return Given(production, table).patron()[1]


def holds_allowed(patron: Caller) -> int:
    """How many holds a patron may have, by the policy of the functions that answer."""
    return int(patron.get("/me", NOON)["hold_limit"])


def take_back(stack: Stack) -> str:
    return roll_back(stack.client("cloudformation"), stack.client("lambda"), stack.deployment.name)


def test_a_policy_is_changed_and_taken_back_with_its_release(production: Stack, patron: Caller) -> None:
    # GIVEN a first release, before which there is nothing to go back to
    assert holds_allowed(patron) == 20
    with pytest.raises(NoRelease):
        take_back(production)
    # WHEN another policy is deployed THEN it counts for the same people
    production.change(Policy=as_parameter(aomori(hold_limit=3)))
    assert holds_allowed(patron) == 3
    # WHEN it is taken back THEN all is as before, settings and all
    take_back(production)
    assert holds_allowed(patron) == 20
    # AND the next release goes on from there
    production.change(Policy=as_parameter(aomori(hold_limit=5)))
    assert holds_allowed(patron) == 5


def test_a_second_stack_stands_beside_the_first(production: Stack) -> None:
    # GIVEN a stack WHEN a second one is deployed into its account
    staging = replace(
        production.deployment, name="staging", site_port=free_port(), parameters={"MailIdentity": "given"}
    )
    outputs = staging.create()
    # THEN it has a table and a pool of its own
    assert not {outputs[name] for name in ("TableName", "UserPoolId", "SiteBucket", "ApiUrl")} & {
        production.outputs[name] for name in ("TableName", "UserPoolId", "SiteBucket", "ApiUrl")
    }
    # AND both have the whole week
    schedules = production.client("scheduler").list_schedules()["Schedules"]
    assert len(schedules) == 2 * len([each for each in schedules if each["Name"].startswith("staging-")]) > 0
    # AND both answer
    for stack in (production, replace(production, deployment=staging, outputs=outputs)):
        assert Caller(stack).get("/facilities", NOON)["items"] == []


def test_a_live_stacks_settings_are_looked_at_before_it_is_deployed_to(production: Stack) -> None:
    # GIVEN a stack with an address of its own
    live = live_parameters(production.client("cloudformation"), production.deployment.name)
    # WHEN it would be deployed by a file that does not know it THEN that is told
    told = checked("production").forgotten(live)
    assert [fault for fault in told if fault.startswith(f"SiteUrl is '{production.outputs['SiteUrl']}'")]
    # AND before the first deployment there is nothing to forget
    assert live_parameters(production.client("cloudformation"), "not-yet") == {}
