"""What the service gives only so much of: quotas and limits, counted before anything is done.

An action says what it takes by the key of a supply, and gives back with a negative amount.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.planning.action import Action

TAKERS = "{takers}"


@dataclass(frozen=True)
class Supply:
    """A limited amount of something; `way_out` says what a person may do where it runs out.

    `{takers}` in it stands for the resources that take of the supply. `unknown` says why it could
    not be counted, and what would help; such a supply refuses nothing. `advice` is worth saying
    before that.
    """

    what: str  # such as "fine-tuning files in account/sweden"
    limit: int
    used: int
    way_out: str = ""
    advice: str = ""
    unknown: str = ""

    @property
    def left(self) -> int:
        return max(self.limit - self.used, 0)


def taken(actions: Iterable[Action]) -> Counter[str]:
    """What the actions take of each supply, what they give back already counted."""
    total: Counter[str] = Counter()
    for action in actions:
        total.update(action.takes)
    return total


def way_out(supply: Supply, key: str, actions: Iterable[Action]) -> str:
    """What a person may do, with the names of those that take."""
    takers = [str(one.address) for one in actions if one.takes.get(key, 0) > 0]
    return supply.way_out.replace(TAKERS, " or ".join(takers))


def uncounted(actions: Iterable[Action], supplies: Mapping[str, Supply]) -> Iterator[str]:
    """Why it is not known whether there is enough, once for each reason."""
    total = taken(actions)
    short = (supplies[key].unknown for key in sorted(supplies) if total[key] > 0)
    yield from dict.fromkeys(filter(None, short))


def short_of(actions: Iterable[Action], supplies: Mapping[str, Supply]) -> frozenset[str]:
    """The supplies of which there would be too little if nothing were given back."""
    total: Counter[str] = Counter()
    for action in actions:
        total.update({key: amount for key, amount in action.takes.items() if amount > 0})
    return frozenset(
        key for key, one in supplies.items() if not one.unknown and total[key] > one.left
    )


def gives(action: Action, keys: Iterable[str]) -> bool:
    return any(action.takes.get(key, 0) < 0 for key in keys)


def freed_first(actions: Iterable[Action], supplies: Mapping[str, Supply]) -> list[Action]:
    """Those that give back first, but only where the others would run short without them.

    Anywhere else they keep their places: until a deployment is deleted, it serves.
    """
    listed = list(actions)
    short = short_of(listed, supplies)
    return sorted(listed, key=lambda one: not gives(one, short))


def given_back(actions: Iterable[Action]) -> frozenset[str]:
    """The supplies that some action gives back of."""
    return frozenset(key for one in actions for key, amount in one.takes.items() if amount < 0)
