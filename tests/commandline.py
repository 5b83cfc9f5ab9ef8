"""The command line in this process: what it prints and how it exits, without starting Python anew.

What needs a process of its own (to be killed, signalled or given a terminal) starts one instead.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from reconciler.cli import main


def run_here(
    *words: str, cwd: Path, environ: Mapping[str, str], is_merged: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal; with `is_merged`, errors stand among the output."""
    out = _stream()
    err = out if is_merged else _stream()
    with chdir(cwd), _environment(environ), _no_input(), redirect_stdout(out), redirect_stderr(err):
        code = _exit_code(words)
    return subprocess.CompletedProcess(words, code, _text(out), "" if is_merged else _text(err))


def _exit_code(words: tuple[str, ...]) -> int:
    try:
        return main(words)
    except SystemExit as stopped:  # the parser's --help and usage errors
        return int(stopped.code or 0)


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()


@contextmanager
def _environment(environ: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _no_input() -> Iterator[None]:
    before = sys.stdin
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        sys.stdin = nothing
        try:
            yield
        finally:
            sys.stdin = before
