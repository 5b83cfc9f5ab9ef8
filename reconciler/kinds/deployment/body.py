"""What is sent to the control plane, as JSON. Pure.

Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler import __version__
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.serving import Served
from reconciler.kinds.deployment.state import (
    CHECKPOINT,
    FINGERPRINT,
    NAME,
    PROJECT,
    PROTECT,
    VERSION,
)
from reconciler.planning.action import FieldChange
from reconciler.providers.azure.catalogue import model_format

Body = Mapping[str, Any]

# What the service says and nobody may write.
READ_ONLY = frozenset(
    {
        "provisioningState",
        "callRateLimit",
        "capabilities",
        "rateLimits",
        "currentCapacity",
        "dynamicThrottlingEnabled",
    }
)
# Marks that no longer hold are overwritten, because a PATCH may merge tags.
LIFTED = {PROTECT: "false", CHECKPOINT: ""}
# What a PATCH can change; anything else takes a PUT of everything.
PATCHABLE = frozenset({"sku.capacity", "protect", "owner"})


def is_patch(changes: tuple[FieldChange, ...]) -> bool:
    return all(one.field in PATCHABLE for one in changes)


def model(name: str, source: str = "") -> dict[str, Any]:
    """A model as ARM names it; `source` is the account that trained it, if that is another.

    `version` is always 1 for a custom model.
    """
    named = {"format": model_format(name), "name": name, "version": "1"}
    return named | ({"source": source} if source else {})


def new(goal: DeploymentGoal, behind: Served, named: Body) -> dict[str, Any]:
    """A deployment that is not there yet."""
    return {
        "sku": {"name": goal.sku, "capacity": goal.capacity},
        "tags": _tags(goal, behind),
        "properties": {"model": named, **goal.properties},
    }


def laid_over(there: Body, declared: Body) -> dict[str, Any]:
    """What is there, with what is declared laid over it: what nobody here knows must survive."""
    kept = {
        name: value for name, value in there.get("properties", {}).items() if name not in READ_ONLY
    }
    properties = {**kept, **declared["properties"]}
    if _is_same_model(kept.get("model", {}), properties["model"]):
        properties["model"] = {**kept["model"], **properties["model"]}
    return {
        "sku": {**there.get("sku", {}), **declared["sku"]},
        "tags": _marked(there.get("tags", {}), declared["tags"]),
        "properties": properties,
    }


def patch(goal: DeploymentGoal, behind: Served, sku: str, tags: Mapping[str, str]) -> Body:
    """The change of capacity and marks alone."""
    return {
        "sku": {"name": sku, "capacity": goal.capacity},
        "tags": _marked(tags, _tags(goal, behind)),
    }


def _tags(goal: DeploymentGoal, behind: Served) -> dict[str, str]:
    """Our marks. The fingerprint is that of what is served: it is evidence of nothing else."""
    is_meant = behind.digits == goal.short
    ours = {
        PROJECT: goal.project,
        NAME: goal.name,
        FINGERPRINT: goal.fingerprint if is_meant else behind.digits,
        VERSION: __version__,
    }
    if behind.checkpoint:
        ours[CHECKPOINT] = behind.checkpoint
    return {**ours, PROTECT: "true"} if goal.is_protected else ours


def _marked(there: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Other people's tags stay. A mark that is lifted is overwritten, because PATCH may merge."""
    lifted = {name: value for name, value in LIFTED.items() if name in there}
    return {**there, **lifted, **ours}


def _is_same_model(there: Body, wanted: Body) -> bool:
    return str(there.get("name")).lower() == str(wanted["name"]).lower()
