"""What a project and the command line allow."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any


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
    one_deployment_per_model: str = "warn"  # or refuse, or allow
    outputs_file: Path | None = None  # where an apply writes what applications have to call
    catalogue: Any = None  # what the project knows better of the provider than ftctl does
    force: bool = False
    allow_protected: bool = False
    allow_retrain: bool = False
    allow_unknown_cost: bool = False
    awake: frozenset[str] = frozenset()  # names of deployments that are to be there, asleep or not
