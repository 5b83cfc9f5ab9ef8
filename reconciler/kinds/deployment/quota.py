"""What deployments take of what the service gives only so much of.

Counted when something is planned, because a training costs money and a deployment that then finds
no quota serves nobody. The counting is pure; `supplies` asks the service, and only if something
would be taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from reconciler.kinds.knowledge import most
from reconciler.planning.policy import Policy
from reconciler.planning.supply import TAKERS, Supply
from reconciler.providers.azure import quota
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.quota import Pool, Usage
from reconciler.providers.errors import PermissionMissing, ServiceError
from reconciler.providers.session import Connection, Place, Session

REGIONS_SHOWN = 3
SLOTS = {"fine-tuned": "fine_tuned_deployments", "standard": "standard_deployments"}  # and limits
NO_SLOT = (
    f"Delete one, put {TAKERS} into another account, or pass --force if the service allows this "
    "account more."
)


@dataclass(frozen=True)
class Holding:
    """A deployment as far as quota is concerned: as it should be, or as it is."""

    place: Place
    model: str  # its id, or that of the base of one that is not trained yet
    sku: str
    capacity: int
    is_fine_tuned: bool = True

    @property
    def pool(self) -> Pool | None:
        return quota.pool(self.place, self.sku, self.model) if self.is_fine_tuned else None

    @property
    def amounts(self) -> Counter[str]:
        """Of which supply, how much."""
        slots = _slots_key(self.place.name, "fine-tuned" if self.is_fine_tuned else "standard")
        shared = {self.pool.key: self.capacity} if self.pool else {}
        return Counter({slots: 1, **shared})


Change = tuple[Holding | None, Holding | None]  # what is wanted, and what is held


def there(place: Place, record: DeploymentRecord) -> Holding:
    """What a deployment holds that is there."""
    is_fine_tuned = quota.is_fine_tuned(record.model)
    return Holding(place, record.model, record.sku, record.capacity, is_fine_tuned)


def takes(wanted: Holding | None, held: Holding | None) -> Mapping[str, int]:
    """What it takes to get from one to the other; what evens out is left out."""
    balance: Counter[str] = Counter(wanted.amounts if wanted else ())
    balance.subtract(held.amounts if held else ())
    return {key: amount for key, amount in balance.items() if amount}


def supplies(
    changes: Iterable[Change],
    listed: Mapping[str, list[DeploymentRecord]],
    session: Session,
    policy: Policy,
) -> Mapping[str, Supply]:
    """What is left of everything that the changes may take; nothing is asked if they take none."""
    needed: Counter[str] = Counter()
    takers: dict[str, Holding] = {}
    for wanted, held in changes:
        if wanted is None or wanted.place.name not in listed:
            continue  # there is no account to ask
        taken = {key: amount for key, amount in takes(wanted, held).items() if amount > 0}
        needed.update(taken)
        if wanted.pool and wanted.pool.key in taken:
            takers.setdefault(wanted.pool.key, wanted)
    return {**dict(_slots(needed, listed, policy)), **dict(_pools(needed, takers, session))}


def _slots_key(account: str, sort: str) -> str:
    return f"slots/{account}/{sort}"


def _slots(
    needed: Mapping[str, int], listed: Mapping[str, list[DeploymentRecord]], policy: Policy
) -> Iterator[tuple[str, Supply]]:
    """Room for deployments. An account that holds more than the limit has been given more."""
    for account, records in listed.items():
        tuned = sum(quota.is_fine_tuned(one.model) for one in records)
        used = {"fine-tuned": tuned, "standard": len(records) - tuned}
        for sort, name in SLOTS.items():
            key, limit = _slots_key(account, sort), most(policy, name)
            if key in needed and used[sort] <= limit:
                what = f"{sort} deployments in account/{account}"
                yield key, Supply(what, limit, used[sort], NO_SLOT)


def _pools(
    needed: Mapping[str, int], takers: Mapping[str, Holding], session: Session
) -> Iterator[tuple[str, Supply]]:
    """The quota of each pool; a pool that the service does not list is not counted."""
    if not takers:
        return
    speakers = {_region(one): one.place.name for one in takers.values()}
    read = session.survey("usages", partial(_usages, frozenset(speakers.values())))
    for key, holding in takers.items():
        speaker = speakers[_region(holding)]
        answer, pool = read[speaker], holding.pool
        if pool is None or answer is None:
            continue
        if isinstance(answer, ServiceError):
            yield key, Supply(f"of {pool.name} in {pool.region}", 0, 0, unknown=_why(pool, answer))
        elif usage := answer.get(pool.name.lower()):
            yield key, _supply(pool, usage, needed[key], session[speaker])


def _region(holding: Holding) -> tuple[str, str]:
    return holding.place.subscription_id, holding.place.region


def _usages(
    asked: frozenset[str], connection: Connection
) -> Mapping[str, Usage] | ServiceError | None:
    """The answer of one account for its region. Not to know stops nobody."""
    if connection.place.name not in asked:
        return None
    try:
        return quota.list_usages(connection)
    except ServiceError as error:
        return error


def _why(pool: Pool, error: ServiceError) -> str:
    if not isinstance(error, PermissionMissing):
        return f"what the plan takes of quota is not checked: {error.message}"
    return (
        f"what the plan takes of the quota of {pool.region} is not checked: reading that takes "
        f'the role "{quota.READER}" on subscription {pool.subscription}'
    )


def _supply(pool: Pool, usage: Usage, needed: int, connection: Connection) -> Supply:
    supply = Supply(f"of {usage.name} in {pool.region}", usage.limit, usage.used)
    if needed <= supply.left:
        return supply
    try:
        rooms = quota.rooms(connection, pool)
    except ServiceError:
        rooms = {}
    enough = [f"{region} has {room:,}" for region, room in rooms.items() if room >= needed]
    elsewhere = f"use a region with room ({', '.join(enough[:REGIONS_SHOWN])}), " if enough else ""
    return replace(supply, way_out=f"Lower the capacity of {TAKERS}, {elsewhere}or ask for quota.")
