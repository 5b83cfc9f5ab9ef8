"""Which weights a deployment should serve: those that its model says its users should use.

That may be another version than the manifest means: an older one, because the newest missed its
gate, or one with the same weights under another fingerprint. While there is no model yet, it is
what the manifest means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import weights
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import carried
from reconciler.planning.standing import Standing
from reconciler.providers.azure.listings import DeploymentRecord


@dataclass(frozen=True)
class Served:
    """A version of a model, or a checkpoint of it, in the words of plans and tags."""

    digits: str  # the eight that name the weights
    checkpoint: str = ""  # empty for the end of the training
    model: str = ""  # its id on the service; empty while there is none

    @property
    def weights(self) -> str:
        return f"{self.digits} {self.checkpoint}".rstrip()

    def is_behind(self, record: DeploymentRecord) -> bool:
        """Whether a deployment serves these weights: the id may carry no digits that say so."""
        is_named = not self.checkpoint and bool(self.model)
        return weights(record) == self.weights or (
            is_named and record.model.lower() == self.model.lower()
        )


def served(goal: DeploymentGoal, needs: Mapping[Address, Standing]) -> Served:
    stand = needs.get(goal.model_at)
    ids = stand.ids if stand else {}
    model = ids.get("model", "")
    digits = ids.get("version") or carried(model) or goal.short
    return Served(digits, goal.checkpoint.words, model)
