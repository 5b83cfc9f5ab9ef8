"""Small things said the same way everywhere: money, ages, metrics, field values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from reconciler.planning import spans
from reconciler.planning.action import Action, Verb
from reconciler.planning.address import Address
from reconciler.planning.plan import adds_hosting
from reconciler.planning.queue import Queue

duration = spans.duration  # ages and what is left are said in the same words everywhere


def money(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def spread(low: Decimal | None, high: Decimal) -> str:
    """One amount, or the range of them."""
    if low is None or low == high:
        return money(high)
    return f"{money(low)} to {money(high)}"


def total(what: str, known: str, unpriced: Sequence[Address]) -> Iterator[str]:
    """A sum of costs; nothing where there is nothing to pay."""
    if known:
        yield f"{what}: {known}{', and more of unknown price' if unpriced else ''}."
    elif unpriced:
        yield f"{what}: unknown price."


def price(action: Action) -> str:
    """What an action costs, in a few words; empty where it costs nothing new."""
    cost = action.cost
    if cost is None:
        return ""
    if action.verb is Verb.TRAIN:
        if cost.training_high is None:
            return f"training at an unknown price: {cost.basis}"
        return f"training {spread(cost.training_low, cost.training_high)}: {cost.basis}"
    if not adds_hosting(action):
        return ""
    if cost.hosting_per_month is None:
        return f"hosting at an unknown price: {cost.basis}"
    return f"hosting {money(cost.hosting_per_month)} in 30 days: {cost.basis}"


def offers(action: Action) -> Iterator[str]:
    """What a training would cost at a cheaper tier."""
    for one in action.cost.offers if action.cost and action.verb is Verb.TRAIN else ():
        how = f" ({one.how})" if one.how else ""
        yield f"at {one.at}: {spread(one.training_low, one.training_high)}{how}"


def no_room(queue: Queue) -> str:
    """Why there is no place in a queue."""
    if not queue.ahead:
        return f"{queue.what} is full: {queue.taken} of {queue.limit} are queued"
    there = f"{queue.taken} are queued and " if queue.taken else ""
    verb = "goes" if queue.ahead == 1 else "go"
    return f"{queue.what} takes {queue.limit}: {there}{queue.ahead} of this plan {verb} first"


# The metrics that say most in one line.
TELLING = ("train_loss", "full_valid_loss", "full_valid_mean_token_accuracy")


def measured(metrics: Mapping[str, float]) -> str:
    """The telling metrics in one line, each in one piece."""
    return "  ".join(f"{name}={metrics[name]:.4f}" for name in TELLING if name in metrics)


def value(one: Any) -> str:
    """A field's value as YAML would have it."""
    if one is None:
        return "(none)"
    if isinstance(one, bool):
        return "true" if one else "false"
    return str(one)
