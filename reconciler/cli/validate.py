"""ftctl validate: everything that can be checked without an account."""

from __future__ import annotations

import sys
from argparse import Namespace

from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import read
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import page_for, put
from reconciler.reporting.validation_text import summary_lines


def run(options: Namespace) -> ExitCode:
    page = page_for(sys.stdout, no_color=options.no_color)
    loaded = read(options, is_estimate_enough=True, are_urls_checked=options.check_urls)
    put(mistake_lines(loaded.mistakes, page))
    put(mistake_lines(loaded.warnings, page, is_warning=True))
    put(summary_lines(loaded, page))
    return ExitCode.ERROR if loaded.mistakes else ExitCode.DONE
