"""Who goes first, and who waits for a place, where a queue takes only so many.

The order is that of `priority`, the highest first, and then of names. It is a promise about what
is ready at the same moment: nobody is kept waiting for something that is not ready yet, however
important that is, since a place that stays empty helps no one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from reconciler.planning.action import Action, Deferred
from reconciler.planning.address import Address
from reconciler.planning.queue import Queue


def turn(action: Action) -> tuple[int, Address]:
    """Sorts actions into the order in which they take their places."""
    return -action.priority, action.address


def allot(
    actions: Iterable[Action],
    deferred: Iterable[Deferred],
    queues: Mapping[str, Queue],
    aside: Collection[Address] = (),
) -> tuple[tuple[Action, ...], tuple[Deferred, ...]]:
    """Hold back the actions for which their queue has no place.

    What a plan holds back already is weighed again. What is `aside` takes no place and is not
    held back: it will not be carried out anyway. An action that waits for something else as well
    says so too when there would be no place for it either.
    """
    waiting = [one for one in deferred if not one.is_in_line]
    ready = [*actions, *(one.then for one in deferred if one.is_in_line)]
    left = dict(queues)
    held = _without_place((one for one in ready if one.address not in aside), left)
    soon = _soon_ready(ready, waiting)
    later = _without_place((one.then for one in soon if one.address not in aside), left)
    return (
        tuple(one for one in ready if one.address not in held),
        (
            *(Deferred(one.address, (), one, held[one.address]) for one in _in_line(ready, held)),
            *(replace(one, queue=later.get(one.address)) for one in waiting),
        ),
    )


def _without_place(actions: Iterable[Action], left: dict[str, Queue]) -> dict[Address, Queue]:
    """Give places away, in turn; each action that gets none, and the queue as it finds it."""
    found: dict[Address, Queue] = {}
    for action in sorted((one for one in actions if one.queue in left), key=turn):
        queue = left[action.queue]
        if queue.room:
            left[action.queue] = replace(queue, ahead=queue.ahead + 1)
        else:
            found[action.address] = queue
    return found


def _in_line(ready: Iterable[Action], held: Collection[Address]) -> list[Action]:
    return sorted((one for one in ready if one.address in held), key=turn)


def _soon_ready(ready: Iterable[Action], waiting: Sequence[Deferred]) -> list[Deferred]:
    """What will stand in the same queue: what it waits for does not take the hours of a job."""
    actions = [*ready, *(one.then for one in waiting)]
    slow = {one.address for one in actions if one.queue or one.is_slow}
    return [one for one in waiting if not slow & set(one.waits_for)]


def in_turn(
    actions: Sequence[Action], needs: Mapping[Address, Sequence[Address]]
) -> tuple[Action, ...]:
    """The same actions, those with a queue in their order; each still stands after its needs."""
    by_address = {one.address: one for one in actions}
    line = iter(sorted((one for one in actions if one.queue), key=turn))
    ordered: dict[Address, Action] = {}

    def place(action: Action) -> None:
        if action.address in ordered:
            return
        for need in needs.get(action.address, ()):
            if need in by_address:
                place(by_address[need])
        ordered[action.address] = action

    for action in actions:
        place(next(line) if action.queue else action)
    return tuple(ordered.values())
