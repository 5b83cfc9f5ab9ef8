"""Carries out actions: one after the other in a lane, lanes side by side.

ARM takes one write at a time for an account, so a lane is an account.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from reconciler.applying.events import Event
from reconciler.planning.action import Action

PARALLEL_LANES = 8
Perform = Callable[[Action, Callable[[Event], None]], None]


def run_lanes(
    actions: Iterable[Action], perform: Perform, stop: threading.Event
) -> Iterator[Event]:
    """Yield the events of all lanes as they come. After `stop`, nothing new is begun."""
    lanes: dict[str, list[Action]] = defaultdict(list)
    for action in actions:
        lanes[action.lane].append(action)
    events: SimpleQueue[Event | None] = SimpleQueue()

    def drive(lane: list[Action]) -> None:
        try:
            for action in lane:
                if not stop.is_set():
                    perform(action, events.put)
        finally:
            events.put(None)

    with ThreadPoolExecutor(PARALLEL_LANES) as pool:
        driven = [pool.submit(drive, lane) for lane in lanes.values()]
        for _lane in driven:
            while (event := events.get()) is not None:
                yield event
        for one in driven:
            one.result()
