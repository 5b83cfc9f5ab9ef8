"""A model: whether to train, and what is known of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.method import Method
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from reconciler.providers.azure.listings import ModelRecord
from tests.kinds.tables import table
from tests.planning.situations import (
    BOT,
    NOON,
    OTHER_BYTES,
    failed,
    job,
    model_id,
    retired,
    trained,
    wanted_data,
    wanted_model,
)

KIND = KINDS["finetunedmodel"]
SERVICE = replace(failed("The server had an error.", "internalFailure"), finished_at=NOON)
SECOND = replace(SERVICE, id="ftjob-2")
DATA = failed("Validation of jsonl file failed", "jsonlValidationFailed", "training_file")
HARM = failed("failed RAI checks for harm types: [violence]. Please fix the data")
LISTED = ModelRecord("sweden", model_id(), is_retired=False)
YOUNGER = job(id="ftjob-2", status="pending", created_at=job().created_at + timedelta(hours=1))
BEFORE = job().created_at
LATER = job(id="ftjob-2", status="cancelled", created_at=NOON)

CASES = {
    "no evidence": None,
    "queued": trained(job(status="pending")),
    "running": trained(job(status="running")),
    "paused": trained(job(status="paused")),
    "running, and listed a moment later": trained(job(status="running"), models=(LISTED,)),
    "succeeded": trained(),
    "succeeded, and listed": trained(models=(LISTED,)),
    "succeeded, and retired": trained(models=(retired(),)),
    "no job any more, but a model": FineTunedModelState(models=(LISTED,)),
    "only a retired model": FineTunedModelState(models=(retired(),)),
    "only a deployment names it": FineTunedModelState(
        deployments=("deployment/prod in account/sweden",)
    ),
    "failed once": trained(SERVICE),
    "failed, then cancelled": trained(SERVICE, LATER),
    "failed, its twin cancelled before": trained(SERVICE, replace(LATER, created_at=BEFORE)),
    "failed, succeeded, and retired": trained(SERVICE, job(id="ftjob-2"), models=(retired(),)),
    "retired, and being trained again": trained(job(), YOUNGER, models=(retired(),)),
    "failed as often as allowed": trained(SERVICE, SECOND),
    "failed, then succeeded": trained(SERVICE, job(id="ftjob-2")),
    "failed on its data": trained(DATA),
    "failed on its data, then on the service": trained(DATA, SECOND),
    "failed a safety check": trained(HARM),
    "cancelled": trained(job(status="cancelled")),
    "cancelled, and failed": trained(job(status="cancelled"), SECOND),
    "two at once": trained(job(status="running"), YOUNGER),
    "one done, one under way": trained(job(), YOUNGER),
    "two done": trained(job(), job(id="ftjob-2")),
}


def test_decisions() -> None:
    """Only what is new is trained, and what the service failed while attempts are left."""
    assert table(wanted_model(), CASES) == snapshot("""\
no evidence
  train new: never trained: gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
  = missing
queued
  wait pending: queued since 2026-11-19 12:00 UTC, ftjob-1
  = pending job queued
running
  wait pending: training since 2026-11-19 12:00 UTC, ftjob-1
  = running job training
paused
  wait pending: paused, ftjob-1; go on with `ftctl resume finetunedmodel/bot`
  = running job paused; go on with `ftctl resume finetunedmodel/bot`
running, and listed a moment later
  wait pending: training since 2026-11-19 12:00 UTC, ftjob-1
  = running job training
succeeded
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
succeeded, and listed
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
succeeded, and retired
  keep lost: trained before, and its model was retired or deleted; pass --allow-retrain to pay
    again
  = missing trained before as 8c8a3a9d, and lost
no job any more, but a model
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version
only a retired model
  keep lost: trained before, and its model was retired or deleted; pass --allow-retrain to pay
    again
  = missing trained before as 8c8a3a9d, and lost
only a deployment names it
  keep lost: trained before: deployment/prod in account/sweden still names it; pass
    --allow-retrain to pay again
  = missing trained before as 8c8a3a9d, and lost
failed once
  train retry: attempt 2 of 2: the service failed it: The server had an error:
    gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
  = failed job the service failed it: The server had an error.
failed, then cancelled
  keep cancelled: its training was cancelled; pass --allow-retrain, or raise revision
  = failed job cancelled
failed, its twin cancelled before
  train retry: attempt 2 of 2: the service failed it: The server had an error:
    gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
  = failed job the service failed it: The server had an error.
failed, succeeded, and retired
  keep lost: trained before, and its model was retired or deleted; pass --allow-retrain to pay
    again
  = missing trained before as 8c8a3a9d, and lost
retired, and being trained again
  wait pending: queued since 2026-11-19 13:00 UTC, ftjob-2
  = pending job queued
failed as often as allowed
  keep failed_service: the service failed it: The server had an error. (2 of 2 attempts); raise
    retry.attempts, or pass --allow-retrain
  = failed job the service failed it: The server had an error.
failed, then succeeded
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
failed on its data
  keep failed_data: the service refused the data: Validation of jsonl file failed; change the
    data, or raise revision, to submit it again
  = refused job the service refused the data: Validation of jsonl file failed
failed on its data, then on the service
  keep failed_service: the service failed it: The server had an error. (2 of 2 attempts); raise
    retry.attempts, or pass --allow-retrain
  = failed job the service failed it: The server had an error.
failed a safety check
  keep failed_safety_data: the training data failed the safety check for: violence; change the
    data, or raise revision, to submit it again
  = refused job the training data failed the safety check for: violence
cancelled
  keep cancelled: its training was cancelled; pass --allow-retrain, or raise revision
  = failed job cancelled
cancelled, and failed
  train retry: attempt 2 of 2: the service failed it: The server had an error:
    gpt-4.1-2025-04-14 on chats, as 8c8a3a9d
  = failed job the service failed it: The server had an error.
two at once
  update twin: submitted more than once: cancel the younger ftjob-2
  = running job training
one done, one under way
  update twin: submitted more than once: cancel the younger ftjob-2
  = ready model, account, version, job
two done
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job\
""")


def test_decisions_with_leave() -> None:
    """With --allow-retrain, all is trained again but what failed on its data."""
    policy = Policy(project="shop", allow_retrain=True)
    again = {name: CASES[name] for name in CASES if CASES[name]}
    context = Context(NOON, policy, {})
    actions = [KIND.decide(wanted_model(), state, context).action for state in again.values()]
    assert {
        name: f"{one.verb} {one.code}" for name, one in zip(again, actions, strict=True)
    } == snapshot(
        {
            "queued": "wait pending",
            "running": "wait pending",
            "paused": "wait pending",
            "running, and listed a moment later": "wait pending",
            "succeeded": "keep as_wanted",
            "succeeded, and listed": "keep as_wanted",
            "succeeded, and retired": "train retrain",
            "no job any more, but a model": "keep as_wanted",
            "only a retired model": "train retrain",
            "only a deployment names it": "train retrain",
            "failed once": "train retry",
            "failed, then cancelled": "train retrain",
            "failed, its twin cancelled before": "train retry",
            "failed, succeeded, and retired": "train retrain",
            "retired, and being trained again": "wait pending",
            "failed as often as allowed": "train retrain",
            "failed, then succeeded": "keep as_wanted",
            "failed on its data": "keep failed_data",
            "failed on its data, then on the service": "train retrain",
            "failed a safety check": "keep failed_safety_data",
            "cancelled": "train retrain",
            "cancelled, and failed": "train retry",
            "two at once": "update twin",
            "one done, one under way": "update twin",
            "two done": "keep as_wanted",
        }
    )


def test_notices() -> None:
    """What does not change the weights is a notice when it changes."""
    check = wanted_data("check", OTHER_BYTES)
    with_check = wanted_model(validation=check)
    validated = job(validation_file="file-9")
    same = trained(validated, validation_marks=(check.goal.remote_name,))
    other = trained(validated, validation_marks=("check.cccccccccccc.jsonl",))
    cases = {"same": same, "other": other, "file gone": trained(validated), "none": trained()}
    assert table(with_check, cases) == snapshot("""\
same
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
other
  keep as_wanted: trained as 8c8a3a9d
  note: validation data changed; the metrics are from the older file; raise revision to train
    again
  = ready model, account, version, job
file gone
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
none
  keep as_wanted: trained as 8c8a3a9d
  note: validation data changed; the metrics are from the older file; raise revision to train
    again
  = ready model, account, version, job\
""")
    assert table(wanted_model(), {"removed": other}) == snapshot("""\
removed
  keep as_wanted: trained as 8c8a3a9d
  note: validation data was removed; the metrics are from the older file; raise revision to
    train again
  = ready model, account, version, job\
""")
    elsewhere = {
        "tier": trained(job(training_type="standard")),
        "tier in other letters": trained(job(training_type="GLOBALSTANDARD")),
        "account": trained(job(account="norway")),
    }
    assert table(wanted_model(), elsewhere) == snapshot("""\
tier
  keep as_wanted: trained as 8c8a3a9d
  note: it was trained at standard; raise revision to train again at GlobalStandard
  = ready model, account, version, job
tier in other letters
  keep as_wanted: trained as 8c8a3a9d
  = ready model, account, version, job
account
  keep as_wanted: trained as 8c8a3a9d
  note: it was trained in account/norway; raise revision to train again in account/sweden
  = ready model, account, version, job\
""")


def test_retire() -> None:
    """Deleting a model is for good, and says so."""

    def words(state: FineTunedModelState) -> tuple[str, str]:
        action = KIND.retire(BOT, state)
        return action.reason, action.undo

    states = [trained(), trained(job(status="running")), trained(SERVICE)]
    assert [words(state) for state in states] == snapshot(
        [
            (
                "gpt-4.1-2025-04-14.ft-0123-bot-8c8a3a9d, for good",
                "none: training it again is paid again",
            ),
            ("ftjob-1, for good", "none: training it again is paid again"),
            ("its job records, for good", "none: training it again is paid again"),
        ]
    )


@pytest.mark.parametrize("length", [18, 24, 40])
@pytest.mark.parametrize(
    "label", ["a", "support", "a-very-long-label-that-goes-on-and-on", "a-" * 9]
)
def test_suffix(label: str, length: int) -> None:
    """A suffix never exceeds what the service allows, and always ends in the digits."""
    goal: FineTunedModelGoal = wanted_model(label=label, suffix_length=length).goal
    assert len(goal.suffix) <= length
    assert goal.suffix.endswith(f"-{goal.short}")
    assert "--" not in goal.suffix
    assert label.startswith(goal.suffix.removesuffix(f"-{goal.short}"))


def test_wire() -> None:
    """What the manifest does not pin is left to the service."""
    assert Method("supervised", {"n_epochs": 3}).wire == snapshot(
        {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}}
    )
    assert Method("supervised", {}).wire == snapshot({"type": "supervised", "supervised": {}})
