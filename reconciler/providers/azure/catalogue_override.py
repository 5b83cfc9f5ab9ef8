"""A project's own catalogue, laid over the built-in one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.providers.azure.catalogue import (
    Catalogue,
    as_catalogue,
    built_in,
    raw_built_in,
)

CITED = ("source", "asOf")


def laid_over(mine: Mapping[str, Any], title: str) -> Catalogue:
    """The built-in catalogue with a file of the same shape over it, key by key.

    As in a JSON merge patch (RFC 7396): mappings are merged, null removes an entry or a value, and
    anything else, lists included, takes the place of what was there. Keys may be written in any
    case and by any alias. An entry of the file is cited by the source that it or its block gives,
    or else by the title of the file. The file has been checked.
    """
    below = raw_built_in()
    named = as_catalogue(_merged(below, _cited(mine, title, built_in())))  # knows new aliases, too
    return as_catalogue(_merged(below, _cited(mine, title, named)))


# How the keys of a block are spelled.
_SPELLED: Mapping[str, Callable[[Catalogue, str], str]] = {
    "models": Catalogue.model_name,
    "context": Catalogue.model_name,
    "retirement": Catalogue.model_name,
    "trainingPrices": Catalogue.model_name,
    "trainingTypes": Catalogue.training_type,
    "discounts": Catalogue.training_type,
    "skus": Catalogue.sku,
    "hostingPrices": Catalogue.sku,
}


def _cited(mine: Mapping[str, Any], title: str, known: Catalogue) -> dict[str, Any]:
    """The entries by their own names, each with its source; other entries keep theirs."""
    return {name: _cited_block(name, block or {}, title, known) for name, block in mine.items()}


def _cited_block(
    name: str, block: Mapping[str, Any], title: str, known: Catalogue
) -> dict[str, Any]:
    below = raw_built_in()[name]
    is_copied = all(block.get(key) == below[key] for key in CITED)  # from ftctl catalogue
    source = {"source": block.get("source") or title, "asOf": block.get("asOf") or ""}
    spell = _SPELLED.get(name, _as_written)
    entries = {
        spell(known, key): entry and {**({} if is_copied else source), **_by_model(entry, known)}
        for key, entry in (block.get("entries") or {}).items()
    }
    return {"entries": entries}


def _as_written(_known: Catalogue, key: str) -> str:
    return key


def _by_model(entry: Mapping[str, Any], known: Catalogue) -> dict[str, Any]:
    if not entry.get("models"):
        return dict(entry)
    regions = {known.model_name(key): one for key, one in entry["models"].items()}
    return {**entry, "models": regions}


def _merged(below: Any, above: Any) -> Any:
    if not isinstance(above, Mapping):
        return above
    under = below if isinstance(below, Mapping) else {}
    left = {key: one for key, one in under.items() if key not in above}
    new = {key: _merged(under.get(key), one) for key, one in above.items() if one is not None}
    return {**left, **new}
