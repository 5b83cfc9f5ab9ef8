"""A deployment as it should be: the name, the model behind it, and how it is served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from reconciler.kinds.checkpoint import FINAL, Checkpoint
from reconciler.kinds.deployment.expectation import Expectation
from reconciler.kinds.deployment.facts import Facts
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import Recipe, names, short
from reconciler.providers.session import Place

Update = Literal["auto", "replace", "versioned"]
DRAIN = timedelta(hours=1)


@dataclass(frozen=True)
class DeploymentGoal:
    """A deployment as it should be. The fingerprint names the weights that the manifest means."""

    name: str
    project: str
    account: str
    model_at: Address
    fingerprint: str
    sku: str
    capacity: int
    update: Update
    is_protected: bool
    may_adopt: bool
    checkpoint: Checkpoint = FINAL
    properties: Mapping[str, Any] = field(default_factory=dict)  # those of ARM that are declared
    tags: Mapping[str, str] = field(default_factory=dict)
    drain: timedelta = DRAIN  # how long an older version goes on answering
    probe: bool = True  # whether it is called once before it counts as made
    verify: tuple[Expectation, ...] = ()
    inactivity: Inactivity = field(default_factory=Inactivity)
    renew: bool = False  # whether a Developer tier deployment is made again when its time was up
    places: Mapping[str, Place] = field(default_factory=dict)  # its account, and its model's
    base_model: str = ""
    recipe: Recipe | None = None  # of its model
    facts: Facts = field(default_factory=Facts)  # what the catalogue says of it

    @property
    def short(self) -> str:
        return short(self.fingerprint)

    @property
    def names(self) -> Iterator[str]:
        """The digits under which the weights may go, its own first."""
        yield self.short
        if self.recipe:
            yield from (digits for digits, _left in names(self.recipe))

    @property
    def settings(self) -> Mapping[str, Any]:
        """What counts, besides the model, when it is compared with what is there."""
        sku = {"name": self.sku, "capacity": self.capacity}
        tags = {"tags": self.tags} if self.tags else {}
        return {"sku": sku, **self.properties, **tags, "protect": self.is_protected}
