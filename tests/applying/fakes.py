"""A kind of plain functions over a dictionary, and a clock that moves only when someone sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from pydantic import BaseModel

from reconciler.applying.converge import Patience, Run, converge
from reconciler.applying.events import Event, Finished, Waiting
from reconciler.planning.action import Action, Decision, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed, in_order
from reconciler.planning.kind import Context, Found, Kind, Observation, Resolved, Scene, Wanted
from reconciler.planning.plan import Plan, plan
from reconciler.planning.policy import Policy
from reconciler.planning.queue import Queue
from reconciler.planning.standing import Phase, Standing
from reconciler.planning.supply import Supply
from reconciler.providers.errors import ServiceError
from reconciler.providers.session import Session

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRUNING = Policy(prune=frozenset({"thing"}))


@dataclass
class ManualClock:
    """Time passes by sleeping only."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class World:
    """What is there, as the time at which it is ready; and what goes wrong, in its order."""

    clock: ManualClock = field(default_factory=ManualClock)
    made: dict[Address, datetime] = field(default_factory=dict)
    hidden: set[Address] = field(default_factory=set)  # accepted, and never listed
    errors: dict[Address, list[ServiceError]] = field(default_factory=dict)
    blindness: list[ServiceError] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    takes: float = 0.0
    places: int | None = None  # in the queue for what is being made; None where there is none
    strangers: int = 0  # who stand in that queue as well
    unwanted: set[Address] = field(default_factory=set)  # ours, and may be pruned
    quota: int | None = None  # each thing takes one of it; None where there is no limit
    during: Callable[[Action], None] = lambda _action: None


def kind_of(world: World, *, is_slow: bool = False) -> Kind:  # noqa: C901 -- one short function beside the other
    """Things that are made, take a while, and are ready."""

    def observe(wanted: Iterable[Wanted], _session: Any, _policy: Policy) -> Observation:
        if world.blindness:
            raise world.blindness.pop(0)
        there = {one.address for one in wanted} & set(world.made) - world.hidden
        others = tuple(Found(one, "", is_ours=True, state=None) for one in sorted(world.unwanted))
        states = {address: world.made[address] for address in there}
        return Observation(states, others, supplies(), queues())

    def supplies() -> dict[str, Supply]:
        used = len(world.made) + len(world.unwanted)
        return {} if world.quota is None else {"q": Supply("of quota", world.quota, used)}

    def takes(amount: int) -> dict[str, int]:
        return {} if world.quota is None else {"q": amount}

    def queues() -> dict[str, Queue]:
        if world.places is None:
            return {}
        working = sum(ready > world.clock.now() for ready in world.made.values())
        return {"q": Queue("the queue", world.places, working + world.strangers)}

    def describe(
        _wanted: Wanted, state: datetime | None, _needs: Mapping[Address, Standing]
    ) -> Standing:
        if state is None:
            return Standing(Phase.MISSING)
        return Standing(Phase.READY if state <= world.clock.now() else Phase.RUNNING, {"id": "x"})

    def decide(wanted: Wanted, state: datetime | None, context: Context) -> Decision:
        at = wanted.address
        if state is None:
            lane, queue = wanted.goal or "", "" if world.places is None else "q"
            code, taken = ReasonCode.MISSING, takes(1)
            return Decision(
                Action(at, Verb.CREATE, code, "not there", lane=lane, queue=queue, takes=taken)
            )
        if state > context.now:
            why = "being made"
            return Decision(Action(at, Verb.WAIT, ReasonCode.PENDING, why, is_slow=is_slow))
        return Decision(Action(at, Verb.KEEP, ReasonCode.AS_WANTED, "there"))

    def retire(address: Address, _state: Any) -> Action:
        return Action(address, Verb.DELETE, ReasonCode.UNWANTED, "", takes=takes(-1))

    def perform(action: Action, _wanted: Wanted | None, _state: Any, _scene: Scene) -> None:
        world.calls.append(str(action.address))
        world.during(action)
        if world.errors.get(action.address):
            raise world.errors[action.address].pop(0)
        if action.verb is Verb.DELETE:
            world.unwanted.remove(action.address)
            return
        world.made[action.address] = world.clock.now() + timedelta(seconds=world.takes)

    return Kind(
        name="Thing",
        spec=BaseModel,
        references=lambda _spec: (),
        resolve=lambda _written: Resolved(None),
        observe=observe,
        describe=describe,
        decide=decide,
        retire=retire,
        perform=perform,
    )


def thing(name: str) -> Address:
    return Address("thing", name)


def wanted(name: str, *needs: str, lane: str = "") -> Wanted:
    return Wanted(thing(name), lane, tuple(map(thing, needs)))


def no_connection(place: object) -> NoReturn:
    raise AssertionError(place)


@dataclass
class Trial:
    """One run over a world, and everything that happened in it."""

    world: World
    events: list[Event]

    @property
    def finished(self) -> Finished:
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last

    @property
    def waits(self) -> int:
        return sum(isinstance(one, Waiting) for one in self.events)


def begin(
    world: World,
    *wishes: Wanted,
    patience: Patience | None = None,
    approved: Plan | None = None,
    stop: threading.Event | None = None,
    is_slow: bool = False,
) -> Iterator[Event]:
    """The events of a run; without another plan, the first one is approved."""
    kind = kind_of(world, is_slow=is_slow)
    desired = Desired(in_order(wishes), {kind.word: kind}, PRUNING)
    session = Session({}, no_connection, world.clock.sleep)
    stopping = stop or threading.Event()
    run = Run(desired, session, world.clock, plan, patience or Patience(), stopping)
    if approved is None:
        others = kind.observe((), session, PRUNING).others if world.unwanted else ()
        approved = plan(desired, Observed(world.clock.now(), dict(world.made), others))
    return converge(run, approved)


def tried(world: World, *wishes: Wanted, **more: Any) -> Trial:
    return Trial(world, list(begin(world, *wishes, **more)))
