"""What can be said about a file: rules, complaints of breaking one, findings that know their line.

A check of one example yields complaints: it knows neither its line nor how many were found before.
`Findings` adds both, and keeps the first few of each rule, since a generated file makes the same
mistake on every line.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

KEPT_PER_RULE = 20


class Severity(StrEnum):
    ERROR = "error"  # the service would refuse or ignore it
    WARNING = "warning"  # it would train, badly


class Rule(NamedTuple):
    severity: Severity
    sentence: str


def error(sentence: str) -> Rule:
    return Rule(Severity.ERROR, sentence)


def warning(sentence: str) -> Rule:
    return Rule(Severity.WARNING, sentence)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A broken rule inside one example; `path` is relative to what was checked."""

    rule: str
    message: str
    path: str = ""
    hint: str = ""
    column: int = 0


def under(place: str, complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    """The same complaints, seen from one level further out."""
    for complaint in complaints:
        yield replace(complaint, path=join(place, complaint.path))


def join(outer: str, inner: str) -> str:
    return f"{outer}.{inner}" if outer and inner and not inner.startswith("[") else outer + inner


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule in a file.

    `line` and `column` count from 1 in lines and characters; 0 is the whole file, or unknown.
    `path` is the JSON path inside the line, such as `messages[3].weight`.
    """

    rule: str
    severity: Severity
    line: int
    column: int
    path: str
    message: str
    hint: str


class Findings:
    """Keeps the first of each rule and counts the rest."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._kept: list[Finding] = []
        self._seen: Counter[str] = Counter()

    def add(self, line: int, complaint: Complaint) -> None:
        self._seen[complaint.rule] += 1
        if self._seen[complaint.rule] > KEPT_PER_RULE:
            return
        self._kept.append(
            Finding(
                rule=complaint.rule,
                severity=self._rules[complaint.rule].severity,
                line=line,
                column=complaint.column,
                path=complaint.path,
                message=complaint.message,
                hint=complaint.hint,
            )
        )

    def in_order(self) -> tuple[Finding, ...]:
        """By line, the whole file first; within a line as they were found."""
        return tuple(sorted(self._kept, key=lambda finding: finding.line))

    @property
    def hidden(self) -> int:
        return self._seen.total() - len(self._kept)
