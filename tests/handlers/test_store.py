"""What the table makes of DynamoDB's moods: throttling, conflicts, and answers that are lost on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.my_library.handler import handler as my_library
from lending.aws.table import Busy, Overtaken, Table, store
from lending.aws.table.writes import delete, put, put_new, update
from lending.domain.problems import Refused
from tests.handlers.conftest import Given, context, request

KEY = ("THING#1", "THING")


def refusal(code: str, *reasons: str) -> ClientError:
    cancelled = {"CancellationReasons": [{"Code": reason} for reason in reasons]}
    answer: Any = {"Error": {"Code": code, "Message": ""}, **(cancelled if reasons else {})}
    return ClientError(answer, "an operation")


PASSING = [
    refusal("ThrottlingException"),
    refusal("ProvisionedThroughputExceededException"),
    refusal("RequestLimitExceeded"),
    refusal("TransactionInProgressException"),
    refusal("TransactionCanceledException", "None", "ThrottlingError"),
    refusal("TransactionCanceledException", "ProvisionedThroughputExceeded"),
    refusal("TransactionCanceledException", "TransactionConflict", "None"),
]


def test_a_list_goes_on_only_within_the_part_that_is_read(library: Table) -> None:
    # GIVEN the place after the second of four things
    for n in (1, 2, 3, 4):
        library.write(put(("THINGS", f"THING#{n}"), {}))
    _, last = library.page("THINGS", "THING#", limit=2).items
    whole = library.page("THINGS", "THING#", start=last)
    assert [item["SK"] for item in whole.items] == ["THING#3", "THING#4"]
    # WHEN another list, or another part of the same, is to go on there THEN it does not: DynamoDB would fail
    parts: list[tuple[str, dict[str, Any]]] = [
        ("OTHERS", {}), ("THINGS", {"sk_prefix": "THING#3"}), ("THINGS", {"before": "THING#1"}),
        ("THINGS", {"after": "THING#3", "before": "~"}),
    ]  # fmt: skip
    for pk, how in parts:
        with pytest.raises(Refused):
            library.page(pk, start=last, **how)


class Moody:
    """A client that refuses the first requests, as told."""

    def __init__(self, client: Any, *refusals: Exception) -> None:
        self._client, self.refusals, self.tokens = client, list(refusals), set[str]()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def asked(**parameters: Any) -> Any:
            self.tokens |= {parameters.get("ClientRequestToken", "")}
            if self.refusals:
                raise self.refusals.pop(0)
            return call(**parameters)

        return asked


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_pause", lambda attempt: None)


def moody(library: Table, *refusals: Exception) -> tuple[Table, Moody]:
    client = Moody(library._client, *refusals)
    return Table(client, library.name), client


@pytest.mark.parametrize("passing", PASSING, ids=str)
def test_what_is_refused_for_the_moment_is_asked_again(library: Table, passing: ClientError) -> None:
    # GIVEN DynamoDB that refuses a few requests of each sort, for nothing but the moment
    acts: list[Callable[[Table], Any]] = [
        lambda table: table.write(put(KEY, {"n": 1})),
        lambda table: table.write(update(KEY, set={"n": 2}, condition="attribute_exists(#PK)")),
        lambda table: table.transact(update(KEY, set={"n": 3}), put_new(("THING#2", "THING"), {})),
        lambda table: table.get(KEY),
        lambda table: table.get_many([KEY]),
        lambda table: table.page(KEY[0]),
    ]
    for act in acts:
        table, client = moody(library, passing, passing, passing)
        # WHEN each is made THEN it is done, and as the one that was refused
        act(table)
        assert len(client.tokens) == 1
    assert library.get(KEY) == {"PK": KEY[0], "SK": KEY[1], "n": 3}


def test_what_is_refused_again_and_again_is_busy(library: Table) -> None:
    for passing in PASSING:
        table, _ = moody(library, *[passing] * 100)
        with pytest.raises(Busy):
            table.write(put_new(KEY, {}))
        with pytest.raises(Busy):
            table.get(KEY)
    # AND nothing was written
    assert library.get(KEY) is None


def test_a_mistake_of_ours_is_not_asked_again(library: Table) -> None:
    for mistake in (
        refusal("ValidationException"),
        refusal("TransactionCanceledException", "ValidationError", "None"),
        refusal("AccessDeniedException"),
    ):
        table, client = moody(library, mistake)
        with pytest.raises(ClientError):
            table.transact(put_new(KEY, {}))
        assert client.refusals == []


def test_a_condition_that_failed_counts_more_than_a_conflict(library: Table) -> None:
    table, _ = moody(library, refusal("TransactionCanceledException", "TransactionConflict", "ConditionalCheckFailed"))
    with pytest.raises(Overtaken) as overtaken:
        table.transact(put(KEY, {}), put_new(("THING#2", "THING"), {}))
    assert overtaken.value.failed == [1]


class Forgetful(Moody):
    """DynamoDB whose first answer is lost: it has written, and the SDK sends the same request again.

    moto knows no tokens, so what a token does is played here: a request it has carried out is answered as before.
    """

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        done: dict[str, Any] = {}

        def sent_twice(**parameters: Any) -> Any:
            token = parameters.get("ClientRequestToken")
            first = call(**parameters)
            return done.setdefault(token, first) if token else call(**parameters)

        return sent_twice


def test_a_lost_answer_is_not_taken_for_somebody_elses_deed(library: Table) -> None:
    # GIVEN a network that loses each answer once
    table = Table(Forgetful(library._client), library.name)
    # WHEN a thing is made, changed if it is as it was read, and taken away if it is there
    table.write(put_new(KEY, {"n": 1}))
    table.write(update(KEY, set={"n": 2}, condition="#n = :read", read=1))
    # THEN each was ours
    assert library.get(KEY) == {"PK": KEY[0], "SK": KEY[1], "n": 2}
    table.write(delete(KEY, "attribute_exists(#PK)"))
    assert library.get(KEY) is None


def test_a_patron_is_told_to_come_again_when_the_table_takes_no_more(
    given: Given, library: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    # GIVEN a table that is throttled for longer than a request may take
    given.patron("p-1")
    monkeypatch.setattr(library, "_client", Moody(library._client, *[PASSING[0]] * 100))
    # WHEN a patron looks at My Library
    answer = my_library(request("GET", "/api/me", group="patron", user="p-1"), context())
    # THEN they are told when to try again
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "5")
