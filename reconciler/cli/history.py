"""ftctl history: every version of a model, with what it cost, how good it is, and where it runs."""

from __future__ import annotations

import sys
from argparse import Namespace

from reconciler.applying.observe import observe
from reconciler.cli.addressed import address_of
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.kinds.fine_tuned_model.history import history
from reconciler.reporting.history import history_lines, history_out
from reconciler.reporting.page import page_for, put


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        address = address_of(options.address, at.desired)
        state = observe(at.desired, at.session, at.clock.now()).states.get(address)
        found = history(at.desired.wanted[address].goal, state, at.session)
    if options.format == "json":
        put([history_out(address, found).model_dump_json(indent=2)])
    else:
        page = page_for(sys.stdout, no_color=options.no_color)
        put(history_lines(address, found, page))
    return ExitCode.DONE
