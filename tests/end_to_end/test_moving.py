"""A name is unique in its account only: the same one on two accounts is two things."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import SUBSCRIPTION, Remote, Workshop

SWEDEN, VIRGINIA = "aoai-ferry-sweden", "aoai-ferry-virginia"
HERE, THERE = "account: virginia\n  model", "account: sweden\n  model"
PROJECT = """\
apiVersion: ftctl/v1
kind: Project
metadata: {name: default}
spec: {prune: [Deployment, Dataset]}
"""


@pytest.fixture
def ferry(tmp_path: Path, remote: Remote) -> Workshop:
    """The example across regions, applied; what nobody wants any more may be deleted."""
    shutil.copytree(REPOSITORY / "examples" / "cross-region", tmp_path / "work")
    at = Workshop(tmp_path / "work", remote)
    (manifest,) = (at.folder / "manifests").glob("*.yaml")
    manifest.rename(at.manifest)
    at.edit("11111111-1111-1111-1111-111111111111", SUBSCRIPTION)
    at.edit("rg-ml-us", "rg-ml")
    (at.manifest.parent / "project.yaml").write_text(PROJECT)
    at.applied()
    return at


def test_to_another_account(ferry: Workshop) -> None:
    """It is made on its new account, and then deleted on the old one, in one apply."""
    ferry.edit(HERE, THERE)
    planned = ferry.plan()
    assert planned.verbs["deployment/ferry-us"] == "create"
    assert planned.verbs["deployment/ferry-us@virginia"] == "delete"
    ferry.applied()
    assert [*ferry.remote.deployments(SWEDEN)] == ["ferry-us"]
    assert [*ferry.remote.deployments(VIRGINIA)] == []
    assert ferry.plan().is_empty


def test_pruned_later(ferry: Workshop) -> None:
    """What was left on the old account goes as soon as pruning is asked for."""
    (project := ferry.manifest.parent / "project.yaml").unlink()
    ferry.edit(HERE, THERE)
    ferry.applied()
    assert len(ferry.remote.deployments(VIRGINIA)) == 1
    project.write_text(PROJECT)
    ferry.applied()
    assert [*ferry.remote.deployments(VIRGINIA)] == []
    assert ferry.plan().is_empty


def test_one_name_on_two_accounts(ferry: Workshop) -> None:
    """Both go, in one apply, when nobody wants them any more."""
    ferry.edit(HERE, THERE)
    (project := ferry.manifest.parent / "project.yaml").unlink()
    ferry.applied()
    text = ferry.manifest.read_text()
    ferry.manifest.write_text(text[: text.rindex("---")])
    project.write_text(PROJECT)
    ferry.applied()
    assert [*ferry.remote.deployments(SWEDEN), *ferry.remote.deployments(VIRGINIA)] == []
