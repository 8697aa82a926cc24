"""What batches and bags are called (RULES 24, 40)."""

from datetime import date

from lending.domain.loans.batch import bag_id, batch_id, batch_of

SUNDAY = date(2026, 6, 7)


def test_a_bag_is_called_by_its_batch_and_always_the_same() -> None:
    assert bag_id(SUNDAY, "12", "p-1") == bag_id(SUNDAY, "12", "p-1")
    assert bag_id(SUNDAY, "12", "p-1").startswith(batch_id(SUNDAY, "12") + ".")
    assert batch_of(bag_id(SUNDAY, "12", "p-1")) == batch_of(batch_id(SUNDAY, "12")) == ("2026-06-07", "12")


def test_its_name_tells_nobody_whose_it_is() -> None:
    # GIVEN bags of one patron in two weeks and at two facilities, and one of another patron
    names = [bag_id(SUNDAY, "12", "p-1"), bag_id(date(2026, 6, 14), "12", "p-1"), bag_id(SUNDAY, "7", "p-1"),
             bag_id(SUNDAY, "12", "p-2")]  # fmt: skip
    # THEN their marks have nothing in common, neither with each other nor with the patron
    marks = {name.rpartition(".")[2] for name in names}
    assert len(marks) == len(names)
    assert all(len(mark) == 16 and "p-" not in mark for mark in marks)


def test_what_is_none_names_nothing() -> None:
    assert [batch_of(text) for text in ("", "x", "2026-06-07", "2026-06-07.")] == [
        ("", ""), ("x", ""), ("2026-06-07", ""), ("2026-06-07", "")]  # fmt: skip
