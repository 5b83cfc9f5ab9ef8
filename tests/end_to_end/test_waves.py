"""More models than the service takes at a time: they go out in waves, the important ones first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.end_to_end.conftest import (
    ACCOUNT,
    JOBS,
    SUBSCRIPTION,
    Remote,
    Workshop,
    hurried,
)

SLOWLY = {"clock": "x60", "pace": "lifelike"}  # half a minute of training
SUBMIT = ("apply", "--auto-approve", "--no-wait")
QUEUE = 20  # places, of everybody's jobs
MODELS = 30
URGENT = ("m29", "m30")


def document(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "ftctl/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def model(number: int) -> dict[str, Any]:
    """One of many small models; a fifth of them trains at the Developer tier, two are urgent."""
    name = f"m{number:02}"
    return document(
        "FineTunedModel",
        name,
        account="sweden",
        baseModel="gpt-4.1-nano-2025-04-14",
        method={"type": "supervised", "hyperparameters": {"nEpochs": 1}},
        training="chats",
        seed=number,
        trainingType="DeveloperTier" if number % 5 == 0 else "GlobalStandard",
        **({"priority": 10} if name in URGENT else {}),
    )


def many(folder: Path, remote: Remote, models: int = MODELS) -> Workshop:
    """A folder with one small dataset and many models of it."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    turns = [("user", "What is {0} and {0}?"), ("assistant", "It is {1}.")]
    lines = [
        {"messages": [{"role": r, "content": text.format(n, 2 * n)} for r, text in turns]}
        for n in range(10)
    ]
    (manifests / "chats.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    place = {"subscriptionId": SUBSCRIPTION, "resourceGroup": "rg-ml", "accountName": ACCOUNT}
    documents = [
        document("Account", "sweden", **place, region="swedencentral"),
        document("Dataset", "chats", source={"file": "chats.jsonl"}),
        *(model(number) for number in range(1, models + 1)),
    ]
    (manifests / "many.yaml").write_text(yaml.safe_dump_all(documents))
    return Workshop(folder, remote)


def names(remote: Remote) -> list[str]:
    """The models in the order in which their jobs were made."""
    return [str((job.model_extra or {})["suffix"]).partition("-")[0] for job in remote.jobs()]


def refusals(remote: Remote) -> int:
    return sum(line["method"] == "POST" and line["status"] >= 400 for line in remote.log())


def test_many_at_once(tmp_path: Path, remote: Remote) -> None:
    """All get trained in one run, never more queued than there are places, in the right order."""
    workshop = many(tmp_path / "work", remote)
    done = workshop.apply()
    assert done.code == 0, done.said
    assert refusals(remote) == 0
    ordinary = [f"m{number:02}" for number in range(1, MODELS + 1) if f"m{number:02}" not in URGENT]
    assert names(remote) == [*URGENT, *ordinary]
    assert {job.status for job in remote.jobs()} == {"succeeded"}
    assert workshop.plan().is_empty


def test_a_place_that_somebody_else_took(tmp_path: Path) -> None:
    """A refusal for want of a place is no failure, whatever its status: it is tried again."""
    with hurried(tmp_path / "emulator", **SLOWLY) as remote:
        workshop = many(tmp_path / "work", remote, models=3)
        full = {"method": "POST", "path": JOBS, "code": "quotaExceeded"}
        remote.fault("status", status=403, after=1, **full)
        left = workshop.ftctl(*SUBMIT)
        assert left.code == 3, left.said
        assert "Trying again after another look" in left.said
        assert "1 under way, 2 waiting for a place" in left.said
        assert names(remote) == ["m01"]
        assert workshop.ftctl(*SUBMIT).code == 3
        assert names(remote) == ["m01", "m02", "m03"]


def test_the_next_run_goes_on(tmp_path: Path) -> None:
    """With --no-wait those without a place stay behind, by name, until a later run."""
    with hurried(tmp_path / "emulator", **SLOWLY) as remote:
        workshop = many(tmp_path / "work", remote, models=QUEUE + 2)
        left = workshop.ftctl(*SUBMIT)
        assert left.code == 3, left.said
        full = "the queue of account/sweden is full: 20 of 20 are queued"
        assert f"? finetunedmodel/m22: waits for a place: {full}" in left.said
        assert "20 under way, 2 waiting for a place" in left.said
        remote.send("POST", "/emulator/clock", {"advance": "6h"})
        assert workshop.ftctl(*SUBMIT).code == 3
        assert refusals(remote) == 0
        assert names(remote) == [f"m{number:02}" for number in range(1, QUEUE + 3)]
