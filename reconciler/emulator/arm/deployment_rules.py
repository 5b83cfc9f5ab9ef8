"""What ARM refuses when a deployment is written.

Texts and codes come from public issues and provider sources (aspire, azurerm, azure-dev), seen
until 2026-10; `InvalidResourceProperties` for bad SKUs is a best guess.
"""

import re
from dataclasses import dataclass
from typing import Any

from reconciler.emulator.arm import holdings, policies, quotas
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import SERVING_REGIONS, SKU_SPELLINGS, BaseModel, base_model
from reconciler.emulator.dataplane import lineage
from reconciler.emulator.messages import Document, Refusal
from reconciler.emulator.records import Account, Deployment
from reconciler.emulator.registry import known_accounts

# Microsoft Learn, Azure OpenAI quotas and limits, 2026-02-17.
FINE_TUNED_AT_MOST = 10
STANDARD_AT_MOST = 32
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Behind:
    """What a deployment serves: a base model, or a job's model or checkpoint."""

    model: BaseModel
    job: str = ""

    @property
    def is_custom(self) -> bool:
        return bool(self.job)


def invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidResourceProperties", message)


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        message = (
            f"The deployment name '{name}' is invalid: up to 64 letters, digits, - _ and dots."
        )
        raise Refusal(400, "InvalidResourceName", message)


def section(document: Document, name: str) -> Document:
    found = document.get(name)
    if not isinstance(found, dict):
        raise invalid(f"The property '{name}' of the deployment must be an object.")
    return found


def sku(document: Document) -> Document:
    """The SKU in the service's spelling; capacity defaults to 1."""
    given = section(document, "sku")
    name = SKU_SPELLINGS.get(str(given.get("name", "")).lower())
    if name is None:
        raise invalid(f"The specified SKU '{given.get('name')}' of account deployment is invalid.")
    return {**given, "name": name, "capacity": capacity(given.get("capacity", 1))}


def capacity(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise Refusal(
            400,
            "InvalidCapacity",
            f"The specified capacity '{given}' of account deployment is invalid; "
            "it must be a whole number of at least 1.",
        )
    return given


def check_tags(document: Document) -> None:
    """ARM-wide: 50 tags, names up to 512 characters, values up to 256."""
    tags = document.get("tags")
    if tags is None:
        return
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise Refusal(400, "InvalidRequestContent", "tags must map strings to strings.")
    if len(tags) > 50 or any(len(k) > 512 or len(v) > 256 for k, v in tags.items()):
        raise Refusal(400, "InvalidTag", "At most 50 tags, names up to 512, values up to 256.")


def behind(call: Call, model: Document) -> Behind:
    """The model that is asked for, out of this account or the one that `source` names."""
    name, version = str(model.get("name", "")), model.get("version")
    source = _source(call, model)
    if known := base_model(name):
        if version is not None and str(version) != known.version:
            raise unsupported(model)
        found = Behind(known)
    else:
        job = lineage.find_trained(call.books, source.key, name, call.now)
        family = base_model(job.model.split(".ft-")[0]) if job else None
        if job is None or family is None:
            raise unsupported(model)
        found = Behind(family, job.key)
    if model.get("format") != found.model.format:
        # A wrong format is answered with an empty 500 (Microsoft's field notes, 2026-08).
        raise Refusal(500, "", "")
    return found


def behind_existing(deployment: Deployment) -> Behind:
    """What an existing deployment serves, even where that could not be deployed anew."""
    model = base_model(deployment.family)
    if model is None:
        raise unsupported(deployment.model)
    return Behind(model, str(deployment.document.get("job", "")))


def unsupported(model: Document) -> Refusal:
    message = (
        f"The model 'Format: {model.get('format', '')}, Name: {model.get('name', '')}, "
        f"Version: {model.get('version', '')}, Source: {model.get('source') or ''}' "
        "of account deployment is not supported."
    )
    return Refusal(400, "DeploymentModelNotSupported", message)


def _source(call: Call, model: Document) -> Account:
    """`sourceAccount`, or the older `source`: the ARM id of the account that trained."""
    given = model.get("sourceAccount") or model.get("source")
    if not given:
        return call.account
    for account in known_accounts(call.books):
        if account.id.lower() == str(given).rstrip("/").lower():
            _check_tenant(call, model, account)
            return account
    raise unsupported(model)


def _check_tenant(call: Call, model: Document, source: Account) -> None:
    """Another tenant's account takes its own field, and a token of that tenant beside ours.

    Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19; the refusal is a best guess.
    """
    if source.tenant == call.account.tenant:
        return
    scheme, _, token = call.request.headers.get("x-ms-authorization-auxiliary", "").partition(" ")
    if not (model.get("sourceAccount") and scheme.lower() == "bearer" and token.strip()):
        message = (
            f"The client has permission to perform action "
            "'Microsoft.CognitiveServices/accounts/deployments/write' on scope "
            f"'{call.account.id}', however it does not have permission to perform action 'read' "
            f"on the linked scope '{source.id}' or the linked scope is invalid."
        )
        raise Refusal(403, "LinkedAuthorizationFailed", message)


def check_sku_of_model(call: Call, found: Behind, name: str) -> None:
    """Fine-tuned models run on fewer deployment types; base models wherever they are offered."""
    allowed = found.model.skus - (frozenset() if found.is_custom else {"DeveloperTier"})
    if name not in allowed or not _is_served_here(call, found, name):
        raise invalid(
            f"The specified SKU '{name}' of account deployment is not supported by the model "
            f"'{found.model.id}'."
        )


def _is_served_here(call: Call, found: Behind, name: str) -> bool:
    """Only in some regions; the table ages, so that a switch says whether it counts."""
    if not found.is_custom or call.switches.is_set("serving_regions", "ignore"):
        return True
    regions = SERVING_REGIONS.get(name, {}).get(found.model.name)
    return regions is None or call.account.region in regions


def check_slots(call: Call, found: Behind) -> None:
    held = [d for d in holdings.deployments(call, call.account.key) if d.custom == found.is_custom]
    limit = FINE_TUNED_AT_MOST if found.is_custom else STANDARD_AT_MOST
    if len(held) >= limit:
        sort = "fine-tuned" if found.is_custom else "standard"
        message = f"The resource has {limit} {sort} deployments, which is the limit; delete some."
        raise Refusal(400, "DeploymentLimitReached", message)


def check_change(call: Call, old: Deployment, new_model: Document, new_capacity: int) -> None:
    """An existing deployment keeps its model, unless a switch lets it change alone."""
    if _same(old.model, new_model):
        return
    if old.capacity != new_capacity:
        message = f"Cannot change capacity and model at the same time for deployment '{old.name}'."
        raise Refusal(400, "CannotChangeDeploymentModel", message)
    if call.switches.is_set("change_model", "refuse"):
        message = f"The model of deployment '{old.name}' cannot be changed."
        raise Refusal(400, "CannotChangeDeploymentModel", message)


def _same(old: Document, new: Document) -> bool:
    return bool(
        str(old.get("name")).lower() == str(new.get("name")).lower()
        and str(new.get("version") or old.get("version")) == str(old.get("version"))
    )


def check_duplicate(call: Call, name: str, found: Behind, model: Document) -> None:
    """One deployment per custom model: said in 2024, lifted for some in 2026; a switch."""
    if not found.is_custom or call.switches.is_set("duplicate_model", "allow"):
        return
    for other in holdings.deployments(call, call.account.key):
        if other.name.lower() != name.lower() and _same(other.model, model):
            message = (
                f"The deployment '{name}' has the same model with an existing deployment "
                f"'{other.name}'. Only 1 deployment is allowed for the same model."
            )
            raise Refusal(400, "DuplicatedDeploymentForSameModel", message)


def check_policy(call: Call, properties: Document) -> None:
    """Only where the account was registered with its content filters."""
    name = properties.get("raiPolicyName")
    if name is not None and not policies.exists(call, str(name)):
        raise invalid(f"The RAI policy '{name}' of account deployment does not exist.")


def check_quota(call: Call, found: Behind, wanted: Document, old: Deployment | None) -> None:
    line = quotas.usage_name(wanted["name"], found.model, custom=found.is_custom)
    held = old.capacity if old is not None and old.sku == wanted["name"] else 0
    quotas.check(call, line, wanted["capacity"], held)
