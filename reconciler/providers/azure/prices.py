"""Prices in US dollars out of the catalogue. What is not there and does not follow is unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reconciler.providers.azure.catalogue import Catalogue
from reconciler.providers.azure.catalogue_entries import Discount, Source

HUNDRED = Decimal(100)
HOURS_A_MONTH = 720  # 30 days


@dataclass(frozen=True)
class Price:
    """US dollars for one of something; a range where it is `derived` from another price."""

    least: Decimal
    most: Decimal
    source: Source
    derived: str = ""

    def less(self, discount: Discount, of: str) -> Price:
        """The price of what is so much cheaper."""
        low, high = HUNDRED - discount.most, HUNDRED - discount.least
        return self._times(low / HUNDRED, high / HUNDRED, of)

    def more(self, discount: Discount, of: str) -> Price:
        """The price of what this one is so much cheaper than."""
        low, high = HUNDRED - discount.least, HUNDRED - discount.most
        return self._times(HUNDRED / low, HUNDRED / high, of)

    def _times(self, low: Decimal, high: Decimal, of: str) -> Price:
        return Price(self.least * low, self.most * high, self.source, self.derived or of)


def training_prices(catalogue: Catalogue, model: str) -> Mapping[str, Price]:
    """Of a million tokens, by training type: those listed, and those that the discounts give."""
    block = catalogue.training_prices
    listed = catalogue.about(model, block.entries)
    if listed is None:
        return {}
    source = block.cited(listed)
    found = {
        catalogue.training_type(name): Price(price, price, source)
        for name, price in listed.per_million.items()
    }
    discounts = catalogue.discounts.entries
    for _step in discounts:  # each may open the way for another
        for cheap, discount in discounts.items():
            if cheap not in found and discount.than in found:
                found[cheap] = found[discount.than].less(discount, discount.than)
            elif cheap in found and discount.than and discount.than not in found:
                found[discount.than] = found[cheap].more(discount, cheap)
    return found


def reinforcement_price(catalogue: Catalogue, model: str) -> Price | None:
    """Of an hour of core training."""
    block = catalogue.training_prices
    listed = catalogue.about(model, block.entries)
    if listed is None or listed.per_hour is None:
        return None
    return Price(listed.per_hour, listed.per_hour, block.cited(listed))


def hosting_price(catalogue: Catalogue, sku: str) -> Price | None:
    """Of an hour of one deployment."""
    block = catalogue.hosting_prices
    listed = block.entries.get(catalogue.sku(sku))
    if listed is None or listed.per_hour is None:
        return None
    return Price(listed.per_hour, listed.per_hour, block.cited(listed))
