"""What a training costs: tokens times epochs times price, and what another tier would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from inline_snapshot import snapshot

from reconciler.kinds.fine_tuned_model.cost import training_cost
from reconciler.kinds.fine_tuned_model.facts import facts_of
from reconciler.kinds.fine_tuned_model.method import Method
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.kind import Wanted
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.catalogue_override import laid_over
from reconciler.reporting.page import Page
from reconciler.reporting.words import offers, price
from tests.planning.situations import BOT, wanted_blob, wanted_data, wanted_model


def model(base: str = "gpt-4.1", training_type: str = "GlobalStandard", **more: object) -> Wanted:
    """A model with everything that the built-in catalogue knows of it."""
    facts = facts_of(built_in(), base)
    return wanted_model(base_model=base, training_type=training_type, facts=facts, **more)


def said(wanted: Wanted) -> Iterator[str]:
    """What the plan says of the price, on a terminal of 80 columns."""
    cost = training_cost(wanted.goal)
    action = Action(BOT, Verb.TRAIN, ReasonCode.NEW, "", cost=cost)
    for text in (price(action), *offers(action)):
        yield from Page(80).wrap(text, 4)


FREE = Method("supervised", {})
REINFORCED = Method("reinforcement", {})

CASES = {
    "pinned epochs": model(),
    "epochs left to the service": model(method=FREE),
    "the base in other letters": model("GPT-4.1-2025-04-14"),
    "at half of Global": model(training_type="DeveloperTier"),
    "dearer than Global": model(training_type="Standard"),
    "a training type without a price": model(training_type="DataZoneStandard"),
    "a model without a price": model("gpt-4o"),
    "a model of this folder, by its id": model("gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d"),
    "hardly any data": model(data=wanted_data(tokens=1)),
    "reinforcement": model("o4-mini", method=REINFORCED),
    "reinforcement at an unknown price": model("gpt-5", method=REINFORCED),
}


def test_prices() -> None:
    """A derived price says from what; an unknown one says so; Developer only where it saves."""
    lines = (line for name, wanted in CASES.items() for line in (name, *said(wanted)))
    assert "\n".join(lines) == snapshot("""\
pinned epochs
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    at DeveloperTier: $3.00 (derived from GlobalStandard)
epochs left to the service
    training $2.00 to $20.00: 1,000,000 tokens x 1 to 10 epochs x $2.00 a
    million
    at DeveloperTier: $1.00 to $10.00 (derived from GlobalStandard)
the base in other letters
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    at DeveloperTier: $3.00 (derived from GlobalStandard)
at half of Global
    training $3.00: 1,000,000 tokens x 3 epochs x $1.00 a million, derived from
    GlobalStandard
dearer than Global
    training $6.67 to $8.58: 1,000,000 tokens x 3 epochs x $2.22 to $2.86 a
    million, derived from GlobalStandard
    at DeveloperTier: $3.00 (derived from GlobalStandard)
a training type without a price
    training at an unknown price: 1,000,000 tokens x 3 epochs; no known price
    for gpt-4.1 at DataZoneStandard
a model without a price
    training at an unknown price: 1,000,000 tokens x 3 epochs; no known price
    for gpt-4o at GlobalStandard
a model of this folder, by its id
    training $6.00: 1,000,000 tokens x 3 epochs x $2.00 a million
    at DeveloperTier: $3.00 (derived from GlobalStandard)
hardly any data
    training $0.01: 1 tokens x 3 epochs x $2.00 a million
reinforcement
    training at an unknown price: $100 for each hour of core training, and the
    tokens of grading models; the service pauses it at $5,000
reinforcement at an unknown price
    training at an unknown price: no known price for an hour of reinforcement\
""")


def test_the_sum_is_never_too_low() -> None:
    """A derived price counts with its upper end against the budget, rounded up to a cent."""
    cost = training_cost(model(training_type="Standard").goal)
    assert (cost.training_low, cost.training_high) == (Decimal("6.67"), Decimal("8.58"))


def test_uncounted_data() -> None:
    """Data that nobody has counted make the price unknown, and never zero."""
    cost = training_cost(replace(model().goal, training=wanted_blob().goal))
    assert (cost.training_high, cost.basis) == snapshot(
        (None, "the number of tokens is not known: only the service reads the data")
    )


@pytest.mark.parametrize("types", [["GlobalStandard"], []])
def test_a_model_that_is_not_trained_at_developer_tier(types: list[str]) -> None:
    """Developer tier is only named where the model can be trained at it."""
    mine = {"models": {"entries": {"gpt-4.1-2025-04-14": {"trainingTypes": types}}}}
    facts = facts_of(laid_over(mine, "mine"), "gpt-4.1")
    assert training_cost(wanted_model(facts=facts).goal).offers == ()
