"""Deployments that have lived for a while, and what is told of those that are gone, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.kinds.deployment.lifetime import NO_DATE, Life, Unknown, Use
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.steps import is_paused
from reconciler.kinds.deployment.vanished import Missing, Trace
from reconciler.kinds.deployment.versions import arranged
from reconciler.planning.address import Address
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.catalogue import built_in
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.prices import hosting_price
from tests.planning.situations import ACCOUNT, BOT, NOON, model_id, there_deployment

HIDDEN = Unknown(
    "nobody here may read the metrics of account/sweden",
    'assign the role "Monitoring Reader" on the account',
)


def hourly(sku: str) -> Decimal | None:
    """What hosting costs by the built-in catalogue."""
    price = hosting_price(built_in(), sku)
    return price.most if price else None


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def needs(trained: float | None = 20) -> dict[Address, Standing]:
    """The account, and a model that was trained that many days ago; None: nobody knows when."""
    since = None if trained is None else ago(trained)
    ids = {"model": model_id(), "account": "sweden"}
    return {ACCOUNT: Standing(Phase.READY), BOT: Standing(Phase.READY, ids, since)}


def rule(**written: Any) -> Inactivity:
    return Inactivity.model_validate(written)


def living(made: float | None, called: float | None, **more: Any) -> DeploymentState:
    """One that was made and called that many days ago; `traced` and `answered` may differ."""
    answered = more.pop("answered", called)
    traced = more.pop("traced", called)
    use = Use(*(None if days is None else ago(days) for days in (called, answered, traced)))
    return aged(made, use, **more)


def aged(made: float | None, use: Use | Unknown, **more: Any) -> DeploymentState:
    state = there_deployment(created_at=None if made is None else ago(made), **more)
    created_at = state.record.created_at or NO_DATE
    price = hourly(state.record.sku)
    is_off = is_paused(state.record.provisioning)
    life = Life(NOON, state.record.sku, created_at, use, hourly=price, is_paused=is_off)
    return replace(state, life=life)


def gone(called: float | None, *, answered: float | None = None, told: float = 16) -> Missing:
    """One that is not there, called last that many days ago, as far back as is told."""
    last = None if called is None else ago(called)
    quiet = last if answered is None else ago(answered)
    grain = timedelta(hours=1) if told == 16 else timedelta(days=1)
    return Missing(NOON, Trace(ago(told), last, quiet, grain))


def looked_at(goal: DeploymentGoal, there: Iterable[DeploymentRecord]) -> DeploymentState | Missing:
    """What a look makes of these; nothing tells of one that is not there."""
    return arranged(goal, there) or replace(untold(), strangers=tuple(there))


def untold() -> Missing:
    return Missing(NOON, HIDDEN)
