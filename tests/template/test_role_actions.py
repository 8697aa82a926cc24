"""A role allows what its function calls, and nothing that it never calls: found by walking the sources.

From a function's handler everything that can be reached is followed, by names; what is called of AWS is compared with
the role. What the gateway, the queues and the stream need to call the function is AWS's own and left out.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.template.conftest import ROOT, Statements

LENDING = ROOT / "layers" / "common" / "lending"
FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/handler.py"))
COMPARED = ("s3", "ses", "cognito-idp", "secretsmanager", "sqs", "sns", "dynamodb")
CALLED_OTHERWISE = {
    "ListObjectsV2": "ListBucket", "DeleteObjects": "DeleteObject", "HeadObject": "GetObject",
    "SendMessageBatch": "SendMessage",
}  # fmt: skip
# How the code asks the table, and what each way is to AWS.
WRITING = "lending.aws.table.writes"
WRITES = {"put": "PutItem", "update": "UpdateItem", "delete": "DeleteItem", "check": "ConditionCheckItem"}
READS = {"get": "GetItem", "get_many": "BatchGetItem", "query": "Query", "page": "Query"}
# What a mapping of a queue or a stream to a function asks with the function's role, and whose mappings there are.
MAPPED = {"images", "exchange", "outbox", "mail", "bounces"}
OF_MAPPINGS = {
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility",
    "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
}  # fmt: skip
# A lookup without it is told "forbidden" instead of "not there".
TO_TELL_WHAT_IS_MISSING = {"public": {"s3:ListBucket"}, "exchange": {"s3:ListBucket"}}
# All areas know kept answers, which are written where a route changes something; the public's only read.
# A transaction may count (see `writes.counted`), which nothing does that the search knows.
NEVER_WRITES = {
    "public": {f"dynamodb:{each}" for each in WRITES.values()},
    "catalogue": {"dynamodb:UpdateItem"},
}

Place = tuple[str, str]  # a module and a name in it


@cache
def tree(module: str) -> ast.Module | None:
    """The syntax tree of a module of ours."""
    folder = LENDING.parent if module.startswith("lending") else ROOT
    path = folder / Path(*module.split("."))
    for each in (path.with_suffix(".py"), path / "__init__.py"):
        if each.is_file():
            return ast.parse(each.read_text("utf-8"))
    return None


@cache
def names(module: str) -> dict[str, ast.AST]:
    """What a module defines, by name."""
    found: dict[str, ast.AST] = {}
    for node in getattr(tree(module), "body", []):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def imported(module: str) -> dict[str, str]:
    """What the names that a module imports stand for."""
    nodes = (node for node in ast.walk(tree(module) or ast.Module([], [])) if isinstance(node, ast.ImportFrom))
    return {name.asname or name.name: f"{node.module}.{name.name}" for node in nodes for name in node.names}


def named(module: str, node: ast.AST) -> Iterator[Place]:
    """What of ours a piece of code names."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if part.id in names(module):
                yield module, part.id
            elif (dotted := imported(module).get(part.id, "")).startswith("lending."):
                yield dotted.rpartition(".")[0], dotted.rpartition(".")[2]
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            dotted = imported(module).get(part.value.id, "")
            if dotted.startswith("lending.") and tree(dotted):
                yield dotted, part.attr


def reached(function: str) -> Iterator[tuple[Place, ast.AST]]:
    """Every piece of code that a function's handler can come to."""
    start = f"functions.{function}.handler"
    waiting: list[Place] = [(start, name) for name in names(start)]
    seen: set[Place] = set()
    while waiting:
        module, name = place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        if name == "area":
            # The routes of an area are known by their decorator.
            waiting += [(module, each) for each in names(module)]
        if (node := names(module).get(name)) is not None:
            yield place, node
            waiting += named(module, node)
        elif name in imported(module):
            dotted = imported(module)[name]
            waiting.append((dotted.rpartition(".")[0], dotted.rpartition(".")[2]))


def calls(node: ast.AST) -> Iterator[str]:
    """The actions that a piece of code asks of AWS."""
    text = ast.unparse(node)
    for service, operation in re.findall(r"client\('([\w-]+)'(?:, once=True)?\)\.(\w+)\(", text):
        if operation == "generate_presigned_post":
            operation = "put_object"
        if operation == "generate_presigned_url":
            operation = "get_object"
        yield action(service, operation)
    for operation in re.findall(r"_call\('(admin_\w+)'", text):
        yield action("cognito-idp", operation)
    for read in re.findall(r"\btable\.(\w+)\(", text):
        if read in READS:
            yield f"dynamodb:{READS[read]}"


def action(service: str, operation: str) -> str:
    """An operation as a policy names it."""
    name = "".join(part.capitalize() for part in operation.split("_"))
    return f"{service.removesuffix('v2')}:{CALLED_OTHERWISE.get(name, name)}"


def test_calls_are_found() -> None:
    # GIVEN the functions whose calls are known THEN the walk finds them: it is not blind
    assert set(called("mail")) >= {"ses:SendEmail", "cognito-idp:AdminSetUserPassword"}
    assert set(called("registration")) >= {"s3:PutObject", "secretsmanager:GetSecretValue"}
    assert set(called("images")) >= {"dynamodb:GetItem", "dynamodb:UpdateItem"}
    assert not [each for each in called("desk") if each.startswith(("cognito-idp", "s3"))]


def called(function: str) -> set[str]:
    """The actions that a function asks of the services compared."""
    everything = list(reached(function))
    found = {each for _, node in everything for each in calls(node)}
    found |= {f"dynamodb:{WRITES[name]}" for (module, name), _ in everything if module == WRITING and name in WRITES}
    return {each for each in found if each.startswith(tuple(f"{service}:" for service in COMPARED))}


def allowed(statements: Statements, function: str) -> set[str]:
    """The actions that a function's role allows of the services compared."""
    logical = "".join(part.capitalize() for part in function.split("_")) + "Function"

    def listed(statement: dict[str, Any]) -> list[str]:
        actions = statement["Action"]
        return [actions] if isinstance(actions, str) else list(actions)

    own = [statement for statement in statements[logical] if not is_of_dead_letters(statement)]
    found = {each for statement in own for each in listed(statement)}
    return {each for each in found if each.startswith(tuple(f"{service}:" for service in COMPARED))}


def is_of_dead_letters(statement: dict[str, Any]) -> bool:
    """Whether a statement lets AWS put away what the function failed at."""
    resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    return all("DeadLetters" in str(resource) for resource in resources)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_allows_what_is_called_and_no_more(statements: Statements, function: str) -> None:
    called_here, allowed_here = called(function), allowed(statements, function)
    assert called_here - allowed_here - NEVER_WRITES.get(function, set()) == set(), "called, and not allowed"
    mapped = OF_MAPPINGS if function in MAPPED else set()
    unused = allowed_here - called_here - mapped - TO_TELL_WHAT_IS_MISSING.get(function, set())
    assert unused == set(), "allowed, and never called"
