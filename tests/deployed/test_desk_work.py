"""What staff do on the phone and at the counter, with the rights and the table of the deployed stack."""

from datetime import timedelta

from infra.local.people import Caller, run_job, until
from infra.local.stack import Stack
from lending.aws.table import Table
from lending.aws.table.catalogue import queues, search_index, titles
from lending.domain.patrons.patron import Patron
from tests.deployed.conftest import NOON, Given
from tests.deployed.racing import RENEWABLE, Round, at_once, heads_start, lend, own

ROUNDS = 12


def caller(given: Given) -> tuple[Patron, str]:
    """A patron with their card, and the path of their record at the desk."""
    patron, _ = given.patron()
    return patron, f"/desk/patrons/{patron.card_number}"


def test_a_caller_is_served_and_a_title_ends(given: Given, library: Table) -> None:
    # GIVEN a caller with a loan, and a title
    desk, (patron, record), title, other = given.account("desk"), caller(given), given.title(), given.title()
    barcode, overdue = lend(library, patron, other), RENEWABLE + timedelta(days=5)
    # WHEN staff renew and hold for them (RULES 9, 31)
    assert desk.post(f"{record}/loans/{barcode}/renewal", overdue, expected=201)["due_on"] == "2026-06-28"
    wanted = {"title_id": title.title_id, "pickup_place": "prefectural"}
    assert desk.post(f"{record}/holds", NOON, wanted, expected=201)["position"] == 1
    # THEN book and title tell who has it and who waits
    assert desk.get(f"/desk/copies/{barcode}", overdue)["loan"]["card_number"] == patron.card_number
    (line,) = desk.get(f"/desk/titles/{title.title_id}", NOON)["holds"]
    assert line["card_number"] == patron.card_number
    # AND a book three weeks late is on the list, page by page (RULES 35)
    late = desk.items("/desk/lists/overdue?limit=1", overdue + timedelta(days=30))
    assert barcode in [line["barcode"] for line in late]
    for name in ("missing", "kept_aside", "ready", "to_clear", "without_copy", "lost", "damaged"):
        desk.items(f"/desk/lists/{name}", NOON)
    # AND all its holds can be ended, with a mail (RULES 38)
    ended = desk.post(f"/desk/titles/{title.title_id}/holds", NOON, {"action": "cancel_all", "reason": "紛失"})
    assert (ended["cancelled"], ended["left"]) == (1, 0)
    assert len(list(library.query(f"PATRON#{patron.patron_id}", "MAIL#hold_cancelled#"))) == 1


def test_a_title_described_by_day_is_in_the_file_at_night(given: Given, library: Table, stack: Stack) -> None:
    # GIVEN a title that the desk has described today
    title_id, words = "night-1", {"title": "夜の図書館だより", "author": "見本", "isbn": "", "copies": []}
    given.account("desk").expect(200, "PUT", f"/desk/titles/{title_id}", NOON, words)
    assert title_id in [change.title_id for change in search_index.state(library).changes]
    # WHEN the night has come, with the rights of the deployed function
    assert run_job(stack, "CatalogueFunction", "renew_search", NOON)["changed"] > 0
    # THEN the file has it, and nothing is left beside it
    assert search_index.state(library).changes == []
    found = Caller(stack).items("/titles?q=夜の図書館だより", NOON)
    assert title_id in [title["title_id"] for title in found]


def test_a_file_of_the_night_says_what_is_elsewhere(given: Given, library: Table, stack: Stack) -> None:
    # GIVEN a book on the shelf, and one on loan
    desk, (patron, _), title, other = given.account("desk"), caller(given), given.title(), given.title()
    shelved, lent = title.barcodes[0], lend(library, patron, other)
    # WHEN the library's own system says that it has lent both (RULES 43)
    file = f"barcode,state,due_on\n{shelved},elsewhere,2026-06-20\n{lent},elsewhere,2026-06-20\n"
    bucket = {"Bucket": stack.outputs["ExchangeBucket"], "Key": "in/copies/copies-20260531-2300.csv"}
    stack.client("s3").put_object(Body=file.encode(), **bucket)
    # THEN the one is elsewhere until it is checked in, and the other a difference
    until(lambda: desk.get(f"/desk/copies/{shelved}", NOON)["state"] == "elsewhere", "the file of copies")
    (line,) = desk.items("/desk/lists/differences", NOON)
    assert (line["barcode"], line["state"], line["elsewhere_until"]) == (lent, "on_loan", "2026-06-20")
    (done,) = desk.post("/desk/checkins", NOON, {"barcodes": [shelved]})["items"]
    assert (done["result"], desk.get(f"/desk/copies/{shelved}", NOON)["state"]) == ("returned", "on_shelf")
    # AND the hour's job tells it so
    assert run_job(stack, "ExchangeFunction", "movements_out", NOON + timedelta(hours=1))["movements"] > 0
    out = stack.client("s3").list_objects_v2(Bucket=bucket["Bucket"], Prefix="out/movements/")["Contents"]
    told = [stack.client("s3").get_object(Bucket=bucket["Bucket"], Key=each["Key"])["Body"].read() for each in out]
    assert sum(f",returned,{shelved},\n".encode() in each for each in told) == 1


def test_a_merge_and_a_hold_in_the_same_moment(given: Given, library: Table) -> None:
    # GIVEN a title with a loan and a hold, again and again
    desk, (borrower, _), (waits, _) = given.account("desk"), caller(given), caller(given)
    asks, asking = given.patron()
    outcomes: set[int] = set()
    for start in heads_start(ROUNDS, each_has_won=lambda: len(outcomes) > 1):
        source, target = given.title(copies=2), given.title()
        lend(library, borrower, source)
        given.hold(waits, source)
        wanted = {"title_id": source.title_id, "pickup_place": "prefectural"}
        # WHEN it is merged while another patron holds it
        path, into = f"/desk/titles/{source.title_id}/merge", {"into": target.title_id}
        merged, held = at_once(
            lambda: own(desk).call("POST", path, NOON, into),  # noqa: B023
            lambda: own(asking).call("POST", "/me/holds", NOON, wanted),  # noqa: B023
            start=start,
        )
        # THEN the hold came first and has moved, or it is refused (RULES 9, 11)
        assert held.status_code in (201, 404, 409), held.text
        assert merged.status_code in (200, 202), merged.text
        whole = merged.json() if merged.status_code == 200 else desk.post(path, NOON, into)
        assert whole["merged"] is True
        # AND nothing is lost, nothing twice, and nothing is left of the one title
        rows = Round(library, (borrower, waits, asks), (source, target)).is_whole()
        assert not [row for row in rows if row.get("title_id") == source.title_id]
        united, queue = titles.find(library, target.title_id), queues.open_holds(library, target.title_id)
        assert united
        assert len(united.barcodes) == 3
        assert (asks.patron_id in {hold.patron_id for hold in queue}) == (held.status_code == 201)
        outcomes.add(held.status_code)
    assert len(outcomes) > 1, "each order is to be played"
