"""Two deployments of one model in an account, which the service may refuse: said before it does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.state import Neighbour
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from tests.kinds.lives import untold
from tests.kinds.tables import PAGE
from tests.planning.situations import (
    BYTES,
    NOON,
    OTHER_BYTES,
    there_deployment,
    wanted_deployment,
    weights,
)

KIND = KINDS["deployment"]
NEW, OLD, THIRD = (weights(one)[:8] for one in (BYTES, OTHER_BYTES, "cc" * 32))
WARY = Policy(project="shop")


def said(state: Any, *neighbours: Neighbour, policy: Policy = WARY, **wanted: Any) -> str:
    """What a plan says of `prod`, which should serve the model from BYTES."""
    context = Context(NOON, policy, {})
    there = replace(state, neighbours=neighbours)
    notices = KIND.decide(wanted_deployment(**wanted), there, context).notices
    spoken = [one for one in notices if "may allow one deployment" in one]
    return "\n".join(line for one in spoken for line in PAGE.wrap(one, 0))


def beside(sha256: str, name: str, moves_to: str = "", **more: Any) -> Neighbour:
    """Another deployment of the account, which a manifest wants if it moves to something."""
    record = there_deployment(sha256, name, **more).record
    return Neighbour(record, name if moves_to else "", moves_to)


def test_somebody_elses() -> None:
    """Whoever serves the model already is named, ours or not, before the service refuses."""
    theirs = beside(BYTES, "theirs", tags={"owner": "cx"})
    assert said(untold(), theirs) == snapshot("""\
deployment/theirs, which this project did not make, serves the same model in account/sweden; the
service may allow one deployment of a custom model in an account. Share one, or use another
account. If your account does allow it, oneDeploymentPerModel: allow in the Project silences
this.\
""")
    assert said(there_deployment(OTHER_BYTES), beside(BYTES, "renamed")) == snapshot("""\
deployment/renamed, which no manifest wants any more, serves the same model in account/sweden;
the service may allow one deployment of a custom model in an account. Delete it first, or use
another account. If your account does allow it, oneDeploymentPerModel: allow in the Project
silences this.\
""")
    assert said(untold(), theirs, update="versioned") == said(untold(), theirs)


def test_one_that_is_pruned() -> None:
    """The same apply deletes it, so a person has to only where that comes too late."""
    pruning = replace(WARY, prune=frozenset({"deployment"}))
    prod, renamed = there_deployment(OTHER_BYTES), beside(BYTES, "renamed")
    assert said(prod, renamed, policy=pruning) == snapshot("""\
deployment/renamed, which no manifest wants any more, serves the same model in account/sweden;
the service may allow one deployment of a custom model in an account. It is pruned, too, but as
a rule only after this: if this is refused, see that it is gone, and apply once more. If your
account does allow it, oneDeploymentPerModel: allow in the Project silences this.\
""")
    theirs = beside(BYTES, "theirs", tags={"owner": "cx"})
    assert said(prod, theirs, policy=pruning) == said(prod, theirs)


def test_what_needs_no_word() -> None:
    """Nothing is said where nothing is made, of other models, and where the project allows it."""
    theirs = beside(BYTES, "theirs", tags={})
    assert said(untold(), theirs, policy=replace(WARY, one_deployment_per_model="allow")) == ""
    assert said(there_deployment(), theirs) == ""
    assert said(there_deployment(OTHER_BYTES), beside(OTHER_BYTES, "theirs", tags={})) == ""
    # Validation has spoken of two that want the same.
    assert said(untold(), beside(BYTES, "test", moves_to=NEW)) == ""


def test_models_that_change_places() -> None:
    """Neither can be the first: the same is said of each, and what to do about it."""
    prod = there_deployment(OTHER_BYTES)
    assert said(prod, beside(BYTES, "test", moves_to=OLD)) == snapshot("""\
part of a circle of deployments that are to serve each other's models, and the service may allow
one deployment of a custom model in an account. So that takes two steps: move one to a third
model, or delete it, and apply that first. If your account does allow it, oneDeploymentPerModel:
allow in the Project silences this.\
""")
    round_ = (beside(BYTES, "test", THIRD), beside("cc" * 32, "beta", OLD))
    assert said(prod, *round_) == said(prod, beside(BYTES, "test", moves_to=OLD))
    assert said(prod, *round_, update="versioned") == said(prod, *round_)


def test_a_model_that_becomes_free() -> None:
    """One that is to move on frees its model, in this apply or the next."""
    prod = there_deployment(OTHER_BYTES)
    assert said(prod, beside(BYTES, "test", moves_to=THIRD)) == snapshot("""\
deployment/test serves that model until it has changed itself, and the service may allow one
deployment of a custom model in an account: apply once more if this is refused. If your account
does allow it, oneDeploymentPerModel: allow in the Project silences this.\
""")
    away = (beside(BYTES, "test", THIRD), beside("cc" * 32, "beta", tags={}))
    assert said(prod, *away) == said(prod, away[0])
