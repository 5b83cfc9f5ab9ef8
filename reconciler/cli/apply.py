"""ftctl apply: make it so."""

from __future__ import annotations

import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.cli.outputs import kept
from reconciler.planning.plan import plan


def run(options: Namespace) -> ExitCode:
    wait = sys.stdout.isatty() if options.wait is None else options.wait
    with opened(options) as at:
        file = Path(options.outputs) if options.outputs else at.desired.policy.outputs_file
        return kept(file, at, partial(carry_out, options, at, plan, wait=wait))
