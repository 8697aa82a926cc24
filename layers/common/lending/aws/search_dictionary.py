"""What is sorted and lies in a file, of which as little as possible is read to find a place in it."""

from bisect import bisect_left
from collections.abc import Callable, Sequence

# So many names are kept in memory.
_SIGNPOSTS = 1024


class Dictionary:
    """Titles in an order, in which is looked for as in a dictionary: first in every so manieth, then between two."""

    def __init__(self, numbers: Sequence[int], key: Callable[[int], str]) -> None:
        self.numbers, self._key = numbers, key
        self._step = len(numbers) // _SIGNPOSTS + 1
        self._signposts = [key(number) for number in numbers[:: self._step]]

    def place(self, name: str) -> int:
        """Where the titles of a name begin, or of all later names."""
        signpost = bisect_left(self._signposts, name)
        low, high = max(signpost - 1, 0) * self._step, min(signpost * self._step, len(self.numbers))
        return bisect_left(self.numbers, name, low, high, key=self._key)
