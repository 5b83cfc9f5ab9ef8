"""Which lines say what an earlier line says, by 64-bit digests in little memory.

Sixteen bytes a line are kept, in shares by digest; only one share at a time becomes a dictionary.
After `REMEMBERED` lines no more are kept: as much as a file of the largest size holds in examples
of 128 bytes.
"""

import hashlib
from array import array
from collections.abc import Iterator
from heapq import nsmallest
from typing import NamedTuple
from zlib import crc32

REMEMBERED = 1 << 22
_SHARES = 64
_SHORT = 1024


def digest(line: bytes) -> int:
    """Of the bytes; long lines get a faster one, as texts that long do not differ by little."""
    data = line.strip()
    if len(data) >= _SHORT:
        return crc32(data) << 32 | crc32(data[::16])
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


class Repeat(NamedTuple):
    line: int
    first: int  # the line that it repeats


class Repeats:
    """Digests of lines so far."""

    def __init__(self) -> None:
        self._shares = [(array("Q"), array("Q")) for _ in range(_SHARES)]
        self._count = 0

    def add(self, line: int, value: int) -> None:
        if self._count < REMEMBERED:
            digests, lines = self._shares[value % _SHARES]
            digests.append(value)
            lines.append(line)
            self._count += 1

    def found(self, limit: int) -> tuple[list[Repeat], int]:
        """The first of them in the order of the file, and how many there are."""
        counted = _Counted(self._all())
        return nsmallest(limit, counted), counted.count

    def _all(self) -> Iterator[Repeat]:
        for digests, lines in self._shares:
            first: dict[int, int] = {}
            for value, line in zip(digests, lines, strict=True):
                known = first.setdefault(value, line)
                if known != line:
                    yield Repeat(line, known)


class _Counted:
    def __init__(self, repeats: Iterator[Repeat]) -> None:
        self._repeats = repeats
        self.count = 0

    def __iter__(self) -> Iterator[Repeat]:
        for repeat in self._repeats:
            self.count += 1
            yield repeat
