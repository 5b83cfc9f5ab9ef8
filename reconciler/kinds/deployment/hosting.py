"""What it costs to have a deployment and its other versions for 30 days, called or not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.choosing import is_for_a_person, serving_step
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.steps import Hibernate, Leave, Make, Step
from reconciler.kinds.deployment.vanished import StayAway
from reconciler.planning.action import Cost
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.prices import HOURS_A_MONTH

MONTH = timedelta(hours=HOURS_A_MONTH)
CENT = Decimal("0.01")


def cost(case: Case, step: Step, now: datetime) -> Cost | None:
    """Of what is ours, or will be; None where nothing is."""
    if isinstance(step, StayAway | Hibernate):
        return None
    needed, facts = serving_step(case), case.goal.facts
    others = [*_others(case, now, is_stuck=case.is_rejected or is_for_a_person(needed))]
    own: Decimal | None = facts.hosting_per_month
    if isinstance(needed, Leave):  # what is declared cannot be made
        if not others:
            return None
        own = Decimal(0)
    extra = _sum(price(case.goal, one.sku, span) for one, span in others)
    is_free = facts.hosting_per_month == 0
    hours = "no charge by the hour" if is_free else f"{HOURS_A_MONTH} hours, called or not"
    more = f", and ${extra:,.2f} for other versions while they are there" if extra else ""
    return Cost(
        hosting_per_month=_sum((own, extra)),
        is_more=isinstance(step, Make) and extra != 0,
        basis=f"{hours}{more}",
        source=facts.hosting_source,
    )


def price(goal: DeploymentGoal, sku: str, span: timedelta) -> Decimal | None:
    """US dollars for a version; None where the price of its SKU is not known."""
    hourly = goal.facts.hosting_by_sku.get(built_in().sku(sku).lower())
    seconds = int(span / timedelta(seconds=1))
    return None if hourly is None else (hourly * seconds / 3600).quantize(CENT)


def _sum(prices: Iterable[Decimal | None]) -> Decimal | None:
    listed = [*prices]
    known = [one for one in listed if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(listed) else None


def _others(
    case: Case, now: datetime, *, is_stuck: bool
) -> Iterator[tuple[DeploymentRecord, timedelta]]:
    """The versions beside the one that is meant to be called, and how long each stays."""
    current = case.current
    if current and current != case.target:
        yield current, MONTH if is_stuck else min(case.goal.drain, MONTH)
    ends = {name: end for end, name in case.draining}
    for one in case.aside:
        left = ends.get(one.name, now) - now
        if left > timedelta():
            yield one, min(left, MONTH)
