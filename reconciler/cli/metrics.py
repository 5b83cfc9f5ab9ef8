"""ftctl metrics: how the training of a model went."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from reconciler.cli.addressed import job_of
from reconciler.cli.exits import ExitCode
from reconciler.cli.running import UsageError
from reconciler.kinds.fine_tuned_model.curve import Curve, read_curve
from reconciler.kinds.fine_tuned_model.jobs import results
from reconciler.providers.errors import Refused
from reconciler.reporting.curve import curve_json, curve_lines, save_curve
from reconciler.reporting.page import page_for, put

PICTURES = (".png", ".svg")


def run(options: Namespace) -> ExitCode:
    out = Path(options.out) if options.out else None
    if out and out.suffix.lower() not in PICTURES:
        raise UsageError(f"--out {out} has to end in {' or '.join(PICTURES)}.")
    with job_of(options) as found:
        text = results(found.connection, found.job)
    if text is None:
        raise UsageError(
            f"{found.address} has no results yet: {found.job.id} is {found.job.status}."
        )
    try:
        curve = read_curve(text)
    except ValueError as error:
        raise Refused(f"the results of {found.job.id} cannot be read: {error}.") from error
    if out:
        _save(curve, out, f"{found.address}  {found.job.id}")
    if options.format == "json":
        put([json.dumps(curve_json(curve, str(found.address)), indent=2)])
    else:
        put(curve_lines(curve, page_for(sys.stdout, no_color=options.no_color)))
    return ExitCode.DONE


def _save(curve: Curve, out: Path, title: str) -> None:
    try:
        save_curve(curve, out, title)
    except ImportError as error:
        raise UsageError("pictures need matplotlib: pip install 'ftctl[pictures]'.") from error
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}.") from error
