"""The days on which the service stops doing something, announced half a year ahead. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reconciler.planning.phrases import count
from reconciler.providers.azure.catalogue import Catalogue

AHEAD = timedelta(days=180)


@dataclass(frozen=True)
class Dates:
    """From when a base model, training on it, and fine-tuned deployments of it are refused."""

    model: str = ""  # its dated name
    base: date | None = None
    training: date | None = None
    deployments: date | None = None
    source: str = ""


def dates_of(catalogue: Catalogue, model: str) -> Dates:
    """What is known of a model, or of the one that it was trained from."""
    block = catalogue.retirement
    entry = catalogue.about(model, block.entries)
    name = catalogue.base_of(model)
    if entry is None:
        return Dates(name)
    return Dates(name, entry.base, entry.training, entry.deployments, str(block.cited(entry)))


def is_past(day: date | None, now: datetime) -> bool:
    return day is not None and day <= now.date()


def soon(day: date | None, now: datetime) -> str:
    """`on 2027-04-14, in 139 days`; empty where that is over, far off or unknown."""
    if day is None or not now.date() < day <= (now + AHEAD).date():
        return ""
    return f"on {day}, in {count((day - now.date()).days, 'day')}"
