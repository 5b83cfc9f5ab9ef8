"""What the service says about a deployment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.deployment.lifetime import Life
from reconciler.planning.fingerprint import SHORT, carried, short
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.session import Place

MARKS = "ftctl-"
PROJECT = "ftctl-project"
NAME = "ftctl-name"
FINGERPRINT = "ftctl-fingerprint"
VERSION = "ftctl-version"
CHECKPOINT = "ftctl-checkpoint"
PROTECT = "ftctl-protect"
PROMOTED = "ftctl-promoted"  # when calls were sent to it; the newest has the pointer
VERIFY = "ftctl-verify"  # passed:MARK or failed:MARK
CALLED = "ftctl-called"  # when ftctl called it last, or one of these
NEVER = "never"  # since the model behind it was put there
REFUSED = "refused"  # it could be called, and gave no answer: no use of it that is sure to count
FORBIDDEN = "forbidden"  # whoever put it there may not call it


@dataclass(frozen=True)
class Neighbour:
    """Another deployment of the account; where a manifest wants it, its name and weights there."""

    record: DeploymentRecord
    owner: str = ""
    moves_to: str = ""


@dataclass(frozen=True)
class DeploymentState:
    """The one that calls should go to, and whatever else has the name or that of a version."""

    record: DeploymentRecord
    beside: tuple[DeploymentRecord, ...] = ()
    life: Life | None = None  # of the one that calls should go to; None where nobody has looked
    place: Place | None = None  # of its account, where no manifest names that
    neighbours: tuple[Neighbour, ...] = ()

    def is_of(self, project: str) -> bool:
        """Whether our mark says that this project made it."""
        name = self.record.tags.get(NAME, "")
        return is_marked(self.record, project, name)

    @property
    def records(self) -> tuple[DeploymentRecord, ...]:
        return (self.record, *self.beside)

    @property
    def together(self) -> tuple[DeploymentRecord, ...]:
        """It and its other versions: those that carry the same marks."""
        marks = [self.record.tags.get(one) for one in (PROJECT, NAME)]
        versions = (
            one
            for one in self.beside
            if all(marks) and [one.tags.get(mark) for mark in (PROJECT, NAME)] == marks
        )
        return (self.record, *versions)

    @property
    def is_protected(self) -> bool:
        return any(is_protected(one) for one in self.together)

    @property
    def weights(self) -> str:
        return weights(self.record)


def is_marked(record: DeploymentRecord, project: str, name: str) -> bool:
    """Whether our mark says that a project made it for the deployment of that name."""
    tags = record.tags
    is_named = tags.get(PROJECT) == project and tags.get(NAME) == name
    return is_named and (is_same_name(record.name, name) or is_version_name(record.name, name))


def is_version_name(text: str, name: str) -> bool:
    """Whether a name on the service is that of a version of a deployment."""
    return re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{{SHORT}}}", text, re.IGNORECASE) is not None


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are the same to the service."""
    return one.lower() == other.lower()


def is_protected(record: DeploymentRecord) -> bool:
    return record.tags.get(PROTECT) == "true"


def weights(record: DeploymentRecord) -> str:
    """The digits that name the weights behind it; the model's id where it carries none.

    The id is what the service serves, so it is believed before the tag that we wrote; the
    tag is asked only where the id is one that never carries a fingerprint.
    """
    is_custom = ".ft-" in record.model
    digits = carried(record.model) if is_custom else short(record.tags.get(FINGERPRINT, ""))
    return f"{digits} {record.tags.get(CHECKPOINT, '')}".rstrip() if digits else record.model


def settings(record: DeploymentRecord, sku: str) -> Mapping[str, Any]:
    """The fields, besides the model, that a manifest may declare, as they are.

    The SKU is spelled like the one that is declared, where it is the same to the service.
    """
    spelled = sku if is_same_name(record.sku, sku) else built_in().sku(record.sku)
    return {
        "dynamicThrottlingEnabled": False,  # where it is not told
        **record.properties,
        "sku": {"name": spelled, "capacity": record.capacity},
        "raiPolicyName": record.rai_policy or None,
        "tags": record.tags,
        "protect": is_protected(record),
    }
