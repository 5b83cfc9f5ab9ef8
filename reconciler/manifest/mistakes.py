"""What is wrong in a manifest, as values: where it stands, what it is, what to write instead."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to put right. Mistakes sort by where they stand in the files."""

    file: str
    line: int
    """Counted from 1; 0 when the mistake is about the file as a whole."""
    column: int
    """Counted from 1, in characters; 0 when the mistake is about the file as a whole."""
    subject: str
    """Whose document it is, `FineTunedModel/support`; empty where that cannot be told."""
    message: str
    hint: str = ""


class ManifestError(Exception):
    """The manifests cannot be used. It carries every mistake, not just the first."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(set(mistakes)))
        super().__init__(f"{len(self.mistakes)} mistakes in the manifests")
