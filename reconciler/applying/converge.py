"""Look, plan, do what is ready; look again.

A run keeps nothing that the next one would need: each round starts from a fresh look, so that
starting again after a crash is just starting. What a round may do is what the plan made in it says
is ready, as far as the approved plan covers it. A resource whose action failed is left alone for
the rest of the run, and what depends on it stays deferred; everything else goes on.

Three kinds of errors are no failure yet: a conflict, because someone else was faster; a lost
answer, because the next look tells what became of it; and a full queue, because a place will come
free. All are tried again after that look, a bounded number of times. And what was accepted but is
not listed yet is never done a second time: the run waits for it to show.

What waits for a place is sent as soon as there is one. A queue that turns out to take fewer than
was thought is believed for the rest of the run.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reconciler.applying.clock import Clock
from reconciler.applying.events import (
    Done,
    Ending,
    Event,
    Failed,
    Finished,
    Started,
    Told,
    Unanswered,
    Waiting,
)
from reconciler.applying.lanes import run_lanes
from reconciler.applying.observe import observe
from reconciler.planning.action import Action, Verb
from reconciler.planning.address import Address
from reconciler.planning.approval import Approval
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.kind import Scene
from reconciler.planning.plan import Plan
from reconciler.planning.succession import heirs
from reconciler.planning.supply import freed_first, given_back, gives, short_of
from reconciler.planning.turns import allot, in_turn
from reconciler.providers.errors import (
    AnswerLost,
    Conflict,
    QueueFull,
    QuotaExceeded,
    Refused,
    ServiceError,
)
from reconciler.providers.session import Session

TRIES = 4  # of one action in one run, when the error says that looking again may help
TRIES_AT_A_QUEUE = 20  # each after a look that showed a place, which somebody else then took
BLIND_LOOKS = 8  # in a row, before a run gives up on seeing anything
UNSEEN_LOOKS = 20  # at something that was accepted and is not listed yet
LONGEST_PAUSE = 30.0  # seconds

Propose = Callable[[Desired, Observed], Plan]


@dataclass(frozen=True)
class Patience:
    """How long to stay: not at all once only slow things are left, or until a moment."""

    wait: bool = True
    until: datetime | None = None


@dataclass(frozen=True)
class Run:
    """What a run is given, and what it remembers: only what it has done and given up on."""

    desired: Desired
    session: Session
    clock: Clock
    propose: Propose
    patience: Patience
    stop: threading.Event
    done: list[Action] = field(default_factory=list)
    failed: dict[Address, ServiceError] = field(default_factory=dict)
    tries: Counter[Address] = field(default_factory=Counter)
    limits: dict[str, int] = field(default_factory=dict)  # of queues that turned out shorter


def converge(run: Run, approved: Plan) -> Iterator[Event]:
    """Make it so, within what was approved. The last event is always `Finished`."""
    approval = Approval.of(approved)
    began = run.clock.now()
    proposal = approved
    while True:
        observed = yield from _look(run)
        if isinstance(observed, ServiceError):
            yield _out_of_sight(run, proposal, observed)
            return
        proposal, left = _without_leavings(run, run.propose(run.desired, observed), approval)
        proposal = _places_given(run, proposal, observed, approval)
        ready = [one for one in proposal.actions if one.is_active and one.address not in run.failed]
        unapproved = tuple(one for one in ready if not approval.covers(one))
        fresh = [one for one in ready if one not in unapproved and one not in run.done]
        unseen = [one for one in ready if one in run.done]
        ending = Ending.INTERRUPTED if run.stop.is_set() else _ending(run, proposal, unseen)
        now = _this_round(run, fresh, proposal, observed, is_last=ending is not None)
        if now and not run.stop.is_set():
            turns = freed_first(now, observed.supplies)
            yield from run_lanes(turns, _performer(run, observed, turns), run.stop)
            continue
        if ending:
            held = () if run.stop.is_set() else tuple(fresh)
            failed, done = dict(run.failed), tuple(run.done)
            yield Finished(ending, proposal, done, failed, unapproved, left, held)
            return
        waiting = [one for one in proposal.actions if one.verb is Verb.WAIT]
        yield Waiting((*waiting, *unseen), run.clock.now() - began, proposal.in_line)
        _lose_patience(run, unseen)
        run.clock.sleep(run.session.look_every)


def _this_round(
    run: Run, fresh: Sequence[Action], proposal: Plan, observed: Observed, *, is_last: bool
) -> Sequence[Action]:
    """What to do now: what is wanted first, and nothing is pruned before the run would end.

    Even then a thing stays whose successor is still to come. But where what can be made now would
    find too little of something limited, what gives that back does not wait.
    """
    wanted = [one for one in fresh if one.address in run.desired.wanted]
    short = short_of(wanted, observed.supplies)
    may_prune = is_last and not wanted
    return [
        one
        for one in fresh
        if one in wanted or gives(one, short) or (may_prune and not _heirs(run, one, proposal))
    ]


def _heirs(run: Run, leaving: Action, proposal: Plan) -> list[Address]:
    """Those for which it has to stay; one that failed for want of quota cannot come before."""
    to_come = heirs(leaving, proposal, run.desired.wanted.keys())
    return [one for one in to_come if not isinstance(run.failed.get(one), QuotaExceeded)]


def _without_leavings(
    run: Run, proposal: Plan, approval: Approval
) -> tuple[Plan, tuple[Action, ...]]:
    """What nobody needs only since this run is left to the next one: nobody has approved that."""
    wanted = run.desired.wanted
    left = tuple(
        one for one in proposal.everything if one.address not in wanted and not approval.covers(one)
    )
    addresses = {one.address for one in left}
    rest = replace(
        proposal,
        actions=tuple(one for one in proposal.actions if one.address not in addresses),
        deferred=tuple(one for one in proposal.deferred if one.address not in addresses),
    )
    return rest, left


def _places_given(run: Run, proposal: Plan, observed: Observed, approval: Approval) -> Plan:
    """The plan with the places of its queues given only to what this run will really send."""
    aside = {
        one.address
        for one in proposal.everything
        if one.queue and (one.address in run.failed or not approval.covers(one))
    }
    queues = {
        key: replace(queue, limit=min(queue.limit, run.limits.get(key, queue.limit)))
        for key, queue in observed.queues.items()
    }
    actions, deferred = allot(proposal.actions, proposal.deferred, queues, aside)
    return replace(proposal, actions=in_turn(actions, run.desired.needs), deferred=deferred)


def _lose_patience(run: Run, unseen: Iterable[Action]) -> None:
    """Give up on what was accepted and does not show, after the time a listing may lag."""
    for action in unseen:
        run.tries[action.address] += 1
        if run.tries[action.address] >= UNSEEN_LOOKS:
            run.failed[action.address] = Refused(
                f"{action.address} was accepted, but not applied: it does not show on the service.",
                code="AcceptedNotApplied",
                hint="Run the same command again in a few minutes.",
            )


def _ending(run: Run, proposal: Plan, unseen: Sequence[Action]) -> Ending | None:
    """Why there is no point in staying, or None while the service is working for us."""
    waiting = [one for one in proposal.actions if one.verb is Verb.WAIT]
    if not (waiting or unseen or proposal.in_line):
        return Ending.SETTLED if proposal.is_settled and not run.failed else Ending.STUCK
    if not run.patience.wait and not unseen and all(one.is_slow for one in waiting):
        return Ending.STILL_RUNNING
    if run.patience.until and run.clock.now() >= run.patience.until:
        return Ending.TIMED_OUT
    return None


def _out_of_sight(run: Run, last: Plan, cause: ServiceError) -> Finished:
    """The end of a run that sees nothing any more: what it knew last may still be going on."""
    ending = Ending.INTERRUPTED if run.stop.is_set() else Ending.UNREACHABLE
    return Finished(ending, last, tuple(run.done), dict(run.failed), cause=cause)


def _look(run: Run) -> Generator[Event, None, Observed | ServiceError]:
    """Observe, and again when there was no answer; the last error when that goes on."""
    for blind in range(BLIND_LOOKS):
        try:
            return observe(run.desired, run.session, run.clock.now())
        except AnswerLost as error:
            if blind + 1 == BLIND_LOOKS or run.stop.is_set():
                return error
            yield Unanswered(error)
            run.clock.sleep(min(run.session.look_every * 2**blind, LONGEST_PAUSE))
        except ServiceError as error:
            return error
    raise AssertionError("the loop above returns")


def _performer(
    run: Run, observed: Observed, turns: Iterable[Action]
) -> Callable[[Action, Callable[[Event], None]], None]:
    stand = standings(run.desired, observed)
    returning = given_back((*run.done, *turns))
    full: set[str] = set()

    def perform(action: Action, emit: Callable[[Event], None]) -> None:
        if action.queue in full:
            return  # it was refused to another one just now; the next look tells when to try
        began = run.clock.now()
        wanted = run.desired.wanted.get(action.address)
        scene = Scene(
            session=run.session,
            needs={need: stand[need] for need in (wanted.needs if wanted else ())},
            policy=run.desired.policy,
            tell=lambda text: emit(Told(action, text)),
            now=lambda: run.clock.now() + run.session.ahead(),
            returning=returning,
            is_stopping=run.stop.is_set,
        )
        emit(Started(action))
        try:
            state = observed.states.get(action.address) if wanted else _other(observed, action)
            run.desired.kind_of(action.address).perform(action, wanted, state, scene)
        except ServiceError as error:
            full.update(_learned(run, action, error))
            emit(Failed(action, error, is_final=_give_up(run, action, error)))
        else:
            run.done.append(action)
            emit(Done(action, run.clock.now() - began))

    return perform


def _learned(run: Run, action: Action, error: ServiceError) -> Iterator[str]:
    """The queue that has no place left; it takes no more than what stood in it then."""
    if isinstance(error, QueueFull) and action.queue:
        run.limits[action.queue] = error.taken
        yield action.queue


def _other(observed: Observed, action: Action) -> object:
    """The state of something that no manifest wants."""
    return next(
        one.state
        for one in observed.others
        if one.address == action.address and one.account == action.lane and one.is_ours
    )


def _give_up(run: Run, action: Action, error: ServiceError) -> bool:
    """Whether this run leaves the resource alone from now on."""
    run.tries[action.address] += 1
    may_help = isinstance(error, Conflict | AnswerLost | QueueFull)
    tries = TRIES_AT_A_QUEUE if isinstance(error, QueueFull) else TRIES
    if may_help and run.tries[action.address] < tries:
        run.clock.sleep(run.session.look_every)
        return False
    run.failed[action.address] = error
    return True


def until(now: datetime, timeout: timedelta | None) -> datetime | None:
    """The moment at which patience ends."""
    return None if timeout is None else now + timeout
