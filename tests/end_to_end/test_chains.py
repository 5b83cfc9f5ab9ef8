"""Trainings that go on from each other, and versions that come and go."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import Remote, Workshop

CHAIN = "aoai-harbour"


class Harbour(Workshop):
    """The example of a chain: harbour, refunder, gentler."""

    @property
    def manifest(self) -> Path:
        return self.folder / "manifests" / "harbour.yaml"

    def trains(self) -> list[str]:
        return sorted(at for at, verb in self.plan().verbs.items() if verb == "train")

    def jobs(self) -> int:
        return len(self.remote.jobs(CHAIN))


@pytest.fixture
def harbour(tmp_path: Path, remote: Remote) -> Harbour:
    shutil.copytree(REPOSITORY / "examples" / "chain", tmp_path / "work")
    made = Harbour(tmp_path / "work", remote)
    made.edit("method: {hyperparameters: {nEpochs: 2}}", "method: {}")
    made.applied()
    assert made.jobs() == 3
    assert made.plan().is_empty
    return made


def test_a_chain_in_its_life(harbour: Harbour) -> None:
    """What the service chose may be pinned; another parent retrains its children unless pinned."""
    first = harbour.remote.jobs(CHAIN)[0]
    chosen = first.hyperparameters.n_epochs
    digits = (first.fine_tuned_model or "")[-8:]

    harbour.edit("method: {}", f"method: {{hyperparameters: {{nEpochs: {chosen}}}}}")
    assert harbour.plan().is_empty

    harbour.edit(f"{{nEpochs: {chosen}}}", "{nEpochs: 7}")
    assert harbour.trains() == [
        "finetunedmodel/gentler",
        "finetunedmodel/harbour",
        "finetunedmodel/refunder",
    ]

    harbour.edit("fineTunedModel: harbour}", f"fineTunedModel: harbour, fingerprint: {digits}}}")
    assert harbour.trains() == ["finetunedmodel/harbour"]
    harbour.applied()
    assert harbour.jobs() == 4

    harbour.edit(f"fingerprint: {digits}", "fingerprint: 00000000")
    assert harbour.plan().codes["finetunedmodel/refunder"] == "no_base"
    assert harbour.apply().code == 1
    assert harbour.jobs() == 4


def test_versions_in_their_life(workshop: Workshop) -> None:
    """Versions are kept until `keep` and `prune` ask for less; what is deployed always stays."""
    for revision in (1, 2, 3):
        workshop.edit("  seed: 105\n", f"  seed: 105\n  revision: {revision}\n")
        workshop.applied()
        workshop.edit(f"  revision: {revision}\n", "")
    workshop.edit("  seed: 105\n", "  seed: 105\n  revision: 3\n  keep: {versions: 2}\n")
    assert workshop.plan().is_empty

    workshop.edit("spec:\n  budget", "spec:\n  prune: [FineTunedModel]\n  budget")
    oldest = workshop.remote.jobs()[0]
    digits = (oldest.fine_tuned_model or "")[-8:]
    assert workshop.plan().verbs == {f"finetunedmodel/support-bot@{digits}": "delete"}
    workshop.applied()
    assert oldest.id not in {job.id for job in workshop.remote.jobs()}
    assert workshop.plan().is_empty

    told = json.loads(workshop.ftctl("history", "support-bot", "--format", "json").out)
    assert [one["deployments"] for one in told["versions"]] == [["support-prod"], []]
    assert [one["is_wanted"] for one in told["versions"]] == [True, False]
    assert all(one["cost"] > 0 for one in told["versions"])


def test_without_metadata_nothing_is_surely_ours(workshop: Workshop) -> None:
    """Where the service does not return whose a job is, versions are shown and never deleted."""
    workshop.remote.turn(metadata="dropped")
    workshop.applied()
    workshop.edit("  seed: 105\n", "  seed: 106\n  keep: {versions: 1}\n")
    workshop.edit("spec:\n  budget", "spec:\n  prune: [FineTunedModel]\n  budget")
    workshop.applied()
    assert workshop.plan().is_empty
    told = workshop.ftctl("history", "support-bot").said
    assert "2 versions" in told
