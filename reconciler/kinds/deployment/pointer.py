"""What applications have to call: the deployment that has the pointer, if it answers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState, weights
from reconciler.kinds.deployment.steps import GIVEN_UP, SWITCHED_OFF
from reconciler.kinds.deployment.versions import current, is_mine

# The first answer is still to come. What is merely being changed goes on answering.
NOT_YET = frozenset({"creating", "deleting"}) | GIVEN_UP | SWITCHED_OFF


@dataclass(frozen=True)
class Pointer:
    deployment: str  # its name on the service
    model: str
    version: str  # the digits that name the weights


def pointer(goal: DeploymentGoal, state: DeploymentState | None) -> Pointer | None:
    """None while there is nothing to call."""
    mine = [one for one in (state.records if state else ()) if is_mine(one, goal)]
    record = current(mine, goal.name)
    if record is None or record.provisioning.lower() in NOT_YET:
        return None
    return Pointer(record.name, record.model, weights(record))
