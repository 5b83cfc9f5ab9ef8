"""What a project and the command line allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Policy:
    """The bounds of a plan. Everything that costs or destroys is off until it is asked for."""

    project: str = "default"
    training_budget: Decimal | None = None  # US dollars for one apply
    hosting_budget: Decimal | None = None  # US dollars a month
    max_deletes: float = 0.3  # share of a kind, counted when at least 10 exist
    max_replaces: float = 0.3
    prune: frozenset[str] = frozenset()  # kinds in lower case
    suffix_length: int = 18
    # What the service takes, by the names of the provider's catalogue, where the project knows
    # better than that; None: as much as anybody likes.
    limits: Mapping[str, int | None] = field(default_factory=dict)
    force: bool = False
    allow_protected: bool = False
    allow_retrain: bool = False
    allow_unknown_cost: bool = False
