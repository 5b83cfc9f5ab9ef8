"""Files that other people wrote, where somebody has some: FTCTL_DATA names their folder.

A file is called <format>-<anything>.jsonl.
"""

import os
from pathlib import Path

import pytest

from reconciler.datasets import check

FOLDER = os.environ.get("FTCTL_DATA", "")
FILES = sorted(Path(FOLDER).glob("*-*.jsonl")) if FOLDER else []


@pytest.mark.skipif(not FILES, reason="FTCTL_DATA names no folder with such files")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_published_samples_are_clean(path: Path) -> None:
    """Samples that the service's makers train on break no rule, not even as a warning."""
    report = check(path, format=path.stem.split("-")[0])
    assert report.findings == ()
    assert report.examples >= 10
