"""What the catalogue has to say about a deployment: warnings, each with its source and date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reconciler.kinds import doubts
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.planning.address import Address
from reconciler.planning.kind import Remark, Written
from reconciler.providers.azure.catalogue import Catalogue


def remarks(goal: DeploymentGoal, written: Written) -> Iterator[Remark]:
    """Whether the SKU exists, serves the model, and does so in the region of the account."""
    catalogue: Catalogue = written.catalogue
    path, sku, block = ("sku", "name"), goal.sku, catalogue.skus
    entry = block.entries.get(sku)
    if entry is None:
        yield from doubts.unknown(path, "SKU", sku, block.entries, block.cited())
        return
    base = goal.base_model
    if model := catalogue.model(base):
        claim, source = f"{base} is served at", catalogue.models.cited(model)
        for doubt in doubts.unlisted(path, claim, sku, model.skus, source):
            yield replace(doubt, hint="" if model.skus else doubts.sentence(model.note))
    region = written.goals[Address("account", goal.account)].region
    claim, regions = f"{sku} serves {base} in", catalogue.regions_of(entry, base)
    for doubt in doubts.unlisted(path, claim, region, regions, block.cited(entry)):
        yield replace(doubt, hint=doubts.sentence(entry.note))
