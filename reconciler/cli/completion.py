"""ftctl completion: a script for the shell's start-up file."""

from __future__ import annotations

from argparse import Namespace

from reconciler.cli.exits import ExitCode
from reconciler.cli.parser import build
from reconciler.reporting.page import put


def run(options: Namespace) -> ExitCode:
    import shtab

    put([shtab.complete(build(), shell=options.shell)])
    return ExitCode.DONE
