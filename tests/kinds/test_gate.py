"""A gate: what a trained model has to reach before deployments may use it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from pydantic import ValidationError

from reconciler.kinds import KINDS
from reconciler.kinds.fine_tuned_model.gate import Gate, misses
from reconciler.kinds.fine_tuned_model.versions import Version
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.listings import ModelRecord
from tests.kinds.tables import table
from tests.kinds.test_weights import child_of
from tests.planning.situations import BOT, NOON, OTHER_BYTES, job, model_id, trained, wanted_model

GATE = Gate.model_validate(
    {
        "require": {
            "full_valid_loss": {"below": 1.2},
            "full_valid_mean_token_accuracy": {"above": 0.8},
        }
    }
)
BEFORE = Version(
    "0a0a0a0a", job(OTHER_BYTES, id="ftjob-0"), "chats.bbbbbbbbbbbb.jsonl", is_sure=True
)
LISTED = ModelRecord("sweden", model_id(), is_retired=False)
GOOD = {"full_valid_loss": 1.1, "full_valid_mean_token_accuracy": 0.9}
BAD = {"full_valid_loss": 1.2, "full_valid_mean_token_accuracy": 0.9}


def test_decisions() -> None:
    """What misses its gate is trained, not promoted, and others keep the version before it."""
    cases = {
        "passes": trained(metrics=GOOD),
        "misses": trained(metrics=BAD, promoted=BEFORE),
        "misses, and is the first": trained(metrics=BAD),
        "not measured yet": trained(job(finished_at=NOON - timedelta(minutes=9)), metrics={}),
        "listed before its job has ended": trained(job(status="running"), models=(LISTED,)),
        "not measured": trained(metrics={}),
    }
    assert table(wanted_model(gate=GATE), cases) == snapshot("""\
passes
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
misses
  keep not_promoted: trained as 8c8a3a9d, not promoted: full_valid_loss is 1.2, not below 1.2;
    deployments keep 0a0a0a0a
  = degraded model, account, version, job trained as 8c8a3a9d, not promoted: full_valid_loss is
    1.2, not below 1.2; deployments keep 0a0a0a0a
misses, and is the first
  keep not_promoted: trained as 8c8a3a9d, not promoted: full_valid_loss is 1.2, not below 1.2;
    no version before it is promoted
  = held held trained as 8c8a3a9d, not promoted: full_valid_loss is 1.2, not below 1.2; no
    version before it is promoted
not measured yet
  wait pending: trained as 8c8a3a9d; its metrics are not there yet
  = held held trained as 8c8a3a9d, not promoted: full_valid_loss was not measured;
    full_valid_mean_token_accuracy was not measured; no version before it is promoted
listed before its job has ended
  wait pending: training since 2026-11-19 12:00 UTC, ftjob-1
  = running job training
not measured
  keep not_promoted: trained as 8c8a3a9d, not promoted: full_valid_loss was not measured;
    full_valid_mean_token_accuracy was not measured; no version before it is promoted
  = held held trained as 8c8a3a9d, not promoted: full_valid_loss was not measured;
    full_valid_mean_token_accuracy was not measured; no version before it is promoted\
""")


@pytest.mark.parametrize(
    ("bound", "value", "is_missed"),
    [
        ({"below": 1}, 0.9, False),
        ({"below": 1}, 1, True),
        ({"above": 1}, 1, True),
        ({"above": 1}, 1.1, False),
        ({"above": 1, "below": 2}, 1.5, False),
        ({"above": 1, "below": 2}, 2.5, True),
    ],
)
def test_bounds(bound: dict[str, float], value: float, is_missed: bool) -> None:  # noqa: FBT001 -- a column
    """A number on the bound misses it."""
    gate = Gate.model_validate({"require": {"valid_loss": bound}})
    assert bool(misses(gate, {"valid_loss": value})) is is_missed


@pytest.mark.parametrize(
    "bound", [{}, {"below": 1.0, "above": 1.0}, {"below": "x"}, {"under": 1.0}]
)
def test_bounds_that_say_nothing(bound: dict[str, object]) -> None:
    """A bound has to leave something possible and something impossible."""
    with pytest.raises(ValidationError):
        Gate.model_validate({"require": {"valid_loss": bound}})


def test_no_training_on_what_is_not_promoted() -> None:
    """A chain does not go on from a model that missed its gate: training is a spend."""
    child = child_of(wanted_model().goal)
    for phase in (Phase.DEGRADED, Phase.HELD):
        context = Context(NOON, Policy(), {BOT: Standing(phase)})
        action = KINDS["finetunedmodel"].decide(child, None, context).action
        assert (action.verb, action.code) == ("keep", "not_promoted")
    ready = Context(NOON, Policy(), {BOT: Standing(Phase.READY)})
    assert KINDS["finetunedmodel"].decide(child, None, ready).action.verb == "train"
