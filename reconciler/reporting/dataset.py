"""Data files as a person or a program reads about them: findings, figures, differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from reconciler.datasets import Finding, Report, Severity
from reconciler.datasets.difference import Difference
from reconciler.planning.phrases import count
from reconciler.reporting.formats import FORMAT_VERSION
from reconciler.reporting.page import Page

SHOWN = 8  # line numbers of a kind of change
BAR = "#"


def finding_lines(path: Path, findings: Iterable[Finding], page: Page) -> Iterator[str]:
    for finding in findings:
        is_error = finding.severity is Severity.ERROR
        place = ":".join(str(part) for part in (path, finding.line, finding.column) if part)
        yield page.paint(f"{place}  {finding.rule}", "red" if is_error else "yellow")
        where = f"{finding.path}: " if finding.path else ""
        yield from page.wrap(where + finding.message, 2)
        if finding.hint:
            yield from page.wrap(finding.hint, 2)


def check_lines(path: Path, report: Report, page: Page) -> Iterator[str]:
    yield from finding_lines(path, report.findings, page)
    if report.hidden:
        yield f"{count(report.hidden, 'more finding')} of the same rules."
    errors = sum(one.severity is Severity.ERROR for one in report.findings)
    warnings = len(report.findings) - errors
    verdict = f"{count(errors, 'error')}, {count(warnings, 'warning')}"
    yield from page.wrap(f"{count(report.examples, 'example')}: {verdict}.", 0, f"{path}: ", 4)


def stats_lines(path: Path, report: Report, page: Page) -> Iterator[str]:
    """The figures of a file, and how many tokens its examples have."""
    yield page.paint(str(path), "bold")
    for name, figure in (
        ("bytes", report.size),
        ("examples", report.examples),
        ("messages", report.messages),
        ("characters", report.characters),
        ("images", report.images),
        ("tokens", report.tokens),
        ("longest", report.longest),
    ):
        yield f"  {name:<11}{figure:>15,}"
    yield from page.wrap(f"tokens: {report.token_basis}", 2)
    if not report.is_whole:
        text = f"Only of what could be read: ftctl dataset check {path} names what is wrong."
        yield from page.wrap(text, 2)
    yield from _histogram(report.histogram, page)


def _histogram(histogram: Sequence[int], page: Page) -> Iterator[str]:
    most = max(histogram, default=0)
    room = max(page.width - 36, 10)
    first = next((at for at, number in enumerate(histogram) if number), 0)
    for at, number in enumerate(histogram[first:], first):
        bar = BAR * max(round(number / most * room), 1 if number else 0)
        yield f"  {2**at:>8,} to {2 ** (at + 1) - 1:>8,}{number:>10,}  {bar}".rstrip()


def difference_lines(found: Difference, tokens: int, page: Page) -> Iterator[str]:
    for sign, style, lines in (
        ("+", "green", [f"line {line}" for line in found.added]),
        ("-", "red", [f"line {line}" for line in found.removed]),
        ("~", "yellow", [f"line {one.old_line} -> {one.new_line}" for one in found.changed]),
    ):
        yield from (page.paint(f"{sign} {line}", style) for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            yield page.paint(f"{sign} and {len(lines) - SHOWN} more", style)
    yield difference_words(found, tokens)


def difference_words(found: Difference, tokens: int) -> str:
    """The difference in one line."""
    return (
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed, "
        f"{found.unchanged} unchanged; {tokens:+,} tokens."
    )


def check_json(checked: Iterable[tuple[Path, Report]]) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "files": [
            {
                "file": str(path),
                "is_valid": report.is_valid,
                "sha256": report.sha256,
                "bytes": report.size,
                "examples": report.examples,
                "messages": report.messages,
                "characters": report.characters,
                "images": report.images,
                "tokens": report.tokens,
                "token_basis": report.token_basis,
                "longest": report.longest,
                "histogram": list(report.histogram),
                "hidden": report.hidden,
                "findings": [
                    {
                        "rule": one.rule,
                        "severity": one.severity.value,
                        "line": one.line,
                        "column": one.column,
                        "path": one.path,
                        "message": one.message,
                        "hint": one.hint,
                    }
                    for one in report.findings
                ],
            }
            for path, report in checked
        ],
    }


def difference_json(found: Difference, tokens: int) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "added": list(found.added),
        "removed": list(found.removed),
        "changed": [list(one) for one in found.changed],
        "unchanged": found.unchanged,
        "tokens": tokens,
    }
