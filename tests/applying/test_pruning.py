"""What nobody wants any more goes last, and not before its successor is there."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from reconciler.applying.converge import Patience
from reconciler.applying.events import Ending
from reconciler.planning.action import Action
from reconciler.planning.plan import Plan
from reconciler.providers.errors import QuotaExceeded, Refused
from tests.applying.fakes import NOON, Trial, World, thing, tried, wanted

A, B, OLD, ELDER = thing("a"), thing("b"), thing("old"), thing("a@1")
LEAVING = Patience(wait=False)


def settled_with(*there: str, **more: Any) -> World:
    return World(made={thing(name): NOON for name in there}, **more)


def running(trial: Trial) -> list[str]:
    return [one.address.name for one in trial.finished.running]


def held(trial: Trial) -> list[str]:
    return [one.address.name for one in trial.finished.held]


def test_last() -> None:
    """It is deleted when everything that is wanted is there, and ready."""
    trial = tried(World(takes=60, unwanted={OLD}), wanted("b", "a"), wanted("a"))
    assert trial.world.calls == ["thing/a", "thing/b", "thing/old"]
    assert trial.world.clock.at >= trial.world.made[B]
    assert trial.finished.ending is Ending.SETTLED


def test_beside_what_is_there() -> None:
    """Where nothing is to be made it goes at once."""
    trial = tried(settled_with("a", unwanted={OLD}), wanted("a"))
    assert trial.world.calls == ["thing/old"]
    assert trial.finished.ending is Ending.SETTLED


def test_not_approved() -> None:
    """What nobody needs only since this run is left to the next one, and named."""
    trial = tried(settled_with("a", unwanted={OLD}), wanted("a"), approved=Plan())
    assert trial.world.calls == []
    assert [one.address for one in trial.finished.left] == [OLD]
    assert trial.finished.ending is Ending.SETTLED


def test_quota_that_is_needed() -> None:
    """What gives back quota that what is wanted would not find goes first."""
    trial = tried(World(quota=1, unwanted={OLD}), wanted("a"))
    assert trial.world.calls == ["thing/old", "thing/a"]


def test_quota_that_is_needed_later() -> None:
    """Where what needs it waits for something else, it serves until that is there."""
    trial = tried(World(quota=2, takes=60, unwanted={OLD}), wanted("a"), wanted("b", "a"))
    assert trial.world.calls == ["thing/a", "thing/old", "thing/b"]


def test_quota_that_is_not_needed() -> None:
    """Where there is enough for both it goes last, as ever."""
    trial = tried(World(quota=2, unwanted={OLD}), wanted("a"))
    assert trial.world.calls == ["thing/a", "thing/old"]


@pytest.mark.parametrize("error", [Refused("no"), QuotaExceeded("full")], ids=str)
def test_a_successor_that_fails(error: Refused | QuotaExceeded) -> None:
    """It stays where what may come in its place has failed, unless that is for want of quota."""
    trial = tried(World(errors={A: [error]}, unwanted={OLD}), wanted("a"))
    goes = isinstance(error, QuotaExceeded)
    assert trial.world.calls == ["thing/a", *(["thing/old"] if goes else [])]
    assert held(trial) == ([] if goes else ["old"])
    assert trial.finished.ending is Ending.STUCK


def test_a_successor_that_failed_needs_no_quota() -> None:
    """For what this run has given up on, nothing is given back."""
    world = World(quota=2, errors={A: [Refused("no")]}, unwanted={OLD})

    def somebody_else_takes_it(_action: Action) -> None:
        world.quota = 1

    world.during = somebody_else_takes_it
    trial = tried(world, wanted("a"))
    assert (trial.world.calls, held(trial)) == (["thing/a"], ["old"])


def test_no_wait_and_nothing_to_come() -> None:
    """--no-wait prunes beside something slow, if that is no successor of what goes."""
    trial = tried(
        World(takes=3600, unwanted={ELDER, thing("b@1")}, made={B: NOON}),
        wanted("a"),
        wanted("b"),
        patience=LEAVING,
        is_slow=True,
    )
    assert trial.world.calls == ["thing/a", "thing/b@1"]
    assert trial.world.clock.at == NOON
    assert (running(trial), held(trial)) == (["a"], ["a@1"])
    assert trial.finished.ending is Ending.STILL_RUNNING


def test_what_waits_for_a_failure() -> None:
    """The same where the successor was not even tried, because what it needs has failed."""
    world = World(errors={A: [Refused("no")]}, unwanted={OLD})
    trial = tried(world, wanted("a"), wanted("b", "a"))
    assert (trial.world.calls, held(trial)) == (["thing/a"], ["old"])


def test_a_timeout() -> None:
    """When patience ends, what has no successor goes before the run does."""
    patience = Patience(until=NOON)
    world = settled_with("b", takes=3600, unwanted={ELDER, thing("b@1")})
    trial = tried(world, wanted("a"), wanted("b"), patience=patience)
    assert (trial.world.calls, held(trial)) == (["thing/a", "thing/b@1"], ["a@1"])
    assert trial.finished.ending is Ending.TIMED_OUT


def test_in_line() -> None:
    """What has no place in a queue yet is still to come."""
    world = World(places=1, strangers=1, unwanted={OLD})
    trial = tried(world, wanted("a"), patience=LEAVING)
    assert (trial.world.calls, held(trial)) == ([], ["old"])


def test_interrupted() -> None:
    """Who stops a run is not told that something waits for its successor."""
    stop = threading.Event()
    stop.set()
    trial = tried(settled_with("a", unwanted={OLD}), wanted("a"), stop=stop)
    assert (trial.world.calls, held(trial)) == ([], [])
