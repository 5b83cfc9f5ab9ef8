"""Prices in US dollars, as dated data. What is not here is not known, and plans say so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

AS_OF = "2026-03-19"
SOURCE = f'Microsoft Learn, "Cost management for fine-tuning", {AS_OF}'

# Per million training tokens, by base model and training type, both in lower case.
TRAINING: Mapping[tuple[str, str], Decimal] = {
    ("gpt-4.1-2025-04-14", "globalstandard"): Decimal("2.00"),
    ("gpt-4.1-2025-04-14", "developertier"): Decimal("1.00"),  # half of Global
}

# Reinforcement is paid by the hour of core training; how many there will be, nobody says.
REINFORCEMENT = "$100 for each hour of core training, and the tokens of grading models"

# Per hour and deployment, whether it is called or not, by SKU in lower case.
HOSTING: Mapping[str, Decimal] = {
    "standard": Decimal("1.70"),
    "globalstandard": Decimal("1.70"),
    "developertier": Decimal(0),
}
HOURS_A_MONTH = 720  # 30 days


def training_price(base_model: str, training_type: str) -> Decimal | None:
    """US dollars for a million tokens, or None."""
    return TRAINING.get((base_model.lower(), training_type.lower()))


def hosting_per_month(sku: str) -> Decimal | None:
    """US dollars for 30 days of one deployment, or None."""
    hourly = HOSTING.get(sku.lower())
    return None if hourly is None else hourly * HOURS_A_MONTH


def hosting(sku: str, span: timedelta) -> Decimal | None:
    """US dollars for the whole hours in a span of time, at today's price; or None."""
    hourly = HOSTING.get(sku.lower())
    return None if hourly is None else hourly * (max(span, timedelta()) // timedelta(hours=1))
