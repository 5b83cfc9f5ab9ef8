"""The benchmark of memory runs, and everything stays below its goal."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parent / "memory.py"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="it reads /proc")
def test_a_small_benchmark() -> None:
    """It checks and uploads a file, prints what each takes, and exits with 0 within its goal."""
    ran = subprocess.run(
        [sys.executable, str(BENCHMARK), "2"], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = dict(re.findall(r"^(\S.*?) +(\d+) MB above it$", ran.stdout, re.MULTILINE))
    assert list(figures) == ["checking, with tokens", "uploading in parts", "the emulator"]
    assert all(0 < int(figure) < 200 for figure in figures.values())
    assert re.search(r"\d of \d parts are in here", ran.stdout)
