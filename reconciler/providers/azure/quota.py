"""Quota and limits of deployments: what they are called, and how much of them is left.

Quota is shared by the deployments of one model and type in a region of a subscription, in
thousands of tokens a minute. Source: Microsoft Learn, "Manage Azure OpenAI quota", 2026-09-16.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.providers.azure.catalogue import TUNED, built_in
from reconciler.providers.azure.failures import translated
from reconciler.providers.session import Connection, Place

READER = "Cognitive Services Usages Reader"
DATED = re.compile(r"(?P<name>.+)-(?P<version>\d{4}-\d{2}-\d{2})")
CHECKPOINT = "ftchkpt-"  # begins the id of a checkpoint, which may stand for its model
PROVISIONED = "provisionedmanaged"  # ends the SKUs that are paid by the unit, whatever the model


@dataclass(frozen=True)
class Pool:
    """The quota that the fine-tuned deployments of one base model and SKU share."""

    subscription: str
    region: str
    sku: str
    model: str
    version: str

    @property
    def name(self) -> str:
        """As the service calls its usage. Source: public tests of azure-dev, read 2026-10."""
        model = "" if is_provisioned(self.sku) else f".{self.model}"
        return f"OpenAI.{self.sku}{model}-finetune"

    @property
    def key(self) -> str:
        return f"quota/{self.subscription}/{self.region}/{self.name}".lower()


@dataclass(frozen=True)
class Usage:
    name: str
    used: int
    limit: int


def pool(place: Place, sku: str, model: str) -> Pool | None:
    """The quota that a fine-tuned deployment takes part in; None where its base is not known."""
    base = model.split(TUNED, maxsplit=1)[0]
    if not base or base.startswith(CHECKPOINT):
        return None
    dated = DATED.fullmatch(built_in().base_of(base))
    name, version = (dated["name"], dated["version"]) if dated else (base, "1")
    known = built_in().sku(sku)
    return Pool(place.subscription_id, place.region, known, name, version)


def is_provisioned(sku: str) -> bool:
    """Whether its capacity are throughput units, not thousands of tokens a minute.

    Source: Microsoft Learn, "Deployment types", 2026-05-08: ProvisionedManaged, and the same with
    Global or DataZone before it.
    """
    return sku.lower().endswith(PROVISIONED)


def is_fine_tuned(model: str) -> bool:
    return TUNED in model or model.startswith(CHECKPOINT)


def list_usages(connection: Connection) -> Mapping[str, Usage]:
    """What is used of each quota in the account's region, by its name in lower case.

    It takes a role at the subscription; the other roles that deploying takes do not include it.
    """
    place = connection.place
    with translated(f"read the quota of {place.region}", place.name):
        # Knowing it only helps, so nobody waits for a service that is too busy to say.
        answer = list(connection.control.usages.list(place.region, retry_total=0))
    return {
        one.name.value.lower(): Usage(one.name.value, int(one.current_value), int(one.limit))
        for one in answer
        if one.name and one.name.value and one.limit is not None and one.current_value is not None
    }


def rooms(connection: Connection, pool: Pool) -> Mapping[str, int]:
    """The other regions that have some of it left, and how much, most of it first."""
    maker = built_in().format_of(pool.model)
    with translated(f"ask which regions have room for {pool.model}", connection.place.name):
        answer = list(
            connection.control.model_capacities.list(maker, pool.model, pool.version, retry_total=0)
        )
    found = {
        one.location.lower().replace(" ", ""): int(one.properties.available_finetune_capacity)
        for one in answer
        if one.location
        and one.properties
        and (one.properties.sku_name or "").lower() == pool.sku.lower()
        and one.properties.available_finetune_capacity
    }
    found.pop(pool.region, None)
    return dict(sorted(found.items(), key=lambda room: (-room[1], room[0])))
