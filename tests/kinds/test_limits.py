"""What an account takes of training jobs."""

from __future__ import annotations

from dataclasses import replace

from inline_snapshot import snapshot

from reconciler.kinds.fine_tuned_model.limits import no_place, queues, supplies
from reconciler.planning.queue import Queue
from reconciler.providers.azure.listings import JobRecord
from reconciler.providers.errors import QueueFull, QuotaExceeded
from tests.planning.situations import job

REFUSAL = QuotaExceeded("could not submit.", code="quotaExceeded", status=403, hint="Ask.")


def many(number: int, status: str) -> list[JobRecord]:
    return [replace(job(status=status), id=f"ftjob-{status}-{n}") for n in range(number)]


def test_what_stands_in_the_queue() -> None:
    """Only jobs that wait stand in the queue; every record counts as kept."""
    jobs = {"sweden": [*many(3, "running"), *many(4, "pending"), *many(5, "paused")], "norway": []}
    assert queues(jobs) == {
        "sweden": Queue("the queue of account/sweden", 20, 4),
        "norway": Queue("the queue of account/norway", 20, 0),
    }
    kept = {key: (one.used, one.left) for key, one in supplies(jobs).items()}
    assert kept == {"jobs/sweden": (12, 88), "jobs/norway": (0, 100)}


def test_a_full_queue() -> None:
    """A refusal while jobs wait is no failure: there will be a place."""
    found = no_place(REFUSAL, [*many(2, "pending"), *many(3, "running")])
    assert isinstance(found, QueueFull)
    assert (found.taken, found.code, found.status) == (2, "quotaExceeded", 403)


def test_an_empty_queue_that_is_full() -> None:
    """A refusal while jobs only run is none either: it may be that these count, too."""
    found = no_place(REFUSAL, many(3, "running"))
    assert isinstance(found, QueueFull)
    assert found.taken == 1


def test_too_many_records() -> None:
    """A refusal with a hundred records there is final, and says what to do about them."""
    found = no_place(REFUSAL, [*many(20, "pending"), *many(80, "succeeded")])
    assert isinstance(found, QuotaExceeded)
    assert found.hint == snapshot(
        "Let it delete old ones: prune: [FineTunedModel] in the Project, and keep in the models; "
        "or delete jobs in the portal, each with its model."
    )


def test_another_quota() -> None:
    """Where no job is active, it must be something else; that is told as it was said."""
    assert no_place(REFUSAL, many(3, "succeeded")) is REFUSAL
