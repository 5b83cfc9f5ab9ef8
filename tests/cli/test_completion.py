"""Completion scripts."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from reconciler.cli import main


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The script knows the commands and options, and the shell accepts it."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in ("validate", "destroy", "--auto-approve", "--detailed-exitcode"):
        assert word in script
    if program := shutil.which(shell):
        checked = subprocess.run(
            [program, "-n"], input=script, capture_output=True, text=True, check=False
        )
        assert (checked.returncode, checked.stderr) == (0, "")
