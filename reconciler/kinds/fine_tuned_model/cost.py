"""What a training is expected to cost."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.action import Cost
from reconciler.providers.azure import catalogue, prices
from reconciler.providers.azure.listings import JobRecord

# What `auto` may choose. Source: advice printed by Microsoft's azd extension for fine-tuning,
# 2026; the service documents no bound.
AUTO_EPOCHS = (1, 10)
MILLION = Decimal(1_000_000)
CENT = Decimal("0.01")


def training_cost(goal: FineTunedModelGoal) -> Cost:
    """Tokens x epochs x price; a range where the service chooses the epochs."""
    if goal.method.type == "reinforcement":
        return Cost(basis=prices.REINFORCEMENT, source=prices.SOURCE)
    report = goal.training.report
    if report is None:
        return Cost(basis="the number of tokens is not known: only the service reads the data")
    least, most = (goal.epochs, goal.epochs) if goal.epochs else AUTO_EPOCHS
    epochs = f"{least}" if least == most else f"{least} to {most}"
    basis = f"{report.tokens:,} tokens x {epochs} epochs"
    source = f"tokens are an {report.token_basis}" if report.token_basis else ""
    price = prices.training_price(catalogue.canonical_model(goal.family), goal.training_type)
    if price is None:
        unknown = f"no known price for {goal.base_model} at {goal.training_type}"
        return Cost(basis=f"{basis}; {unknown}", source=source)
    tokens = Decimal(report.tokens) / MILLION
    return Cost(
        training_low=(tokens * least * price).quantize(CENT, ROUND_UP),
        training_high=(tokens * most * price).quantize(CENT, ROUND_UP),
        basis=f"{basis} x ${price} a million",
        source=f"{source}; price: {prices.SOURCE}",
    )


def paid(goal: FineTunedModelGoal, job: JobRecord) -> Decimal | None:
    """What a training has cost by the tokens that the service billed; None if that is not known."""
    price = prices.training_price(catalogue.canonical_model(goal.family), job.training_type)
    if price is None or job.trained_tokens is None:
        return None
    return (job.trained_tokens / MILLION * price).quantize(CENT, ROUND_UP)
