"""ftctl destroy: delete what is there, in the order that the service demands."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from reconciler.cli.carrying_out import carry_out
from reconciler.cli.exits import ExitCode
from reconciler.cli.opening import opened
from reconciler.cli.outputs import kept
from reconciler.planning.destroying import plan_destroy


def run(options: Namespace) -> ExitCode:
    kinds = {"deployment"}
    if options.models:
        kinds.add("finetunedmodel")
    if options.files:
        kinds.add("dataset")
    with opened(options, is_estimate_enough=True) as at:
        propose = partial(plan_destroy, kinds=frozenset(kinds))
        file = at.desired.policy.outputs_file
        return kept(file, at, partial(carry_out, options, at, propose, wait=True))
