"""What apply and destroy have in common: show, refuse, ask, carry out, report."""

from __future__ import annotations

import os
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from reconciler.applying.converge import Patience, Propose, Run, converge, until
from reconciler.applying.events import Ending, Finished
from reconciler.applying.examine import examine_for
from reconciler.applying.observe import observe
from reconciler.cli.durations import read_duration
from reconciler.cli.exits import ExitCode
from reconciler.cli.explaining import explained
from reconciler.cli.opening import Opened
from reconciler.cli.running import UsageError
from reconciler.planning.action import Action, Verb
from reconciler.planning.desired import Observed
from reconciler.planning.plan import Plan, is_hosted
from reconciler.planning.refusals import Refusal, refusals
from reconciler.providers.errors import PermissionMissing, SignInMissing
from reconciler.reporting.doctor import lacks
from reconciler.reporting.formats import PlanOut
from reconciler.reporting.page import page_for, put
from reconciler.reporting.plan_json import apply_out, plan_out, refused_out
from reconciler.reporting.plan_text import plan_lines, refusal_lines
from reconciler.reporting.progress import Progress, ending_lines


def carry_out(options: Namespace, at: Opened, propose: Propose, *, wait: bool) -> ExitCode:
    """Show what is proposed; if it may be done and is approved, do it."""
    timeout = read_duration(options.timeout)
    observed = observe(at.desired, at.session, at.clock.now())
    proposal = propose(at.desired, observed)
    stop = _stop(options, at, proposal, observed)
    told = explained(options, at, observed, proposal)
    shown = plan_out(told, at.desired.policy.project, stop.reasons)
    _show(options, told, stop, shown)
    if stop.reasons:
        return stop.code
    if proposal.has_changes and not options.auto_approve and not _is_confirmed(options):
        put(["Nothing was done."], sys.stderr)
        return ExitCode.ERROR
    finished = _follow(options, at, proposal, propose, _patience(at, timeout, wait=wait))
    code = exit_code(finished)
    if options.format == "json":
        put([apply_out(finished, shown, code).model_dump_json(indent=2)])
    elif not (proposal.is_settled and finished.ending is Ending.SETTLED):
        put(ending_lines(finished, page_for(sys.stdout, no_color=options.no_color)))
    return code


@dataclass(frozen=True)
class Stop:
    """Why nothing may be done, and the code that says so; without reasons, it may."""

    reasons: list[Refusal]
    code: ExitCode


def _stop(options: Namespace, at: Opened, proposal: Plan, observed: Observed) -> Stop:
    """What the policy refuses; or, before anything is paid, what the accounts do not allow."""
    refused = refusals(proposal, at.desired, observed)
    is_paid = any(map(_is_paid, proposal.steps))
    if refused or not is_paid or options.skip_doctor:
        return Stop(refused, ExitCode.REFUSED)
    steps = [one.address for one in proposal.steps]
    checks = examine_for(at.desired, observed, steps, at.session)
    return Stop(lacks(checks), ExitCode.NO_ACCESS)


def _is_paid(action: Action) -> bool:
    """A training, or hosting that begins, or begins again after a gap."""
    is_made = action.verb in {Verb.CREATE, Verb.REPLACE}
    return action.verb is Verb.TRAIN or (is_made and is_hosted(action))


def _patience(at: Opened, timeout: timedelta | None, *, wait: bool) -> Patience:
    return Patience(wait, until(at.clock.now(), timeout))


def _show(options: Namespace, proposal: Plan, stop: Stop, shown: PlanOut) -> None:
    if options.format == "json":
        if stop.reasons:
            put([refused_out(shown, stop.code).model_dump_json(indent=2)])
        return
    page = page_for(sys.stdout, no_color=options.no_color)
    put(plan_lines(proposal, page, is_verbose=options.verbose))
    if stop.reasons:
        put(refusal_lines(stop.reasons, page))


def _is_confirmed(options: Namespace) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or options.format == "json":
        raise UsageError(
            "there is no terminal to ask on. Pass --auto-approve to go ahead without being asked. "
            "Nothing was done."
        )
    try:
        return input("Go ahead? Only yes is taken for an answer: ").strip() == "yes"
    except EOFError:  # Ctrl-D
        put([""])
        return False


def _follow(
    options: Namespace, at: Opened, approved: Plan, propose: Propose, patience: Patience
) -> Finished:
    stream = sys.stderr if options.format == "json" else sys.stdout
    progress = Progress(stream, page_for(stream, no_color=options.no_color))
    run = Run(at.desired, at.session, at.clock, propose, patience, at.stop)
    with _stopping(at.stop):
        return progress.follow(converge(run, approved))


@contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C lets the calls in flight end; the second one stops at once."""

    def ask(_number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(ExitCode.INTERRUPTED)
        stop.set()
        text = "\nStopping after the calls in flight; once more to stop at once.\n"
        os.write(sys.stderr.fileno(), text.encode())

    before = {one: signal.signal(one, ask) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def exit_code(finished: Finished) -> ExitCode:
    """What the end of a run means for a script."""
    plain = {Ending.INTERRUPTED: ExitCode.INTERRUPTED, Ending.SETTLED: ExitCode.DONE}
    if finished.ending in plain:
        return plain[finished.ending]
    errors = [*finished.failed.values(), *filter(None, [finished.cause])]
    if errors and all(isinstance(one, SignInMissing | PermissionMissing) for one in errors):
        return ExitCode.NO_ACCESS
    got_somewhere = bool(finished.done or finished.running)
    if finished.failed or finished.stuck or finished.unapproved:
        return ExitCode.PARTIAL if got_somewhere else ExitCode.ERROR
    return ExitCode.STILL_RUNNING if got_somewhere or not finished.cause else ExitCode.ERROR
