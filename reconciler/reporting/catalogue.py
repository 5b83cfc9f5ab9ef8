"""The catalogue for people, for programs, and as a template for a file of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from reconciler.providers.azure.catalogue import Catalogue
from reconciler.providers.azure.catalogue_entries import Block, Entry, Model
from reconciler.providers.azure.prices import (
    HOURS_A_MONTH,
    Price,
    hosting_price,
    reinforcement_price,
    training_prices,
)
from reconciler.reporting.formats import FORMAT_VERSION
from reconciler.reporting.page import Page
from reconciler.reporting.words import money, spread

DETAIL = 4
HEAD = """\
# What `ftctl catalogue` has in effect. Keep the parts that you know better, and name the file in
# spec.catalogue of the Project. It is laid over what ftctl knows key by key: mappings are merged,
# null removes, and anything else, lists included, replaces.
"""


def catalogue_lines(catalogue: Catalogue, page: Page) -> Iterator[str]:
    """Each model in a few lines, then SKUs, advice and limits, then where all that comes from."""
    for name, model in catalogue.models.entries.items():
        yield from _model(name, model, catalogue, page)
    yield from _part("SKUs", _skus(catalogue), page)
    yield from _part("hyperparameters", _advised(catalogue), page)
    yield from _part("limits of an account", _limits(catalogue), page)
    yield from _part("sources", _sources(catalogue), page)


def _part(title: str, lines: Iterable[str], page: Page) -> Iterator[str]:
    yield page.paint(title, "bold")
    for line in lines:
        yield from page.wrap(line, DETAIL, hang=2 * DETAIL)


def _model(name: str, model: Model, catalogue: Catalogue, page: Page) -> Iterator[str]:
    also = f"  ({', '.join(model.aliases)})" if model.aliases else ""
    yield f"{page.paint(name, 'bold')}{also}"
    skills = [*(model.methods or ()), *(["images"] if model.images else [])]
    context = catalogue.about(name, catalogue.context.entries)
    if context and context.tokens:
        skills.append(f"{context.tokens:,} tokens an example")
    facts = [
        ", ".join(skills),
        _trained_at(name, model, catalogue),
        f"served at {', '.join(model.skus)}" if model.skus else "",
        _retires(name, catalogue),
        model.note,
    ]
    for fact in filter(None, facts):
        yield from page.wrap(fact, DETAIL, hang=2 * DETAIL)


def _trained_at(name: str, model: Model, catalogue: Catalogue) -> str:
    prices = training_prices(catalogue, name)
    parts: list[str] = []
    for kind in model.training_types or ():
        price = prices.get(kind)
        parts.append(f"{kind} {_priced(price)}" if price else kind)
    hour = reinforcement_price(catalogue, name)
    paid = "; dollars are for a million tokens" if prices else ""
    paid = f"; {money(hour.most)} an hour" if hour else paid
    return f"trained at {', '.join(parts)}{paid}" if parts else ""


def _priced(price: Price) -> str:
    return f"{spread(price.least, price.most)}{' (derived)' if price.derived else ''}"


def _retires(name: str, catalogue: Catalogue) -> str:
    entry = catalogue.about(name, catalogue.retirement.entries)
    if entry is None:
        return ""
    days = {"base": entry.base, "training": entry.training, "deployments": entry.deployments}
    known = [f"{what} {day}" for what, day in days.items() if day]
    return f"retirement: {', '.join(known)}" if known else ""


def _skus(catalogue: Catalogue) -> Iterator[str]:
    for name, sku in catalogue.skus.entries.items():
        price = hosting_price(catalogue, name)
        hosting = f"hosting {money(price.most * HOURS_A_MONTH)} in 30 days" if price else ""
        facts = filter(None, (sku.processing, hosting, sku.note))
        yield f"{name}: {'; '.join(facts)}"


def _advised(catalogue: Catalogue) -> Iterator[str]:
    for name, entry in _fields(catalogue.hyperparameters.entries):
        yield f"{name}: {entry.least:g} to {entry.most:g}{_noted(entry)}"


def _limits(catalogue: Catalogue) -> Iterator[str]:
    for name, entry in _fields(catalogue.limits.entries):
        if entry.value is not None:
            yield f"{name}: {entry.value:,}{_noted(entry)}"


def _noted(entry: Entry) -> str:
    return f" ({entry.note})" if entry.note else ""


def _fields(entries: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """By the names of the file."""
    for one in msgspec.structs.fields(entries):
        value = getattr(entries, one.name)
        if value is not None:
            yield one.encode_name, value


def _sources(catalogue: Catalogue) -> Iterator[str]:
    for name, block in _fields(catalogue):
        for source in dict.fromkeys(_cited(block)):
            yield f"{name}: {source}"


def _cited(block: Block) -> Iterator[str]:
    entries: Any = getattr(block, "entries", {})
    found = entries.values() if isinstance(entries, dict) else (one for _, one in _fields(entries))
    yield from filter(None, (str(block.cited(entry)) for entry in found))


def catalogue_json(catalogue: Catalogue) -> dict[str, Any]:
    return {"format_version": FORMAT_VERSION, "catalogue": _plain(catalogue)}


def catalogue_yaml(catalogue: Catalogue) -> str:
    """A file that can be laid over the built-in one, and changes nothing yet."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes days without quotes, as manifests read them."""

    Dumper.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }
    plain = _plain(catalogue)
    return HEAD + yaml.dump(
        plain, Dumper=Dumper, sort_keys=False, default_flow_style=None, width=96
    )


def _plain(catalogue: Catalogue) -> Any:
    encoder = msgspec.json.Encoder(decimal_format="number")
    return msgspec.json.decode(encoder.encode(catalogue))
