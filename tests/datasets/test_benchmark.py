"""The benchmark runs, and both ways agree."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "dataset.py"


@pytest.mark.slow
def test_a_small_benchmark() -> None:
    """It prints both ways, each without and with tokens, and their ratios."""
    command = [sys.executable, str(BENCHMARK), "2"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    examples = set(re.findall(r"^(\d+) examples", printed, re.MULTILINE))
    assert len(examples) == 1
    assert (
        len(re.findall(r"^(?:checks|tokens), (?:plain script|ours) ", printed, re.MULTILINE)) == 4
    )
    assert len(re.findall(r"times as fast, in 1/", printed)) == 2
