"""The quickstart, command by command, on the embedded emulator.

Shows each command before its output. Works on a copy of `manifests/` under `.ftctl/`, so that
the line of data that it changes is not yours, and leaves nothing else behind.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DEMO = REPOSITORY / ".ftctl" / "demo"
DATA = Path("manifests/data/support-train.jsonl")


def main() -> int:
    """Play the quickstart; the first command that fails unexpectedly ends it."""
    shutil.rmtree(DEMO, ignore_errors=True)
    shutil.copytree(REPOSITORY / "manifests", DEMO / "manifests")
    say("Check the manifests and the data, without any connection.")
    run("validate")
    say("What would it take?")
    run("plan", "--local")
    say("Make it so. Training is simulated, and takes a few seconds.")
    run("apply", "--local", "--auto-approve", "--wait")
    run("status", "--local")
    say("A second plan is empty.")
    run("plan", "--local", "--detailed-exitcode")
    original = (DEMO / DATA).read_text("utf-8")
    say(f"Change one line of {DATA}: other data would make another model, at a price.")
    (DEMO / DATA).write_text(original.replace("wide from size 38", "wide from size 37"), "utf-8")
    run("plan", "--local")
    say("Put the line back: the model of that data exists, so there is nothing to train.")
    (DEMO / DATA).write_text(original, "utf-8")
    run("plan", "--local", "--detailed-exitcode")
    return 0


def say(text: str) -> None:
    sys.stdout.write(f"\n# {text}\n")


def run(*words: str) -> None:
    """Show a command, then run it as a user would."""
    sys.stdout.write(f"$ ftctl {' '.join(words)}\n")
    sys.stdout.flush()
    ftctl = [sys.executable, "-m", "reconciler", *words]
    subprocess.run(ftctl, cwd=DEMO, check=True)  # noqa: S603  # our own command line


if __name__ == "__main__":
    sys.exit(main())
