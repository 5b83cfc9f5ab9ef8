"""What is left of what deployments take. The service is asked only if something may be taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.holding import Holding, slots_key, takes, there, wanted
from reconciler.kinds.deployment.state import DeploymentState, is_same_name, weights
from reconciler.kinds.knowledge import most
from reconciler.planning.policy import Policy
from reconciler.planning.supply import TAKERS, Supply
from reconciler.providers.azure import quota
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.quota import Pool, Usage
from reconciler.providers.errors import PermissionMissing, ServiceError
from reconciler.providers.session import Connection, Session

REGIONS_SHOWN = 3
SLOTS = {"fine-tuned": "fine_tuned_deployments", "standard": "standard_deployments"}  # and limits
NO_SLOT = (
    f"Delete one, put {TAKERS} into another account, or pass --force if the service allows this "
    "account more."
)
# Source: Microsoft's public fine-tuning field notes, 2026-08: 15 to 20 s.
RETURNS = "What was freed less than half a minute ago may not be counted yet."

Wish = tuple[DeploymentGoal, DeploymentState | None]


def supplies(
    wishes: Iterable[Wish],
    listed: Mapping[str, list[DeploymentRecord]],
    session: Session,
    policy: Policy,
) -> Mapping[str, Supply]:
    """What is left of everything that may be taken; nothing is asked if nothing may."""
    needed: Counter[str] = Counter()
    takers: dict[str, Holding] = {}
    for goal, state in wishes:
        holding = wanted(goal)
        if holding is None or goal.account not in listed:
            continue  # there is no account to ask
        taken = {key: amount for key, amount in _at_most(goal, state).items() if amount > 0}
        needed.update(taken)
        if holding.pool and holding.pool.key in taken:
            takers.setdefault(holding.pool.key, holding)
    return {**dict(_slots(needed, listed, policy)), **dict(_pools(needed, takers, session))}


def _at_most(goal: DeploymentGoal, state: DeploymentState | None) -> Mapping[str, int]:
    """The most that a step may take: which version its model has come to is not known yet."""
    records = state.records if state else ()
    digits = f"{goal.short} {goal.checkpoint.words}".rstrip()
    is_in_place = goal.update != "versioned"
    kept = (
        one
        for one in records
        if weights(one) == digits or (is_in_place and is_same_name(one.name, goal.name))
    )
    place = goal.places.get(goal.account)
    held = [there(place, one) for one in kept if place][:1]
    return takes(wanted(goal), held)


def _slots(
    needed: Mapping[str, int], listed: Mapping[str, list[DeploymentRecord]], policy: Policy
) -> Iterator[tuple[str, Supply]]:
    """Room for deployments. An account that holds more than the limit has been given more."""
    for account, records in listed.items():
        tuned = sum(quota.is_fine_tuned(one.model) for one in records)
        used = {"fine-tuned": tuned, "standard": len(records) - tuned}
        for sort, name in SLOTS.items():
            key, limit = slots_key(account, sort), most(policy, name)
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
            yield key, Supply(f"{pool.name} in {pool.region}", 0, 0, unknown=_why(pool, answer))
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
    supply = Supply(f"{usage.name} in {pool.region}", usage.limit, usage.used)
    if needed <= supply.left:
        return supply
    try:
        rooms = quota.rooms(connection, pool)
    except ServiceError:
        rooms = {}
    enough = [f"{region} has {room:,}" for region, room in rooms.items() if room >= needed]
    elsewhere = f"use a region with room ({', '.join(enough[:REGIONS_SHOWN])}), " if enough else ""
    way_out = f"Lower the capacity of {TAKERS}, {elsewhere}or ask for quota. {RETURNS}"
    return replace(supply, way_out=way_out)
