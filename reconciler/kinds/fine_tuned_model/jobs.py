"""One job at close range: its events, its results, and what a person may do to it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, assert_never, get_args

from reconciler.kinds.checkpoint import Metric
from reconciler.kinds.fine_tuned_model.curve import read_curve
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import JobRecord, list_checkpoints, read_job
from reconciler.providers.errors import Conflict, Refused
from reconciler.providers.session import Connection

LATEST = 20  # events; a step is told of at least every tenth time
SOON = 10.0  # seconds
Verb = Literal["cancel", "pause", "resume"]
# Where the column of results.csv is called otherwise than the metric of a checkpoint.
COLUMNS = {"valid_mean_token_accuracy": "validation_mean_token_accuracy"}


# Source: Microsoft Learn, "Customize a model with fine-tuning" and "Reinforcement fine-tuning",
# read 2026-10.
WHY_REFUSED: Mapping[Verb, str] = {
    "cancel": "It may have ended meanwhile: see `ftctl status`.",
    "pause": "A training can be paused once its first step is done, which `ftctl events` shows; "
    "reinforcement of GPT-5 cannot be paused at all.",
    "resume": "Pausing takes a while, and only what is paused can go on: see `ftctl status`.",
}


@dataclass(frozen=True)
class JobEvent:
    id: str
    at: datetime
    level: str
    message: str


def latest(state: FineTunedModelState) -> JobRecord | None:
    """The job to look at: the one that counts, or else the last that was tried."""
    return state.winner or (state.jobs[-1] if state.jobs else None)


def list_events(connection: Connection, job: JobRecord) -> list[JobEvent]:
    """Everything the job has said, oldest first."""
    with translated(f"list the events of {job.id}", job.account):
        newest_first = connection.data.fine_tuning.jobs.list_events(job.id, limit=100)
        found = [
            JobEvent(one.id, datetime.fromtimestamp(one.created_at, UTC), one.level, one.message)
            for one in newest_first
        ]
    return found[::-1]


def latest_messages(connection: Connection, job: JobRecord) -> list[str]:
    """The last few things that the job has said, newest first. One quick call: it may fail."""
    with translated(f"list the events of {job.id}", job.account):
        jobs = connection.data.with_options(max_retries=0, timeout=SOON).fine_tuning.jobs
        return [str(one.message) for one in jobs.list_events(job.id, limit=LATEST).data]


def retrieve(connection: Connection, job: JobRecord) -> JobRecord:
    """The job as it is now."""
    with translated(f"read {job.id}", job.account):
        return read_job(job.account, connection.data.fine_tuning.jobs.retrieve(job.id))


def act(connection: Connection, job: JobRecord, verb: Verb) -> JobRecord:
    """Cancel, pause or resume; the job as it is afterwards. Sent once, since a look is cheap."""
    jobs = connection.data.with_options(max_retries=0).fine_tuning.jobs
    try:
        with translated(f"{verb} {job.id}", job.account):
            match verb:
                case "cancel":
                    answer = jobs.cancel(job.id)
                case "pause":
                    answer = jobs.pause(job.id)
                case "resume":
                    answer = jobs.resume(job.id)
                case _:
                    assert_never(verb)
    except (Conflict, Refused) as error:
        hint = WHY_REFUSED[verb]
        raise Refused(error.message, code=error.code, status=error.status, hint=hint) from error
    return read_job(job.account, answer)


def results(connection: Connection, job: JobRecord) -> bytes | None:
    """The newest results.csv of a job; None where there is none (yet)."""
    with translated(f"read the results of {job.id}", job.account):
        files = connection.data.fine_tuning.jobs.retrieve(job.id).result_files or []
        if not files:
            return None
        return connection.data.files.content(files[-1]).content


def final_metrics(connection: Connection, job: JobRecord) -> dict[str, float]:
    """Each metric as it was at the end, by the names of checkpoints; what was not measured is not.

    The last checkpoint says most; results.csv adds what that leaves out.
    """
    text = results(connection, job)
    curve = read_curve(text) if text else None
    ended = (
        {name: curve.last(COLUMNS.get(name, name)) for name in get_args(Metric)} if curve else {}
    )
    kept, _epochs = list_checkpoints(connection, job.id)
    last = max(kept, key=lambda one: one.step).metrics if kept else {}
    return {**{name: one for name, one in ended.items() if one is not None}, **last}


def unseen(events: list[JobEvent], seen: set[str]) -> Iterator[JobEvent]:
    """Those that were not there at the last look; marks them as seen."""
    for event in events:
        if event.id not in seen:
            seen.add(event.id)
            yield event
