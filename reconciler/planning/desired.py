"""Everything that the manifests want, and everything that was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from graphlib import TopologicalSorter
from typing import Any

from reconciler.planning.action import Notice
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Kind, Wanted
from reconciler.planning.policy import Policy
from reconciler.planning.queue import Queue
from reconciler.planning.standing import Standing
from reconciler.planning.supply import Supply


@dataclass(frozen=True)
class Desired:
    """The graph of wanted resources, in an order in which needs come first."""

    wanted: Mapping[Address, Wanted]
    kinds: Mapping[str, Kind]
    policy: Policy = field(default_factory=Policy)
    notices: tuple[Notice, ...] = ()

    @property
    def needs(self) -> dict[Address, tuple[Address, ...]]:
        return {address: one.needs for address, one in self.wanted.items()}

    def of_kind(self, kind: Kind) -> list[Wanted]:
        return [one for one in self.wanted.values() if one.address.kind == kind.word]

    def kind_of(self, address: Address) -> Kind:
        return self.kinds[address.kind]

    def needed_by(self, address: Address) -> Desired:
        """This resource, and what it needs, directly or through others."""
        needed = {address}
        for at in reversed(list(self.wanted)):  # users come first
            if at in needed:
                needed.update(self.wanted[at].needs)
        return replace(self, wanted={at: one for at, one in self.wanted.items() if at in needed})

    def users_of(self, address: Address) -> list[Address]:
        return [one.address for one in self.wanted.values() if address in one.needs]


@dataclass(frozen=True)
class Observed:
    """What was there at one moment."""

    at: datetime
    states: Mapping[Address, Any] = field(default_factory=dict)
    others: tuple[Found, ...] = ()
    supplies: Mapping[str, Supply] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)


def in_order(wanted: Iterable[Wanted]) -> dict[Address, Wanted]:
    """Needs before users, and by address where nothing else decides."""
    by_address = {one.address: one for one in wanted}
    sorter = TopologicalSorter({a: by_address[a].needs for a in sorted(by_address)})
    sorter.prepare()
    ordered: dict[Address, Wanted] = {}
    while sorter.is_active():
        for address in sorted(sorter.get_ready()):
            if address in by_address:
                ordered[address] = by_address[address]
            sorter.done(address)
    return ordered


def standings(desired: Desired, observed: Observed) -> dict[Address, Standing]:
    """Where each wanted resource stands, in the light of where its needs stand."""
    stand: dict[Address, Standing] = {}
    for address, one in desired.wanted.items():
        needs = {need: stand[need] for need in one.needs if need in stand}
        state = observed.states.get(address)
        stand[address] = desired.kind_of(address).describe(one, state, needs)
    return stand
