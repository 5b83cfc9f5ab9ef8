"""Reads multipart forms as they arrive: the file part goes to disc, so memory stays flat."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from reconciler.emulator.call import Form
from reconciler.emulator.messages import Refusal

CHUNK = 64 * 1024
FIELD_LIMIT = 64 * 1024
# "512 MB per file via API" (Microsoft Learn, Azure OpenAI quotas and limits, 2026-02-17).
FILE_LIMIT = 512 * 1024 * 1024

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)
_PARAMETER = re.compile(r'\b(name|filename)="((?:[^"\\]|\\.)*)"')
_ENCODED_NAME = re.compile(r"filename\*=UTF-8''([^;\s]+)", re.IGNORECASE)


class _Parts:
    """A window on the stream, always long enough to see a whole delimiter."""

    def __init__(self, stream: BinaryIO, boundary: bytes) -> None:
        self._stream = stream
        self._delimiter = b"\r\n--" + boundary
        # The first delimiter has no line break before it: lend it one.
        self._window = b"\r\n"

    def until(self, mark: bytes) -> Iterator[bytes]:
        """The bytes before the next mark, in pieces; the mark itself is consumed."""
        while (at := self._window.find(mark)) < 0:
            safe = max(0, len(self._window) - len(mark) + 1)
            if safe:
                yield self._window[:safe]
                self._window = self._window[safe:]
            self._more()
        yield self._window[:at]
        self._window = self._window[at + len(mark) :]

    def content(self) -> Iterator[bytes]:
        return self.until(self._delimiter)

    def is_over(self) -> bool:
        while len(self._window) < 2:
            self._more()
        return self._window.startswith(b"--")

    def _more(self) -> None:
        chunk = self._stream.read(CHUNK)
        if not chunk:
            raise _malformed("The multipart body ended before its last boundary.")
        self._window += chunk


def receive(stream: BinaryIO, content_type: str, path: Path) -> Form:
    """The form, with its file at `path`; the caller owns that file from here on."""
    try:
        return _form(_Parts(stream, _boundary(content_type)), path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _boundary(content_type: str) -> bytes:
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise _malformed("The multipart body has no boundary.")
    return found[1].encode()


def _form(parts: _Parts, path: Path) -> Form:
    fields: dict[str, str] = {}
    filename, size = "", 0
    for _ in parts.content():  # the preamble
        pass
    while not parts.is_over():
        headers = _short(parts.until(b"\r\n\r\n")).decode("utf-8", "replace")
        name, given = _names(headers)
        if given is None:
            fields[name] = _short(parts.content()).decode("utf-8", "replace")
        else:
            filename, size = given, _to_disc(parts, path)
    return Form(fields, filename, str(path), size)


def _names(headers: str) -> tuple[str, str | None]:
    found = {key: value.replace('\\"', '"') for key, value in _PARAMETER.findall(headers)}
    if encoded := _ENCODED_NAME.search(headers):
        found["filename"] = unquote(encoded[1])
    return found.get("name", ""), found.get("filename")


def _to_disc(parts: _Parts, path: Path) -> int:
    size = 0
    with path.open("wb") as file:
        for piece in parts.content():
            size += len(piece)
            if size > FILE_LIMIT:
                raise Refusal(413, "invalidPayload", "The file is larger than 512 MB.")
            file.write(piece)
    return size


def _short(pieces: Iterator[bytes]) -> bytes:
    value = b""
    for piece in pieces:
        value += piece
        if len(value) > FIELD_LIMIT:
            raise _malformed("A multipart field is too long.")
    return value


def _malformed(message: str) -> Refusal:
    return Refusal(400, "invalidPayload", message)
