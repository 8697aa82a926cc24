"""The bucket of the exchange, as the library's side sees it: only connections from inside to outside."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from infra.exchange_client.memory import Memory
from infra.exchange_client.systems import OtherSystem


class Bucket:
    """Files by name, in folders."""

    def __init__(self, s3: Any, name: str) -> None:
        self._s3, self._name = s3, name

    def names(self, folder: str, after: str) -> Iterator[str]:
        """The names of a folder that come after one, in order."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self._name, Prefix=f"{folder}/", StartAfter=f"{folder}/{after}"
        )
        for page in pages:
            yield from (each["Key"].removeprefix(f"{folder}/") for each in page.get("Contents", []))

    def content(self, folder: str, name: str) -> bytes:
        """What a file has."""
        return bytes(self._s3.get_object(Bucket=self._name, Key=f"{folder}/{name}")["Body"].read())

    def put(self, folder: str, name: str, data: bytes) -> None:
        """A file for the service."""
        self._s3.put_object(Bucket=self._name, Key=f"{folder}/{name}", Body=data, ContentType="text/csv")


def fetch_movements(bucket: Bucket, system: OtherSystem, memory: Memory) -> int:
    """Carry out the files that came since, in the order of their names; answers how many."""
    count = 0
    for name in bucket.names("out/movements", memory.last("movements")):
        system.take_in(name, bucket.content("out/movements", name))
        memory.note_last("movements", name)
        count += 1
    return count


def answer_candidates(bucket: Bucket, system: OtherSystem, memory: Memory, today: date) -> int:
    """Answer what is asked about the candidates of today's run, once; answers how many answers there were."""
    count = 0
    for name in bucket.names("out/candidates", memory.last("candidates")):
        run = name.removesuffix(".csv")
        if run != today.isoformat():
            continue
        if (answer := system.answer(run, bucket.content("out/candidates", name))) is not None:
            bucket.put("in/candidates", name, answer)
            memory.note_last("candidates", name)
            count += 1
    return count


def send_copies(bucket: Bucket, system: OtherSystem) -> int:
    """Put the file of all copies; answers how many there were."""
    count = 0
    for name, data in system.copies():
        bucket.put("in/copies", name, data)
        count += 1
    return count
