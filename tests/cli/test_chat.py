"""ftctl chat: a question, a conversation, and names that are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from reconciler.emulator import Server
from reconciler.reporting.page import Page
from reconciler.reporting.talk import ending_line, say
from tests.cli.test_terminal import Terminal, plain

Ftctl = Callable[..., "CompletedProcess[str]"]
ANSWER = "This answer is simulated by the ftctl emulator"


def test_a_conversation(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """One question from a script; on a terminal as many as one likes, until Ctrl-D."""
    at = {"FTCTL_LOCAL": emulator.url}
    early = ftctl("chat", "support-prod", "--prompt", "Hello?", **at)
    assert early.returncode == 1
    assert "deployment/support-prod is missing; nobody would answer." in early.stderr
    assert ftctl("apply", "--auto-approve", "--wait", **at).returncode == 0
    once = ftctl("chat", "deployment/support-prod", "--prompt", "Hello?", **at)
    assert once.returncode == 0, once.stderr
    assert once.stdout.startswith(ANSWER)
    assert once.stdout.count("\n") == 1
    terminal = Terminal("chat", "support-prod", cwd=folder, **at)
    terminal.read("> ")
    terminal.type("Hello?\n")
    terminal.read("read your message.\r\n> ")
    terminal.type("\x04")
    assert terminal.end() == 0
    first, model, *_ = plain(terminal.shown).splitlines()
    assert first == "Talking to support-prod; Ctrl-D ends."
    assert model.startswith("    gpt-4.1-2025-04-14.ft-")


def test_names_and_nothing_to_say(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """A name that no manifest knows gets the nearest; a limit of nothing is none."""
    wrong = ftctl("chat", "suport-prod", "--prompt", "x", FTCTL_LOCAL=emulator.url)
    assert wrong.returncode == 1
    assert "Did you mean deployment/support-prod?" in " ".join(wrong.stderr.split())
    none = ftctl("chat", "support-prod", "--max-tokens", "0")
    assert "--max-tokens has to be at least 1." in none.stderr


def test_what_a_terminal_must_not_get(capsys: pytest.CaptureFixture[str]) -> None:
    """A model may say anything, but it does not move the cursor."""
    say(["a\x1b[2J", "b\n\tc\x07", "é"])
    assert capsys.readouterr().out == "a[2Jb\n\tcé\n"
    say([])
    assert capsys.readouterr().out == ""


def test_endings() -> None:
    """Only an ending that is not the model's own is told."""
    assert list(ending_line("stop", Page())) == []
    assert list(ending_line("length", Page())) == [
        "The answer was cut at its longest; --max-tokens sets that."
    ]
