"""The READMEs say what the program prints: their console blocks are played in order.

FTCTL_REWRITE_READMES=1 writes what was printed into them instead of comparing.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from readme import blocks, play

REPOSITORY = Path(__file__).parents[2]
# A README, the folder whose copy is the current folder, and where in the copy that folder goes.
PLAYED = {
    "README.md": ("manifests", "manifests"),
    **{
        str(readme.relative_to(REPOSITORY)): (str(readme.parent.relative_to(REPOSITORY)), ".")
        for readme in sorted(REPOSITORY.glob("examples/*/README.md"))
    },
}
BROKEN = REPOSITORY / "tests" / "documents" / "broken"


@pytest.mark.parametrize("name", PLAYED)
def test_a_readme_shows_real_output(name: str, tmp_path: Path) -> None:
    """Every console block of a README is what its commands print, one after the other."""
    readme = REPOSITORY / name
    source, place = PLAYED[name]
    text = readme.read_text("utf-8")
    here = tmp_path / "here"
    shutil.copytree(REPOSITORY / source, here / place, dirs_exist_ok=True)
    shutil.copytree(BROKEN, tmp_path / "broken" / "manifests")
    for block in reversed([*_played(text, here, tmp_path / "broken")]):
        start, end, expected, printed = block
        if os.environ.get("FTCTL_REWRITE_READMES"):
            text = text[:start] + printed + text[end:]
            readme.write_text(text, "utf-8")
        else:
            assert printed == expected


def _played(text: str, here: Path, broken: Path) -> list[tuple[int, int, str, str]]:
    """All blocks, played from the first to the last."""
    return [
        (block.start, block.end, block.body, play(block, broken if block.label else here))
        for block in blocks(text)
    ]
