"""Functions: their runtime, logs, roles, and how often something is tried."""

import json
from typing import Any

import pytest

from tests.template.conftest import RELEASE, OfType, Resources, Statements

FUNCTIONS = {
    "RegistrationFunction": "registration",
    "ImagesFunction": "images",
    "ExchangeFunction": "exchange",
    "PublicFunction": "public",
    "HoldsFunction": "holds",
    "MyLibraryFunction": "my_library",
    "ReviewFunction": "review",
    "DeskFunction": "desk",
    "RunsFunction": "runs",
    "FacilityFunction": "facility",
    "AllocatorFunction": "allocator",
    "ReleaseFunction": "release",
    "NoticesFunction": "notices",
    "CatalogueFunction": "catalogue",
    "OutboxFunction": "outbox",
    "MailFunction": "mail",
    "BouncesFunction": "bounces",
}
SCHEDULED = ["AllocatorFunction", "ReleaseFunction", "NoticesFunction", "CatalogueFunction", "ExchangeFunction"]
CURSORS_AND_CODES = ["registration", "public", "holds", "my_library", "review", "desk", "runs", "facility", "mail"]

# What has no narrower resource on AWS.
WITHOUT_RESOURCE = {"ses:DeleteSuppressedDestination"}


def actions_of(statement: dict[str, Any]) -> list[str]:
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


def test_the_functions_are_those_of_the_picture(of_type: OfType) -> None:
    # GIVEN the template
    # WHEN its functions are listed with the name they know themselves by
    names = {
        logical: properties["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for logical, properties in of_type("AWS::Lambda::Function").items()
    }
    # THEN they are those of the picture
    assert names == FUNCTIONS


def test_each_function_is_packaged_from_its_own_folder(template: dict[str, Any]) -> None:
    for logical, name in FUNCTIONS.items():
        assert template["Resources"][logical]["Properties"]["CodeUri"] == f"../functions/{name}"


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_function_runs_as_designed(of_type: OfType, logical: str) -> None:
    # GIVEN a function
    function = of_type("AWS::Lambda::Function")[logical]
    # THEN it is Python 3.13 on arm64, with the layer
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["Handler"] == "handler.handler"
    assert len(function["Layers"]) == 1


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_function_is_called_by_its_version_and_can_be_taken_back(of_type: OfType, logical: str) -> None:
    # GIVEN a function THEN a release of it is one version, made of all that it is
    alias = of_type("AWS::Lambda::Alias")[f"{logical}Aliaslive"]
    assert alias["FunctionName"] == {"Ref": logical}
    version = alias["FunctionVersion"]["Fn::GetAtt"][0]
    assert version == f"{logical}Version{RELEASE[:10]}"
    # and a rollback finds it by its release
    assert of_type("AWS::Lambda::Function")[logical]["Description"] == RELEASE


def test_nothing_calls_a_function_by_anything_but_its_version(resources: Resources) -> None:
    # GIVEN all that calls functions: routes, schedules, queues and streams, and the rights to do so
    callers = ("AWS::Lambda::EventSourceMapping", "AWS::Lambda::Permission", "AWS::Scheduler::Schedule",
               "AWS::ApiGatewayV2::Api")  # fmt: skip
    said = json.dumps([each["Properties"] for each in resources.values() if each["Type"] in callers])
    # THEN each names the alias
    for logical in FUNCTIONS:
        assert f'"{logical}"' not in said
        assert f"${{{logical}.Arn}}" not in said
        assert f"{logical}Aliaslive" in said


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_function_keeps_its_log_for_the_days_asked_for(of_type: OfType, logical: str) -> None:
    # GIVEN a function's log group
    group = of_type("AWS::Lambda::Function")[logical]["LoggingConfig"]["LogGroup"]["Ref"]
    # THEN it is its own, and its lines are erased
    assert group == logical.removesuffix("Function") + "Logs"
    assert of_type("AWS::Logs::LogGroup")[group]["RetentionInDays"] == {"Ref": "LogDays"}


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_function_has_a_role_of_its_own(of_type: OfType, logical: str) -> None:
    function = of_type("AWS::Lambda::Function")[logical]
    assert function["Role"] == {"Fn::GetAtt": [f"{logical}Role", "Arn"]}
    # Beyond its own statements and those of the template's policies it may only write its log.
    managed, *shared = of_type("AWS::IAM::Role")[f"{logical}Role"]["ManagedPolicyArns"]
    assert managed.endswith("/service-role/AWSLambdaBasicExecutionRole")
    assert {policy["Ref"] for policy in shared} <= set(of_type("AWS::IAM::ManagedPolicy"))


def test_what_several_may_do_is_said_once_and_is_little(of_type: OfType) -> None:
    # GIVEN the rights that functions share THEN each is one statement
    shared = of_type("AWS::IAM::ManagedPolicy")
    rules = {name: policy["PolicyDocument"]["Statement"] for name, policy in shared.items()}
    assert {name: len(statements) for name, statements in rules.items()} == dict.fromkeys(shared, 1)
    # and each is held by more than one
    held = [
        policy["Ref"]
        for role in of_type("AWS::IAM::Role").values()
        for policy in role.get("ManagedPolicyArns", [])
        if "Ref" in policy
    ]
    assert {name for name in shared if held.count(name) > 1} == set(shared)


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_a_role_names_its_actions_and_resources(statements: Statements, logical: str) -> None:
    for statement in statements[logical]:
        assert statement["Effect"] == "Allow"
        # No action by pattern
        assert not [action for action in actions_of(statement) if "*" in action]
        # and none on everything, where AWS knows something narrower.
        if statement["Resource"] == "*":
            assert set(actions_of(statement)) <= WITHOUT_RESOURCE


def test_nobody_may_scan_the_table(statements: Statements) -> None:
    allowed = {action for rules in statements.values() for rule in rules for action in actions_of(rule)}
    assert not allowed & {"dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:DeleteTable"}


@pytest.mark.parametrize(
    ("logical", "may_not"),
    [
        # Anyone may call these two: one only reads, the other does not touch the accounts.
        (
            "PublicFunction",
            ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "s3:Put", "s3:Delete", "cognito-idp:"],
        ),
        ("RegistrationFunction", ["cognito-idp:", "ses:", "s3:GetObject", "s3:ListBucket"]),
        # A hostile image meets a function that can do next to nothing.
        ("ImagesFunction", ["dynamodb:PutItem", "dynamodb:Query", "cognito-idp:", "secretsmanager:", "ses:"]),
        ("OutboxFunction", ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "ses:"]),
        ("ExchangeFunction", ["s3:Delete", "cognito-idp:", "secretsmanager:", "ses:"]),
        ("HoldsFunction", ["s3:", "cognito-idp:", "ses:"]),
        # The counter has books; people are reviewed elsewhere.
        ("DeskFunction", ["s3:", "cognito-idp:", "ses:"]),
        ("RunsFunction", ["s3:", "cognito-idp:", "ses:"]),
        ("FacilityFunction", ["s3:", "cognito-idp:", "ses:"]),
    ],
)
def test_a_function_may_not_do_what_is_not_its_work(statements: Statements, logical: str, may_not: list[str]) -> None:
    allowed = [action for rule in statements[logical] for action in actions_of(rule)]
    assert not [action for action in allowed for refused in may_not if action.startswith(refused)]


# What `lending/aws/accounts.py` calls for each: who decides or writes mends accounts, who leaves loses theirs.
MENDING = {
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:AdminSetUserPassword",
}
ENDING = {"cognito-idp:AdminDeleteUser"}
ACCOUNTS = {
    "MyLibraryFunction": ENDING,
    "ReviewFunction": MENDING | ENDING,
    "NoticesFunction": MENDING | ENDING,
    "MailFunction": MENDING,
}


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_no_function_can_make_anybody_staff(statements: Statements, logical: str) -> None:
    # GIVEN what a function may do with accounts
    rules = [rule for rule in statements[logical] if any("cognito-idp:" in action for action in actions_of(rule))]
    # THEN it is what it calls, and all of it in the pool of the patrons
    assert {action for rule in rules for action in actions_of(rule)} == ACCOUNTS.get(logical, set())
    assert all(rule["Resource"] == {"Fn::GetAtt": ["UserPool", "Arn"]} for rule in rules)


def test_a_search_file_that_is_gone_is_told_from_one_that_is_forbidden(statements: Statements) -> None:
    (rule,) = [rule for rule in statements["PublicFunction"] if "s3:ListBucket" in actions_of(rule)]
    assert rule["Resource"] == {"Fn::GetAtt": ["CatalogueBucket", "Arn"]}


def test_only_registration_signs_uploads_and_only_for_intake(statements: Statements) -> None:
    for logical, rules in statements.items():
        for rule in rules:
            if logical == "RegistrationFunction" and "s3:PutObject" in actions_of(rule):
                assert rule["Resource"] == {"Fn::Sub": "${ImagesBucket.Arn}/intake/*"}
            elif logical == "CatalogueFunction" and "s3:PutObject" in actions_of(rule):
                assert rule["Resource"] == {"Fn::Sub": "${CatalogueBucket.Arn}/search/*"}
            elif logical == "ExchangeFunction" and "s3:PutObject" in actions_of(rule):
                assert rule["Resource"] == {"Fn::Sub": "${ExchangeBucket.Arn}/out/*"}
            elif "s3:PutObject" in actions_of(rule):
                assert rule["Resource"] == {"Fn::Sub": "${ImagesBucket.Arn}/clean/*"}


def test_the_review_lists_only_the_images(statements: Statements) -> None:
    (rule,) = [rule for rule in statements["ReviewFunction"] if "s3:ListBucket" in actions_of(rule)]
    assert rule["Condition"]["StringLike"]["s3:prefix"] == ["intake/*", "clean/*"]


@pytest.mark.parametrize("logical", FUNCTIONS)
def test_the_environment_tells_a_function_what_it_needs(of_type: OfType, logical: str) -> None:
    # GIVEN a function's environment
    name = FUNCTIONS[logical]
    variables = of_type("AWS::Lambda::Function")[logical]["Environment"]["Variables"]
    # THEN all know the table, the policy and whether time may be given
    assert variables["TABLE_NAME"] == {"Fn::GetAtt": ["TableName", "Value"]}
    assert variables["CLOSED"] == {"Ref": "Closed"}
    assert variables["POLICY"] == {"Ref": "Policy"}
    assert variables["TIME_TRAVEL"] == {"Ref": "TimeTravel"}
    # and each of the rest only what its work needs
    assert ("SIGNING_SECRET" in variables) == (name in CURSORS_AND_CODES)
    assert ("IMAGES_BUCKET" in variables) == (name in ["registration", "images", "review"])
    assert ("EXCHANGE_BUCKET" in variables) == (name == "exchange")
    assert ("USER_POOL_ID" in variables) == (name in ["review", "mail", "my_library", "notices"])
    assert ("MAIL_QUEUE_URL" in variables) == (name in ["outbox", "notices"])
    assert ("DAILY_TOPIC" in variables) == (name == "notices")
    assert ("MAIL_CONFIGURATION_SET" in variables) == (name == "mail")


def test_no_environment_holds_a_secret(of_type: OfType) -> None:
    for function in of_type("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"].get("SIGNING_SECRET") in (
            None,
            {"Fn::GetAtt": ["SigningSecret", "Id"]},
        )


@pytest.mark.parametrize("logical", SCHEDULED)
def test_a_scheduled_function_is_tried_again_and_then_heard(of_type: OfType, logical: str) -> None:
    # GIVEN a function that the scheduler calls and does not wait for
    (config,) = [
        each for each in of_type("AWS::Lambda::EventInvokeConfig").values() if each["FunctionName"] == {"Ref": logical}
    ]
    # THEN its own failures are tried again, and end in a queue of dead letters
    assert config["MaximumRetryAttempts"] == 2
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["ScheduleDeadLetters", "Arn"]}


def test_a_part_of_the_account_can_be_kept_for_the_runs(template: dict[str, Any], of_type: OfType) -> None:
    functions = of_type("AWS::Lambda::Function")
    kept = functions["AllocatorFunction"]["ReservedConcurrentExecutions"]
    assert kept == {"Fn::If": ["ReservesRuns", {"Ref": "RunsReserved"}, {"Ref": "AWS::NoValue"}]}
    # A new account has none to keep: a stack that asked for some could not be made.
    assert template["Parameters"]["RunsReserved"]["Default"] == 0


def test_the_api_outlasts_its_functions(of_type: OfType) -> None:
    """The HTTP API gives up after 30 seconds: a function that works longer answers nobody."""
    scheduled_or_queued = [*SCHEDULED, "ImagesFunction", "OutboxFunction", "MailFunction",
                           "BouncesFunction"]  # fmt: skip
    for logical, function in of_type("AWS::Lambda::Function").items():
        assert function["Timeout"] < 30 or logical in scheduled_or_queued


def test_the_public_function_reads_the_search_file_one_page_and_no_image(statements: Statements) -> None:
    rules = [rule["Resource"] for rule in statements["PublicFunction"] if "s3:GetObject" in actions_of(rule)]
    assert rules == [{"Fn::Sub": "${SiteBucket.Arn}/404.html"}, {"Fn::Sub": "${CatalogueBucket.Arn}/search/*"}]


def test_the_catalogue_function_touches_of_the_table_what_the_search_knows(statements: Statements) -> None:
    (rule,) = [rule for rule in statements["CatalogueFunction"] if "dynamodb:Query" in actions_of(rule)]
    assert rule["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["CATALOGUE"]}}
    assert rule["Resource"] == {"Fn::GetAtt": ["TableArn", "Value"]}
