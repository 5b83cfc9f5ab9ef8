"""What the catalogue says of one training, taken out of it when the goal is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.kinds.retirement import Dates, dates_of
from reconciler.providers.azure.catalogue import OPENAI, Catalogue
from reconciler.providers.azure.catalogue_entries import Advice
from reconciler.providers.azure.prices import Price, reinforcement_price, training_prices

# What `auto` may choose where the catalogue says nothing; the service documents no bound.
ANY_EPOCHS = (1, 10)
DEVELOPER = "DeveloperTier"


@dataclass(frozen=True)
class Facts:
    """Of a base model. What is None or empty is not known."""

    model: str = ""  # the dated name of the base model
    names: frozenset[str] = frozenset()  # every name of it, in lower case
    format: str = OPENAI
    prices: Mapping[str, Price] = field(default_factory=dict)  # of a million tokens, by type
    developer: Price | None = None  # that of DeveloperTier, where the model is trained there
    hour: Price | None = None  # of reinforcement
    pause: int | None = None  # the US dollars at which the service pauses a reinforcement job
    epochs: tuple[int, int] = ANY_EPOCHS
    dates: Dates = field(default_factory=Dates)

    def is_base(self, name: str) -> bool:
        """Whether a name on the service means the same base model."""
        return name.lower() in self.names

    def spelled(self, name: str) -> str:
        """A base model on the service, as the catalogue spells this one if it is the same."""
        return self.model if self.is_base(name) else name.lower()

    def price(self, training_type: str) -> Price | None:
        """Of a million tokens; the service spells training types in any case."""
        return self.prices.get(training_type.casefold())


def facts_of(catalogue: Catalogue, model: str) -> Facts:
    prices = training_prices(catalogue, model)
    advised = catalogue.hyperparameters.entries.n_epochs
    limits = catalogue.limits.entries
    return Facts(
        model=catalogue.model_name(model),
        names=catalogue.names_of(model),
        format=catalogue.format_of(model),
        prices={kind.casefold(): price for kind, price in prices.items()},
        developer=_developer(catalogue, model, prices),
        hour=reinforcement_price(catalogue, model),
        pause=limits.reinforcement_dollars.value,
        epochs=_whole(advised) if advised else ANY_EPOCHS,
        dates=dates_of(catalogue, model),
    )


def _developer(catalogue: Catalogue, model: str, prices: Mapping[str, Price]) -> Price | None:
    known = catalogue.model(model)
    is_offered = known and known.training_types and DEVELOPER in known.training_types
    return prices.get(DEVELOPER) if is_offered else None


def _whole(advised: Advice) -> tuple[int, int]:
    return int(advised.least), int(advised.most)
