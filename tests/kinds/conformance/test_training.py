"""What a training tells while it runs, and that nothing depends on it."""

from __future__ import annotations

from typing import Any

from reconciler.planning.standing import Phase
from tests.kinds.conformance.conftest import (
    MODEL,
    Emulator,
    Service,
    costs_training,
    time_stands_still,
)

pytestmark = costs_training
EVENTS = "/events$"


def running(service: Service) -> Any:
    """A training that runs and has told of a step."""
    desired = service.desired(method={"hyperparameters": {"nEpochs": 3}})
    service.submit(desired)
    service.until(lambda: service.state(desired, MODEL).progress)
    return desired


@time_stands_still
def test_a_step_and_its_loss(service: Service) -> None:
    """While it runs, its events tell the step and the loss, and its record the expected finish."""
    desired = running(service)
    state = service.state(desired, MODEL)
    assert state.progress.step >= 1
    assert state.progress.loss > 0
    assert state.winner.estimated_finish
    standing = service.standing(desired, MODEL)
    assert standing.phase is Phase.RUNNING
    assert standing.detail.startswith("training, ")
    assert f"step {state.progress.step}, loss {state.progress.loss:.4f}" in standing.detail
    assert "finish expected 20" in service.proposed(desired, MODEL).reason


ODD: dict[str, dict[str, Any]] = {
    "refused": {"kind": "status", "status": 403},
    "failing": {"kind": "status", "status": 500},
    "gone": {"kind": "status", "status": 404},
    "dropped": {"kind": "drop", "when": "before"},
    "no JSON": {"kind": "malformed", "when": "after"},
    "no list": {"kind": "status", "status": 200, "body": []},
    "no data": {"kind": "status", "status": 200, "body": {"object": "list"}},
    "null": {"kind": "status", "status": 200, "body": None},
    "odd events": {"kind": "status", "status": 200, "body": {"data": [{"id": 1}, None, "x"]}},
    "a message of numbers": {"kind": "status", "status": 200, "body": {"data": [{"message": 7}]}},
}


@time_stands_still
def test_events_that_cannot_be_read(service: Service, emulator: Emulator) -> None:
    """Whatever the events answer, the look goes on without them, after one call."""
    desired = running(service)
    for case, answer in ODD.items():
        emulator.fault("GET", EVENTS, **answer)
        before = emulator.count("GET", "/events")
        state = service.state(desired, MODEL)
        assert (state.progress, state.winner.status) == (None, "running"), case
        assert emulator.count("GET", "/events") == before + 1, case


@time_stands_still
def test_what_waits_is_not_asked(service: Service, emulator: Emulator) -> None:
    """A job in the queue has nothing to tell, so that a look costs no call for it."""
    desired = service.desired()
    service.submit(desired)
    service.state(desired, MODEL)
    assert emulator.count("GET", "/events") == 0
