"""What applications have to call: the deployment that has the pointer, if it answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState, weights
from reconciler.kinds.deployment.steps import GIVEN_UP, SWITCHED_OFF
from reconciler.kinds.deployment.vanished import Missing
from reconciler.kinds.deployment.versions import current, is_mine

# The first answer is still to come. What is merely being changed goes on answering.
NOT_YET = frozenset({"creating", "deleting"}) | GIVEN_UP | SWITCHED_OFF


@dataclass(frozen=True)
class Pointer:
    deployment: str  # its name on the service
    model: str
    version: str  # the digits that name the weights


def pointer(goal: DeploymentGoal, state: DeploymentState | Missing | None) -> Pointer | None:
    """None while there is nothing to call."""
    records = state.records if isinstance(state, DeploymentState) else ()
    mine = [one for one in records if is_mine(one, goal)]
    record = current(mine, goal.name)
    if record is None or record.provisioning.lower() in NOT_YET:
        return None
    return Pointer(record.name, record.model, weights(record))
