"""The library's own system, as it is told by files what happened here (RULES 43, docs/exchange.md)."""

from dataclasses import dataclass, field


@dataclass
class OwnSystem:
    """What it has been told is lent, by bar code, and until when; whatever does not follow on that is a fault."""

    lent: dict[str, str] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)
    newest: str = ""

    def take_in(self, name: str, text: str) -> None:
        """A file, newer than those before."""
        assert name > self.newest
        head, *rows = text.splitlines()
        assert (head, text[-1]) == ("moment,kind,barcode,due_on", "\n")
        for row in rows:
            self.learn(row)
        self.newest = name

    def learn(self, row: str) -> None:
        """A movement: with a due date the copy is lent until then, without one it is not."""
        _, kind, barcode, due_on = row.split(",")
        assert (barcode in self.lent) == (kind != "lent") or not due_on, row
        self.kinds.append(kind)
        if due_on:
            self.lent[barcode] = due_on
        else:
            self.lent.pop(barcode, None)
