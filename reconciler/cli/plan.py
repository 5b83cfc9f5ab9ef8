"""ftctl plan: what apply would do. Changes nothing."""

from __future__ import annotations

import sys
from argparse import Namespace

from reconciler.applying.observe import observe
from reconciler.cli.exits import ExitCode
from reconciler.cli.explaining import explained
from reconciler.cli.opening import opened
from reconciler.planning.plan import plan
from reconciler.planning.refusals import refusals
from reconciler.reporting.page import page_for, put
from reconciler.reporting.plan_json import plan_out
from reconciler.reporting.plan_text import plan_lines, refusal_lines


def run(options: Namespace) -> ExitCode:
    with opened(options) as at:
        observed = observe(at.desired, at.session, at.clock.now())
        proposal = explained(options, at, observed, plan(at.desired, observed))
    refused = refusals(proposal, at.desired, observed)
    if options.format == "json":
        out = plan_out(proposal, at.desired.policy.project, refused)
        put([out.model_dump_json(indent=2)])
    else:
        page = page_for(sys.stdout, no_color=options.no_color)
        put(plan_lines(proposal, page, is_verbose=options.verbose))
        if refused:
            put(refusal_lines(refused, page))
    if refused:
        return ExitCode.REFUSED
    if options.detailed_exitcode and proposal.has_changes:
        return ExitCode.CHANGES
    return ExitCode.DONE
