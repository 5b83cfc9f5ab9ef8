"""ftctl cancel: end the training of a model. What has run by then is paid."""

from __future__ import annotations

from argparse import Namespace

from reconciler.cli.addressed import Found, job_of
from reconciler.cli.exits import ExitCode
from reconciler.cli.running import UsageError
from reconciler.kinds.fine_tuned_model.jobs import act
from reconciler.reporting.page import put

WHEN = {
    "cancel": {"pending", "running", "paused"},
    "pause": {"running"},
    "resume": {"paused"},
}
SAID = {
    "cancel": "is cancelled",
    "pause": "is pausing; `ftctl status` tells when it is paused",
    "resume": "goes on",
}
QUEUED = (
    "it is queued, and only a training that runs can be paused. `ftctl cancel {address}` takes it "
    "out of the queue, which is free."
)
WHY_NOT = {
    ("pause", "pending"): QUEUED,
    ("pause", "paused"): "it is paused already; `ftctl resume {address}` goes on with it.",
    ("resume", "pending"): "it is queued, and starts by itself.",
    ("resume", "running"): "it is training; there is nothing to resume.",
}


def run(options: Namespace) -> ExitCode:
    """Do what the command is called: cancel, pause and resume differ in one word."""
    with job_of(options) as found:
        if found.job.status not in WHEN[options.command]:
            raise UsageError(f"{found.job.id}: {_why_not(options.command, found)}")
        job = act(found.connection, found.job, options.command)
        put([f"{found.address}: {job.id} {SAID[options.command]}."])
    return ExitCode.DONE


def _why_not(command: str, found: Found) -> str:
    text = WHY_NOT.get((command, found.job.status))
    if text is None:
        ended = {"failed": "has failed", "cancelled": "was cancelled"}
        return f"it {ended.get(found.job.status, 'has succeeded')}; there is nothing to do."
    return text.format(address=found.address)
