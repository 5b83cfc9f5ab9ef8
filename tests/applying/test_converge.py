"""Look, plan, do what is ready; look again."""

from __future__ import annotations

import threading
from datetime import timedelta
from time import monotonic, sleep

import pytest

from reconciler.applying.converge import (
    BLIND_LOOKS,
    TRIES,
    TRIES_AT_A_QUEUE,
    UNSEEN_LOOKS,
    Patience,
    until,
)
from reconciler.applying.events import Done, Ending, Failed, Started, Unanswered, Waiting
from reconciler.planning.action import Action, Verb
from reconciler.planning.plan import Plan
from reconciler.providers.errors import (
    AnswerLost,
    Conflict,
    QueueFull,
    QuotaExceeded,
    Refused,
    SignInMissing,
)
from tests.applying.fakes import NOON, ManualClock, World, begin, thing, tried, wanted

A, B, C = thing("a"), thing("b"), thing("c")


def test_needs_come_first() -> None:
    """Whatever a thing needs is made and ready before it is."""
    trial = tried(World(takes=5), wanted("c", "b"), wanted("b", "a"), wanted("a"))
    assert trial.world.calls == ["thing/a", "thing/b", "thing/c"]
    assert trial.finished.ending is Ending.SETTLED
    assert trial.world.made[B] >= trial.world.made[A] + timedelta(seconds=5)


def test_nothing_to_do() -> None:
    """What is as wanted is looked at once, and that is all."""
    trial = tried(World(made={A: NOON}), wanted("a"))
    assert [type(one).__name__ for one in trial.events] == ["Finished"]
    assert trial.finished.ending is Ending.SETTLED


def test_the_events_of_an_action() -> None:
    """Each action is announced, and its end too."""
    trial = tried(World(), wanted("a"))
    started, done, _ = trial.events
    assert isinstance(started, Started)
    assert isinstance(done, Done)
    assert started.action == done.action == trial.finished.done[0]


def test_a_second_run_has_nothing_to_do() -> None:
    """Starting again is just starting: what is done is found, not remembered."""
    world = World()
    tried(world, wanted("a"), wanted("b", "a"))
    world.calls.clear()
    assert tried(world, wanted("a"), wanted("b", "a")).finished.ending is Ending.SETTLED
    assert world.calls == []


def test_accepted_but_not_applied() -> None:
    """What was accepted and never shows is not done twice, and ends with a name."""
    trial = tried(World(hidden={A}), wanted("a"), wanted("b", "a"))
    assert trial.world.calls == ["thing/a"]
    assert trial.finished.ending is Ending.STUCK
    assert trial.finished.failed[A].code == "AcceptedNotApplied"
    assert trial.finished.blocked == {B: (A,)}
    assert trial.waits == UNSEEN_LOOKS


def test_listed_late() -> None:
    """A listing that lags is waited for, not answered with a second try."""
    world = World(hidden={A})
    events = begin(world, wanted("a"))
    seen = []
    for event in events:
        seen.append(event)
        if isinstance(event, Waiting):
            world.hidden.clear()
    assert world.calls == ["thing/a"]
    assert seen[-1].ending is Ending.SETTLED


@pytest.mark.parametrize("error", [Conflict("busy"), AnswerLost("no answer")], ids=str)
def test_errors_that_pass(error: Conflict | AnswerLost) -> None:
    """A conflict or a lost answer is tried again after another look."""
    trial = tried(World(errors={A: [error, error]}), wanted("a"))
    assert trial.world.calls == ["thing/a"] * 3
    assert trial.finished.ending is Ending.SETTLED
    assert [one.is_final for one in trial.events if isinstance(one, Failed)] == [False, False]


@pytest.mark.parametrize("error", [Conflict("busy"), AnswerLost("no answer")], ids=str)
def test_errors_that_stay(error: Conflict | AnswerLost) -> None:
    """Not for ever: after a few tries the run gives up on it, and only on it."""
    trial = tried(World(errors={A: [error] * 99}), wanted("a"), wanted("b", "a"), wanted("c"))
    assert trial.world.calls.count("thing/a") == TRIES
    assert trial.world.calls.count("thing/c") == 1
    assert trial.finished.failed == {A: error}
    assert trial.finished.blocked == {B: (A,)}
    assert trial.finished.ending is Ending.STUCK


@pytest.mark.parametrize("error", [Refused("no"), QuotaExceeded("full")], ids=str)
def test_errors_that_are_final(error: Refused | QuotaExceeded) -> None:
    """What the service refuses is not asked for again in this run."""
    trial = tried(World(errors={A: [error]}), wanted("a"))
    assert trial.world.calls == ["thing/a"]
    assert trial.finished.failed == {A: error}


def test_waves() -> None:
    """Where a queue has two places, two go at a time, by name; the others follow in the run."""
    standing: list[int] = []
    clock = ManualClock()
    world = World(clock, takes=60, places=2)

    def count(_action: Action) -> None:
        standing.append(sum(ready > clock.now() for ready in world.made.values()))

    world.during = count
    trial = tried(world, *map(wanted, "edcba"))
    assert trial.world.calls == [f"thing/{name}" for name in "abcde"]
    assert max(standing) == 1  # whoever goes finds one other there at the most
    assert trial.finished.ending is Ending.SETTLED


def test_strangers_in_the_queue() -> None:
    """Where others fill the queue, the run says so and goes on looking until there is a place."""
    world = World(places=2, strangers=2)
    seen = []
    for event in begin(world, wanted("a")):
        seen.append(event)
        if isinstance(event, Waiting) and len(seen) == 3:
            world.strangers = 1
    waits = [one for one in seen if isinstance(one, Waiting)]
    assert [[held.address for held in one.in_line] for one in waits] == [[A]] * 3
    assert seen[-1].ending is Ending.SETTLED


def test_strangers_in_the_queue_without_patience() -> None:
    """With --no-wait nobody stands about for a place; that is no failure."""
    trial = tried(World(places=2, strangers=2), wanted("a"), patience=Patience(wait=False))
    assert trial.world.calls == []
    assert trial.finished.ending is Ending.STILL_RUNNING


def test_a_timeout_in_the_queue() -> None:
    """Patience ends also where only a place is missing."""
    patience = Patience(until=until(NOON, timedelta(minutes=1)))
    trial = tried(World(places=1, strangers=1), wanted("a"), patience=patience)
    assert trial.finished.ending is Ending.TIMED_OUT


def test_somebody_was_faster() -> None:
    """A refusal for want of a place ends the wave and is tried again; nothing is done twice."""
    full = QueueFull("full", taken=2)
    trial = tried(World(places=2, errors={A: [full]}), wanted("a"), wanted("b"))
    assert trial.world.calls == ["thing/a", "thing/a", "thing/b"]
    assert [one.is_final for one in trial.events if isinstance(one, Failed)] == [False]
    assert trial.finished.ending is Ending.SETTLED


def test_a_shorter_queue_than_was_thought() -> None:
    """A queue that refuses with one in it takes one: from then on they go one by one."""
    world = World(takes=60, places=20, errors={B: [QueueFull("full", taken=1)]})
    trial = tried(world, wanted("a"), wanted("b"), wanted("c"))
    assert trial.world.calls == ["thing/a", "thing/b", "thing/b", "thing/c"]
    assert trial.world.made[B] >= trial.world.made[A] + timedelta(seconds=60)
    assert trial.finished.ending is Ending.SETTLED


def test_a_queue_that_never_has_a_place() -> None:
    """A refusal again and again, though every look shows a place, is a failure in the end."""
    full = QueueFull("full", taken=1)
    trial = tried(World(places=2, errors={A: [full] * 99}), wanted("a"))
    assert trial.world.calls.count("thing/a") == TRIES_AT_A_QUEUE
    assert trial.finished.failed == {A: full}


def test_what_failed_keeps_no_place() -> None:
    """What this run has given up on, or may not do, stands in nobody's way."""
    world = World(places=1, errors={A: [Refused("no")]})
    trial = tried(world, wanted("a"), wanted("b"))
    assert trial.world.calls == ["thing/a", "thing/b"]
    assert trial.finished.ending is Ending.STUCK
    only_b = Plan((Action(B, Verb.CREATE, "missing", ""),))  # type: ignore[arg-type]
    trial = tried(World(places=1), wanted("a"), wanted("b"), approved=only_b)
    assert trial.world.calls == ["thing/b"]
    assert [one.address for one in trial.finished.unapproved] == [A]


def test_blind_looks() -> None:
    """A look without an answer is repeated, after longer and longer pauses."""
    world = World(blindness=[AnswerLost("no answer")] * (BLIND_LOOKS - 1))
    trial = tried(world, wanted("a"))
    assert trial.finished.ending is Ending.SETTLED
    assert sum(isinstance(one, Unanswered) for one in trial.events) == BLIND_LOOKS - 1
    assert world.clock.now() - NOON > timedelta(seconds=30)


def test_blind_for_good() -> None:
    """When looks go on failing, the run ends with what it knew last, and with the cause."""
    world = World(blindness=[AnswerLost("no answer")] * BLIND_LOOKS)
    trial = tried(world, wanted("a"))
    assert trial.finished.ending is Ending.UNREACHABLE
    assert str(trial.finished.cause) == "no answer"
    assert [one.verb for one in trial.finished.plan.actions] == [Verb.CREATE]
    assert world.calls == []


def test_sign_in_that_runs_out() -> None:
    """An answer that looking again cannot help ends the run at once."""
    world = World(blindness=[SignInMissing("expired")])
    trial = tried(world, wanted("a"))
    assert trial.finished.ending is Ending.UNREACHABLE
    assert isinstance(trial.finished.cause, SignInMissing)


def test_what_was_not_approved() -> None:
    """What no approved plan has is not carried out, and is named at the end."""
    only_a = Plan((Action(A, Verb.CREATE, "missing", ""),))  # type: ignore[arg-type]
    trial = tried(World(), wanted("a"), wanted("b"), wanted("c", "b"), approved=only_a)
    assert trial.world.calls == ["thing/a"]
    assert [one.address for one in trial.finished.unapproved] == [B]
    assert trial.finished.blocked == {C: (B,)}
    assert trial.finished.ending is Ending.STUCK


def test_nothing_approved() -> None:
    """An empty approval allows nothing."""
    assert tried(World(), wanted("a"), approved=Plan()).world.calls == []


def test_without_patience() -> None:
    """With --no-wait everything is submitted, and the slow things are left to the service."""
    patience = Patience(wait=False)
    trial = tried(
        World(takes=3600),
        wanted("a"),
        wanted("b"),
        wanted("c", "a"),
        patience=patience,
        is_slow=True,
    )
    assert trial.world.calls == ["thing/a", "thing/b"]
    assert trial.finished.ending is Ending.STILL_RUNNING
    assert [one.address for one in trial.finished.running] == [A, B]
    assert trial.world.clock.now() == NOON


def test_without_patience_for_quick_things() -> None:
    """--no-wait still sits out what takes moments."""
    trial = tried(World(takes=5), wanted("a"), wanted("b", "a"), patience=Patience(wait=False))
    assert trial.finished.ending is Ending.SETTLED


def test_a_timeout() -> None:
    """Patience ends at its moment, and nothing is lost."""
    patience = Patience(until=until(NOON, timedelta(minutes=10)))
    trial = tried(World(takes=3600), wanted("a"), wanted("b", "a"), patience=patience)
    assert trial.finished.ending is Ending.TIMED_OUT
    assert trial.world.clock.now() == NOON + timedelta(minutes=10)
    assert [one.address for one in trial.finished.running] == [A]


def test_no_timeout() -> None:
    """Without a timeout there is no such moment."""
    assert until(NOON, None) is None


def test_a_timeout_of_nothing() -> None:
    """A timeout of nothing submits, looks once, and leaves."""
    assert until(NOON, timedelta()) == NOON
    trial = tried(World(takes=3600), wanted("a"), patience=Patience(until=NOON))
    assert trial.finished.ending is Ending.TIMED_OUT
    assert trial.world.clock.now() == NOON


def test_stopped_before() -> None:
    """After a stop nothing is begun."""
    stop = threading.Event()
    stop.set()
    trial = tried(World(), wanted("a"), stop=stop)
    assert trial.world.calls == []
    assert trial.finished.ending is Ending.INTERRUPTED


def test_stopped_during() -> None:
    """The call in flight is finished; nothing after it is begun."""
    stop = threading.Event()
    world = World(during=lambda _action: stop.set())
    trial = tried(world, wanted("a"), wanted("b"), wanted("c"), stop=stop)
    assert world.calls == ["thing/a"]
    assert set(world.made) == {A}
    assert trial.finished.ending is Ending.INTERRUPTED
    assert [one.address for one in trial.finished.done] == [A]


def test_stopped_while_waiting() -> None:
    """A stop while the service works ends the waiting."""
    stop = threading.Event()
    seen = []
    for event in begin(World(takes=3600), wanted("a"), stop=stop):
        seen.append(event)
        if isinstance(event, Waiting):
            stop.set()
    assert seen[-1].ending is Ending.INTERRUPTED
    assert [one.address for one in seen[-1].running] == [A]


def at_the_same_time(*wishes: object) -> int:
    """The most actions that were being carried out at one moment."""
    running, most, lock = 0, 0, threading.Lock()

    def during(_action: Action) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        limit = monotonic() + 0.2
        while running < 2 and monotonic() < limit:
            sleep(0.005)
        with lock:
            running -= 1

    tried(World(during=during), *wishes)  # type: ignore[arg-type]
    return most


def test_a_lane_does_one_thing_at_a_time() -> None:
    """The writes to one account go one after the other."""
    assert (
        at_the_same_time(wanted("a", lane="x"), wanted("b", lane="x"), wanted("c", lane="x")) == 1
    )


def test_lanes_go_side_by_side() -> None:
    """Different accounts do not wait for one another."""
    assert at_the_same_time(wanted("a", lane="x"), wanted("b", lane="y")) == 2


def test_an_unforeseen_error() -> None:
    """An error that is none of the service's is not swallowed."""

    def during(_action: Action) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tried(World(during=during), wanted("a"))


def test_time_is_measured_by_the_clock() -> None:
    """How long something took is what the clock says."""
    clock = ManualClock()
    world = World(clock=clock, during=lambda _action: clock.sleep(7))
    done = next(one for one in tried(world, wanted("a")).events if isinstance(one, Done))
    assert done.took == timedelta(seconds=7)
