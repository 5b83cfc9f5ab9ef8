"""ftctl wake: bring deployments back that are away, and nothing else."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from functools import partial

from reconciler.cli.addressed import address_of
from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.planning.plan import plan_only

DEPLOYMENT = "deployment"


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        only = frozenset(address_of(name, at.desired, DEPLOYMENT) for name in options.names)
        policy = replace(at.desired.policy, awake=frozenset(one.name for one in only))
        awake = replace(at, desired=replace(at.desired, policy=policy))
        return carry_out(options, awake, partial(plan_only, only=only), wait=True)
