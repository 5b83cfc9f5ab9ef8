"""ftctl chat: a question, a conversation, and names that are none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from reconciler.emulator import Server
from reconciler.reporting.page import Page
from reconciler.reporting.talk import ending_line, say
from tests.cli.test_terminal import Terminal, plain
from tests.end_to_end.conftest import Remote

Ftctl = Callable[..., "CompletedProcess[str]"]
NORWAY = """\
apiVersion: ftctl/v1
kind: Account
metadata: {name: norway}
spec:
  subscriptionId: 00000000-0000-0000-0000-000000000000
  resourceGroup: rg-ml
  accountName: aoai-norway
  region: norwayeast
"""
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


def test_another_account_is_out_of_order(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """Only the account of the deployment, and that of its model, are asked."""
    at = {"FTCTL_LOCAL": emulator.url}
    assert ftctl("apply", "--auto-approve", "--wait", **at).returncode == 0
    (folder / "manifests" / "norway.yaml").write_text(NORWAY)
    Remote(emulator.url).fault("status", times=None, path="aoai-norway", status=403)
    assert ftctl("status", **at).returncode == 8
    once = ftctl("chat", "support-prod", "--prompt", "Hello?", **at)
    assert once.returncode == 0, once.stderr
    assert once.stdout.startswith(ANSWER)


def fed(raw: bytes, *words: str | bytes, **environ: str) -> CompletedProcess[bytes]:
    """A question as bytes, which only a process of its own can be asked."""
    command = [sys.executable, "-m", "reconciler", "chat", "support-prod", *words]
    plain = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "COLUMNS": "100"}
    return subprocess.run(
        command, input=raw, env={**os.environ, **plain, **environ}, capture_output=True, check=False
    )


def test_questions_are_utf8(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """UTF-8 is read whatever the locale says; what is none gets a sentence."""
    at = {"FTCTL_LOCAL": emulator.url}
    assert ftctl("apply", "--auto-approve", "--wait", cwd=folder, **at).returncode == 0
    good, bad = "Grüße".encode(), b"\xff\xfe caf\xe9"
    for read in (fed(good, LC_ALL="POSIX", **at), fed(b"", "--prompt", good, LC_ALL="POSIX", **at)):
        assert read.returncode == 0, read.stderr
        assert read.stdout.decode().startswith(ANSWER)
    unread = fed(bad, **at), fed(b"", "--prompt", bad, **at), fed(good, "--system", bad, **at)
    for one, what in zip(unread, ("the input", "an option", "an option"), strict=True):
        assert one.returncode == 1
        assert one.stderr.decode().startswith(f"ftctl chat: {what} cannot be read: it is not UTF-8")
    terminal = Terminal("chat", "support-prod", cwd=folder, **at)
    terminal.read("> ")
    terminal.type(bad + b"\n")
    terminal.read("That cannot be said: it is not UTF-8")
    terminal.type("\x04")
    assert terminal.end() == 0


def test_half_an_answer(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """What has come of an answer is shown, and that it broke off is an error."""
    at = {"FTCTL_LOCAL": emulator.url}
    assert ftctl("apply", "--auto-approve", "--wait", cwd=folder, **at).returncode == 0
    Remote(emulator.url).fault("malformed", path="chat/completions")
    half = ftctl("chat", "support-prod", "--prompt", "Hello?", **at)
    assert half.returncode == 1
    assert ANSWER.startswith(half.stdout.rstrip("\n"))
    assert "the answer broke off before its end." in " ".join(half.stderr.split())


def test_names_and_nothing_to_say(folder: Path, emulator: Server, ftctl: Ftctl) -> None:
    """A name that no manifest knows gets the nearest; a limit of nothing is none."""
    wrong = ftctl("chat", "suport-prod", "--prompt", "x", FTCTL_LOCAL=emulator.url)
    assert wrong.returncode == 1
    assert "Did you mean deployment/support-prod?" in " ".join(wrong.stderr.split())
    other = ftctl("chat", "model/support-bot", "--prompt", "x", FTCTL_LOCAL=emulator.url)
    assert other.returncode == 1
    assert " ".join(other.stderr.split()).endswith(
        "this command is about a Deployment, and finetunedmodel/support-bot is none. "
        "There is deployment/support-prod."
    )
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
