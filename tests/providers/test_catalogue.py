"""The catalogue: what it knows, and what a file of one's own makes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot
from msgspec import structs

from reconciler.manifest.documents import read_file
from reconciler.providers.azure.catalogue import FILE, Catalogue, built_in
from reconciler.providers.azure.catalogue_names import strays
from reconciler.providers.azure.catalogue_override import laid_over
from reconciler.providers.azure.catalogue_shape import shape
from reconciler.providers.azure.prices import hosting_price, training_prices

REPOSITORY = Path(__file__).parents[2]
G41 = "gpt-4.1-2025-04-14"


def built_in_file() -> dict[str, Any]:
    """As a manifest would be read."""
    path = REPOSITORY / "reconciler" / "providers" / "azure" / FILE
    [document], mistakes = read_file(path, {})
    assert not mistakes
    return document.value


def test_the_built_in_file_has_the_shape_of_every_other() -> None:
    """What is asked of a file of one's own holds for the built-in one."""
    assert shape().model_validate(built_in_file())
    assert list(built_in_file()) == [one.encode_name for one in structs.fields(Catalogue)]


def test_every_name_in_the_built_in_file_means_something() -> None:
    """No model, SKU or training type is misspelled anywhere in it."""
    assert list(strays(built_in(), built_in_file())) == []
    known = built_in().models.entries.keys()
    assert built_in().retirement.entries.keys() <= known
    assert built_in().context.entries.keys() <= known
    assert built_in().training_prices.entries.keys() <= known


@pytest.mark.parametrize("block", built_in_file())
def test_every_fact_has_a_source_and_a_date(block: str) -> None:
    """Each block says where its entries come from, and of which day they are."""
    source = getattr(built_in(), snake(block)).cited()
    assert source.title
    assert source.as_of >= "2024"


def snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)


def test_names() -> None:
    """A model is found by its alias, in any case, and by a model that was trained from it."""
    catalogue = built_in()
    tuned = f"{G41}.ft-0123456789abcdef-support-7f457775"
    assert [catalogue.model_name(name) for name in ("GPT-4.1", G41.upper(), tuned, "new")] == [
        G41,
        G41,
        tuned,  # a literal id names other weights than its base
        "new",
    ]
    assert [catalogue.base_of(name) for name in ("gpt-4.1", tuned, f"{tuned}.ft-1-x")] == [G41] * 3
    assert catalogue.names_of("gpt-4.1") == {"gpt-4.1", G41}
    assert catalogue.names_of("New") == {"new"}
    assert catalogue.sku("developer") == catalogue.training_type("DEVELOPERTIER") == "DeveloperTier"
    assert catalogue.sku("NewTier") == "NewTier"


def test_formats() -> None:
    """What ARM wants as model.format follows from how a name begins."""
    names = ["gpt-4.1", "gpt-oss-20b", "Ministral-3B", "llama-3.3-70b-instruct", "Qwen9"]
    assert [built_in().format_of(name) for name in names] == [
        "OpenAI",
        "Microsoft",
        "Mistral AI",
        "Meta",
        "Alibaba",
    ]


def test_regions() -> None:
    """A model's own list of regions goes before that of the training type."""
    catalogue = built_in()
    everywhere = catalogue.training_types.entries["GlobalStandard"]
    regional = catalogue.training_types.entries["Standard"]
    assert "polandcentral" in (catalogue.regions_of(everywhere, "gpt-4.1") or ())
    assert "polandcentral" not in (catalogue.regions_of(everywhere, "gpt-4.1-nano") or ())
    assert catalogue.regions_of(regional, "gpt-4.1") == ("northcentralus", "swedencentral")
    assert catalogue.regions_of(regional, "davinci-002") is None
    assert "uaenorth" in catalogue.regions


def prices(catalogue: Catalogue, model: str) -> dict[str, str]:
    return {
        kind: f"{price.least:.2f} to {price.most:.2f} {price.derived}".rstrip()
        for kind, price in training_prices(catalogue, model).items()
    }


def test_prices_that_follow() -> None:
    """One listed price gives the others, as far as the discounts go; a listed one stays."""
    assert prices(built_in(), "gpt-4.1") == snapshot(
        {
            "GlobalStandard": "2.00 to 2.00",
            "Standard": "2.22 to 2.86 GlobalStandard",
            "DeveloperTier": "1.00 to 1.00 GlobalStandard",
        }
    )
    assert prices(built_in(), "gpt-4o") == {}
    entry = {"perMillion": {"Standard": 3, "developer": 1.25}}
    mine = laid_over({"trainingPrices": {"entries": {"gpt-4o-2024-08-06": entry}}}, "mine.yaml")
    assert prices(mine, "gpt-4o") == snapshot(
        {
            "Standard": "3.00 to 3.00",
            "DeveloperTier": "1.25 to 1.25",
            "GlobalStandard": "2.10 to 2.70 Standard",
        }
    )


def test_no_price_is_derived_without_discounts() -> None:
    """A file can take the discounts away, and then only listed prices are left."""
    removed = dict.fromkeys(built_in().discounts.entries)
    mine = laid_over({"discounts": {"entries": removed}}, "mine.yaml")
    assert prices(mine, "gpt-4.1") == {"GlobalStandard": "2.00 to 2.00"}


MINE = {
    "models": {"entries": {G41: {"methods": ["supervised"]}, "gpt-9": {"aliases": ["nine"]}}},
    "retirement": {
        "source": "a mail of our account team",
        "asOf": "2026-11-02",
        "entries": {G41: {"training": "2027-06-30"}, "gpt-4o-2024-08-06": None},
    },
    "hostingPrices": {"entries": {"Standard": {"perHour": 1.2}}},
    "limits": {"entries": {"jobs": {"value": 500}}},
}


def test_a_file_is_laid_over_key_by_key() -> None:
    """Mappings are merged, lists replaced, and null removes."""
    before, after = built_in(), laid_over(MINE, "mine.yaml")
    known, model = before.models.entries[G41], after.models.entries[G41]
    assert (known.methods, model.methods) == (("supervised", "dpo"), ("supervised",))
    assert model.training_types == known.training_types
    assert after.model_name("nine") == "gpt-9"
    dates = after.retirement.entries[G41]
    assert (dates.base, dates.training) == (date(2026, 10, 14), date(2027, 6, 30))
    assert "gpt-4o-2024-08-06" not in after.retirement.entries
    assert "gpt-4o-mini-2024-07-18" in after.retirement.entries
    assert (after.limits.entries.jobs.value, after.limits.entries.files.value) == (500, 100)
    assert after.context == before.context


@pytest.mark.parametrize("name", ["gpt-4.1", "GPT-4.1-2025-04-14", "workhorse"])
def test_any_name_means_the_same_entry(name: str) -> None:
    """Keys may be aliases, also new ones, in any case; what they leave out stays."""
    mine = {
        "models": {"entries": {G41: {"aliases": ["gpt-4.1", "workhorse"]}}},
        "retirement": {"entries": {name: {"training": "2027-06-30"}}},
        "trainingTypes": {"entries": {"standard": {"models": {name: ["westus"]}}}},
    }
    after = laid_over(mine, "mine.yaml")
    dates = after.retirement.entries[G41]
    assert (dates.base, dates.training) == (date(2026, 10, 14), date(2027, 6, 30))
    assert after.regions_of(after.training_types.entries["Standard"], "gpt-4.1") == ("westus",)
    assert list(strays(after, mine)) == []


def test_what_comes_from_a_file_is_cited_as_such() -> None:
    """By the source that its block gives, or else by its name; the rest keeps its own source."""
    after = laid_over(MINE, "mine.yaml")
    retirement = after.retirement
    assert (
        str(retirement.cited(retirement.entries[G41])) == "a mail of our account team, 2026-11-02"
    )
    other = retirement.entries["o4-mini-2025-04-16"]
    assert str(retirement.cited(other)) == 'Microsoft Learn, "Model retirements", 2026-07'
    price = hosting_price(after, "standard")
    assert price is not None
    assert (price.most, price.source.title, price.source.as_of) == (Decimal("1.2"), "mine.yaml", "")


def test_nothing_is_left_where_a_file_removes_everything() -> None:
    """Even then, each question has an answer: nobody knows."""
    everything = {
        name: {"entries": dict.fromkeys(block["entries"])}
        for name, block in built_in_file().items()
    }
    empty = laid_over(everything, "mine.yaml")
    assert empty.model("gpt-4.1") is None
    assert empty.names_of("GPT-4.1") == {"gpt-4.1"}
    assert (empty.regions, training_prices(empty, "gpt-4.1")) == ((), {})
