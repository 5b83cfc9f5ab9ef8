"""A rollout from the command line: beside the old one, promoted, drained, and back again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import Remote, Workshop, until

ACCOUNT = "aoai-library"
OUTPUTS = "deployments.json"
PROJECT = f"""\
apiVersion: ftctl/v1
kind: Project
metadata: {{name: library}}
spec: {{outputs: {{file: {OUTPUTS}}}}}
"""


@pytest.fixture
def library(tmp_path: Path, remote: Remote) -> Workshop:
    """The example of a rollout, with an hour to drain and a file to write outputs to."""
    shutil.copytree(REPOSITORY / "examples" / "versioned", tmp_path / "work")
    for folder in ("manifests", "autumn"):
        manifest = tmp_path / "work" / folder / "library.yaml"
        manifest.write_text(manifest.read_text().replace("drain: 1s", "drain: 1h"))
        (manifest.parent / "project.yaml").write_text(PROJECT)
    return Workshop(tmp_path / "work", remote)


def called(library: Workshop, folder: str) -> str | None:
    """What the file says that applications have to call."""
    written = json.loads((library.folder / folder / OUTPUTS).read_text())
    at = written["deployments"]["librarian"]
    return at and str(at["deployment"])


def test_outputs_that_cannot_be_written(library: Workshop) -> None:
    """Nothing is paid for before it is known that the outputs can be written."""
    done = library.ftctl("apply", "--auto-approve", "--no-wait", "--outputs", "manifests")
    assert done.code == 1, done.said
    assert "cannot be written to manifests: that is a folder." in done.said
    assert library.remote.writes() == []


def test_a_rollout_without_waiting(library: Workshop) -> None:
    """Each apply goes as far as it gets; what drains is left to a later one, and so is going back.

    The file with the outputs follows the pointer.
    """
    remote = library.remote
    before = library.ftctl("outputs", "--format", "json")
    assert (before.code, before.json["deployments"]) == (3, {"librarian": None})
    assert library.ftctl("apply", "--auto-approve", "--wait").code == 0
    first = called(library, "manifests")
    assert first in remote.deployments(ACCOUNT)

    autumn = ("apply", "--auto-approve", "--no-wait", "autumn")
    assert library.ftctl(*autumn).code == 3
    assert called(library, "autumn") == first
    until(lambda: all(job.status == "succeeded" for job in remote.jobs(ACCOUNT)))
    ended = library.ftctl(*autumn)
    assert (ended.code, "draining: " in ended.said) == (3, True)
    second = called(library, "autumn")
    assert second != first
    assert set(remote.deployments(ACCOUNT)) == {first, second}

    back = remote.mark()
    assert library.ftctl("apply", "--auto-approve", "--no-wait").code == 3
    assert {write.split("/")[0] for write in remote.writes(back)} == {"PATCH deployments"}
    assert called(library, "manifests") == first
