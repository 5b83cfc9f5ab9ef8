"""One look at everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
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
    told_apart = tuple(_told_apart(others, desired, has_several_accounts=len(session.places) > 1))
    return Observed(at, states, told_apart, supplies, queues)


def _told_apart(
    others: Iterable[Found], desired: Desired, *, has_several_accounts: bool
) -> Iterator[Found]:
    """A name is unique in its account only: what is ours may have to say where it is, too.

    That depends on nothing that changes in the middle of a run: it is what was approved.
    """
    for one in others:
        if one.is_ours and (has_several_accounts or one.address in desired.wanted):
            name = f"{one.address.name}@{one.account}"
            yield replace(one, address=replace(one.address, name=name))
        else:
            yield one
