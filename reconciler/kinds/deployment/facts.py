"""What the catalogue says of one deployment, taken out of it when the goal is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from reconciler.kinds.retirement import Dates
from reconciler.providers.azure.catalogue import OPENAI, Catalogue
from reconciler.providers.azure.catalogue_entries import HERE
from reconciler.providers.azure.prices import HOURS_A_MONTH, hosting_price


@dataclass(frozen=True)
class Facts:
    """Of a SKU and the model behind it. What is None or empty is not known."""

    format: str = OPENAI  # what ARM wants as model.format
    hosting_per_hour: Decimal | None = None  # US dollars, called or not
    hosting_source: str = ""
    hosting_by_sku: Mapping[str, Decimal] = field(default_factory=dict)  # an hour, in lower case
    elsewhere: str = ""  # where requests may be processed besides the account's own region
    keeps_data_in_region: bool = True
    dates: Dates = field(default_factory=Dates)

    @property
    def hosting_per_month(self) -> Decimal | None:
        """US dollars for 30 days."""
        hourly = self.hosting_per_hour
        return None if hourly is None else hourly * HOURS_A_MONTH


def facts_of(catalogue: Catalogue, sku: str, format_: str, dates: Dates) -> Facts:
    price = hosting_price(catalogue, sku)
    listed = {one: hosting_price(catalogue, one) for one in catalogue.hosting_prices.entries}
    entry = catalogue.skus.entries.get(catalogue.sku(sku))
    return Facts(
        format=format_,
        hosting_per_hour=price.most if price else None,
        hosting_source=str(price.source) if price else "",
        hosting_by_sku={
            catalogue.sku(name).lower(): one.most for name, one in listed.items() if one
        },
        elsewhere=entry.processing if entry and entry.processing != HERE else "",
        keeps_data_in_region=entry.keeps_data_in_region if entry else True,
        dates=dates,
    )
