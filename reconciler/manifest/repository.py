"""What a manifest may read: the files of its repository."""

from collections.abc import Sequence
from pathlib import Path


def repository(file: Path, roots: Sequence[Path]) -> Path:
    """The git repository of a file; outside of one, the folder that the user named."""
    for folder in file.parents:
        if (folder / ".git").exists():
            return folder
    named = (root if root.is_dir() else root.parent for root in roots)
    return next((root for root in named if file.is_relative_to(root)), file.parent)
