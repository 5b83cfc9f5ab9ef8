"""The one pass: each line is hashed, decoded, checked and counted while it is in memory."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from reconciler.datasets import chat, shape, sizes, syntax
from reconciler.datasets.findings import Complaint, Findings, Rule
from reconciler.datasets.lines import CHUNK, Line, Lines
from reconciler.datasets.report import Report
from reconciler.datasets.spelling import did_you_mean, listed


class Format(NamedTuple):
    """What a format knows: all of it about one decoded example."""

    check: Callable[[dict[str, Any]], Iterator[Complaint]]
    measure: Callable[[dict[str, Any]], sizes.Size]
    might_repeat_keys: Callable[[bytes, dict[str, Any]], bool]  # cheap; may be wrong both ways
    rules: Mapping[str, Rule]


# A new format is a module and a line here.
FORMATS: Mapping[str, Format] = {
    "chat": Format(chat.check, chat.measure, chat.might_repeat_keys, chat.RULES),
}

RULES: Mapping[str, Rule] = {
    rule: text
    for rules in (shape.RULES, syntax.RULES, *(known.rules for known in FORMATS.values()))
    for rule, text in rules.items()
}


def check(
    path: Path,
    *,
    format: str = "chat",  # noqa: A002
    minimum_examples: int = shape.FEWEST_EXAMPLES,
) -> Report:
    """Reads the file once. Raises OSError when it cannot be read, ValueError for a new format."""
    with path.open("rb", buffering=0) as stream:
        return check_stream(stream, format=format, minimum_examples=minimum_examples)


def check_stream(
    stream: BinaryIO,
    *,
    format: str = "chat",  # noqa: A002
    minimum_examples: int = shape.FEWEST_EXAMPLES,
    chunk: int = CHUNK,
) -> Report:
    examination = Examination(_known(format))
    lines = Lines(stream, chunk=chunk)
    for line in lines:
        if not examination.look_at(line):
            lines.drain()
            break
    examination.conclude(lines.size, minimum_examples)
    return examination.report(lines)


class Examination:
    """What is known of a file so far."""

    def __init__(self, known: Format) -> None:
        self._format = known
        self._findings = Findings(RULES)
        self._tally = sizes.Tally()
        self._is_shapeless = False

    def look_at(self, line: Line) -> bool:
        """Whether the lines after it are worth a look."""
        if syntax.is_blank(line):
            self._findings.add(line.number, syntax.blank_line())
            return True
        if not self._tally.examples and (complaint := shape.of_file(line)):
            self._findings.add(0, complaint)
            self._is_shapeless = True
            return False
        self._tally.examples += 1
        for complaint in self._examine(line):
            self._findings.add(line.number, complaint)
        return True

    def _examine(self, line: Line) -> Iterator[Complaint]:
        try:
            example = syntax.parse(line)
            self._tally.add(self._format.measure(example))
            if self._format.might_repeat_keys(line.data, example):
                yield from syntax.duplicate_keys(line.data)
            yield from self._format.check(example)
        except syntax.MalformedError as malformed:
            yield malformed.complaint
        except RecursionError:
            yield syntax.too_deep()

    def conclude(self, size: int, minimum_examples: int) -> None:
        """What only the end of the file shows."""
        verdicts = [shape.of_size(size)]
        if not self._is_shapeless:
            verdicts.append(shape.of_count(self._tally.examples, minimum_examples))
        for verdict in filter(None, verdicts):
            self._findings.add(0, verdict)

    def report(self, lines: Lines) -> Report:
        total = self._tally.total
        return Report(
            sha256=lines.sha256,
            size=lines.size,
            examples=self._tally.examples,
            messages=total.messages,
            characters=total.characters,
            tokens=self._tally.tokens,
            token_basis=sizes.TOKEN_BASIS,
            has_images=total.images > 0,
            findings=self._findings.in_order(),
            hidden=self._findings.hidden,
        )


def _known(name: str) -> Format:
    try:
        return FORMATS[name]
    except KeyError:
        hint = did_you_mean(name, FORMATS) or f"Known: {listed(FORMATS)}."
        raise ValueError(f"no format is called {name!r}. {hint}") from None
