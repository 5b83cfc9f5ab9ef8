"""A service that allows one deployment of a custom model in an account, which plans know before."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.error import HTTPError

from tests.end_to_end.conftest import Remote, Workshop, until

TEST = """\
---
apiVersion: ftctl/v1
kind: FineTunedModel
metadata: {name: other-bot}
spec:
  account: sweden
  baseModel: gpt-4.1-2025-04-14
  training: support-train
  seed: 106
  trainingType: GlobalStandard
---
apiVersion: ftctl/v1
kind: Deployment
metadata: {name: support-test}
spec:
  account: sweden
  model: {fineTunedModel: other-bot}
  sku: {name: GlobalStandard, capacity: 10}
"""
OTHER = {"support-bot": "other-bot", "other-bot": "support-bot"}


def models(workshop: Workshop) -> dict[str, str]:
    """What is behind each name."""
    there = workshop.remote.deployments()
    return {name: one["properties"]["model"]["name"] for name, one in there.items()}


def said(workshop: Workshop) -> dict[str, str]:
    about = [(at, text) for at, text in workshop.plan().notices if "one deployment" in text]
    return dict(about)


def test_models_that_change_places(workshop: Workshop) -> None:
    """Neither deployment can be the first; both keep what they serve, as the plan has said."""
    both = workshop.manifest.read_text().replace("hostingPerMonth: 2000", "hostingPerMonth: 4000")
    workshop.manifest.write_text(both + TEST)
    workshop.applied()
    before = models(workshop)
    workshop.remote.turn(duplicate_model="refuse")
    assert said(workshop) == {}
    text = workshop.manifest.read_text()
    swapped = re.sub(r"(?<=fineTunedModel: )[\w-]+", lambda found: OTHER[found[0]], text)
    workshop.manifest.write_text(swapped)
    told = said(workshop)
    assert told.keys() == {"deployment/support-prod", "deployment/support-test"}
    assert all("takes two steps" in one for one in told.values())
    assert workshop.apply().code == 1
    assert models(workshop) == before


def _is_deleted(remote: Remote, name: str) -> bool:
    """The account takes one write at a time."""
    with suppress(HTTPError):
        remote.arm("DELETE", f"/deployments/{name}")
    return name not in remote.deployments()


def test_somebody_elses(settled: Workshop) -> None:
    """What another tool has deployed of the same model is named before ours is refused."""
    (model,) = models(settled).values()
    body = {
        "sku": {"name": "GlobalStandard", "capacity": 1},
        "properties": {"model": {"format": "OpenAI", "name": model, "version": "1"}},
    }
    settled.remote.arm("PUT", "/deployments/theirs", body)
    until(lambda: _is_deleted(settled.remote, "support-prod"))
    settled.remote.turn(duplicate_model="refuse")
    told = said(settled)["deployment/support-prod"]
    assert told.startswith("deployment/theirs, which this project did not make, serves the same")
    done = settled.apply()
    assert "DuplicatedDeploymentForSameModel" in done.said or "same model" in done.said
    assert [*models(settled)] == ["theirs"]
