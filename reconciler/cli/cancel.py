"""ftctl cancel: end the training of a model. What has run by then is paid."""

from __future__ import annotations

from argparse import Namespace

from reconciler.cli.addressed import job_of
from reconciler.cli.exits import ExitCode
from reconciler.cli.running import UsageError
from reconciler.kinds.fine_tuned_model.jobs import act
from reconciler.reporting.page import put


def run(options: Namespace) -> ExitCode:
    """Do what the command is called: cancel, pause and resume differ in one word."""
    with job_of(options) as found:
        if not found.job.is_active:
            raise UsageError(f"{found.job.id} has {found.job.status}; there is nothing to do.")
        job = act(found.connection, found.job, options.command)
        put([f"{found.address}: {job.id} is {job.status} now."])
    return ExitCode.DONE
