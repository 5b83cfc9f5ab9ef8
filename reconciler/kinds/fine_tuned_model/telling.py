"""Asks the trainings that run how far they have come: one call each, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from reconciler.kinds.fine_tuned_model.jobs import latest_messages
from reconciler.kinds.fine_tuned_model.progress import Progress, read_progress
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.planning.address import Address
from reconciler.providers.azure.listings import JobRecord
from reconciler.providers.errors import ServiceError
from reconciler.providers.session import Connection, Session

PARALLEL = 8
States = Mapping[Address, FineTunedModelState]


def with_progress(states: States, session: Session) -> States:
    """The same states. Jobs that only wait are not asked, since they have nothing to tell."""
    running = {
        address: state.winner
        for address, state in states.items()
        if state.winner and state.winner.status in {"running", "paused"}
    }
    if not running:
        return states
    with ThreadPoolExecutor(PARALLEL) as pool:
        found = pool.map(lambda job: _progress(session[job.account], job), running.values())
        told = dict(zip(running, found, strict=True))
    return {at: replace(state, progress=told.get(at)) for at, state in states.items()}


def _progress(connection: Connection, job: JobRecord) -> Progress | None:
    """None where it tells nothing: that is no reason for a look to fail."""
    try:
        return read_progress(latest_messages(connection, job))
    except (ServiceError, AttributeError, TypeError, ValueError):  # also an answer out of shape
        return None
