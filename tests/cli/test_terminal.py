"""A session on a real pseudo-terminal: the question, the answers, the spinner, the colours."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.emulator import Server

QUESTION = "Only yes is taken for an answer: "
PATIENCE = 60.0  # seconds


class Terminal:
    """A command with a terminal of its own, and everything that it has shown."""

    def __init__(self, *words: str, cwd: Path, **environ: str) -> None:
        self._screen, inner = pty.openpty()
        plain = {k: v for k, v in os.environ.items() if k not in {"NO_COLOR", "CI"}}
        self.shown = ""
        self.command = subprocess.Popen(
            [sys.executable, "-m", "reconciler", *words],
            cwd=cwd,
            env={**plain, "COLUMNS": "80", "TERM": "xterm-256color", **environ},
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)

    def read(self, until: str = "") -> str:
        """Read until a text shows, or to the end."""
        limit = time.monotonic() + PATIENCE
        while not (until and until in self.shown) and time.monotonic() < limit:
            ready, _, _ = select.select([self._screen], [], [], 0.1)
            if not ready:
                continue
            try:
                chunk = os.read(self._screen, 4096)
            except OSError:
                break
            if not chunk:
                break
            self.shown += chunk.decode(errors="replace")
        assert until in self.shown, self.shown
        return self.shown

    def type(self, text: str | bytes) -> None:
        os.write(self._screen, text.encode() if isinstance(text, str) else text)

    def end(self) -> int:
        self.read()
        code = self.command.wait(PATIENCE)
        os.close(self._screen)
        return code


@pytest.fixture
def local(emulator: Server) -> dict[str, str]:
    return {"FTCTL_LOCAL": emulator.url}


def plain(text: str) -> str:
    """The text without colours and without what a spinner rubs out."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")


def test_yes(folder: Path, local: dict[str, str]) -> None:
    """On yes everything is made, with a spinner while there is nothing to say; then all is well."""
    terminal = Terminal("apply", cwd=folder, **local)
    terminal.read(QUESTION)
    terminal.type("yes\n")
    assert terminal.end() == 0
    shown = plain(terminal.shown)
    assert "waiting for finetunedmodel/support-bot" in shown
    assert "deployment/support-prod: created" in shown
    assert shown.splitlines()[-1].startswith("Settled: 4 done, ")
    assert re.search("[\u2800-\u28ff]", shown)  # the frames of the spinner
    assert "\x1b[32m" in terminal.shown  # green


def test_no(folder: Path, local: dict[str, str]) -> None:
    """Anything but yes leaves everything as it is, and the exit code says so."""
    terminal = Terminal("apply", cwd=folder, **local)
    terminal.read(QUESTION)
    terminal.type("y\n")
    assert terminal.end() == 1
    assert plain(terminal.shown).rstrip().endswith("Nothing was done.")
    again = Terminal("plan", "--detailed-exitcode", cwd=folder, **local)
    assert again.end() == 2


def test_interrupted_at_the_question(folder: Path, local: dict[str, str]) -> None:
    """Ctrl-C at the question is an answer, too."""
    terminal = Terminal("apply", cwd=folder, **local)
    terminal.read(QUESTION)
    # Between the question and the wait for an answer is a moment in which Python takes no signal.
    time.sleep(0.5)
    terminal.command.send_signal(signal.SIGINT)
    assert terminal.end() == 130
    assert "Traceback" not in terminal.shown


def test_end_of_input_at_the_question(folder: Path, local: dict[str, str]) -> None:
    """Ctrl-D is no yes."""
    terminal = Terminal("apply", cwd=folder, **local)
    terminal.read(QUESTION)
    terminal.type("\x04")
    assert terminal.end() == 1
    assert "Traceback" not in terminal.shown
    assert "Nothing was done." in terminal.shown


@pytest.mark.parametrize(
    ("words", "environ"),
    [(("--no-color",), {}), ((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"})],
    ids=["option", "NO_COLOR", "dumb"],
)
def test_no_colours(
    words: tuple[str, ...], environ: dict[str, str], folder: Path, local: dict[str, str]
) -> None:
    """Colours can be declined, in each of the usual ways."""
    terminal = Terminal("plan", *words, cwd=folder, **local, **environ)
    assert terminal.end() == 0
    assert "\x1b[" not in terminal.shown


def test_colours(folder: Path, local: dict[str, str]) -> None:
    """On a terminal there are colours."""
    terminal = Terminal("plan", cwd=folder, **local)
    assert terminal.end() == 0
    assert "\x1b[32m+ dataset/support-train\x1b[0m" in terminal.shown
