"""What the service says about a deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.planning.fingerprint import SHORT, short
from reconciler.providers.azure.catalogue import SKUS, canonical
from reconciler.providers.azure.listings import DeploymentRecord

PROJECT = "ftctl-project"
NAME = "ftctl-name"
FINGERPRINT = "ftctl-fingerprint"
VERSION = "ftctl-version"
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

        The id is what the service serves, so it is believed before the tag that we wrote.
        """
        suffix = self.record.model.rsplit("-", 1)[-1]
        if ".ft-" in self.record.model and len(suffix) == SHORT:
            return suffix
        return short(self.record.tags.get(FINGERPRINT, "")) or self.record.model

    @property
    def fields(self) -> Mapping[str, Any]:
        """The fields that a manifest may declare, as they are."""
        record = self.record
        return {
            "model": self.weights,
            "sku": {"name": canonical(record.sku, SKUS), "capacity": record.capacity},
            "raiPolicyName": record.rai_policy or None,
            "protect": self.is_protected,
        }
