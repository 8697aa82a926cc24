"""The HTTP API: who may come in by which route."""

import importlib
import re
from typing import Any

import pytest

from tests.template.conftest import OfType
from tests.template.test_functions import FUNCTIONS

ANYONE = {
    "POST /api/applications": "RegistrationFunction",
    "GET /api/applications/{receipt_number}": "RegistrationFunction",
    "POST /api/applications/{receipt_number}/uploads": "RegistrationFunction",
    "POST /api/applications/{receipt_number}/withdrawal": "RegistrationFunction",
    "POST /api/passwords": "RegistrationFunction",
    "GET /api/facilities": "PublicFunction",
    "GET /api/notices": "PublicFunction",
    "GET /api/calendar": "PublicFunction",
    "GET /api/statistics": "PublicFunction",
    "GET /api/titles": "PublicFunction",
    "GET /api/titles/{title_id}": "PublicFunction",
    "POST /api/mail-address-confirmations": "MyLibraryFunction",
    # The link in its address is looked at by the function (RULES 53).
    "GET /api/calendar-links/{token}": "PublicFunction",
    "ANY /api/facility-links/{proxy+}": "FacilityFunction",
    # Whatever else is asked for is answered in the API's own form.
    "$default": "PublicFunction",
}
WITH_TOKEN = {
    "GET /api/me/holds": "HoldsFunction",
    "POST /api/me/holds": "HoldsFunction",
    "POST /api/me/holds/batch": "HoldsFunction",
    "DELETE /api/me/holds/{title_id}": "HoldsFunction",
    "GET /api/me/outlook": "HoldsFunction",
    "PATCH /api/me/holds/{title_id}": "HoldsFunction",
    "GET /api/me": "MyLibraryFunction",
    "PATCH /api/me": "MyLibraryFunction",
    "DELETE /api/me": "MyLibraryFunction",
    "GET /api/me/export": "MyLibraryFunction",
    "GET /api/me/basket": "MyLibraryFunction",
    "PUT /api/me/basket/{title_id}": "MyLibraryFunction",
    "DELETE /api/me/basket/{title_id}": "MyLibraryFunction",
    "GET /api/me/loans": "MyLibraryFunction",
    "POST /api/me/loans/{barcode}/renewals": "MyLibraryFunction",
    "POST /api/me/loans/{barcode}/returned": "MyLibraryFunction",
    "POST /api/me/renewals": "MyLibraryFunction",
    "GET /api/me/mails": "MyLibraryFunction",
    "GET /api/me/calendar-link": "MyLibraryFunction",
    "PUT /api/me/calendar-link": "MyLibraryFunction",
    "DELETE /api/me/calendar-link": "MyLibraryFunction",
    "POST /api/me/test-mail": "MyLibraryFunction",
    "ANY /api/desk/applications": "ReviewFunction",
    "ANY /api/desk/applications/{proxy+}": "ReviewFunction",
    "ANY /api/desk/patrons": "ReviewFunction",
    "ANY /api/desk/patrons/{proxy+}": "ReviewFunction",
    "ANY /api/desk/contacts": "ReviewFunction",
    "ANY /api/desk/contacts/{proxy+}": "ReviewFunction",
    "ANY /api/desk/lists/letters": "ReviewFunction",
    "ANY /api/desk/trail": "ReviewFunction",
    "ANY /api/desk/{proxy+}": "DeskFunction",
    "ANY /api/desk/patrons/{card_number}/holds": "DeskFunction",
    "ANY /api/desk/patrons/{card_number}/holds/{title_id}": "DeskFunction",
    "ANY /api/desk/patrons/{card_number}/loans/{barcode}/renewal": "DeskFunction",
    "ANY /api/desk/runs": "RunsFunction",
    "ANY /api/desk/runs/{proxy+}": "RunsFunction",
    "GET /api/facility": "FacilityFunction",
    "ANY /api/facility/{proxy+}": "FacilityFunction",
}


@pytest.fixture(scope="session")
def routes(of_type: OfType) -> dict[str, tuple[str, str]]:
    """Each route's function and authorizer."""
    (api,) = of_type("AWS::ApiGatewayV2::Api").values()
    found = {}
    for path, operations in api["Body"]["paths"].items():
        for method, operation in operations.items():
            verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            (scheme,) = operation["security"][0]
            found[path if path == "$default" else f"{verb} {path}"] = (
                uri.split("${")[-1].split("Aliaslive}")[0],
                scheme,
            )
    return found


def test_the_routes_are_those_promised(routes: dict[str, tuple[str, str]]) -> None:
    assert {route: function for route, (function, _) in routes.items()} == ANYONE | WITH_TOKEN


@pytest.mark.parametrize("function", sorted({*(ANYONE | WITH_TOKEN).values()}))
def test_every_route_comes_to_the_function_that_has_it(function: str) -> None:
    # GIVEN the routes a function has
    surface = importlib.import_module(f"functions.{FUNCTIONS[function]}.handler").handler
    for method, path in surface.routes:
        # WHEN one is asked for THEN the gateway hands it to that function
        assert _taken_by(method, re.sub(r"<\w+>", "x", path)) == function, (method, path)


def _taken_by(method: str, path: str) -> str:
    """The function that the gateway asks: a whole match goes before a beginning, more words before fewer."""
    routes = ANYONE | WITH_TOKEN
    found = {route: route.split()[1] for route in routes if route.split()[0] in (method, "ANY")}
    patterns = {
        route: re.sub(r"\{\w+\}", "[^/]+", pattern.replace("{proxy+}", ".+")) for route, pattern in found.items()
    }
    matching = [route for route, pattern in patterns.items() if re.fullmatch(pattern, path)]
    return routes[max(matching, key=lambda route: ("+" not in route, len(re.findall(r"/\w+", route))))]


def test_only_what_is_for_anyone_needs_no_token(routes: dict[str, tuple[str, str]]) -> None:
    assert {route for route, (_, scheme) in routes.items() if scheme == "NONE"} == set(ANYONE)


def test_patrons_and_staff_come_in_by_doors_of_their_own(routes: dict[str, tuple[str, str]]) -> None:
    doors = {"/api/me": "Patrons", "/api/desk": "Staff", "/api/facility": "Staff"}
    for route in WITH_TOKEN:
        path = route.split()[1]
        assert routes[route][1] == doors["/".join(path.split("/")[:3])], route


def test_tokens_are_those_of_our_own_pools_and_pages(of_type: OfType) -> None:
    # GIVEN the two authorizers
    (api,) = of_type("AWS::ApiGatewayV2::Api").values()
    schemes = api["Body"]["components"]["securitySchemes"]
    taken = {name: scheme["x-amazon-apigateway-authorizer"]["jwtConfiguration"] for name, scheme in schemes.items()}
    issuer = "https://cognito-idp.${AWS::Region}.amazonaws.com/"
    patrons = {"issuer": {"Fn::Sub": issuer + "${UserPool}"}, "audience": [{"Ref": "UserPoolClient"}]}
    # THEN each takes what its pool has issued to the pages
    assert taken["Patrons"] == patrons
    condition, own, shared = taken["Staff"]["issuer"]["Fn::If"]
    assert (condition, own) == ("HasStaffPool", {"Fn::Sub": issuer + "${StaffUserPool}"})
    ((client_condition, own_client, shared_client),) = [each["Fn::If"] for each in taken["Staff"]["audience"]]
    assert (client_condition, own_client) == ("HasStaffPool", {"Ref": "StaffUserPoolClient"})
    # and only a stack that is played takes both from one
    assert {"issuer": shared, "audience": [shared_client]} == patrons


def test_staff_have_a_pool_of_their_own_unless_a_stack_is_played(template: dict[str, Any]) -> None:
    assert template["Parameters"]["StaffPool"]["Default"] == "own"
    compared = template["Conditions"]["HasStaffPool"]["Fn::Equals"]
    assert {"Ref": "StaffPool"} in compared
    assert "own" in compared
    # The pages sign in where the API looks.
    outputs = template["Outputs"]
    assert outputs["StaffPoolId"]["Value"]["Fn::If"][:2] == ["HasStaffPool", {"Ref": "StaffUserPool"}]
    assert outputs["StaffPoolClientId"]["Value"]["Fn::If"][:2] == ["HasStaffPool", {"Ref": "StaffUserPoolClient"}]


def test_staff_sign_in_with_a_code_as_well(of_type: OfType) -> None:
    pool = of_type("AWS::Cognito::UserPool")["StaffUserPool"]
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])
    assert of_type("AWS::Cognito::UserPoolGroup")["DeskGroup"]["UserPoolId"]["Fn::If"][:2] == [
        "HasStaffPool",
        {"Ref": "StaffUserPool"},
    ]


def test_who_signs_out_everywhere_is_out_within_minutes(of_type: OfType) -> None:
    clients = of_type("AWS::Cognito::UserPoolClient")
    assert all(client["TokenValidityUnits"]["AccessToken"] == "minutes" for client in clients.values())
    assert clients["UserPoolClient"]["AccessTokenValidity"] == {"Fn::If": ["HasStaffPool", 10, 60]}
    assert clients["StaffUserPoolClient"]["AccessTokenValidity"] == 5


def test_the_default_stage_is_throttled(of_type: OfType) -> None:
    (stage,) = of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "$default"
    assert {"ThrottlingRateLimit", "ThrottlingBurstLimit"} <= set(stage["DefaultRouteSettings"])


VERBS = {"post": "POST", "x-amazon-apigateway-any-method": "ANY"}


def test_a_flood_of_what_needs_no_sign_in_is_not_everybodys(of_type: OfType) -> None:
    # GIVEN the routes that anybody may send something to THEN each has a limit far below that of all together
    (api,) = of_type("AWS::ApiGatewayV2::Api").values()
    (stage,) = of_type("AWS::ApiGatewayV2::Stage").values()
    anybodys = {
        f"{VERBS[method]} {path}"
        for path, operations in api["Body"]["paths"].items()
        for method, operation in operations.items()
        if method in VERBS and path != "$default" and operation["security"] == [{"NONE": []}]
    }
    assert "POST /api/applications" in anybodys
    # and who looks for pages that are not there keeps nobody from those that are
    assert set(stage["RouteSettings"]) == anybodys | {"$default"}
    assert all(limit["ThrottlingRateLimit"] <= 20 for limit in stage["RouteSettings"].values())


@pytest.mark.parametrize("personal", ["sourceIp", "path", "userAgent", "authorizer", "identity"])
def test_the_access_log_holds_no_personal_data(of_type: OfType, personal: str) -> None:
    (stage,) = of_type("AWS::ApiGatewayV2::Stage").values()
    assert personal not in stage["AccessLogSettings"]["Format"]


POOLS = {"UserPool": "UserPoolClient", "StaffUserPool": "StaffUserPoolClient"}


@pytest.mark.parametrize("logical", POOLS.values())
def test_signing_in_tells_nothing_and_changes_nothing(of_type: OfType, logical: str) -> None:
    # GIVEN a client that the pages sign in with
    client = of_type("AWS::Cognito::UserPoolClient")[logical]
    # THEN it has no secret to lose, and a wrong name answers like a wrong password
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    # by no way that the pages do not use: another one tells by the form of its answer who has an account
    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    # and a token cannot write another card number into the alias
    assert client["WriteAttributes"] == ["locale"]


@pytest.mark.parametrize("logical", POOLS)
def test_accounts_are_made_by_the_library_only(of_type: OfType, logical: str) -> None:
    pool = of_type("AWS::Cognito::UserPool")[logical]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    password = pool["Policies"]["PasswordPolicy"]
    assert password["MinimumLength"] >= 8
    assert password["TemporaryPasswordValidityDays"] == {"Ref": "TemporaryPasswordDays"}


def test_only_patrons_sign_in_with_a_number_beside_their_name(of_type: OfType) -> None:
    pools = of_type("AWS::Cognito::UserPool")
    assert pools["UserPool"]["AliasAttributes"] == ["preferred_username"]
    assert "AliasAttributes" not in pools["StaffUserPool"]
    groups = {group["GroupName"] for group in of_type("AWS::Cognito::UserPoolGroup").values()}
    assert groups == {"patron", "desk"}
