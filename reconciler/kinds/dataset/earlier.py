"""The bytes of an earlier content, of which only the first digits of its hash are known.

An upload's name carries them, and so does a job's data. The bytes may still be in git, or on the
service. Where they are not, there is nothing to compare with, and that is no error.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from reconciler.providers.azure.failures import translated
from reconciler.providers.session import Connection

MOST_COMMITS = 50
WITHIN = 20.0  # seconds, for everything that git is asked
CHUNK = 1 << 20
# No questions, no locks, and nothing over the network for blobs that a partial clone left out.
UNATTENDED = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}


@contextmanager
def earlier_content(path: Path, mark: str, within: float = WITHIN) -> Iterator[Path | None]:
    """A temporary file with what a data file held when its SHA-256 began with `mark`.

    Looks through the last commits that changed the file. None where git is missing, the file is in
    no repository, or no version of it fits: a pointer of Git LFS is not the data, either.
    """
    git = Git.of(path, within)
    with NamedTemporaryFile(prefix="ftctl-", suffix=".jsonl") as copy:
        yield _found(git, mark, copy) if git else None


def _found(git: Git, mark: str, copy: IO[bytes]) -> Path | None:
    try:
        for blob in git.versions():
            git.write(blob, copy)
            if _digest(copy).startswith(mark):
                return Path(copy.name)
    except (OSError, subprocess.SubprocessError):
        return None
    return None


@dataclass(frozen=True)
class Git:
    """The history of one file. Raises OSError or SubprocessError where it cannot be read."""

    program: str
    path: Path
    until: float  # by the monotonic clock

    @classmethod
    def of(cls, path: Path, within: float) -> Git | None:
        program = shutil.which("git")
        return cls(program, path, time.monotonic() + within) if program else None

    def versions(self) -> list[str]:
        """The ids of its contents, newest first, each once."""
        options = ("--raw", "-m", "--format=", "--no-abbrev", "--no-renames", f"-{MOST_COMMITS}")
        with NamedTemporaryFile(prefix="ftctl-") as listing:
            self._run(listing, "log", *options, "--", self.path.name)
            listing.seek(0)
            rows = [line.split() for line in listing.read().decode("utf-8", "replace").splitlines()]
        # :MODE-BEFORE MODE BLOB-BEFORE BLOB STATUS PATH; all zeros stand for no file.
        blobs = [blob for row in rows for blob in (row[3], row[2])]
        return [blob for blob in dict.fromkeys(blobs) if blob.strip("0")]

    def write(self, blob: str, file: IO[bytes]) -> None:
        file.seek(0)
        file.truncate()
        self._run(file, "cat-file", "blob", blob)

    def _run(self, output: IO[bytes], *words: str) -> None:
        command = (self.program, "--literal-pathspecs", "-C", str(self.path.parent), *words)
        subprocess.run(  # noqa: S603 -- git by its path, and no shell
            command,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            timeout=max(self.until - time.monotonic(), 0.0),
            env={**os.environ, **UNATTENDED},
        )


@contextmanager
def uploaded_content(connection: Connection, file_id: str, mark: str) -> Iterator[Path | None]:
    """A temporary file with what an upload holds; None if that is not what its name promises.

    Raises ServiceError.
    """
    account = connection.place.name
    files = connection.data.files.with_streaming_response
    with NamedTemporaryFile(prefix="ftctl-", suffix=".jsonl") as copy:
        with translated(f"download {file_id}", account), files.content(file_id) as answer:
            for chunk in answer.iter_bytes(CHUNK):
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name) if _digest(copy).startswith(mark) else None


def _digest(file: IO[bytes]) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
