"""What is quick stays quick: nothing heavy is imported before it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"openai", "azure", "deepdiff", "rich", "httpx", "sqlite3"}
PROGRAM = """
import sys
from reconciler.cli import main
try:
    code = main(sys.argv[1:])
except SystemExit as left:
    code = left.code or 0
print(code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def imported(*words: str) -> tuple[int, set[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True
    )
    code, *modules = ran.stderr.splitlines()[-1].split()
    return int(code), set(modules)


@pytest.mark.parametrize(
    "words",
    [("plan", "--help"), ("validate",), ("schema", "Account")],
    ids=" ".join,
)
def test_quick_commands(words: tuple[str, ...], folder: Path) -> None:
    """Help, the version, the schemas and validate load no SDK, no emulator and no terminal."""
    code, modules = imported(*words)
    assert code == 0
    assert not modules & HEAVY


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("nonsense",)], ids=" ".join)
def test_the_parser(words: tuple[str, ...]) -> None:
    """The parser needs nothing but the standard library."""
    _, modules = imported(*words)
    assert not modules & {*HEAVY, "pydantic", "yaml", "msgspec"}
