"""Adds to a plan what a person asks next: what has changed in the data of a retraining."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

from reconciler.applying.retraining import data_changes
from reconciler.cli.opening import Opened
from reconciler.planning.action import Notice
from reconciler.planning.desired import Observed
from reconciler.planning.plan import Plan
from reconciler.reporting.dataset import difference_words


def explained(options: Namespace, at: Opened, observed: Observed, proposal: Plan) -> Plan:
    """The same plan, with a notice for each retraining whose earlier data could be found."""
    session = at.session if getattr(options, "diff_data", False) else None
    notices = [
        Notice(
            f"examples since {one.since}: {difference_words(one.difference, one.tokens)}",
            one.address,
        )
        for one in data_changes(proposal, at.desired, observed, session)
    ]
    return replace(proposal, notices=(*proposal.notices, *notices))
