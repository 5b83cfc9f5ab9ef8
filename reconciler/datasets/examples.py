"""The examples of a file, for comparing them: by what they say, not by their bytes.

Keys in another order, other escapes or spaces make no difference. Lines that are no example are for
the check to name; here they are left out.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from reconciler.datasets.lines import Lines
from reconciler.datasets.syntax import MalformedError, is_blank, parse

_ENCODER = msgspec.json.Encoder(order="sorted")


def examples(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each example that can be read, with its line. Raises OSError."""
    with path.open("rb", buffering=0) as stream:
        for line in Lines(stream):
            if is_blank(line):
                continue
            try:
                yield line.number, parse(line)
            except (MalformedError, RecursionError):
                continue


def canonical(value: Any) -> bytes:
    """The same bytes for what says the same. Raises RecursionError."""
    return _ENCODER.encode(value)


def digest(value: Any) -> int:
    """Eight of them. Raises RecursionError."""
    return int.from_bytes(hashlib.blake2b(canonical(value), digest_size=8).digest(), "little")
