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

import msgspec

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


class Findings(msgspec.Struct):
    """Keeps the first of each rule and counts the rest; those of later lines can be added."""

    kept: list[tuple[int, Complaint]] = []
    seen: dict[str, int] = {}

    def add(self, line: int, complaint: Complaint) -> None:
        seen = self.seen[complaint.rule] = self.seen.get(complaint.rule, 0) + 1
        if seen <= KEPT_PER_RULE:
            self.kept.append((line, complaint))

    def add_unseen(self, rule: str, more: int) -> None:
        """So many more that nobody will see."""
        if more:
            self.seen[rule] = self.seen.get(rule, 0) + more

    def add_all(self, later: "Findings") -> None:
        kept = Counter(complaint.rule for _, complaint in later.kept)
        for line, complaint in later.kept:
            self.add(line, complaint)
        for rule, seen in later.seen.items():
            self.add_unseen(rule, seen - kept[rule])

    def in_order(self, rules: Mapping[str, Rule]) -> tuple[Finding, ...]:
        """By line, the whole file first; within a line as they were found."""
        by_line = sorted(self.kept, key=lambda each: each[0])
        return tuple(_finding(rules[each.rule], line, each) for line, each in by_line)

    @property
    def hidden(self) -> int:
        return sum(self.seen.values()) - len(self.kept)


def _finding(rule: Rule, line: int, complaint: Complaint) -> Finding:
    return Finding(
        rule=complaint.rule,
        severity=rule.severity,
        line=line,
        column=complaint.column,
        path=complaint.path,
        message=complaint.message,
        hint=complaint.hint,
    )
