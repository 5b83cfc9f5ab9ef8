"""What a training is expected to cost."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_UP, Decimal

from reconciler.kinds.fine_tuned_model.facts import DEVELOPER, Facts
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.action import Cost, Offer
from reconciler.providers.azure.listings import JobRecord
from reconciler.providers.azure.prices import Price

MILLION = Decimal(1_000_000)
CENT = Decimal("0.01")


def training_cost(goal: FineTunedModelGoal) -> Cost:
    """Tokens x epochs x price; a range where the service chooses, or the price is derived."""
    if goal.method.type == "reinforcement":
        return _by_the_hour(goal.facts)
    report = goal.training.report
    if report is None:
        return Cost(basis="the number of tokens is not known: only the service reads the data")
    least, most = (goal.epochs, goal.epochs) if goal.epochs else goal.facts.epochs
    epochs = f"{least}" if least == most else f"{least} to {most}"
    basis = f"{report.tokens:,} tokens x {epochs} epochs"
    source = f"tokens are an {report.token_basis}" if report.token_basis else ""
    price = goal.facts.price(goal.training_type)
    if price is None:
        unknown = f"no known price for {goal.base_model} at {goal.training_type}"
        return Cost(basis=f"{basis}; {unknown}", source=source)
    low, high = _amounts(report.tokens, least, most, price)
    offers = _cheaper(high, goal.facts.developer, report.tokens, (least, most))
    return Cost(
        training_low=low,
        training_high=high,
        basis=f"{basis} x {_words(price)} a million{_derived(price)}",
        source=f"{source}; price: {price.source}",
        offers=tuple(offers),
    )


def _amounts(tokens: int, least: int, most: int, price: Price) -> tuple[Decimal, Decimal]:
    millions = Decimal(tokens) / MILLION
    low, high = millions * least * price.least, millions * most * price.most
    return low.quantize(CENT, ROUND_UP), high.quantize(CENT, ROUND_UP)


def _cheaper(
    amount: Decimal, price: Price | None, tokens: int, epochs: tuple[int, int]
) -> Iterator[Offer]:
    """The same training at DeveloperTier, where that is known and saves something."""
    if price is None:
        return
    low, high = _amounts(tokens, *epochs, price)
    if high < amount:
        yield Offer(DEVELOPER, low, high, _derived(price).removeprefix(", "))


def _words(price: Price) -> str:
    low, high = f"${price.least:,.2f}", f"${price.most:,.2f}"
    return low if low == high else f"{low} to {high}"


def _derived(price: Price) -> str:
    return f", derived from {price.derived}" if price.derived else ""


def _by_the_hour(facts: Facts) -> Cost:
    """How many hours there will be, nobody says."""
    if facts.hour is None:
        return Cost(basis="no known price for an hour of reinforcement")
    hour = f"${facts.hour.most:,.0f} for each hour of core training"
    pause = f"; the service pauses it at ${facts.pause:,}" if facts.pause else ""
    basis = f"{hour}, and the tokens of grading models{pause}"
    return Cost(basis=basis, source=str(facts.hour.source))


def paid(goal: FineTunedModelGoal, job: JobRecord) -> Decimal | None:
    """What a training has cost by the tokens that the service billed; None if that is not known."""
    price = goal.facts.price(job.training_type)
    if price is None or price.least != price.most or job.trained_tokens is None:
        return None
    return (job.trained_tokens / MILLION * price.most).quantize(CENT, ROUND_UP)
