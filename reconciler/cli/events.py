"""ftctl events: what the training of a model has said."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator

from reconciler.cli.addressed import job_of
from reconciler.cli.exits import ExitCode
from reconciler.kinds.fine_tuned_model.jobs import JobEvent, list_events, retrieve, unseen
from reconciler.reporting.page import Page, page_for, put


def run(options: Namespace) -> ExitCode:
    page = page_for(sys.stdout, no_color=options.no_color)
    with job_of(options) as found:
        seen: set[str] = set()
        while True:
            job = retrieve(found.connection, found.job)
            put(_lines(unseen(list_events(found.connection, job), seen), page))
            if not (options.follow and job.is_active):
                return ExitCode.DONE
            found.at.session.sleep(found.at.session.look_every)


def _lines(events: Iterable[JobEvent], page: Page) -> Iterator[str]:
    styles = {"error": "red", "warn": "yellow", "warning": "yellow"}
    for event in events:
        first, *rest = page.wrap(event.message, 0, f"{event.at:%Y-%m-%d %H:%M:%S}  ", 21)
        yield page.paint(first, styles.get(event.level, ""))
        yield from rest
