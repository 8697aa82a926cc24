"""What a stack is told: which of it goes together, and that two stacks can stand side by side."""

import json
from typing import Any

from tests.template.conftest import Resources

# What would be the same name in two stacks of one account.
NAMED = ("BucketName", "TableName", "FunctionName", "QueueName", "TopicName", "RoleName", "GroupName", "LogGroupName",
         "AlarmName", "DashboardName", "ManagedPolicyName", "UserPoolName", "SecretName")  # fmt: skip


def test_nothing_has_a_name_that_a_second_stack_would_want(resources: Resources) -> None:
    # GIVEN everything in the stack
    named = {
        (name, key): value
        for name, resource in resources.items()
        for key, value in resource.get("Properties", {}).items()
        if key in NAMED and isinstance(value, str)
    }
    # THEN what has a name of its own has it within something of the stack: groups within the pool
    assert {resources[name]["Type"] for name, _ in named} <= {"AWS::Cognito::UserPoolGroup"}


def test_the_mail_domain_is_made_or_given(resources: Resources, template: dict[str, Any]) -> None:
    """A second stack, or an account that has the identity already, would fail at making it."""
    assert resources["MailDomainIdentity"]["Condition"] == "MakesMailIdentity"
    assert template["Parameters"]["MailIdentity"]["AllowedValues"] == ["made", "given"]


def test_only_one_place_says_which_table_is_used(template: dict[str, Any]) -> None:
    """A restored table is put in its place by two parameters."""
    # GIVEN the resources but for the table and what says which one is used
    others = {name: each for name, each in template["Resources"].items() if name not in ("LendingTable", "TableName")}
    # THEN none of them knows the table by itself, but for its stream
    said = json.dumps([others, template["Globals"], template["Outputs"]])
    assert '"LendingTable"' not in said.replace('{"Fn::GetAtt": ["LendingTable", "StreamArn"]}', "")
    assert "${LendingTable" not in said
    name = template["Resources"]["TableName"]["Properties"]["Value"]
    assert name == {"Fn::If": ["HasRestoredTable", {"Ref": "RestoredTable"}, {"Ref": "LendingTable"}]}


def test_a_certificate_needs_the_address_it_is_for(template: dict[str, Any]) -> None:
    (rule,) = template["Rules"]["CertificateWithItsHost"]["Assertions"]
    assert rule["Assert"] == {
        "Fn::Or": [
            {"Fn::Equals": [{"Ref": "SiteCertificateArn"}, ""]},
            {"Fn::Not": [{"Fn::Equals": [{"Ref": "SiteUrl"}, ""]}]},
        ]
    }
