"""What a person writes about a dataset, and the content that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.datasets import Finding, Report, Severity, check
from reconciler.kinds.dataset.blob import Blob, BlobUrl
from reconciler.kinds.dataset.fetching import with_links
from reconciler.kinds.writing import Part
from reconciler.planning.kind import Reference, Remark, Resolved, Written

MARK = 12  # hex digits of the SHA-256 that a file's name on the service carries


class Source(Part):
    """Where the examples are: in a file, or behind a URL that the service reads."""

    file: str | None = Field(
        default=None, min_length=1, description="relative to the manifest that names it"
    )
    blob_url: BlobUrl | None = Field(
        default=None,
        description="https://..., read by the service; a signed one is a secret, so write ${NAME}",
    )
    sha256: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{64}$",
        description="of the bytes behind blobUrl, as 64 hex digits; other bytes need another one, "
        "and are another training, of tokens and a price that nobody here knows",
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        match self.file is None, self.blob_url is None, self.sha256 is None:
            case (True, True, _):
                raise PydanticCustomError("source", "needs a file or a blobUrl")
            case (False, False, _):
                raise PydanticCustomError("source", "names both a file and a blobUrl; keep one")
            case (True, False, True):
                raise PydanticCustomError("source", "needs the sha256 of what is behind blobUrl")
            case (False, True, False):
                raise PydanticCustomError("source", "needs no sha256: the file is read here")
            case _:
                return self


class DatasetSpec(Part):
    """Examples in JSONL."""

    source: Source
    format: Literal["chat", "completions", "preference", "reinforcement"] = "chat"


@dataclass(frozen=True)
class DatasetGoal:
    """The content that has to be on the service.

    A path and its report, or a blob: what the service fetches has never been seen here.
    """

    name: str
    path: Path | None
    report: Report | None
    format: str = "chat"
    blob: Blob | None = None

    @property
    def sha256(self) -> str:
        known = self.blob or self.report
        return known.sha256 if known else ""

    @property
    def size(self) -> int:
        """Bytes; 0 where that is not known."""
        return self.report.size if self.report else 0

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
    """The content that is meant; a file is read once, for its hash, statistics and findings."""
    source: Source = written.spec.source
    if source.file is not None:
        return _of_file(written, source.file)
    if source.blob_url is None or source.sha256 is None:
        raise AssertionError("a source is a file or a URL")
    blob = Blob(source.blob_url, source.sha256)
    goal = DatasetGoal(written.address.name, None, None, written.spec.format, blob)
    return Resolved(goal, tuple(_exposed(blob, written.file)))


def _exposed(blob: Blob, manifest: Path) -> Iterator[Remark]:
    if blob.signature and blob.signature in manifest.read_text("utf-8", "replace"):
        message = "the signature of the URL stands in the manifest, where everybody can read it"
        hint = "Write blobUrl: ${NAME}, set NAME, and let the old signature expire."
        yield Remark(("source", "blobUrl"), message, hint)


def _of_file(written: Written, file: str) -> Resolved:
    spec: DatasetSpec = written.spec
    place = ("source", "file")
    path = (written.file.parent / file).resolve()
    if not path.is_relative_to(written.root):
        message = f"{file} is outside {written.root.name}/, the repository of this file"
        return Resolved(None, (Remark(place, message, "Move the data beside its manifest."),))
    if not path.is_file():
        is_there = "is not a file" if path.exists() else "is not there"
        message = f"{file} {is_there}"
        hint = "Paths are relative to the manifest that names them."
        return Resolved(None, (Remark(place, message, hint),))
    report = check(
        path, format=spec.format, minimum_examples=1, tokens=not written.is_estimate_enough
    )
    if written.are_urls_checked:
        report = with_links(report, path)
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
