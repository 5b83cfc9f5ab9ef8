"""Bytes to numbered lines, hashed on the way: one pass, and memory that no input can stretch.

A line is held in memory only up to `LONGEST_LINE`. The figure is a compromise. An example may carry
64 images of 10 MB each, which as data URIs would be more than the largest file the service takes,
so no limit below the file's own admits everything that is documented. But text of that size is far
beyond any training context, and a file without newlines must not become one string of half a
gigabyte. 64 MiB holds five of the largest images, or some hundred of ordinary size; who needs more
can name images by URL. A longer line is passed on as its head, marked, and its rest only hashed.
"""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

CHUNK = 1 << 18
LONGEST_LINE = 64 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_HEAD = 256


class Line(NamedTuple):
    number: int
    offset: int  # of `data` in the file
    data: bytes  # without its newline and without a byte order mark; only the head when not whole
    is_whole: bool


class Lines:
    """The lines of a stream, once; `sha256` and `size` speak of what has been read so far."""

    def __init__(
        self, stream: BinaryIO, *, chunk: int = CHUNK, longest: int = LONGEST_LINE
    ) -> None:
        self._stream = stream
        self._chunk = chunk
        self._longest = longest
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Line]:
        number, offset, pending = 0, 0, _Pending(self._longest)
        while chunk := self._read():
            *ended, rest = chunk.split(b"\n")
            for piece in ended:
                number += 1
                if number > 1 and not pending.length and len(piece) <= self._longest:
                    yield Line(number, offset, piece, is_whole=True)
                    offset += len(piece) + 1
                    continue
                length, data = pending.finish(piece)
                yield _line(number, offset, data, is_whole=length <= self._longest)
                offset += length + 1
            pending.add(rest)
        if pending.length:
            length, data = pending.finish(b"")
            yield _line(number + 1, offset, data, is_whole=length <= self._longest)

    def drain(self) -> None:
        """Reads to the end without splitting, so that hash and size are the file's."""
        while self._read():
            pass

    def _read(self) -> bytes:
        chunk = self._stream.read(self._chunk)
        self._digest.update(chunk)
        self.size += len(chunk)
        return chunk


class _Pending:
    """The beginning of a line whose end has not been read yet."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._pieces: list[bytes] = []
        self.length = 0

    def add(self, piece: bytes) -> None:
        if not piece:
            return
        self.length += len(piece)
        if self.length <= self._longest:
            self._pieces.append(piece)
        else:
            parts = (*self._pieces[:_HEAD], piece)
            self._pieces = [b"".join(part[:_HEAD] for part in parts)[:_HEAD]]

    def finish(self, piece: bytes) -> tuple[int, bytes]:
        self.add(piece)
        length, data = self.length, b"".join(self._pieces)
        self._pieces, self.length = [], 0
        return length, data


def _line(number: int, offset: int, data: bytes, *, is_whole: bool) -> Line:
    if number == 1 and data.startswith(BYTE_ORDER_MARK):
        mark = len(BYTE_ORDER_MARK)
        return Line(number, offset + mark, data[mark:], is_whole)
    return Line(number, offset, data, is_whole)
