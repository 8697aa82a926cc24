"""A system that reads and writes files: `movements/` and `candidates/` to be read, `copies/` and `answers/` of its own.

A file appears whole; whoever writes those two does so under another name first.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from infra.exchange_client.memory import Memory


class Folder:
    """The folder that the two share."""

    def __init__(self, path: Path, memory: Memory) -> None:
        self._path, self._memory = path, memory

    def take_in(self, name: str, data: bytes) -> None:
        """Put a file of movements there; put again it is the same."""
        self._put("movements", name, data)

    def copies(self) -> Iterator[tuple[str, bytes]]:
        """The files that are new, or written anew, since they were put, the oldest first."""
        found = sorted((self._path / "copies").glob("*.csv"), key=lambda file: file.stat().st_mtime_ns)
        last = self._memory.last("copies")
        for file in found:
            mark = f"{file.stat().st_mtime_ns:020}"
            if mark > last:
                yield file.name, file.read_bytes()
                self._memory.note_last("copies", mark)

    def answer(self, run: str, question: bytes) -> bytes | None:
        """Put the question there, and look for an answer."""
        self._put("candidates", f"{run}.csv", question)
        file = self._path / "answers" / f"{run}.csv"
        return file.read_bytes() if file.exists() else None

    def _put(self, folder: str, name: str, data: bytes) -> None:
        (self._path / folder).mkdir(parents=True, exist_ok=True)
        part = self._path / folder / f"{name}.part"
        part.write_bytes(data)
        os.replace(part, self._path / folder / name)
