"""Names in a catalogue's file that mean an entry of another block, and are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.planning.spelling import closest
from reconciler.providers.azure.catalogue import Catalogue
from reconciler.providers.azure.catalogue_entries import Model, Offer

Path = tuple[str | int, ...]
# Which block's names the keys of a block's entries are, and the names inside of its entries.
KEYS = {
    "context": "models",
    "retirement": "models",
    "trainingPrices": "models",
    "discounts": "trainingTypes",
    "hostingPrices": "skus",
}
INSIDE = {
    "models": {"trainingTypes": "trainingTypes", "skus": "skus"},
    "trainingTypes": {"models": "models"},
    "skus": {"models": "models"},
    "trainingPrices": {"perMillion": "trainingTypes"},
    "discounts": {"than": "trainingTypes"},
}


class Stray(NamedTuple):
    """A name that has no effect, where it stands, in which block it is missing, what was meant."""

    path: Path
    name: str
    block: str
    near: str


def strays(catalogue: Catalogue, mine: Mapping[str, Any]) -> Iterator[Stray]:
    """Those of a file that has been checked, and of which the catalogue was made."""
    known: Mapping[str, Mapping[str, Model | Offer]] = {
        "models": catalogue.models.entries,
        "trainingTypes": catalogue.training_types.entries,
        "skus": catalogue.skus.entries,
    }
    for path, name, block in _names(mine):
        names = {one.casefold() for one in known[block]}
        aliases = (alias for entry in known[block].values() for alias in entry.aliases)
        if name.casefold() not in names | {alias.casefold() for alias in aliases}:
            yield Stray(path, name, block, closest(name, known[block]) or "")


def _names(mine: Mapping[str, Any]) -> Iterator[tuple[Path, str, str]]:
    for block, content in mine.items():
        for key, entry in ((content or {}).get("entries") or {}).items():
            path: Path = (block, "entries", key)
            if block in KEYS and entry is not None:
                yield path, key, KEYS[block]
            for field, other in INSIDE.get(block, {}).items():
                for at, name in _each((entry or {}).get(field)):
                    yield (*path, field, *at), name, other


def _each(names: Any) -> Iterator[tuple[Path, str]]:
    """Those of a list, the keys of a mapping, or the one."""
    if isinstance(names, list):
        yield from (((at,), name) for at, name in enumerate(names))
    elif isinstance(names, dict):
        yield from (((name,), name) for name in names)
    elif names:
        yield (), names
