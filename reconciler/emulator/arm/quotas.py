"""Capacity quota: per subscription, region, model and deployment type, in thousands of TPM."""

from collections import Counter

from reconciler.emulator.arm.holdings import vanishes_at
from reconciler.emulator.arm.lists import listed
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import MODELS, BaseModel, base_model
from reconciler.emulator.messages import Document, Refusal, Response
from reconciler.emulator.records import Account, Deployment
from reconciler.emulator.registry import known_accounts

DEFAULT_LIMIT = 500
PROVISIONED = "ProvisionedManaged"


def usage_name(sku: str, model: BaseModel, *, custom: bool) -> str:
    """As quota lines are called; the ones for fine-tunes end in `-finetune` (azure-dev tests).

    Provisioned capacity is one line for all models.
    """
    line = f"OpenAI.{sku}" if sku.endswith(PROVISIONED) else f"OpenAI.{sku}.{model.name}"
    return f"{line}-finetune" if custom else line


def check(call: Call, line: str, wanted: int, now_held: int) -> None:
    """Refuse what the quota of the region does not have; text from public issues, 2024-2026."""
    limit = _limit(call, call.account.subscription, call.account.region, line)
    used = _used(call, call.account.subscription, call.account.region)[line] - now_held
    if wanted <= limit - used:
        return
    left, quota = max(0, limit - used), f"Tokens Per Minute (thousands) - {line}"
    wordings = {
        "new": f"This operation require {wanted} new capacity in quota {quota}, which is bigger "
        f"than the current available capacity {left}. The current quota usage is {used} and the "
        f"quota limit is {limit} for quota {quota}.",
        "old": f"The specified capacity '{wanted}' of account deployment is bigger than available "
        f"capacity '{left}' for UsageName '{quota}'.",
    }
    raise Refusal(400, "InsufficientQuota", wordings[call.switches["quota_wording"]])


def usages(call: Call, location: str) -> Response:
    """Every line of a location."""
    region = location.lower().replace(" ", "")
    used = _used(call, call.account.subscription, region)
    lines = dict.fromkeys(
        usage_name(sku, model, custom=custom)
        for model in MODELS
        for sku in sorted(model.skus)
        for custom in (False, True)
        if model.methods or not custom
    )
    value = [_usage(call, region, line, used[line]) for line in lines]
    return listed(call, value)


def available(call: Call, location: str, line: str) -> int:
    used = _used(call, call.account.subscription, location)[line]
    return max(0, _limit(call, call.account.subscription, location, line) - used)


def _usage(call: Call, region: str, line: str, used: int) -> Document:
    words = line.removeprefix("OpenAI.").partition(".")[2] or line
    return {
        "name": {"value": line, "localizedValue": f"Tokens Per Minute (thousands) - {words}"},
        "currentValue": used,
        "limit": _limit(call, call.account.subscription, region, line),
        "unit": "Count",
    }


def _neighbours(call: Call, subscription: str, region: str) -> list[Account]:
    return [
        account
        for account in known_accounts(call.books)
        if account.subscription.lower() == subscription.lower() and account.region == region
    ]


def _limit(call: Call, subscription: str, region: str, line: str) -> int:
    """What an account of that region was registered with: by line, else by deployment type."""
    sku = line.split(".")[1].removesuffix("-finetune")
    for name in (line, sku):
        for account in _neighbours(call, subscription, region):
            if name in account.quota:
                return account.quota[name]
    return DEFAULT_LIMIT


def _used(call: Call, subscription: str, region: str) -> Counter[str]:
    used: Counter[str] = Counter()
    for account in _neighbours(call, subscription, region):
        for deployment in call.books.all(Deployment, account.key):
            model = base_model(deployment.family)
            if model and call.now < vanishes_at(deployment, call) + deployment.quota_release:
                line = usage_name(deployment.sku, model, custom=deployment.custom)
                used[line] += deployment.capacity
    return used
