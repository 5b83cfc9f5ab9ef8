"""ftctl outputs: what applications have to call. Changes nothing on the service."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from reconciler.applying.observe import observe
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import Opened, opened
from reconciler.cli.running import UsageError
from reconciler.reporting.formats import OutputsOut
from reconciler.reporting.outputs import form_of, outputs_out, outputs_text
from reconciler.reporting.page import Page, page_for, put

NOTHING_DONE = {ExitCode.ERROR, ExitCode.REFUSED}


def run(options: Namespace) -> ExitCode:
    """Exit code 3 where something is not there, so that a script does not go on without it."""
    file = Path(options.out) if options.out else None
    if file:
        check(file, "with --out", is_form_given=bool(options.format))
    with opened(options, is_estimate_enough=True) as at:
        out = _look(at)
    if file:
        write(file, outputs_text(out, options.format or form_of(file), _plain()))
    else:
        page = page_for(sys.stdout, no_color=options.no_color)
        put(outputs_text(out, options.format or "text", page).splitlines())
    is_whole = all(out.deployments.values())
    return ExitCode.DONE if is_whole else ExitCode.STILL_RUNNING


def kept(file: Path | None, at: Opened, carry_out: Callable[[], ExitCode]) -> ExitCode:
    """Carry something out that may change them, and write them down again, if it may have.

    In the form that the file's suffix says. Raises UsageError where that cannot be done, before
    anything is.
    """
    if file:
        check(file)
    code = carry_out()
    if file and code not in NOTHING_DONE:
        write(file, outputs_text(_look(at), form_of(file), _plain()))
    return code


def check(
    file: Path,
    another: str = "with --outputs, or in spec.outputs.file of the Project",
    *,
    is_form_given: bool = False,
) -> None:
    """What would keep them from being written, found before anything is done."""
    parents = file.absolute().parents
    folder = next((one for one in parents if one.exists()), file)
    if file.is_dir():
        why = "that is a folder"
    elif not folder.is_dir():
        why = f"{folder} is a file"
    elif not os.access(folder, os.W_OK | os.X_OK):
        why = f"nothing may be written into {folder}"
    elif not is_form_given and not _says_its_form(file):
        why = "its name does not say in which form: that ends in .json, .env, .yaml or .yml"
    else:
        return
    raise UsageError(
        f"the outputs cannot be written to {file}: {why}. Name another file {another}. Nothing was "
        "done."
    )


def _says_its_form(file: Path) -> bool:
    try:
        form_of(file)
    except KeyError:
        return False
    return True


def _look(at: Opened) -> OutputsOut:
    observed = observe(at.desired, at.session, at.clock.now())
    return outputs_out(at.desired, observed, lambda name: at.session[name].endpoint)


def _plain() -> Page:
    return Page(width=100)


def write(file: Path, text: str) -> None:
    """All of it or nothing: whoever reads the file meanwhile sees the old one, or the new one."""
    try:
        if file.is_file() and file.read_text("utf-8") == text:
            return
        _replace(file, text)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"the outputs cannot be written to {file}: {why}.") from error


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as draft:
        draft.write(text)
    try:
        # As any new file would be: a temporary one is for nobody else's eyes.
        umask = os.umask(0)
        os.umask(umask)
        Path(draft.name).chmod(0o666 & ~umask)
        Path(draft.name).replace(file)
    except OSError:
        with suppress(OSError):
            Path(draft.name).unlink()
        raise
