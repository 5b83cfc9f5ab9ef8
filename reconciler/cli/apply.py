"""ftctl apply: make it so."""

from __future__ import annotations

import sys
from argparse import Namespace

from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.planning.plan import plan


def run(options: Namespace) -> ExitCode:
    wait = sys.stdout.isatty() if options.wait is None else options.wait
    with opened(options) as at:
        return carry_out(options, at, plan, wait=wait)
