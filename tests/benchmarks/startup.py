"""How long `ftctl --help` and `ftctl validate` take, as multiples of `python -c pass`.

Each round runs every command once, so that a busy moment of the machine touches all of them; the
median of the rounds is printed. With a `terraform` on PATH, its help is timed beside ours.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 15
REPOSITORY = Path(__file__).parents[2]
FTCTL = str(Path(sys.executable).with_name("ftctl"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "ftctl --help": [FTCTL, "--help"],
    "ftctl --version": [FTCTL, "--version"],
    "ftctl validate": [FTCTL, "validate", "manifests/support.yaml"],
}


def main(rounds: int = ROUNDS) -> int:
    """Print one line a command."""
    commands = dict(COMMANDS)
    if terraform := shutil.which("terraform"):
        commands["terraform -help"] = [terraform, "-help"]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _round in range(rounds + 1):  # the first one warms the file cache and does not count
        for name, words in commands.items():
            times[name].append(seconds(words))
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}
    unit = medians["python -c pass"]
    sys.stdout.write(f"{'command':<18}{'ms':>8}{'x':>7}   median of {rounds} interleaved rounds\n")
    for name, median in medians.items():
        sys.stdout.write(f"{name:<18}{median * 1000:>8.1f}{median / unit:>7.1f}\n")
    return 0


def seconds(words: list[str]) -> float:
    """The wall time of one run. Raises CalledProcessError if it fails."""
    began = time.perf_counter()
    subprocess.run(words, cwd=REPOSITORY, check=True, capture_output=True)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else ROUNDS))
