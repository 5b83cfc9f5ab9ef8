"""What the tests of several folders share: our own command line, an emulator, a folder to use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.emulator import Server, serve

# Started in the background by a shell, the tests would hand an ignored Ctrl-C on to every command.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parents[1]
Ftctl = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def repository() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the quickstart, as the current folder."""
    shutil.copytree(REPOSITORY / "manifests", tmp_path / "manifests")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Server]:
    """A running emulator with nothing on it."""
    with serve(tmp_path / "emulator") as server:
        yield server


@pytest.fixture
def ftctl() -> Ftctl:
    """Run the command line in a process of its own, without a terminal."""

    def run(
        *words: str, cwd: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "reconciler", *words],
            cwd=cwd,
            env={**os.environ, "COLUMNS": "100", **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
