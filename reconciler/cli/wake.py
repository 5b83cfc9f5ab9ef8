"""ftctl wake: bring deployments back that are away, and nothing else."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from functools import partial

from reconciler.cli.addressed import address_of
from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.cli.running import UsageError
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed
from reconciler.planning.plan import Plan, plan_only

DEPLOYMENT = "deployment"


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        only = frozenset(address_of(name, at.desired, DEPLOYMENT) for name in options.names)
        policy = replace(at.desired.policy, awake=frozenset(one.name for one in only))
        awake = replace(at, desired=replace(at.desired, policy=policy))
        return carry_out(options, awake, partial(_proposed, only=only), wait=True)


def _proposed(desired: Desired, observed: Observed, only: frozenset[Address]) -> Plan:
    """Raises UsageError where something is missing that only an apply sees to."""
    proposal = plan_only(desired, observed, only)
    waiting = [
        f"{one.address} waits for {', '.join(map(str, one.waits_for))}"
        for one in proposal.deferred
        if not only.issuperset(one.waits_for)
    ]
    if waiting:
        raise UsageError(f"{'; '.join(waiting)}. `ftctl apply` sees to that. Nothing was done.")
    return proposal
