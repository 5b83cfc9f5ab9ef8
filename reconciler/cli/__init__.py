"""The command line: read options, call, choose the exit code. One short module a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from reconciler.cli.exits import ExitCode


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code. Nothing heavy is imported before it is needed."""
    from reconciler.cli.parser import parse

    options = parse(sys.argv[1:] if argv is None else argv)
    from reconciler.cli.running import run

    try:
        return run(options)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has seen enough
        return ExitCode.ERROR


__all__ = ["main"]
