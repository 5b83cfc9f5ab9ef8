"""A file as parts that can be sent side by side, none of them ever in memory.

One pass tells the hash of the whole and of each part. When a part is sent, what leaves is hashed
again, so a file that changes meanwhile shows, whichever part of it did.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

CHUNK = 1 << 20


@dataclass(frozen=True)
class Piece:
    """Some bytes of a file."""

    number: int  # from 0
    start: int
    size: int
    sha256: str


@dataclass(frozen=True)
class Measured:
    """What a file held when it was read."""

    sha256: str
    size: int
    pieces: tuple[Piece, ...]


def measured(path: Path, piece_size: int | None = None) -> Measured:
    """Read a file once; without a size it is one piece. Raises OSError."""
    whole = hashlib.sha256()
    pieces: list[Piece] = []
    start = 0
    with path.open("rb", buffering=0) as file:
        size = piece_size or path.stat().st_size + 1
        while True:
            part, length = hashlib.sha256(), 0
            for chunk in _chunks(file, size):
                whole.update(chunk)
                part.update(chunk)
                length += len(chunk)
            if not length and pieces:
                return Measured(whole.hexdigest(), start, tuple(pieces))
            pieces.append(Piece(len(pieces), start, length, part.hexdigest()))
            start += length


def _chunks(file: io.FileIO, size: int) -> Iterator[bytes]:
    """The next bytes of a file, so many at most."""
    left = size
    while left and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk


class Window(io.RawIOBase):
    """A piece of a file as a file of its own, which an HTTP client reads, again if it has to.

    Where the file has become shorter, zeros stand for what is gone: the request stays well formed,
    and the hash tells.
    """

    def __init__(self, path: Path, piece: Piece) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._piece = piece
        self._at = 0
        self._hash = hashlib.sha256()

    @property
    def stream(self) -> IO[bytes]:
        """Itself, as clients ask for it."""
        return cast("IO[bytes]", self)

    @property
    def is_unchanged(self) -> bool:
        """Whether what was read, from the beginning to the end, is what was measured."""
        return self._at == self._piece.size and self._hash.hexdigest() == self._piece.sha256

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Clients look for the end, to know the length, and start over to send again."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._piece.size}[whence]
        self._at = start + offset
        if not self._at:
            self._hash = hashlib.sha256()
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        left = max(self._piece.size - self._at, 0)
        wanted = left if size is None or size < 0 else min(size, left)
        self._file.seek(self._piece.start + self._at)
        data = (self._file.read(wanted) or b"").ljust(wanted, b"\0")
        self._hash.update(data)
        self._at += len(data)
        return data

    def close(self) -> None:
        self._file.close()
        super().close()
