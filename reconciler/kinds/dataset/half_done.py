"""Uploads that were begun and not completed, remembered on disc while they are.

The service has no list of them, so an upload that a kill interrupts can only be found again by
what is written down here. It is a hint and no state: without it the parts are sent again, and an
upload that nobody completes expires by itself. It holds ids, sizes and hashes, and no secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

FOLDER = "uploads"


class HalfDone(msgspec.Struct, frozen=True, rename="camel"):
    """An upload that parts can still be added to; `parts` are their ids by number."""

    host: str
    account: str
    dataset: str
    sha256: str
    size: int
    part_size: int
    upload: str = ""
    expires_at: int = 0  # in seconds since 1970, by the service's clock; for people
    parts: dict[int, str] = {}

    def begun_as(self, upload: str, expires_at: int) -> HalfDone:
        return msgspec.structs.replace(self, upload=upload, expires_at=expires_at)

    def with_part(self, number: int, part: str) -> HalfDone:
        return msgspec.structs.replace(self, parts={**self.parts, number: part})

    def is_of(self, wanted: HalfDone) -> bool:
        """Whether it holds the same content, cut in the same way, for the same place."""
        return self._is_at(wanted) and self.sha256 == wanted.sha256 and self._cut == wanted._cut

    def is_outdated_by(self, wanted: HalfDone) -> bool:
        """Whether nobody will go on with it once `wanted` is."""
        is_same = self._is_at(wanted) and self.dataset == wanted.dataset
        return is_same and not self.is_of(wanted)

    def _is_at(self, wanted: HalfDone) -> bool:
        return (self.host, self.account) == (wanted.host, wanted.account)

    @property
    def _cut(self) -> tuple[int, int]:
        return self.size, self.part_size


_DECODER = msgspec.json.Decoder(HalfDone)


@dataclass(frozen=True)
class Notes:
    """The folder of hints; without one, nothing is remembered and everything works."""

    folder: Path | None

    def __iter__(self) -> Iterator[HalfDone]:
        """Whatever can be read; the rest is as if it were not there."""
        for path in sorted(self.folder.glob("*.json")) if self.folder else ():
            with suppress(OSError, msgspec.MsgspecError):
                yield _DECODER.decode(path.read_bytes())

    def keep(self, one: HalfDone) -> None:
        """Written as a whole or not at all; a disc that takes nothing costs only the hint."""
        if self.folder is None:
            return
        path = self._path(one)
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / ".gitignore").write_text("*\n")
            unfinished = path.with_suffix(f".{os.getpid()}.tmp")
            unfinished.write_bytes(msgspec.json.encode(one))
            unfinished.replace(path)

    def drop(self, one: HalfDone) -> None:
        if self.folder is not None:
            with suppress(OSError):
                self._path(one).unlink(missing_ok=True)

    def _path(self, one: HalfDone) -> Path:
        return (self.folder or Path()) / f"{one.account}.{one.dataset}.{one.sha256[:12]}.json"
