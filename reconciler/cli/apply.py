"""ftctl apply: make it so."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from reconciler.cli import outputs
from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.planning.plan import plan

GOT_SOMEWHERE = {ExitCode.DONE, ExitCode.STILL_RUNNING, ExitCode.PARTIAL}


def run(options: Namespace) -> ExitCode:
    wait = sys.stdout.isatty() if options.wait is None else options.wait
    with opened(options) as at:
        file = Path(options.outputs) if options.outputs else at.desired.policy.outputs_file
        if file:
            outputs.check(file)
        code = carry_out(options, at, plan, wait=wait)
        if file and code in GOT_SOMEWHERE:
            outputs.keep(file, at)
        return code
