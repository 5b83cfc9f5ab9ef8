"""ftctl emulator: a server of its own, for any client on this machine."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from reconciler.cli.running import UsageError
from reconciler.emulator import run_until_interrupted


def run(options: Namespace) -> int:
    try:
        return run_until_interrupted(
            Path(options.data),
            options.port,
            Path(options.accounts) if options.accounts else None,
            options.clock,
            options.seed,
            options.pace,
        )
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"it cannot start: {error}") from error
