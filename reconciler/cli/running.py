"""Calls a command, and turns what goes wrong into words and an exit code."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from importlib import import_module

from reconciler.cli.exits import ExitCode
from reconciler.manifest.mistakes import ManifestError
from reconciler.planning.phrases import count
from reconciler.providers.errors import PermissionMissing, ServiceError, SignInMissing
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import Page, page_for, put


class UsageError(Exception):
    """A command line that makes no sense, found after it was parsed."""


def run(options: Namespace) -> int:
    """The exit code of the command that was asked for."""
    page = page_for(sys.stderr, no_color=options.no_color)
    try:
        command = import_module(f"reconciler.cli.{options.command}")
        return int(command.run(options))
    except ManifestError as error:
        put(_mistakes(error, page), sys.stderr)
        return ExitCode.ERROR
    except ServiceError as error:
        put(service_error_lines(error, page), sys.stderr)
        no_access = isinstance(error, SignInMissing | PermissionMissing)
        return ExitCode.NO_ACCESS if no_access else ExitCode.ERROR
    except UsageError as error:
        words = filter(None, ("ftctl", options.command, getattr(options, "subcommand", "")))
        put(page.wrap(str(error), 0, f"{' '.join(words)}: ", 4), sys.stderr)
        return ExitCode.ERROR
    except KeyboardInterrupt:
        put(["Interrupted."], sys.stderr)
        return ExitCode.INTERRUPTED


def _mistakes(error: ManifestError, page: Page) -> Iterator[str]:
    yield from mistake_lines(error.mistakes, page)
    yield f"{count(len(error.mistakes), 'mistake')}; nothing was sent to the service."


def service_error_lines(error: ServiceError, page: Page) -> Iterator[str]:
    """What went wrong with the service, and what now."""
    yield from (page.paint(line, "red") for line in page.wrap(error.message, 0, "error: ", 4))
    if error.hint:
        yield from page.wrap(error.hint, 4)
