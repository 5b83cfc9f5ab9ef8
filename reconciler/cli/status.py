"""ftctl status: where everything stands. Changes nothing."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import replace

from reconciler.applying.observe import observe
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.reporting.page import page_for, put
from reconciler.reporting.status import status, status_lines, status_out


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        observed = observe(at.desired, at.session, at.clock.now())
    found = status(at.desired, observed)
    if not options.all:
        found = replace(found, others=())
    if options.format == "json":
        put([status_out(found).model_dump_json(indent=2)])
    else:
        page = page_for(sys.stdout, no_color=options.no_color)
        put(status_lines(found, page))
    return ExitCode.DONE
