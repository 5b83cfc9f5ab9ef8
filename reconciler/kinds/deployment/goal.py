"""A deployment as it should be: the name, the model behind it, and how it is served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from reconciler.kinds.checkpoint import FINAL, Checkpoint
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import short

Update = Literal["auto", "replace"]


@dataclass(frozen=True)
class DeploymentGoal:
    """A deployment as it should be. The fingerprint names the weights that the manifest means."""

    name: str
    project: str
    account: str
    model_at: Address
    fingerprint: str
    sku: str
    capacity: int
    update: Update
    is_protected: bool
    may_adopt: bool
    checkpoint: Checkpoint = FINAL
    properties: Mapping[str, Any] = field(default_factory=dict)  # those of ARM that are declared
    inactivity: Inactivity = field(default_factory=Inactivity)
    renew: bool = False  # whether a Developer tier deployment is made again when its time was up

    @property
    def short(self) -> str:
        return short(self.fingerprint)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What counts, besides the model, when it is compared with what is there."""
        sku = {"name": self.sku, "capacity": self.capacity}
        return {"sku": sku, **self.properties, "protect": self.is_protected}
