"""The shape of the catalogue, as its file has it: blocks of entries, each with its source and date.

Nothing is required, so that a file of this shape may hold any part of it. These are structs of
msgspec, because the classes of pydantic take 60 ms to build; what pydantic is to know beyond the
types, for files that people write, stands in `Annotated` (see catalogue_shape.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError(
            "day", "must be a day such as 2027-04-14, not {given}", {"given": repr(value)}
        ) from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
AsOf = Annotated[
    str,
    Field(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$", description="a year, a month or a day: '2026-10'"),
]
Names = Annotated[tuple[str, ...], Field(strict=False)]
Methods = Annotated[tuple[Literal["supervised", "dpo", "reinforcement"], ...], Field(strict=False)]
Dollars = Annotated[
    Decimal,
    Field(ge=0, strict=False, description="US dollars"),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
HERE = "one region"
Percent = Annotated[int, Field(ge=0, le=99)]
Count = Annotated[int, Field(ge=0)]


class Source(NamedTuple):
    """Where a fact comes from, and of which day it is."""

    title: str
    as_of: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, self))

    @property
    def words(self) -> str:
        """Where a name was looked for."""
        return f"the catalogue of {self.as_of}" if self.as_of else self.title


class Record(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename="camel",
    forbid_unknown_fields=True,
    omit_defaults=True,
):
    """A mapping of the file."""


class Entry(Record, frozen=True):
    """A fact. `source` and `asOf` stand where they are not those of the block."""

    source: str = ""
    as_of: AsOf = ""
    note: Annotated[str, Field(description="for people")] = ""


class Model(Entry, frozen=True):
    """A model that can be trained. What is left out is not known."""

    aliases: Names = ()
    methods: Methods | None = None
    training_types: Names | None = None
    skus: Annotated[Names | None, Field(description="of deployments")] = None
    images: Annotated[bool | None, Field(description="whether it learns from images")] = None


class Family(Entry, frozen=True):
    """Models whose names begin alike."""

    format: Annotated[str, Field(description="what ARM wants as model.format")] = "OpenAI"


class Context(Entry, frozen=True):
    """What training reads of one example."""

    tokens: Annotated[int | None, Field(ge=1)] = None


class Retirement(Entry, frozen=True):
    """Days from which the service refuses."""

    base: Day | None = None
    training: Day | None = None
    deployments: Annotated[Day | None, Field(description="fine-tuned ones")] = None


class Offer(Entry, frozen=True):
    """A training type or a SKU, and where it is offered. Without lists, nobody knows."""

    aliases: Names = ()
    regions: Names | None = None
    models: Annotated[
        dict[str, Names], Field(description="regions of models that have a list of their own")
    ] = {}


class TrainingType(Offer, frozen=True):
    """How training is processed and paid."""

    is_documented: Annotated[bool, Field(description="how the service wants it to be spelled")] = (
        True
    )


class Sku(Offer, frozen=True):
    """How a deployment is processed and paid."""

    processing: Annotated[
        str, Field(description=f"where requests are processed; nothing is said of {HERE!r}")
    ] = ""
    keeps_data_in_region: Annotated[
        bool, Field(description="whether data at rest is promised to stay there")
    ] = True


class TrainingPrice(Entry, frozen=True):
    """Of a million training tokens, by training type; or of an hour of reinforcement."""

    per_million: dict[str, Dollars] = {}
    per_hour: Dollars | None = None


class Discount(Entry, frozen=True):
    """By how many percent a training type is cheaper than another."""

    than: str = ""
    least: Percent = 0
    most: Percent = 0


class HostingPrice(Entry, frozen=True):
    """Of one deployment, called or not."""

    per_hour: Dollars | None = None


class Advice(Entry, frozen=True):
    """A range; the service takes other values, too."""

    least: Annotated[float, Field(strict=False)] = 0
    most: Annotated[float, Field(strict=False)] = 0


class Limit(Entry, frozen=True):
    """The most that the service takes or keeps."""

    value: Count | None = None


class Advised(Record, frozen=True):
    """By the names that manifests use."""

    n_epochs: Advice | None = None
    batch_size: Advice | None = None
    learning_rate_multiplier: Advice | None = None
    beta: Advice | None = None
    l2_multiplier: Advice | None = None
    compute_multiplier: Advice | None = None
    eval_interval: Advice | None = None
    eval_samples: Advice | None = None


class Limits(Record, frozen=True):
    """Of one account."""

    files: Limit = Limit()
    file_bytes: Limit = Limit()
    jobs: Limit = Limit()
    running_jobs: Limit = Limit()
    running_developer_jobs: Limit = Limit()
    queued_jobs: Limit = Limit()
    fine_tuned_deployments: Limit = Limit()
    standard_deployments: Limit = Limit()
    trained_tokens: Limit = Limit()
    reinforcement_dollars: Limit = Limit()


class Block(Record, frozen=True):
    """Entries with a source in common."""

    source: str = ""
    as_of: AsOf = ""

    def cited(self, entry: Entry | None = None) -> Source:
        """Where an entry comes from, or the block as a whole."""
        if entry is not None and entry.source:
            return Source(entry.source, entry.as_of)
        return Source(self.source, (entry.as_of if entry else "") or self.as_of)


class Models(Block, frozen=True):
    """What can be trained, how, and served by which SKUs."""

    entries: dict[str, Model] = {}


class Families(Block, frozen=True):
    """By how a model's name begins."""

    entries: dict[str, Family] = {}


class Contexts(Block, frozen=True):
    """By model."""

    entries: dict[str, Context] = {}


class Retirements(Block, frozen=True):
    """By model."""

    entries: dict[str, Retirement] = {}


class TrainingTypes(Block, frozen=True):
    """By the spelling that is sent."""

    entries: dict[str, TrainingType] = {}


class Skus(Block, frozen=True):
    """By the spelling that is sent."""

    entries: dict[str, Sku] = {}


class TrainingPrices(Block, frozen=True):
    """By model."""

    entries: dict[str, TrainingPrice] = {}


class Discounts(Block, frozen=True):
    """By training type."""

    entries: dict[str, Discount] = {}


class HostingPrices(Block, frozen=True):
    """By SKU."""

    entries: dict[str, HostingPrice] = {}


class Hyperparameters(Block, frozen=True):
    """What is advised."""

    entries: Advised = Advised()


class AccountLimits(Block, frozen=True):
    """How much of what."""

    entries: Limits = Limits()
