"""What a deployment asks of its account."""

from __future__ import annotations

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.planning.asking import Ask, Favour
from reconciler.planning.kind import Wanted


def asks(wanted: Wanted) -> tuple[Ask, ...]:
    """The right to make it, its model at its SKU, and the content filter that it names."""
    goal: DeploymentGoal = wanted.goal
    named = goal.properties.get("raiPolicyName")
    return (
        Ask(goal.account, Favour.DEPLOY),
        Ask(goal.account, Favour.SERVE, (goal.base_model, goal.sku)),
        *([Ask(goal.account, Favour.FILTER, (named,))] if named else []),
    )
