"""What `ftctl validate` says at the end: the datasets in figures, and the sum."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.datasets import Report
from reconciler.manifest.loading import Loaded
from reconciler.planning.phrases import count
from reconciler.reporting.page import Page


def summary_lines(loaded: Loaded, page: Page) -> Iterator[str]:
    bases: dict[str, None] = {}  # in order, each once
    for wanted in loaded.desired.wanted.values():
        if wanted.address.kind == "dataset":
            report = wanted.goal.report
            yield from page.wrap(_figures(report), 0, f"{wanted.address}: ", 4)
            bases.update({report.token_basis: None} if report else {})
    for basis in bases:
        yield from page.wrap(basis, 0, "tokens: ", 4)
    files = count(len(loaded.files), "file")
    if loaded.mistakes:
        yield f"{count(len(loaded.mistakes), 'mistake')} in {files}."
        return
    warned = f", {count(len(loaded.warnings), 'warning')}" if loaded.warnings else ""
    yield f"{count(len(loaded.desired.wanted), 'resource')} in {files}: no mistakes{warned}."


def online_lines(loaded: Loaded, page: Page) -> Iterator[str]:
    """What a look at the service has shown, beyond the warnings that came of it."""
    accounts = sum(address.kind == "account" for address in loaded.desired.wanted)
    models = sum(address.kind == "finetunedmodel" for address in loaded.desired.wanted)
    text = f"{count(accounts, 'account')} looked at, and {count(models, 'model')} looked for there."
    yield from page.wrap(text, 0)


def _figures(report: Report | None) -> str:
    if report is None:
        return "behind a URL; the service reads it, so nothing of it is checked or counted here"
    return (
        f"{report.examples:,} examples, {report.messages:,} messages, "
        f"{report.characters:,} characters, about {report.tokens:,} tokens"
    )
