"""The one pass: each line is hashed, decoded, checked and counted while it is in memory.

Lines are looked at in batches, since texts are counted many times faster together. In a large file
both cores work; what is found is put together in the order of the file, so that who looked at what
makes no difference.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from reconciler.datasets import formats, shape, syntax
from reconciler.datasets.examination import Task
from reconciler.datasets.findings import Complaint
from reconciler.datasets.lines import CHUNK, Line, Lines
from reconciler.datasets.pool import Pool
from reconciler.datasets.report import Report
from reconciler.datasets.tokens import ESTIMATE, NEWEST, basis, encoding_of
from reconciler.datasets.whole import Whole

# Smaller files are read before a second process has started.
WORTH_HELP = 32 << 20

_BATCH = 1 << 18  # bytes


def check(  # noqa: PLR0913
    path: Path,
    *,
    format: str = "chat",  # noqa: A002
    minimum_examples: int = shape.FEWEST_EXAMPLES,
    model: str = "",
    tokens: bool = True,
    context_tokens: int | None = None,
) -> Report:
    """Reads the file once.

    Tokens are counted with the vocabulary of `model`, or of today's models; without `tokens` they
    are estimated, which saves loading it. `context_tokens` is what the model is trained with.
    Raises OSError when the file cannot be read, ValueError for a new format.
    """
    order = Order(format, model, context_tokens, minimum_examples, is_counted=tokens)
    with path.open("rb", buffering=0) as stream:
        before = _state(stream)
        if before.size < WORTH_HELP:
            return _checked(Lines(stream), order)
        report = _checked(Lines(stream), order, path)
        if _state(stream) == before:
            return report
        stream.seek(0)  # the helper may have seen other bytes than were hashed
        return _checked(Lines(stream), order)


def check_stream(  # noqa: PLR0913
    stream: BinaryIO,
    *,
    format: str = "chat",  # noqa: A002
    minimum_examples: int = shape.FEWEST_EXAMPLES,
    chunk: int = CHUNK,
    model: str = "",
    tokens: bool = True,
    context_tokens: int | None = None,
) -> Report:
    """The same for a file that is open, in this process alone."""
    order = Order(format, model, context_tokens, minimum_examples, is_counted=tokens)
    return _checked(Lines(stream, chunk=chunk), order)


@dataclass(frozen=True)
class Order:
    """What a caller wants to know."""

    format: str
    model: str
    context_tokens: int | None
    minimum_examples: int
    is_counted: bool

    @property
    def task(self) -> Task:
        """The part of it that concerns each line."""
        encoding = (encoding_of(self.model) or NEWEST) if self.is_counted else ""
        return Task(self.format, encoding, self.context_tokens)


class _State(NamedTuple):
    size: int
    changed: int


def _state(stream: BinaryIO) -> _State:
    found = os.fstat(stream.fileno())
    return _State(found.st_size, found.st_mtime_ns)


def _checked(lines: Lines, order: Order, path: Path | None = None) -> Report:
    """With a path, a second process helps."""
    whole = Whole()
    mistake = _look(lines, whole, order.task, path)
    verdicts = [mistake, shape.of_size(lines.size)]
    if mistake is None:
        verdicts.append(shape.of_count(whole.part.examples, order.minimum_examples))
    for verdict in filter(None, verdicts):
        whole.part.findings.add(0, verdict)
    whole.conclude()
    return _report(lines, whole, basis(order.model) if order.is_counted else ESTIMATE)


def _look(lines: Lines, whole: Whole, task: Task, path: Path | None) -> Complaint | None:
    """At every line, unless the first ones show that the file as a whole is something else."""
    formats.known(task.format)
    rest = iter(lines)
    opening, sample = _opening(rest)
    mistake = shape.of_file(sample[0]) if sample else None
    mistake = mistake or formats.of_another(sample, task.format)
    if mistake:
        lines.drain()
        return mistake
    with Pool(task, whole, path) as pool:
        for batch in _batches(chain(opening, rest)):
            pool.give(batch)
    return None


def _opening(lines: Iterator[Line]) -> tuple[list[Line], list[Line]]:
    """The first lines, and those of them that are not blank."""
    opening: list[Line] = []
    sample: list[Line] = []
    for line in lines:
        opening.append(line)
        if not syntax.is_blank(line):
            sample.append(line)
        if len(sample) == formats.SAMPLE:
            break
    return opening, sample


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line.data)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _report(lines: Lines, whole: Whole, token_basis: str) -> Report:
    part = whole.part
    return Report(
        sha256=lines.sha256,
        size=lines.size,
        examples=part.examples,
        messages=part.messages,
        characters=part.characters,
        tokens=part.tokens,
        token_basis=token_basis,
        has_images=part.images > 0,
        findings=part.findings.in_order(formats.RULES),
        hidden=part.findings.hidden,
        images=part.images,
        longest=part.longest,
        longest_line=part.longest_line,
        too_long=part.too_long,
        histogram=whole.histogram,
        digests=whole.digests,
    )
