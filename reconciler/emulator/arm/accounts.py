"""Accounts, their keys and models, and the provider's registration."""

from reconciler.emulator.arm.lists import listed
from reconciler.emulator.arm.quotas import usage_name
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import MODELS, TRAINING_REGIONS, BaseModel
from reconciler.emulator.clock import iso
from reconciler.emulator.keys import keys
from reconciler.emulator.messages import Document, Response, as_json
from reconciler.emulator.records import Account
from reconciler.emulator.registry import known_accounts


def get(call: Call) -> Response:
    return as_json(200, shown(call, call.account))


def in_subscription(call: Call, resource_group: str = "") -> Response:
    """All accounts of the subscription, or of one resource group."""
    value = [
        shown(call, account)
        for account in known_accounts(call.books)
        if account.subscription.lower() == call.account.subscription.lower()
        and resource_group.lower() in {"", account.group.lower()}
    ]
    return listed(call, value)


def list_keys(call: Call) -> Response:
    return as_json(200, keys(call))


def models(call: Call) -> Response:
    value = [_model(call, model, call.account.region) for model in MODELS]
    return listed(call, value)


def models_of_location(call: Call, location: str) -> Response:
    """The same models everywhere; where they can be trained is for a switch to say."""
    region = location.lower().replace(" ", "")
    value = [
        {"kind": kind, "skuName": "S0", "model": _model(call, model, region)}
        for model in MODELS
        for kind in ("OpenAI", "AIServices")
        if kind == "AIServices" or model.format == "OpenAI"
    ]
    return listed(call, value)


def provider(call: Call) -> Response:
    body = {
        "id": f"/subscriptions/{call.account.subscription}/providers/Microsoft.CognitiveServices",
        "namespace": "Microsoft.CognitiveServices",
        "registrationState": "Registered",
        "resourceTypes": [],
    }
    return as_json(200, body)


def shown(call: Call, account: Account) -> Document:
    """An account whose endpoints are this server."""
    endpoint = f"{call.request.origin}/{account.name}/"
    return {
        "id": account.id,
        "name": account.name,
        "type": "Microsoft.CognitiveServices/accounts",
        "location": account.region,
        "kind": account.kind,
        "sku": {"name": "S0"},
        "systemData": {"createdAt": iso(account.created), "createdByType": "User"},
        "properties": {
            "endpoint": endpoint,
            "endpoints": {
                "OpenAI Language Model Instance API": endpoint,
                "AI Foundry API": endpoint,
            },
            "customSubDomainName": account.name,
            "disableLocalAuth": account.disable_local_auth,
            "publicNetworkAccess": "Enabled",
            "allowProjectManagement": True,
            "provisioningState": "Succeeded",
        },
    }


def _model(call: Call, model: BaseModel, region: str) -> Document:
    is_somewhere_else = call.switches.is_set(
        "training_regions", "enforce"
    ) and region not in TRAINING_REGIONS.get(model.name, {region})
    is_tunable = bool(model.methods) and not is_somewhere_else
    body: Document = {
        "format": model.format,
        "name": model.name,
        "version": model.version,
        "isDefaultVersion": True,
        "lifecycleStatus": "GenerallyAvailable",
        "maxCapacity": 1000,
        "capabilities": {
            "fineTune": str(is_tunable).lower(),
            "inference": "true",
            "chatCompletion": "true",
            "scaleType": "Manual,Standard",
        },
        "skus": _skus(model),
    }
    if is_tunable:
        body["finetuneCapabilities"] = dict.fromkeys(sorted(model.methods), "true")
    dates = dict(zip(("inference", "fineTune"), model.retirement, strict=True))
    if found := {name: f"{date}T00:00:00Z" for name, date in dates.items() if date}:
        body["deprecation"] = found
    return body


def _skus(model: BaseModel) -> list[Document]:
    """Those of the base model, and those of what is trained from it (azure-dev tests)."""
    return [
        {
            "name": sku,
            "usageName": usage_name(sku, model, custom=custom),
            "capacity": {"minimum": 1, "maximum": 1000, "step": 1, "default": 10},
        }
        for custom in (False, True)
        if model.methods or not custom
        for sku in sorted(model.skus)
    ]
