"""ftctl doctor: whether every account allows and has what the manifests want. Changes nothing."""

from __future__ import annotations

import sys
from argparse import Namespace

from reconciler.applying.examine import examine_all
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.providers.checks import Result
from reconciler.reporting.doctor import doctor_lines, doctor_out
from reconciler.reporting.page import page_for, put


def run(options: Namespace) -> ExitCode:
    with opened(options, is_estimate_enough=True) as at:
        checks = examine_all(at.desired, at.session, at.clock.now())
    is_missing = any(one.result is Result.MISSING for one in checks)
    code = ExitCode.NO_ACCESS if is_missing else ExitCode.DONE
    if options.format == "json":
        put([doctor_out(checks, code).model_dump_json(indent=2)])
    else:
        put(doctor_lines(checks, page_for(sys.stdout, no_color=options.no_color)))
    return code
