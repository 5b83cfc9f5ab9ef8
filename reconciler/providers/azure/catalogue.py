"""What is known of models, prices, regions and limits, with sources and dates, in one place.

The data stand in catalogue.yaml beside this file. They age fast, so a project may lay a file of its
own over them, and whatever is not here is not known: a warning, never a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import msgspec

from reconciler.providers.azure.catalogue_entries import (
    AccountLimits,
    Contexts,
    Discounts,
    Families,
    HostingPrices,
    Hyperparameters,
    Model,
    Models,
    Offer,
    Record,
    Retirements,
    Skus,
    TrainingPrices,
    TrainingTypes,
)

FILE = "catalogue.yaml"
OPENAI = "OpenAI"  # the model.format of whoever is in no other family
TUNED = ".ft-"  # what follows names a model trained from what stands before
OfModel = TypeVar("OfModel")


class Catalogue(Record, frozen=True):
    """What is known. Names are looked up in any case and by any alias."""

    models: Models = Models()
    families: Families = Families()
    context: Contexts = Contexts()
    retirement: Retirements = Retirements()
    training_types: TrainingTypes = TrainingTypes()
    skus: Skus = Skus()
    training_prices: TrainingPrices = TrainingPrices()
    discounts: Discounts = Discounts()
    hosting_prices: HostingPrices = HostingPrices()
    hyperparameters: Hyperparameters = Hyperparameters()
    limits: AccountLimits = AccountLimits()

    def model_name(self, name: str) -> str:
        """The dated name behind an alias, as it is spelled here; or the name as it is written."""
        return _spelled(name, self.models.entries)

    def base_of(self, model: str) -> str:
        """The name of a model, or of the one that it was trained from."""
        return self.model_name(model.partition(TUNED)[0])

    def names_of(self, model: str) -> frozenset[str]:
        """Every name of a model, in lower case."""
        entry = self.models.entries.get(self.model_name(model))
        names = (model, self.model_name(model), *(entry.aliases if entry else ()))
        return frozenset(name.lower() for name in names)

    def training_type(self, name: str) -> str:
        return _spelled(name, self.training_types.entries)

    def sku(self, name: str) -> str:
        return _spelled(name, self.skus.entries)

    def model(self, name: str) -> Model | None:
        return self.about(name, self.models.entries)

    def about(self, model: str, entries: Mapping[str, OfModel]) -> OfModel | None:
        """What entries say of a model, or of the one that it was trained from.

        Their keys are spelled as those of `models`.
        """
        return entries.get(self.base_of(model))

    def format_of(self, model: str) -> str:
        """Who makes a model, by the beginning of its name, as ARM spells it."""
        lowered = model.lower()
        families = self.families.entries.items()
        fits = (family.format for start, family in families if lowered.startswith(start.lower()))
        return next(fits, OPENAI)

    def regions_of(self, offer: Offer, model: str) -> tuple[str, ...] | None:
        """Where a training type or a SKU is offered for a model; None where nobody knows."""
        own = self.about(model, offer.models)
        return offer.regions if own is None else own

    def limit(self, name: str) -> int | None:
        """What the service takes, by the name of an attribute of `Limits`; None for any number."""
        value: int | None = getattr(self.limits.entries, name).value
        return value

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that is named anywhere, by name."""
        return tuple(sorted(set(self._regions())))

    def _regions(self) -> Iterator[str]:
        for offer in (*self.training_types.entries.values(), *self.skus.entries.values()):
            yield from offer.regions or ()
            for regions in offer.models.values():
                yield from regions


def _spelled(name: str, entries: Mapping[str, Any]) -> str:
    if name in entries:
        return name
    folded = name.casefold()
    for key, entry in entries.items():
        if folded == key.casefold() or folded in {alias.casefold() for alias in entry.aliases}:
            return key
    return name


@cache
def built_in() -> Catalogue:
    """What ftctl itself knows; read when it is first asked for."""
    return as_catalogue(raw_built_in())


@cache
def raw_built_in() -> dict[str, Any]:
    """Every scalar as text: what it is, is the business of the entries."""
    import yaml

    text = (files(__package__) / FILE).read_text("utf-8")
    return dict(yaml.load(text, getattr(yaml, "CBaseLoader", yaml.BaseLoader)))  # noqa: S506 -- makes nothing but text


def as_catalogue(raw: Mapping[str, Any]) -> Catalogue:
    return msgspec.convert(raw, Catalogue, strict=False)
