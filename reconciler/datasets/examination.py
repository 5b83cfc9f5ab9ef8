"""Some lines of a file to what is known of them: each is decoded, checked and counted once."""

from collections.abc import Iterable

import msgspec

from reconciler.datasets import formats, syntax, tokens
from reconciler.datasets.content import Content, Example
from reconciler.datasets.findings import Complaint, Severity
from reconciler.datasets.lines import Line
from reconciler.datasets.whole import Part

# The longest training context that is published for any model (OpenAI's guide "Supervised
# fine-tuning", for gpt-4.1 and gpt-4o, read 2026-11; Azure has no table): for when none is given.
LONGEST_CONTEXT = 65_536


class Task(msgspec.Struct, frozen=True):
    """What is asked of every line."""

    format: str
    encoding: str = ""  # nothing: estimate
    context_tokens: int | None = None


class Examiner:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._format = formats.known(task.format)
        self._count = tokens.Count(task.encoding) if task.encoding else tokens.Estimate()

    def examine(self, lines: Iterable[Line]) -> Part:
        """All that is known of them; texts are counted together, which is many times faster."""
        part, examples = Part(), list[Example]()
        for line in lines:
            if syntax.is_blank(line):
                part.findings.add(line.number, syntax.blank_line())
                continue
            part.examples += 1
            if (example := self._examine(line, part)) is not None:
                examples.append(example)
        counts = self._count.of(examples)
        part.add(examples, counts)
        limit = self._task.context_tokens or LONGEST_CONTEXT
        for example, count in zip(examples, counts, strict=True):
            if count > limit:
                part.too_long += 1
                part.findings.add(example.line, self._too_long(count, limit))
        return part.shortened()

    def _examine(self, line: Line, part: Part) -> Example | None:
        content = self._format.glance(line.data) if line.is_whole else None
        is_good = True
        if content is None:
            complaints: list[Complaint] = []
            content = self._take_apart(line, complaints)
            for complaint in complaints:
                part.findings.add(line.number, complaint)
                is_good &= formats.RULES[complaint.rule].severity is Severity.WARNING
        if content is None:
            return None
        figures = content.figures()
        if is_good:
            part.digests.append((line.number, figures.digest))
            if self._task.format == "reinforcement":
                part.add_fields(content.fields, line.number)
        return Example(line.number, content, figures)

    def _take_apart(self, line: Line, complaints: list[Complaint]) -> Content | None:
        """The slow way, which says what is wrong."""
        content = None
        try:
            example = syntax.parse(line)
            content = self._format.measure(example)
            if self._format.might_repeat_keys(line.data, example):
                complaints += syntax.duplicate_keys(line.data)
            complaints += self._format.check(example)
        except syntax.MalformedError as malformed:
            complaints.append(malformed.complaint)
        except RecursionError:
            complaints.append(syntax.too_deep())
        return content

    def _too_long(self, count: int, limit: int) -> Complaint:
        about = "" if self._task.encoding else "about "
        what = f"the example has {about}{count:,} tokens, and training reads at most {limit:,}."
        hint = "Shorten or split it: the service cuts the rest off, or refuses it."
        return Complaint("example/too-long", what, hint=hint)
