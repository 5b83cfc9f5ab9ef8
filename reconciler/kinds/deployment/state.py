"""What the service says about a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.planning.fingerprint import carried, short
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.listings import DeploymentRecord

PROJECT = "ftctl-project"
NAME = "ftctl-name"
FINGERPRINT = "ftctl-fingerprint"
VERSION = "ftctl-version"
CHECKPOINT = "ftctl-checkpoint"
PROTECT = "ftctl-protect"


@dataclass(frozen=True)
class DeploymentState:
    record: DeploymentRecord

    def is_of(self, project: str) -> bool:
        """Whether our mark says that this project made it."""
        tags = self.record.tags
        return tags.get(PROJECT) == project and tags.get(NAME) == self.record.name

    @property
    def is_protected(self) -> bool:
        return self.record.tags.get(PROTECT) == "true"

    @property
    def weights(self) -> str:
        """The digits that name the weights behind it; the model's id where it carries none.

        The id is what the service serves, so it is believed before the tag that we wrote; the
        tag is asked only where the id is one that never carries a fingerprint.
        """
        model = self.record.model
        if ".ft-" in model and not carried(model):
            return model
        tagged = short(self.record.tags.get(FINGERPRINT, ""))
        digits = carried(model) if ".ft-" in model else tagged
        return f"{digits} {self.record.tags.get(CHECKPOINT, '')}".rstrip() if digits else model

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields that a manifest may declare, as they are."""
        record = self.record
        return {
            "model": self.weights,
            "sku": {"name": built_in().sku(record.sku), "capacity": record.capacity},
            "raiPolicyName": record.rai_policy or None,
            "protect": self.is_protected,
        }
