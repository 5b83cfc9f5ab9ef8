"""What one pass over a file found out."""

from dataclasses import dataclass, field

from reconciler.datasets.digests import Digests
from reconciler.datasets.findings import Finding, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """Hash, size, statistics and findings of exactly the bytes that were read.

    `examples` counts the lines that are not blank, good or bad; `messages`, `characters`, `images`
    and `tokens` count what could be read in them. `characters` are those of contents, names, calls
    and tool definitions. `longest` is the number of tokens of the longest example, which stands in
    `longest_line`; `too_long` is the number of examples that training would cut, and `histogram[i]`
    that of examples with at least 2^i tokens and fewer than 2^(i+1).
    `hidden` findings broke a rule that is shown often enough. `digests` are those of good examples.
    """

    sha256: str
    size: int
    examples: int
    messages: int
    characters: int
    tokens: int
    token_basis: str
    has_images: bool
    findings: tuple[Finding, ...]
    hidden: int
    images: int = 0
    longest: int = 0
    histogram: tuple[int, ...] = ()
    longest_line: int = 0
    too_long: int = 0
    digests: Digests = field(default_factory=Digests, compare=False, repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether the figures speak of every line: no mistake is but one of too few examples."""
        errors = {one.rule for one in self.findings if one.severity is Severity.ERROR}
        return errors <= {"file/examples"}

    @property
    def is_valid(self) -> bool:
        return all(finding.severity is not Severity.ERROR for finding in self.findings)
