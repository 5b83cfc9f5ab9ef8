"""Where each key and value of a document stands in its file.

A document of sixty values has sixty keys, and a file may have ten thousand documents; so a place is
kept as one integer (the line above the column) and unpacked only for the few that are asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMN_BITS = 24  # a line cannot be longer than the largest file, 16 MiB
COLUMN_MASK = (1 << COLUMN_BITS) - 1

Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Place:
    """A line and a column, both counted from 1; columns are counted in characters."""

    line: int
    column: int


def pack(line: int, column: int) -> int:
    """A place as one number, from a line counted from 1 and a column counted from 0."""
    return line << COLUMN_BITS | column


def unpack(packed: int) -> Place:
    """The place that `pack` made a number of."""
    return Place(packed >> COLUMN_BITS, (packed & COLUMN_MASK) + 1)


class Places:
    """The places of a mapping or a list and of all that it holds; a tree beside the values."""

    __slots__ = ("at", "keys", "values")

    def __init__(
        self,
        at: int,
        keys: Mapping[str, int],
        values: "Mapping[str, Places | int] | Sequence[Places | int]",
    ) -> None:
        self.at = at
        self.keys = keys
        self.values = values

    def key_at(self, path: Path) -> int:
        """Where the entry at the path begins: its key, or for an item of a list its value."""
        here: Places | int = self
        begins = self.at
        for step in path:
            if not isinstance(here, Places) or (value := here.value(step)) is None:
                break
            begins = here.keys[step] if isinstance(step, str) else _start(value)
            here = value
        return begins

    def value_at(self, path: Path) -> "Places | int":
        """Where the value at the path stands, with all that it holds; else its nearest ancestor."""
        here: Places | int = self
        for step in path:
            if not isinstance(here, Places) or (value := here.value(step)) is None:
                break
            here = value
        return here

    def value(self, step: str | int) -> "Places | int | None":
        """Where the value one step down stands, if there is one."""
        if isinstance(self.values, Mapping):
            return self.values.get(step) if isinstance(step, str) else None
        if isinstance(step, int) and 0 <= step < len(self.values):
            return self.values[step]
        return None


def _start(place: Places | int) -> int:
    return place.at if isinstance(place, Places) else place


def start(place: Places | int) -> Place:
    """Where a value begins."""
    return unpack(_start(place))


def scalars(place: Places | int) -> Iterator[int]:
    """The packed places of every scalar in a value."""
    if isinstance(place, int):
        yield place
        return
    values = place.values
    for value in values.values() if isinstance(values, Mapping) else values:
        yield from scalars(value)
