"""What the service says about a deployment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.deployment.lifetime import Life
from reconciler.planning.fingerprint import SHORT, short
from reconciler.providers.azure.catalogue import SKUS, canonical
from reconciler.providers.azure.listings import DeploymentRecord

PROJECT = "ftctl-project"
NAME = "ftctl-name"
FINGERPRINT = "ftctl-fingerprint"
VERSION = "ftctl-version"
CHECKPOINT = "ftctl-checkpoint"
PROTECT = "ftctl-protect"
CALLED = "ftctl-called"  # when we called it last, to keep it alive
CARRIED = re.compile(rf"-([0-9a-f]{{{SHORT}}})(?::ckpt-step-\d+)?$")


@dataclass(frozen=True)
class DeploymentState:
    record: DeploymentRecord
    life: Life | None = None  # None where nobody has looked

    def is_of(self, project: str) -> bool:
        """Whether our mark says that this project made it."""
        tags = self.record.tags
        return tags.get(PROJECT) == project and tags.get(NAME) == self.record.name

    @property
    def is_protected(self) -> bool:
        return is_protected(self.record)

    @property
    def weights(self) -> str:
        return weights(self.record)


def is_protected(record: DeploymentRecord) -> bool:
    return record.tags.get(PROTECT) == "true"


def carried(model: str) -> str:
    """The digits that the id of a model, or the name of a checkpoint of it, ends in."""
    found = CARRIED.search(model)
    return found[1] if found and ".ft-" in model else ""


def weights(record: DeploymentRecord) -> str:
    """The digits that name the weights behind it; the model's id where it carries none.

    The id is what the service serves, so it is believed before the tag that we wrote; the
    tag is asked only where the id is one that never carries a fingerprint.
    """
    digits = carried(record.model)
    if ".ft-" not in record.model:
        digits = short(record.tags.get(FINGERPRINT, ""))
    return f"{digits} {record.tags.get(CHECKPOINT, '')}".rstrip() if digits else record.model


def settings(record: DeploymentRecord) -> Mapping[str, Any]:
    """The fields, besides the model, that a manifest may declare, as they are."""
    return {
        "sku": {"name": canonical(record.sku, SKUS), "capacity": record.capacity},
        "raiPolicyName": record.rai_policy or None,
        "protect": is_protected(record),
    }
