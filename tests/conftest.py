"""What the tests of several folders share: our own command line, an emulator, a folder to use."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.emulator import Server, serve
from tests.commandline import run_here

# Started in the background by a shell, the tests would hand an ignored Ctrl-C on to every command.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).parents[1]
Ftctl = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_xdist_auto_num_workers() -> int:
    """Two workers a core for `-n auto`: half of the time, tests wait for an emulator."""
    return 2 * (os.cpu_count() or 1)


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
    """Run the command line without a terminal."""

    def run(
        *words: str, cwd: Path | None = None, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return run_here(*words, cwd=cwd or Path.cwd(), environ={"COLUMNS": "100", **environ})

    return run
