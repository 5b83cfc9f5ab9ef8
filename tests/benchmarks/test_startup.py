"""The start-up benchmark runs, in one round."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_benchmark_prints_multiples_of_python() -> None:
    """Each command has a line, and `python -c pass` is the unit."""
    program = Path(__file__).with_name("startup.py")
    done = subprocess.run(
        [sys.executable, str(program), "1"], capture_output=True, text=True, check=True
    )
    rows = {line[:18].strip(): line.split()[-1] for line in done.stdout.splitlines()[1:]}
    assert rows["python -c pass"] == "1.0"
    assert float(rows["ftctl --help"]) >= 1
    assert float(rows["ftctl validate"]) >= 1
