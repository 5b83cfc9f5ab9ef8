"""Every example is applied on the emulator, and then there is nothing left to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(folder.parent for folder in EXAMPLES.glob("*/manifests"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_an_example_settles(
    folder: Path, tmp_path: Path, ftctl: Callable[..., CompletedProcess[str]]
) -> None:
    """Applied once, an example is as its manifests want it, and the second plan is empty."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    applied = ftctl("apply", "--local", "--auto-approve", "--wait", cwd=tmp_path)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    again = ftctl("plan", "--local", "--detailed-exitcode", cwd=tmp_path)
    assert again.returncode == 0, again.stdout
    assert "Nothing to do" in again.stdout
