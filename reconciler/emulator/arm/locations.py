"""What a region still has room for."""

from reconciler.emulator.arm import quotas
from reconciler.emulator.arm.lists import listed
from reconciler.emulator.call import Call
from reconciler.emulator.catalogue import REGIONS, base_model
from reconciler.emulator.messages import Response
from reconciler.emulator.registry import known_accounts


def capacities(call: Call, location: str = "") -> Response:
    """Free capacity of a model, by region and deployment type."""
    query = call.request.query
    model = base_model(query.get("modelName", ""))
    known = {account.region for account in known_accounts(call.books)}
    regions = sorted({location} if location else {*REGIONS, *known})
    value = []
    for region in regions if model else []:
        for sku in sorted(model.skus if model else ()):
            assert model is not None  # noqa: S101 -- for the type checker
            base = quotas.usage_name(sku, model, custom=False)
            tuned = quotas.usage_name(sku, model, custom=True)
            properties = {
                "model": {"format": model.format, "name": model.name, "version": model.version},
                "skuName": sku,
                "availableCapacity": quotas.available(call, region, base),
                "availableFinetuneCapacity": quotas.available(call, region, tuned),
            }
            value.append({"location": region, "name": sku, "properties": properties})
    return listed(call, value)


def account_usages(call: Call) -> Response:
    return quotas.usages(call, call.account.region)
