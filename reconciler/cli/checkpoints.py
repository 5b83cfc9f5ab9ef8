"""ftctl checkpoints: the moments of a training that can be served."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator

from reconciler.cli.addressed import job_of
from reconciler.cli.exits import ExitCode
from reconciler.providers.azure.listings import CheckpointRecord, list_checkpoints
from reconciler.reporting.page import Page, page_for, put
from reconciler.reporting.words import measured


def run(options: Namespace) -> ExitCode:
    with job_of(options) as found:
        kept, _epochs = list_checkpoints(found.connection, found.job.id)
    if not kept:
        put([f"{found.job.id} is {found.job.status} and has no checkpoints yet."])
    put(_lines(kept, page_for(sys.stdout, no_color=options.no_color)))
    return ExitCode.DONE


def _lines(kept: Iterable[CheckpointRecord], page: Page) -> Iterator[str]:
    for one in sorted(kept, key=lambda record: record.step):
        yield page.paint(f"step {one.step}", "bold")
        yield from page.wrap(measured(one.metrics), 4)
        yield from page.wrap(one.model, 4)
