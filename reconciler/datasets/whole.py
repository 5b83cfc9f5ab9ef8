"""What only the whole file shows: repeated examples, one answer for all, what some lack.

A `Part` is what was found in some of its lines. Parts are added up in the order of the file, so
that two processes can look at the lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from reconciler.datasets import tokens
from reconciler.datasets.content import Content, Example
from reconciler.datasets.digests import Digests
from reconciler.datasets.findings import KEPT_PER_RULE, Complaint, Findings, Rule, error, warning
from reconciler.datasets.spelling import listed, quoted

# Source: Microsoft Learn, "Fine-tune vision models", read 2026-10.
MOST_IMAGE_EXAMPLES = 50_000

RULES: Mapping[str, Rule] = {
    "file/image-examples": error(f"At most {MOST_IMAGE_EXAMPLES:,} examples have images."),
    "file/one-answer": warning("No answer is that of more than half of the examples."),
    "file/system-message": warning("Either every example has a system message, or none."),
    "file/image-cost": warning("Images are at high detail only where that is worth its price."),
    "file/overlap": warning("No example of a validation file is in its training file."),
    "example/repeated": warning("No example stands in the file twice."),
    "example/too-long": warning("An example fits into the context that the model is trained with."),
    "reinforcement/fields": warning("Every example has the same fields for graders."),
    "reinforcement/no-fields": warning("Examples have fields that graders compare with."),
}

_FEWEST_ANSWERS = 10  # among fewer, nothing dominates
_LONGEST_ANSWER = 1000  # characters; longer ones are compared by their beginning and length
_ANSWERS_OF_A_PART = 50  # an answer of every second example is among the most frequent of a part
_ANSWERS = 5_000


class Part(msgspec.Struct):
    """Sums over some lines, and what was found in them."""

    findings: Findings = msgspec.field(default_factory=Findings)
    examples: int = 0
    messages: int = 0
    characters: int = 0
    tokens: int = 0
    longest: int = 0  # in tokens
    longest_line: int = 0
    too_long: int = 0
    histogram: dict[int, int] = {}  # examples by the number of binary digits of their tokens
    images: int = 0
    image_examples: int = 0
    asked_high: int = 0
    with_system: int = 0
    without_system: int = 0
    first_without_system: int = 0
    answered: int = 0
    answers: dict[str, int] = {}
    fields: dict[tuple[str, ...], tuple[int, int]] = {}  # how many have them, and the first's line
    digests: list[tuple[int, int]] = []

    def add(self, examples: Sequence[Example], counts: Sequence[int]) -> None:
        """Examples in the order of the file, with their tokens."""
        self.messages += sum([each.content.messages for each in examples])
        self.characters += sum([each.figures.characters for each in examples])
        self.tokens += sum(counts)
        longest = max(counts, default=0)
        if longest > self.longest:
            self.longest, self.longest_line = longest, examples[counts.index(longest)].line
        for digits, count in Counter(map(int.bit_length, counts)).items():
            self.histogram[digits] = self.histogram.get(digits, 0) + count
        for line, content, _figures in examples:
            if content.has_system:
                self.with_system += 1
            elif content.conversations:
                self.without_system += 1
                self.first_without_system = self.first_without_system or line
            if content.images:
                self._add_images(content)
            if content.answer:
                self._add_answer(content.answer)

    def _add_images(self, content: Content) -> None:
        self.images += content.images
        self.image_examples += 1
        self.asked_high += content.asked_high

    def _add_answer(self, answer: str) -> None:
        self.answered += 1
        key = answer
        if len(answer) > _LONGEST_ANSWER:
            key = f"{answer[:_LONGEST_ANSWER]}… ({len(answer)})"
        self.answers[key] = self.answers.get(key, 0) + 1

    def add_fields(self, fields: tuple[str, ...], line: int) -> None:
        count, first = self.fields.get(fields, (0, line))
        self.fields[fields] = (count + 1, first)

    def shortened(self) -> "Part":
        """Ready to be passed on: rare answers left out."""
        self.answers = dict(Counter(self.answers).most_common(_ANSWERS_OF_A_PART))
        return self


_SUMS = (
    *("examples", "messages", "characters", "tokens", "images", "image_examples", "asked_high"),
    *("with_system", "without_system", "answered", "too_long"),
)


class Whole:
    """The parts so far, in the order of the file."""

    def __init__(self) -> None:
        self.part = Part()
        self.digests = Digests()

    def add(self, part: Part) -> None:
        mine = self.part
        mine.findings.add_all(part.findings)
        for name in _SUMS:
            setattr(mine, name, getattr(mine, name) + getattr(part, name))
        if part.longest > mine.longest:
            mine.longest, mine.longest_line = part.longest, part.longest_line
        mine.first_without_system = mine.first_without_system or part.first_without_system
        for digits, count in part.histogram.items():
            mine.histogram[digits] = mine.histogram.get(digits, 0) + count
        for answer, count in part.answers.items():
            if answer in mine.answers or len(mine.answers) < _ANSWERS:
                mine.answers[answer] = mine.answers.get(answer, 0) + count
        for fields, (count, line) in part.fields.items():
            known, first = mine.fields.get(fields, (0, line))
            mine.fields[fields] = (known + count, first)
        for line, digest in part.digests:
            self.digests.add(line, digest)

    @property
    def histogram(self) -> tuple[int, ...]:
        """Examples by the power of two that their tokens reach; none counts as one."""
        counts = self.part.histogram
        digits = range(2, max(counts, default=0) + 1)
        first = counts.get(0, 0) + counts.get(1, 0)
        return (first, *(counts.get(each, 0) for each in digits)) if counts else ()

    def conclude(self) -> None:
        """What only the end of the file shows."""
        for line, complaint in (*_verdicts(self.part), *_field_verdicts(self.part)):
            self.part.findings.add(line, complaint)
        repeats, count = self.digests.repeats(KEPT_PER_RULE)
        for line, first in repeats:
            what, hint = f"the example is that of line {first} again.", "Remove one of them."
            self.part.findings.add(line, Complaint("example/repeated", what, hint=hint))
        self.part.findings.add_unseen("example/repeated", count - len(repeats))


def _verdicts(part: Part) -> Iterator[tuple[int, Complaint]]:
    if part.image_examples > MOST_IMAGE_EXAMPLES:
        what = f"{part.image_examples:,} examples have images; the service takes 50,000."
        yield 0, Complaint("file/image-examples", what, hint="Leave some of them out.")
    if part.asked_high:
        dear, cheap = tokens.TOKENS_AT_HIGH_DETAIL, tokens.TOKENS_AT_LOW_DETAIL
        what = f"{_images(part.asked_high)} at high detail, for some {dear} tokens each."
        hint = f'Where a thumbnail of 512 x 512 shows enough, "detail": "low" costs {cheap}.'
        yield 0, Complaint("file/image-cost", what, hint=hint)
    if part.with_system and part.without_system:
        total = part.with_system + part.without_system
        what = f"{part.without_system:,} of {total:,} examples have no system message."
        hint = "Give all of them the one that the model will be used with, or none."
        yield part.first_without_system, Complaint("file/system-message", what, hint=hint)
    answer, count = max(part.answers.items(), key=lambda each: each[1], default=("", 0))
    if part.answered >= _FEWEST_ANSWERS and count * 2 > part.answered:
        what = f"{quoted(answer)} is the answer of {count:,} of {part.answered:,} examples."
        hint = "The model may learn to say nothing else; add examples with other answers."
        yield 0, Complaint("file/one-answer", what, hint=hint)


def _images(count: int) -> str:
    return "1 image is" if count == 1 else f"{count:,} images are"


def _field_verdicts(part: Part) -> Iterator[tuple[int, Complaint]]:
    usual, (count, _) = max(part.fields.items(), key=lambda each: each[1][0], default=((), (0, 0)))
    if count and not usual and len(part.fields) == 1:
        hint = "Add fields such as reference, unless a grader needs none: {{item.reference}}."
        what = "no example has a field for graders."
        yield 0, Complaint("reinforcement/no-fields", what, hint=hint)
    total = sum(count for count, _ in part.fields.values())
    for fields, (count, line) in part.fields.items():
        differing = [f"without {name}" for name in usual if name not in fields]
        differing += [f"with {name}" for name in fields if name not in usual]
        if differing:
            what = f"{count:,} of {total:,} examples are {listed(differing)}."
            hint = f"Most have {listed(usual) or 'none'}; a grader finds nothing in the others."
            yield line, Complaint("reinforcement/fields", what, hint=hint)
