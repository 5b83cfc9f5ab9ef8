"""Examples that stand in two files: validation with what was trained on says little.

Examples are compared by what they say, not by their bytes: keys in another order, other escapes or
spaces make no difference.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from reconciler.datasets.examples import digest, examples
from reconciler.datasets.findings import Finding, Severity

SHOWN = 20
RULE = "file/overlap"


class Shared(NamedTuple):
    """The same example in both files."""

    train_line: int
    valid_line: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """`count` of the `examples` of the validation file are in the training file; some of them."""

    count: int
    examples: int
    lines: tuple[Shared, ...]

    @property
    def finding(self) -> Finding | None:
        """A warning about the validation file, if there is something to warn of."""
        if not self.lines:
            return None
        first = self.lines[0]
        what = f"{self.count:,} of {self.examples:,} examples are in the training file, too"
        return Finding(
            rule=RULE,
            severity=Severity.WARNING,
            line=first.valid_line,
            column=0,
            path="",
            message=f"{what}, such as its line {first.train_line}.",
            hint="Hold them out of training, or the validation loss looks better than it is.",
        )


def overlap(train: Path, valid: Path) -> Overlap:
    """Reads both files once, and keeps digests of the second only. Raises OSError."""
    places: dict[int, int] = {}  # the first line of each
    counts: Counter[int] = Counter()
    for line, value in _digests(valid):
        places.setdefault(value, line)
        counts[value] += 1
    shared: dict[int, Shared] = {}
    for line, value in _digests(train):
        if value in places and value not in shared:
            shared[value] = Shared(line, places[value])
    by_line = sorted(shared.values(), key=lambda each: each.valid_line)
    count = sum(counts[value] for value in shared)
    return Overlap(count, counts.total(), tuple(by_line[:SHOWN]))


def _digests(path: Path) -> Iterator[tuple[int, int]]:
    for line, example in examples(path):
        with suppress(RecursionError):
            yield line, digest(example)
