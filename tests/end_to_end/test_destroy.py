"""Destroying: deployments first, and what cannot be had back only when it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.conftest import Remote, Workshop, hurried, quickstart, until

DESTROY = ("destroy", "--auto-approve")
NEW = {
    "dataset/support-train": "create",
    "dataset/support-valid": "create",
    "finetunedmodel/support-bot": "train",
    "deployment/support-prod": "create",
}


def kinds_of(writes: list[str]) -> list[str]:
    """`DELETE deployments/support-prod` as `DELETE deployments`."""
    return [write.split("/")[0] for write in writes]


def test_deployments_by_default(settled: Workshop) -> None:
    """Destroy deletes deployments; the model stays, and is deployed again without training."""
    before = settled.remote.mark()
    done = settled.ftctl(*DESTROY)
    assert done.code == 0, done.said
    assert settled.remote.writes(before) == ["DELETE deployments/support-prod"]
    assert settled.remote.deployments() == {}
    assert settled.plan().verbs == {"deployment/support-prod": "create"}
    settled.applied()
    assert len(settled.remote.jobs()) == 1


def test_everything(settled: Workshop) -> None:
    """--models --files deletes users before what they use; then the plan starts from nothing.

    With the job go its results, and then the files for training and validation.
    """
    before = settled.remote.mark()
    done = settled.ftctl(*DESTROY, "--models", "--files")
    assert done.code == 0, done.said
    writes = settled.remote.writes(before)
    assert kinds_of(writes) == ["DELETE deployments", "DELETE jobs", *["DELETE files"] * 3]
    assert settled.remote.jobs() == []
    assert settled.remote.files() == []
    planned = settled.plan()
    assert planned.verbs == NEW
    assert planned.codes["finetunedmodel/support-bot"] == "new"


def test_models_only_where_nothing_uses_them(settled: Workshop) -> None:
    """--models leaves the files: the next training needs no upload."""
    assert settled.ftctl(*DESTROY, "--models").code == 0
    assert len(settled.remote.files()) == 2
    assert settled.plan().verbs == {
        "finetunedmodel/support-bot": "train",
        "deployment/support-prod": "create",
    }


def test_a_training_under_way(tmp_path: Path) -> None:
    """--models cancels a training that still runs, and then deletes it."""
    with hurried(tmp_path / "emulator", "x60", "lifelike") as remote:
        workshop = quickstart(tmp_path / "work", remote)
        assert workshop.ftctl("apply", "--auto-approve", "--no-wait").code == 3
        (job,) = remote.jobs()
        before = remote.mark()
        assert workshop.ftctl(*DESTROY, "--models").code == 0
        assert remote.writes(before) == [f"POST {job.id}/cancel", f"DELETE jobs/{job.id}"]
        assert remote.jobs() == []


def test_twice(settled: Workshop) -> None:
    """Destroying what is gone already does nothing, and that is fine."""
    assert settled.ftctl(*DESTROY, "--models", "--files").code == 0
    before = settled.remote.mark()
    again = settled.ftctl(*DESTROY, "--models", "--files")
    assert again.code == 0, again.said
    assert settled.remote.writes(before) == []


def test_an_account_that_cannot_be_seen(settled: Workshop) -> None:
    """Nobody knows what an account holds that cannot be seen: it is named, and exit is not 0."""
    remote = settled.remote
    remote.fault(
        "status",
        times=None,
        method="GET",
        path="/accounts/aoai-sweden$",
        status=404,
        code="ResourceNotFound",
    )
    before = remote.mark()
    done = settled.ftctl(*DESTROY, "--models", "--files")
    assert done.code == 1, done.said
    assert "! account/sweden: no account aoai-sweden in resource group rg-ml" in done.said
    assert "Not settled: 0 done, 1 stuck." in done.said
    assert remote.writes(before) == []


def test_an_account_that_does_not_answer(settled: Workshop) -> None:
    """Without an answer nothing is done, and nothing is said to be gone."""
    remote = settled.remote
    remote.fault("drop", times=None, method="GET", path="/accounts/aoai-sweden$")
    before = remote.mark()
    done = settled.ftctl(*DESTROY)
    assert done.code == 1, done.said
    assert "could not read the account in account/sweden: no answer" in done.said
    assert remote.writes(before) == []


def test_other_versions_stay(settled: Workshop) -> None:
    """--models deletes the version that the manifest wants, and says how many others stay."""
    settled.edit("seed: 105", "seed: 106")
    settled.applied()
    done = settled.ftctl(*DESTROY, "--models")
    assert done.code == 0, done.said
    assert "finetunedmodel/support-bot: 1 other version of it stays; to delete" in done.said
    assert len(settled.remote.jobs()) == 1


def test_protected(workshop: Workshop) -> None:
    """A protected deployment is refused with exit code 4, and nothing is sent."""
    workshop.edit("capacity: 50}", "capacity: 50}\n  protect: true")
    workshop.applied()
    before = workshop.remote.mark()
    refused = workshop.ftctl(*DESTROY, "--models", "--files")
    assert refused.code == 4, refused.said
    assert "deployment/support-prod is protected, and the plan would delete it." in refused.said
    assert workshop.remote.writes(before) == []
    assert workshop.ftctl(*DESTROY, "--allow-protected").code == 0
    assert workshop.remote.deployments() == {}


@pytest.mark.parametrize("command", ["apply", "destroy"])
def test_nobody_to_ask(settled: Workshop, command: str) -> None:
    """Without a terminal and without --auto-approve nothing is done, and exit is 1."""
    settled.edit("capacity: 50", "capacity: 40")
    before = settled.remote.mark()
    refused = settled.ftctl(command)
    assert refused.code == 1
    assert "Pass --auto-approve to go ahead without being asked. Nothing was done." in refused.said
    assert settled.remote.writes(before) == []


def test_a_model_that_others_serve(settled: Workshop) -> None:
    """A model stays while somebody else's deployment serves it; the plan says so at once."""
    remote = settled.remote
    served = remote.deployments()["support-prod"]
    theirs = {"sku": {"name": "Standard", "capacity": 1}}
    theirs["properties"] = {"model": served["properties"]["model"]}
    remote.arm("PUT", "/deployments/theirs", theirs)
    until(lambda: _state(remote, "theirs") == "Succeeded")
    before = remote.mark()
    done = settled.ftctl(*DESTROY, "--models")
    assert done.code == 6, done.said
    why = "stays, because deployment/theirs in account/sweden still uses it; delete that first"
    assert done.said.count(why) == 2  # in the plan, and at the end
    assert remote.writes(before) == ["DELETE deployments/support-prod"]
    remote.arm("DELETE", "/deployments/theirs")
    until(lambda: not remote.deployments())
    assert settled.ftctl(*DESTROY, "--models").code == 0
    assert remote.jobs() == []


def _state(remote: Remote, name: str) -> str:
    return str(remote.deployments()[name]["properties"]["provisioningState"])


def test_data_that_another_project_trained_on(settled: Workshop) -> None:
    """An upload stays while a job of another project was made from it, as that model does."""
    remote = settled.remote
    with remote.client() as client:
        (training,) = [one for one in client.files.list() if "train." in one.filename]
        theirs = client.fine_tuning.jobs.create(
            model="gpt-4.1", training_file=training.id, metadata={"ftctl-project": "theirs"}
        )
    done = settled.ftctl(*DESTROY, "--models", "--files")
    assert done.code == 6, done.said
    why = f"stays, because {theirs.id} still uses it; delete that first"
    assert f"! dataset/support-train: {why}" in done.said
    assert remote.files() == [training.filename]
    assert [one.id for one in remote.jobs()] == [theirs.id]


def test_data_that_is_gone(settled: Workshop) -> None:
    """Where an earlier upload is left, an upload that was deleted is no change of the file."""
    (train,) = [name for name in settled.remote.files() if "train." in name]
    settled.training.write_bytes(settled.training.read_bytes() * 2)
    settled.applied()
    assert settled.ftctl(*DESTROY, "--files").code == 0
    assert train in settled.remote.files()
    planned = settled.ftctl("plan")
    assert "update: the upload there has other content: " in planned.said
    assert "changed" not in planned.said


def test_what_others_made_stays(settled: Workshop) -> None:
    """Files, jobs and deployments without our mark are not touched."""
    remote = settled.remote
    with remote.client() as client:
        theirs = client.files.create(
            file=("theirs.jsonl", settled.training.read_bytes()), purpose="fine-tune"
        )
        while client.files.retrieve(theirs.id).status != "processed":
            pass
        job = client.fine_tuning.jobs.create(model="gpt-4.1", training_file=theirs.id)
    assert settled.ftctl(*DESTROY, "--models", "--files").code == 0
    assert remote.files() == ["theirs.jsonl"]
    assert [one.id for one in remote.jobs()] == [job.id]
