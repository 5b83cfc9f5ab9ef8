"""ftctl validate: everything that can be checked without a connection, and with --online a look."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Collection
from dataclasses import replace

from reconciler.applying.observe import observe
from reconciler.applying.reach import out_of_reach
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import Opened, connected, read
from reconciler.cli.running import UsageError
from reconciler.manifest.loading import Loaded
from reconciler.manifest.online import absent, refused_before, unreachable
from reconciler.providers.errors import PermissionMissing, ServiceError, SignInMissing
from reconciler.reporting.mistakes_text import mistake_lines
from reconciler.reporting.page import page_for, put
from reconciler.reporting.validation_text import online_lines, summary_lines


def run(options: Namespace) -> ExitCode:
    if options.local and not options.online:
        raise UsageError("--local says where to look, and only --online looks; pass both.")
    page = page_for(sys.stdout, no_color=options.no_color)
    loaded = read(options, is_estimate_enough=True, are_urls_checked=options.check_urls)
    errors: Collection[ServiceError] = ()
    if options.online and not loaded.mistakes:
        with connected(options, loaded.desired) as at:
            loaded, errors = _looked(loaded, at)
    put(mistake_lines(loaded.mistakes, page))
    put(mistake_lines(loaded.warnings, page, is_warning=True))
    put(summary_lines(loaded, page))
    if options.online and not loaded.mistakes:
        put(online_lines(loaded, page))
    if errors and all(isinstance(one, SignInMissing | PermissionMissing) for one in errors):
        return ExitCode.NO_ACCESS
    return ExitCode.ERROR if loaded.mistakes else ExitCode.DONE


def _looked(loaded: Loaded, at: Opened) -> tuple[Loaded, Collection[ServiceError]]:
    """What the manifests say, with what a look adds; and what stood in the way of that look."""
    now = at.clock.now()
    try:
        observed = observe(loaded.desired, at.session, now)
    except ServiceError:
        found = out_of_reach(loaded.desired, at.session, now)
        if not found:
            raise  # it was a passing trouble, and what it hid is not known
        mistakes = [unreachable(loaded, at_, e.message, e.hint) for at_, e in found.items()]
        return replace(loaded, mistakes=tuple(mistakes)), found.values()
    warnings = (*loaded.warnings, *refused_before(loaded, observed))
    return replace(loaded, mistakes=tuple(absent(loaded, observed)), warnings=warnings), ()
