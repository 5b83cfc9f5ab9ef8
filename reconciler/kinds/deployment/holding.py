"""What deployments hold of what the service gives only so much of, and what a step takes of it.

Counted when something is planned, because a training costs money and a deployment that then finds
no quota serves nobody. Pure; `supplies` asks the service what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from reconciler.kinds.deployment.case import Case
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.steps import Change, Hibernate, Make, Promote, Retire, Step, Swap
from reconciler.providers.azure import quota
from reconciler.providers.azure.listings import DeploymentRecord
from reconciler.providers.azure.quota import Pool
from reconciler.providers.session import Place


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
        slots = slots_key(self.place.name, "fine-tuned" if self.is_fine_tuned else "standard")
        shared = {self.pool.key: self.capacity} if self.pool else {}
        return Counter({slots: 1, **shared})


def takes(aim: Holding | None, held: Iterable[Holding]) -> Mapping[str, int]:
    """What it takes to get from one to the other; what evens out is left out."""
    balance: Counter[str] = Counter(aim.amounts if aim else ())
    for one in held:
        balance.subtract(one.amounts)
    return {key: amount for key, amount in balance.items() if amount}


def takes_of(step: Step, case: Case) -> Mapping[str, int]:
    """What a step takes: a version beside another one takes everything once more."""
    match step:
        case Make(name=name, instead_of=others) | Swap(name=name, instead_of=others):
            return takes(wanted(case.goal), _held(case, {name, *others}))
        case Change(name=name) | Promote(name=name):
            return takes(wanted(case.goal), _held(case, {name}))
        case Retire(names=names):
            return takes(None, _held(case, {*names}))
        case Hibernate():
            return takes(None, _held(case, {one.name for one in case.mine}))
        case _:
            return {}


def given_back(state: DeploymentState) -> Mapping[str, int]:
    """By what no manifest wants any more, if it is deleted."""
    if state.place is None:
        return {}
    return takes(None, [there(state.place, one) for one in state.together])


def there(place: Place, record: DeploymentRecord) -> Holding:
    """What a deployment holds that is there."""
    is_fine_tuned = quota.is_fine_tuned(record.model)
    return Holding(place, record.model, record.sku, record.capacity, is_fine_tuned)


def wanted(goal: DeploymentGoal) -> Holding | None:
    place = goal.places.get(goal.account)
    if place is None:
        return None
    return Holding(place, goal.base_model, goal.sku, goal.capacity)


def _held(case: Case, names: Collection[str]) -> list[Holding]:
    place = case.goal.places.get(case.goal.account)
    return [there(place, one) for one in case.records if place and one.name in names]


def slots_key(account: str, sort: str) -> str:
    return f"slots/{account}/{sort}"
