"""Examples that stand in two files: validation with what was trained on says little."""

from dataclasses import dataclass

from reconciler.datasets.digests import Shared
from reconciler.datasets.findings import Finding, Severity
from reconciler.datasets.report import Report

SHOWN = 20
RULE = "file/overlap"


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


def overlap(train: Report, valid: Report) -> Overlap:
    """Of the examples that are as they should be, by what was remembered when each was checked."""
    lines, count = valid.digests.shared(train.digests, SHOWN)
    return Overlap(count, valid.digests.count, tuple(lines))
