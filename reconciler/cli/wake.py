"""ftctl wake: bring deployments back that are away, and nothing else."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from functools import partial

from reconciler.applying.observe import observe
from reconciler.cli.addressed import address_of
from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.cli.outputs import kept
from reconciler.cli.running import UsageError
from reconciler.planning.action import Notice
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed
from reconciler.planning.kind import Absence
from reconciler.planning.plan import Plan, plan_only

DEPLOYMENT = "deployment"
THERE = "it is there, so there is nothing to wake; `ftctl plan` says what else is to be done"


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        asked = [address_of(name, at.desired, DEPLOYMENT) for name in options.names]
        observed = observe(at.desired, at.session, at.clock.now())
        states = observed.states
        away = frozenset(one for one in asked if isinstance(states.get(one), Absence | None))
        there = tuple(Notice(THERE, one) for one in asked if one not in away)
        policy = replace(at.desired.policy, awake=frozenset(one.name for one in away))
        awake = replace(at, desired=replace(at.desired, policy=policy))
        _assert_nothing_else_is_missing(plan_only(awake.desired, observed, away), away)
        propose = partial(_proposed, only=away, there=there)
        file = at.desired.policy.outputs_file
        return kept(file, at, partial(carry_out, options, awake, propose, wait=True))


def _proposed(
    desired: Desired, observed: Observed, only: frozenset[Address], there: tuple[Notice, ...]
) -> Plan:
    proposal = plan_only(desired, observed, only)
    return replace(proposal, notices=(*there, *proposal.notices))


def _assert_nothing_else_is_missing(proposal: Plan, only: frozenset[Address]) -> None:
    """Raises UsageError where something is missing that this does not see to."""
    waiting = [
        f"{one.address} waits for {', '.join(map(str, one.waits_for))}"
        for one in proposal.deferred
        if not only.issuperset(one.waits_for)
    ]
    if waiting:
        text = f"{'; '.join(waiting)}. `ftctl plan` says what that takes"
        raise UsageError(f"{text}. Nothing was done.")
