"""What it costs to have a deployment and its other versions for 30 days, called or not. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.planning.action import Cost
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.prices import HOURS_A_MONTH

MONTH = timedelta(hours=HOURS_A_MONTH)
CENT = Decimal("0.01")


def cost(case: Case, now: datetime) -> Cost:
    facts = case.goal.facts
    own, others = facts.hosting_per_month, _of_others(case, now)
    more = f", and ${others:,.2f} for other versions while they are there" if others else ""
    return Cost(
        hosting_per_month=None if own is None or others is None else own + others,
        basis=f"{HOURS_A_MONTH} hours, called or not{more}",
        source=facts.hosting_source,
    )


def price(goal: DeploymentGoal, sku: str, span: timedelta) -> Decimal | None:
    """US dollars for a version; None where the price of its SKU is not known."""
    hourly = goal.facts.hosting_by_sku.get(built_in().sku(sku).lower())
    seconds = int(span / timedelta(seconds=1))
    return None if hourly is None else (hourly * seconds / 3600).quantize(CENT)


def _of_others(case: Case, now: datetime) -> Decimal | None:
    prices = [price(case.goal, one.sku, span) for one, span in _others(case, now)]
    known = [one for one in prices if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(prices) else None


def _others(case: Case, now: datetime) -> Iterator[tuple[DeploymentRecord, timedelta]]:
    """The versions beside the one that is meant to be called, and how long each stays."""
    current = case.current
    if current and current != case.target:
        yield current, MONTH if case.is_rejected else min(case.goal.drain, MONTH)
    ends = {name: end for end, name in case.draining}
    for one in case.aside:
        left = ends.get(one.name, now) - now
        if left > timedelta():
            yield one, min(left, MONTH)
