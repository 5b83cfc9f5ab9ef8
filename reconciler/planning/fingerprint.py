"""The fingerprint names the weights: what determines them, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, TypeVar

T = TypeVar("T")

SHORT = 8  # hex digits that travel in suffixes and tags
# The end of a suffix, of a model's id, or of the name of a checkpoint of it.
CARRIED = re.compile(rf"-([0-9a-f]{{{SHORT}}})(?::ckpt-step-\d+)?$")


@dataclass(frozen=True)
class Recipe:
    """Everything that determines the weights. `hyperparameters` are those of the manifest."""

    base_model: str
    method: str
    training_sha256: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    revision: int = 1
    rest: Mapping[str, Any] = field(default_factory=dict)  # what else the method was told


def fingerprint(recipe: Recipe) -> str:
    """The SHA-256, in hex, of the canonical form of a recipe.

    `auto` and absent hyperparameters are the same, and so are 3 and 3.0. The spelling of the
    base model counts without its case, because the service echoes it in another.
    """
    parts = {
        "base": recipe.base_model.lower(),
        "method": recipe.method,
        "hyperparameters": _pinned(recipe.hyperparameters),
        "seed": recipe.seed,
        "data": recipe.training_sha256,
        "revision": recipe.revision,
        **({"rest": recipe.rest} if recipe.rest else {}),
    }
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def short(full: str) -> str:
    """The digits that travel."""
    return full[:SHORT]


def carried(name: str) -> str:
    """The digits that a suffix or a model's id carries; empty where it carries none."""
    found = CARRIED.search(name)
    return found[1] if found else ""


def by_digits(things: Iterable[T], name: Callable[[T], str]) -> Mapping[str, list[T]]:
    """Things by the digits that their names carry; under nothing where they carry none."""
    found: dict[str, list[T]] = defaultdict(list)
    for one in things:
        found[carried(name(one))].append(one)
    return dict(found)


def names(recipe: Recipe) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The digits of each recipe that may give the same weights, and what it leaves open.

    A manifest may pin today what it left to the service when the training ran.
    """
    pinned = recipe.hyperparameters
    for size in range(len(pinned) + 1):
        for left in combinations(sorted(pinned), size):
            yield _name_without(recipe, left), {name: pinned[name] for name in left}


def _name_without(recipe: Recipe, left: Collection[str]) -> str:
    kept = {name: one for name, one in recipe.hyperparameters.items() if name not in left}
    return short(fingerprint(replace(recipe, hyperparameters=kept)))


def _pinned(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in hyperparameters.items()
        if value not in (None, "auto")
    }
