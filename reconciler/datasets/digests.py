"""Which examples say what another one says, by 64-bit digests in little memory.

Sixteen bytes an example are kept, in shares by digest; only one share at a time becomes a
dictionary. After `REMEMBERED` examples no more are kept: as much as a file of the largest size
holds in examples of 128 bytes.
"""

import hashlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nsmallest
from typing import NamedTuple
from zlib import adler32, crc32

REMEMBERED = 1 << 22
_SHARES = 64
_SHORT = 1024


def digest(data: bytes) -> int:
    """Long data gets a faster one: two sums that are blind to different changes."""
    if len(data) >= _SHORT:
        return crc32(data) << 32 | adler32(data)
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


class Repeat(NamedTuple):
    line: int
    first: int  # the line that it repeats


class Shared(NamedTuple):
    """The same example in two files."""

    train_line: int
    valid_line: int


class Digests:
    """Those of a file's examples, with their lines."""

    def __init__(self) -> None:
        self._shares = [(array("Q"), array("Q")) for _ in range(_SHARES)]
        self.count = 0

    def add(self, line: int, value: int) -> None:
        if self.count < REMEMBERED:
            digests, lines = self._shares[value % _SHARES]
            digests.append(value)
            lines.append(line)
            self.count += 1

    def repeats(self, limit: int) -> tuple[list[Repeat], int]:
        """The first of them in the order of the file, and how many there are."""
        counted = _Counted(self._repeats())
        return nsmallest(limit, counted), counted.count

    def shared(self, train: "Digests", limit: int) -> tuple[list[Shared], int]:
        """What stands in a training file, too: the first lines of some, and how many there are."""
        found: list[Shared] = []
        count = 0
        for theirs, mine in zip(train._shares, self._shares, strict=True):  # noqa: SLF001
            places = _places(mine)
            both = {value: line for value, line in _places(theirs).items() if value in places}
            times = Counter(value for value in mine[0] if value in both)
            count += times.total()
            found += [Shared(line, places[value]) for value, line in both.items()]
        return nsmallest(limit, found, key=lambda each: each.valid_line), count

    def _repeats(self) -> Iterator[Repeat]:
        for digests, lines in self._shares:
            first: dict[int, int] = {}
            for value, line in zip(digests, lines, strict=True):
                known = first.setdefault(value, line)
                if known != line:
                    yield Repeat(line, known)


def _places(share: tuple[Iterable[int], Iterable[int]]) -> dict[int, int]:
    """The first line of each."""
    first: dict[int, int] = {}
    for value, line in zip(*share, strict=True):
        first.setdefault(value, line)
    return first


class _Counted:
    def __init__(self, repeats: Iterator[Repeat]) -> None:
        self._repeats = repeats
        self.count = 0

    def __iter__(self) -> Iterator[Repeat]:
        for repeat in self._repeats:
            self.count += 1
            yield repeat
