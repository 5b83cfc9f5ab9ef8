"""What is sent to the control plane, as JSON. Pure.

Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler import __version__
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.serving import Served
from reconciler.kinds.deployment.state import (
    CALLED,
    CHECKPOINT,
    FINGERPRINT,
    NAME,
    NEVER,
    PROJECT,
    PROTECT,
    VERSION,
)
from reconciler.planning.action import FieldChange
from reconciler.providers.azure.listings import DeploymentRecord

Body = Mapping[str, Any]

# What the service says and nobody may write. The SDK counts dynamicThrottlingEnabled among them;
# but Terraform writes it, so it is sent back: left out, it might be lost.
READ_ONLY = frozenset(
    {"provisioningState", "callRateLimit", "capabilities", "rateLimits", "currentCapacity"}
)
# What a PATCH can change, besides tags; anything else takes a PUT of everything.
PATCHABLE = frozenset({"sku.capacity", "protect", "owner"})


def is_patch(changes: Iterable[FieldChange]) -> bool:
    return all(one.field in PATCHABLE or one.field.startswith("tags.") for one in changes)


def declared(goal: DeploymentGoal) -> dict[str, Any]:
    """Everything but the model: what is laid over a deployment whose model stays."""
    return {
        "sku": {"name": goal.sku, "capacity": goal.capacity},
        "tags": _marks(goal),
        "properties": dict(goal.properties),
    }


def serving(goal: DeploymentGoal, behind: Served, model: Body) -> dict[str, Any]:
    whole = declared(goal)
    whole["tags"] |= origin(goal, behind)
    whole["tags"] |= {CALLED: NEVER} if goal.probe else {}
    whole["properties"]["model"] = model
    return whole


def origin(goal: DeploymentGoal, behind: Served) -> dict[str, str]:
    """The marks of what is served. They are evidence, so they say nothing that is not so."""
    fingerprint = goal.fingerprint if behind.digits == goal.short else behind.digits
    return {FINGERPRINT: fingerprint, CHECKPOINT: behind.checkpoint}


def model(
    name: str, format_: str, source: str = "", *, is_other_tenant: bool = False
) -> dict[str, Any]:
    """A model as ARM names it; `source` is the account that trained it, if that is another.

    `version` is always 1 for a custom model. The source in another tenant has a field of its own.
    Source: Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19.
    """
    named = {"format": format_, "name": name, "version": "1"}
    field = "sourceAccount" if is_other_tenant else "source"
    return named | ({field: source} if source else {})


def source(whole: Body) -> str:
    """The account that trained the model; empty where that is the one that serves it."""
    named = whole["properties"].get("model", {})
    return str(named.get("sourceAccount") or named.get("source") or "")


def laid_over(there: Body, wanted: Body) -> dict[str, Any]:
    """What is there, with what is wanted laid over it: what nobody here knows must survive."""
    kept, new = writable(there), wanted["properties"].get("model", {})
    if new and not is_of_model(there, new):
        kept["properties"].pop("model", None)
    return _merged(kept, {**wanted, "tags": _tags(kept["tags"], wanted["tags"])})


def writable(there: Body) -> dict[str, Any]:
    """What is there, as far as it may be sent back."""
    properties = there.get("properties", {})
    return {
        "sku": dict(there.get("sku", {})),
        "tags": dict(there.get("tags") or {}),
        "properties": {name: one for name, one in properties.items() if name not in READ_ONLY},
    }


def patch(goal: DeploymentGoal, record: DeploymentRecord, marks: Mapping[str, str]) -> Body:
    """The change of capacity and tags alone."""
    tags = _tags(record.tags, {**_marks(goal), **marks})
    return {"sku": {"name": record.sku, "capacity": goal.capacity}, "tags": tags}


def marked(record: DeploymentRecord, marks: Mapping[str, str]) -> Body:
    """Further tags alone: what else is declared is another step, with a plan of its own."""
    sku = {"name": record.sku, "capacity": record.capacity}
    return {"sku": sku, "tags": {**record.tags, **marks}}


def _marks(goal: DeploymentGoal) -> dict[str, str]:
    """The tags that are declared, and ours. One that is lifted is overwritten, not left out."""
    protect = "true" if goal.is_protected else "false"
    ours = {PROJECT: goal.project, NAME: goal.name, VERSION: __version__, PROTECT: protect}
    return {**goal.tags, **ours}


def _tags(there: Mapping[str, str], ours: Mapping[str, str]) -> dict[str, str]:
    """Other people's tags stay; of ours, those that say nothing are not put up."""
    silent = {PROTECT: "false", CHECKPOINT: ""}
    return {
        **there,
        **{name: one for name, one in ours.items() if name in there or silent.get(name) != one},
    }


def _merged(there: Body, wanted: Body) -> dict[str, Any]:
    return {**there, **{name: _inside(there.get(name), one) for name, one in wanted.items()}}


def _inside(there: Any, wanted: Any) -> Any:
    is_both = isinstance(there, Mapping) and isinstance(wanted, Mapping)
    return _merged(there, wanted) if is_both else wanted


def is_of_model(there: Body, model: Body) -> bool:
    """Whether a deployment serves a model, by its name."""
    served = there.get("properties", {}).get("model", {})
    return str(served.get("name")).lower() == str(model["name"]).lower()
