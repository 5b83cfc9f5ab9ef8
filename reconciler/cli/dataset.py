"""ftctl dataset: data files by themselves, without manifests."""

from __future__ import annotations

import json
import shutil
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from reconciler.cli.exits import ExitCode
from reconciler.cli.running import UsageError
from reconciler.datasets import Report, check
from reconciler.datasets.difference import difference
from reconciler.kinds.dataset.fetching import with_links
from reconciler.reporting.dataset import (
    check_json,
    check_lines,
    difference_json,
    difference_lines,
    stats_lines,
)
from reconciler.reporting.page import Page, page_for, put


def run(options: Namespace) -> ExitCode:
    try:
        return SUBCOMMANDS[options.subcommand](options)
    except BrokenPipeError:  # of who reads what is printed, and of no file
        raise
    except OSError as error:
        raise UsageError(_unreadable(error)) from error


def _unreadable(error: OSError) -> str:
    return f"{error.filename} cannot be read: {error.strerror}."


def _check(options: Namespace) -> ExitCode:
    checked = _checked(options)
    if options.check_urls:
        checked = [(path, with_links(report, path)) for path, report in checked]
    _show(options, check_json(checked), check_lines, checked)
    return _exit_code(report.is_valid for _path, report in checked)


def _stats(options: Namespace) -> ExitCode:
    checked = _checked(options)
    _show(options, check_json(checked), stats_lines, checked)
    return _exit_code(report.is_whole for _path, report in checked)


def _exit_code(verdicts: Iterable[bool]) -> ExitCode:
    return ExitCode.DONE if all(verdicts) else ExitCode.ERROR


def _checked(options: Namespace) -> list[tuple[Path, Report]]:
    """Every file, if all of them can be read."""
    checked: list[tuple[Path, Report]] = []
    unread: list[str] = []
    for path in map(Path, options.files):
        try:
            checked.append((path, check(path, format=options.format)))
        except OSError as error:
            unread.append(_unreadable(error))
    if unread:
        raise UsageError(" ".join(unread))
    return checked


def _show(
    options: Namespace,
    out: dict[str, Any],
    lines: Callable[[Path, Report, Page], Iterator[str]],
    checked: list[tuple[Path, Report]],
) -> None:
    if options.format_output == "json":
        put([json.dumps(out, indent=2)])
        return
    page = page_for(sys.stdout, no_color=options.no_color)
    for path, report in checked:
        put(lines(path, report, page))


def _diff(options: Namespace) -> ExitCode:
    with _seekable(Path(options.old)) as old, _seekable(Path(options.new)) as new:
        found = difference(old, new)
        before, after = (check(path, format=options.format) for path in (old, new))
    tokens = after.tokens - before.tokens
    if options.format_output == "json":
        put([json.dumps(difference_json(found, tokens), indent=2)])
    else:
        put(difference_lines(found, tokens, page_for(sys.stdout, no_color=options.no_color)))
    return ExitCode.DONE


@contextmanager
def _seekable(path: Path) -> Iterator[Path]:
    """The path, or a copy of what comes through it: a pipe can only be read once."""
    if not path.is_fifo():
        yield path
        return
    with NamedTemporaryFile() as copy, path.open("rb") as stream:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield Path(copy.name)


SUBCOMMANDS: dict[str, Callable[[Namespace], ExitCode]] = {
    "check": _check,
    "stats": _stats,
    "diff": _diff,
}
