"""One look at everything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed
from reconciler.planning.kind import Found
from reconciler.planning.queue import Queue
from reconciler.planning.supply import Supply
from reconciler.providers.session import Session


def observe(desired: Desired, session: Session, now: datetime) -> Observed:
    """What is on the service at this moment. Raises ServiceError if any account cannot say.

    Ages and what is left of a life are reckoned in the service's time: an emulator may be ahead.
    """
    at = now + session.ahead()
    session.forget(at)
    states: dict[Address, Any] = {}
    others: list[Found] = []
    supplies: dict[str, Supply] = {}
    queues: dict[str, Queue] = {}
    for kind in desired.kinds.values():
        seen = kind.observe(desired.of_kind(kind), session, desired.policy)
        states.update(seen.states)
        others += seen.others
        supplies.update(seen.supplies)
        queues.update(seen.queues)
    return Observed(at, states, tuple(others), supplies, queues)
