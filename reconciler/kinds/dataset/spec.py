"""What a person writes about a dataset, and the content that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from reconciler.datasets import Finding, Report, Severity, check
from reconciler.kinds.writing import Part
from reconciler.planning.kind import Reference, Remark, Resolved, Written

MARK = 12  # hex digits of the SHA-256 that a file's name on the service carries


class Source(Part):
    """Where the examples are."""

    file: str = Field(min_length=1, description="relative to the manifest that names it")


class DatasetSpec(Part):
    """Examples in JSONL."""

    source: Source
    format: Literal["chat", "completions", "preference", "reinforcement"] = "chat"


@dataclass(frozen=True)
class DatasetGoal:
    """The content that has to be on the service."""

    name: str
    path: Path
    report: Report
    format: str = "chat"

    @property
    def sha256(self) -> str:
        return self.report.sha256

    @property
    def mark(self) -> str:
        """What the names of all uploads of this content have in common."""
        return f".{self.sha256[:MARK]}.jsonl"

    @property
    def remote_name(self) -> str:
        return f"{self.name}{self.mark}"


def references(_spec: DatasetSpec) -> tuple[Reference, ...]:
    return ()


def resolve(written: Written) -> Resolved:
    """Read the file once: its hash, its statistics, and everything that is wrong with it."""
    spec: DatasetSpec = written.spec
    place = ("source", "file")
    path = (written.file.parent / spec.source.file).resolve()
    if not path.is_relative_to(written.root):
        message = f"{spec.source.file} is outside {written.root.name}/, the repository of this file"
        return Resolved(None, (Remark(place, message, "Move the data beside its manifest."),))
    if not path.is_file():
        is_there = "is not a file" if path.exists() else "is not there"
        message = f"{spec.source.file} {is_there}"
        hint = "Paths are relative to the manifest that names them."
        return Resolved(None, (Remark(place, message, hint),))
    report = check(
        path, format=spec.format, minimum_examples=1, tokens=not written.is_estimate_enough
    )
    remarks = (*_remarks(path, report), *_hidden(report, path))
    return Resolved(DatasetGoal(written.address.name, path, report, spec.format), remarks)


def _remarks(path: Path, report: Report) -> Iterator[Remark]:
    for finding in report.findings:
        yield Remark(
            path=("source", "file"),
            message=_sentence(finding),
            hint=finding.hint,
            is_error=finding.severity is Severity.ERROR,
            file=str(path),
            line=finding.line,
            rule=finding.rule,
        )


def _sentence(finding: Finding) -> str:
    return f"{finding.path}: {finding.message}" if finding.path else finding.message


def _hidden(report: Report, path: Path) -> Iterator[Remark]:
    if report.hidden:
        message = f"{report.hidden} more findings of the same rules are not shown"
        yield Remark(("source", "file"), message, is_error=False, file=str(path))
