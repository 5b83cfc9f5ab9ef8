"""ftctl emulator: a server of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Ftctl = Callable[..., CompletedProcess[str]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--port", "99999"), "0-65535"),
        (("--port", "0", "--clock", "slow"), "clock must be real, manual or xN"),
        (("--port", "0", "--accounts", "nowhere.yaml"), "nowhere.yaml"),
        (("--port", "0", "--data", "file/below"), "file"),
    ],
    ids=["port", "clock", "accounts", "data"],
)
def test_bad_options(words: tuple[str, ...], why: str, tmp_path: Path, ftctl: Ftctl) -> None:
    """What keeps it from starting is one sentence and exit code 1, not a traceback."""
    (tmp_path / "file").touch()
    done = ftctl("emulator", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert why in " ".join(done.stderr.split())


def test_it_says_where_it_listens_and_stops_when_asked(tmp_path: Path) -> None:
    """One line when it is ready; Ctrl-C ends it with 0."""
    command = [sys.executable, "-m", "reconciler", "emulator", "--port", "0"]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    line = server.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:")
    url = line.split()[-1]
    with urllib.request.urlopen(f"{url}/emulator/clock") as answer:
        assert answer.status == 200
    server.send_signal(signal.SIGINT)
    assert server.wait(30) == 0


def test_the_embedded_one_needs_a_place_for_its_data(folder: Path, ftctl: Ftctl) -> None:
    """Where .ftctl/ cannot be made, the command says so."""
    Path(".ftctl").touch()
    done = ftctl("plan", "--local")
    assert done.returncode == 1
    assert "cannot keep its data in .ftctl/emulator" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
