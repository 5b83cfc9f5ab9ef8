"""What a person has to know of the end of a base model before it is trained again. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.kinds.retirement import Dates, is_past, soon
from reconciler.planning.action import Action, Verb

# Source: Microsoft Learn, "Model retirements", 2026-07.
ONLY = "only subscriptions that have trained it before may still do so"


def notices(dates: Dates, action: Action, now: datetime) -> Iterator[str]:
    """At most one. What has retired matters only to what is about to be trained."""
    is_training = action.verb is Verb.TRAIN
    clauses = _before(dates, now) if is_training else _training(dates, dates.model, now)
    if text := "; ".join(clauses):
        yield f"{text} ({dates.source})"


def _before(dates: Dates, now: datetime) -> Iterator[str]:
    if is_past(dates.training, now):
        what = f"training on {dates.model} retired on {dates.training}"
        yield f"{what}; expect the service to refuse it"  # its tables say: not before that day
    elif is_past(dates.base, now):
        yield f"{dates.model} retired on {dates.base}: {ONLY}"
        yield from _training(dates, "it", now)
    elif when := soon(dates.base, now):
        yield f"{dates.model} retires {when}"
        yield from _training(dates, "it", now)
    else:
        yield from _training(dates, dates.model, now)


def _training(dates: Dates, what: str, now: datetime) -> Iterator[str]:
    """Also for what is trained: that is how long it can be trained anew."""
    if when := soon(dates.training, now):
        yield f"training on {what} retires {when}"
