"""Quota is counted before anything is paid, and what a plan gives back is waited for."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.end_to_end.conftest import DEPLOYMENT, Workshop

PRUNE = "budget: {trainingPerApply: 50, hostingPerMonth: 2000}"
LINE = "OpenAI.GlobalStandard.gpt-4.1-finetune"


def has_quota(workshop: Workshop, amount: int) -> None:
    account = {"name": "aoai-sweden", "resourceGroup": "rg-ml", "quota": {LINE: amount}}
    workshop.remote.send("POST", "/emulator/accounts", account)


def test_too_little_for_the_plan(workshop: Workshop) -> None:
    """A deployment that would find no quota stops the plan before the training is paid."""
    has_quota(workshop, 30)
    done = workshop.ftctl("apply", "--auto-approve", "--format", "json")
    assert done.code == 4
    (refusal,) = done.json["plan"]["refusals"]
    assert refusal["message"] == snapshot(
        "Of OpenAI.GlobalStandard.gpt-4.1-finetune in swedencentral, the plan needs 50 more; "
        "30 of 30 are left."
    )
    assert workshop.remote.writes() == []


def test_quota_that_comes_back(settled: Workshop) -> None:
    """What is pruned gives its quota to what replaces it, which waits until that has returned."""
    has_quota(settled, 60)
    settled.edit("metadata: {name: support-prod}", "metadata: {name: support-next}")
    settled.edit(PRUNE, f"{PRUNE}\n  prune: [Deployment]")
    room = "goes before deployment/support-next can be made: there is not enough for both at once"
    assert ("deployment/support-prod", room) in settled.plan().notices
    before = settled.remote.mark()
    short = {"status": 400, "code": "InsufficientQuota", "message": "Not returned yet."}
    settled.remote.fault("status", times=2, method="PUT", path=DEPLOYMENT, **short)
    settled.applied()
    new = "PUT deployments/support-next"
    gone, called = "DELETE deployments/support-prod", "PATCH deployments/support-next"
    assert settled.remote.writes(before) == [gone, new, new, new, called]
