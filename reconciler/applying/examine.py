"""Ask every account whether it allows and has what is wanted of it, before anything is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from reconciler.kinds.knowledge import known
from reconciler.planning.address import Address
from reconciler.planning.asking import Ask
from reconciler.planning.desired import Desired, Observed
from reconciler.providers import EXAMINERS
from reconciler.providers.checks import Check, Visit
from reconciler.providers.session import PARALLEL_ACCOUNTS, Session


def examine_all(desired: Desired, session: Session, now: datetime) -> list[Check]:
    """Everything that can be checked of every account."""
    asks = _asks(desired, desired.wanted)
    catalogue = known(desired.policy)
    visits = [
        Visit(name, tuple(asks[name]), now, is_thorough=True, catalogue=catalogue)
        for name in sorted(session)
    ]
    return _examine(session, visits)


def examine_for(
    desired: Desired,
    observed: Observed,
    steps: Iterable[Address],
    session: Session,
) -> list[Check]:
    """What these resources need of the accounts that were just seen to be there."""
    asks = _asks(desired, steps)
    there = [name for name in sorted(asks) if Address("account", name) in observed.states]
    return _examine(session, [Visit(name, tuple(asks[name]), observed.at) for name in there])


def _asks(desired: Desired, addresses: Iterable[Address]) -> dict[str, list[Ask]]:
    asked: dict[str, list[Ask]] = defaultdict(list)
    for address in addresses:
        if wanted := desired.wanted.get(address):
            for ask in desired.kind_of(address).asks(wanted):
                asked[ask.account].append(ask)
    return asked


def _examine(session: Session, visits: Iterable[Visit]) -> list[Check]:
    """The accounts side by side, and told in the order of the visits."""

    def one(visit: Visit) -> list[Check]:
        return EXAMINERS[session.places[visit.account].provider](session, visit)

    with ThreadPoolExecutor(PARALLEL_ACCOUNTS) as pool:
        return [check for checks in pool.map(one, visits) for check in checks]
