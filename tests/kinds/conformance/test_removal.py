"""What the suite makes it removes, and nothing else. Tried where a mistake costs nothing."""

from __future__ import annotations

import pytest

from reconciler.providers.azure.listings import list_deployments, list_files, list_jobs
from tests.kinds.conformance.conftest import MODEL, Service


@pytest.mark.usefixtures("emulator")
def test_only_what_has_the_mark_is_removed(service: Service) -> None:
    """Files, jobs and deployments of this run go; those of others stay."""
    desired = service.desired({})
    needs = service.deploy(desired)
    there = service.raw()
    service.put("production", {"sku": there["sku"], "properties": there["properties"]})
    theirs = service.here.data.files.create(file=("their.jsonl", b"{}"), purpose="fine-tune")
    with pytest.raises(ExceptionGroup, match="is still there"):
        service.remove_all()  # somebody deployed our model: it cannot go, and that is said
    assert [one.name for one in list_deployments(service.here)] == ["production"]
    assert [one.id for one in list_files(service.here) if one.purpose == "fine-tune"] == [theirs.id]
    assert [one.id for one in list_jobs(service.here)] == [needs[MODEL].ids["job"]]


@pytest.mark.usefixtures("emulator")
def test_nothing_of_a_run_is_left(service: Service) -> None:
    """Also what is still waiting or running is cancelled and removed."""
    desired = service.desired({})
    service.deploy(desired)
    service.submit(service.desired(data="b"))
    service.remove_all()
    assert list_deployments(service.here) == []
    assert list_jobs(service.here) == []
    assert list_files(service.here) == []
