"""What the service lists, in every form in which it has been seen to answer.

The recorded answers are in the public `microsoft-foundry/fine-tuning` notebooks (2025-12 to
2026-01); an emulator repeats them here word for word.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.providers.azure.examination import examine
from reconciler.providers.azure.listings import (
    list_deployments,
    list_files,
    list_jobs,
    list_models,
)
from reconciler.providers.azure.quota import list_usages
from reconciler.providers.checks import Visit
from tests.kinds.conformance.conftest import (
    BASE,
    MARK,
    MODEL,
    TRAINING,
    Emulator,
    Service,
    costs_training,
    either,
)

JOB: dict[str, Any] = {
    "id": "ftjob-2b1c7e90f6a84d4f9a1d3c5b7e8f0a12",
    "object": "fine_tuning.job",
    "created_at": 1790000100,
    "model": BASE,
    "training_file": "file-1",
    "validation_file": "file-2",
    "seed": 1003399446,
    "hyperparameters": {"batch_size": -1, "learning_rate_multiplier": 0.1, "n_epochs": -1},
    "status": "pending",
    "estimated_finish": 1790094000,
    "suffix": "support-3f9a1c2b",
    "trainingType": "developerTier",
}
UNSET = (
    *("error", "fine_tuned_model", "finished_at", "organization_id", "result_files"),
    *("trained_tokens", "metadata", "integrations", "method", "validation_file", "suffix"),
)
FILE: dict[str, Any] = {
    "id": "file-9d3c1a7be24c4f21a8b0c5d6e7f80912",
    "object": "file",
    "bytes": 48213,
    "created_at": 1790000000,
    "filename": "support-train.3f9a1c2b0000.jsonl",
    "purpose": "fine-tune",
    "status": "processed",
}
DEPLOYMENT: dict[str, Any] = {
    "id": "/subscriptions/s/resourceGroups/g/providers/p/accounts/a/deployments/bot",
    "name": "bot",
    "type": "Microsoft.CognitiveServices/accounts/deployments",
    "sku": {"name": "GlobalStandard", "capacity": 50},
    "properties": {
        "model": {"format": "OpenAI", "name": f"{BASE}.ft-1-support-3f9a1c2b", "version": "1"},
        "provisioningState": "Succeeded",
    },
}


def page(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": list(items), **more}


def one_job(service: Service, emulator: Emulator, **changed: Any) -> Any:
    emulator.answers("GET", "/fine_tuning/jobs$", page(JOB | changed, has_more=False))
    (job,) = list_jobs(service.here)
    return job


STATUSES = {
    "created": "pending",
    "validating_files": "pending",
    "queued": "pending",
    "pending": "pending",
    "running": "running",
    "pausing": "paused",
    "paused": "paused",
    "resuming": "paused",
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "a word of next year": "pending",
}


@pytest.mark.parametrize("status", STATUSES)
def test_statuses_of_jobs(service: Service, emulator: Emulator, status: str) -> None:
    """A job has one of eleven statuses; one that nobody knows is taken for work in progress."""
    assert one_job(service, emulator, status=status).status == STATUSES[status]


def test_a_recorded_job(service: Service, emulator: Emulator) -> None:
    """A pending job leaves out everything that is not set, and says -1 for `auto`."""
    job = one_job(service, emulator)
    assert (job.suffix, job.training_type) == ("support-3f9a1c2b", "developerTier")
    assert (job.model, job.method, job.error, job.finished_at) == ("", "", None, None)
    assert job.created_at == datetime.fromtimestamp(1790000100, UTC)
    assert job.is_active


def test_a_job_full_of_nulls(service: Service, emulator: Emulator) -> None:
    """Older api-versions say null where newer ones leave the field out."""
    job = one_job(service, emulator, **dict.fromkeys(UNSET), estimated_finish=None)
    assert (job.suffix, job.method, job.validation_file, job.error) == ("", "", "", None)


def test_a_job_of_the_other_backend(service: Service, emulator: Emulator) -> None:
    """Reinforcement jobs may answer in OpenAI's own form: short ids, `error: {}`, empty lists."""
    job = one_job(
        service,
        emulator,
        id="ftjob-AbC123",
        status="validating_files",
        error={},
        result_files=[],
        metadata=None,
        organization_id="org-1",
        method={"type": "reinforcement", "reinforcement": {"grader": {"type": "multi"}}},
    )
    assert (job.status, job.error, job.method) == ("pending", None, "reinforcement")


def test_a_suffix_by_its_other_name(service: Service, emulator: Emulator) -> None:
    """The v1 specification calls the suffix `user_provided_suffix` in answers."""
    job = one_job(service, emulator, suffix=None, user_provided_suffix="bot-3f9a1c2b")
    assert job.suffix == "bot-3f9a1c2b"


def test_a_failed_job(service: Service, emulator: Emulator) -> None:
    """A failed job has `error` with a code, words, and a parameter that may be null."""
    error = {"code": "jsonlValidationFailed", "message": "Line 3 is no JSON.", "param": None}
    job = one_job(service, emulator, status="failed", error=error, finished_at=1790000200)
    assert (job.error.code, job.error.message, job.error.param) == (*list(error.values())[:2], "")
    assert job.finished_at > job.created_at


FILE_STATUSES = {
    "uploaded": "pending",
    "pending": "pending",
    "running": "pending",
    "processed": "processed",
    "error": "error",
    "deleting": "deleted",
    "deleted": "deleted",
    "a word of next year": "pending",
}


@pytest.mark.parametrize("status", FILE_STATUSES)
def test_statuses_of_files(service: Service, emulator: Emulator, status: str) -> None:
    """A file has one of seven statuses; one that nobody knows is taken for checking."""
    emulator.answers("GET", "/files$", page(FILE | {"status": status}, has_more=False))
    assert [one.status for one in list_files(service.here)] == [FILE_STATUSES[status]]


def test_a_file_without_a_size(service: Service, emulator: Emulator) -> None:
    """An imported file has no `bytes` until it is fetched, and none need ever have details."""
    bare = {name: FILE[name] for name in ("id", "object", "created_at", "filename", "purpose")}
    emulator.answers("GET", "/files$", page(bare, FILE | {"bytes": None, "status_details": None}))
    first, second = list_files(service.here)[:2]
    assert (first.size, first.status, first.detail) == (None, "pending", "")
    assert (second.size, second.detail) == (None, "")


def test_jobs_come_in_pages(service: Service, emulator: Emulator) -> None:
    """A page says has_more; the next one is asked for after the last id of this one."""
    first, second, third = (JOB | {"id": f"ftjob-{number}"} for number in range(3))
    emulator.answers("GET", "/fine_tuning/jobs$", page(first, has_more=True), times=1)
    emulator.answers("GET", "/fine_tuning/jobs$", page(second, has_more=True), times=1)
    emulator.answers("GET", "/fine_tuning/jobs$", page(third, has_more=False), times=1)
    assert [one.id for one in list_jobs(service.here)] == ["ftjob-0", "ftjob-1", "ftjob-2"]
    assert emulator.count("GET", "/fine_tuning/jobs") == 3


@pytest.mark.parametrize("more", [{}, {"has_more": True}], ids=["no has_more", "always has_more"])
def test_a_listing_that_has_no_pages(
    service: Service, emulator: Emulator, more: dict[str, bool]
) -> None:
    """Dated paths list everything at once and know no `after`: the first page comes again."""
    emulator.answers("GET", "/files$", page(FILE, **more), times=20)
    emulator.answers("GET", "/fine_tuning/jobs$", page(JOB, **more), times=20)
    assert [one.id for one in list_files(service.here)] == [FILE["id"]]
    assert [one.id for one in list_jobs(service.here)] == [JOB["id"]]
    assert emulator.count("GET", "/files") <= 2


def test_jobs_and_files_are_listed_whole(service: Service) -> None:
    """What is on an account is listed to its end, other people's objects included."""
    service.upload(service.desired())
    listed = [one.id for one in list_files(service.here)]
    assert len(listed) == len(set(listed))
    assert service.state(service.desired(), TRAINING).uploads["here"].id in listed
    jobs = [one.id for one in list_jobs(service.here)]
    assert len(jobs) == len(set(jobs)) <= 100


def test_base_models_are_left_out(service: Service) -> None:
    """The models list has base models and fine-tuned ones; the latter have `.ft-` in their id."""
    assert all(".ft-" in one.id for one in list_models(service.here))


def test_a_retired_model(service: Service, emulator: Emulator) -> None:
    """Where the list tells a life-cycle status, a `deprecated` model can no longer be deployed."""
    model = {"id": f"{BASE}.ft-1-a", "object": "model", "lifecycle_status": "deprecated"}
    current = {"id": f"{BASE}.ft-2-b", "object": "model"}
    emulator.answers("GET", "/models$", page(model, current, {"id": BASE, "object": "model"}))
    assert [one.is_retired for one in list_models(service.here)] == [True, False]


def test_a_deployment_with_little_to_say(service: Service, emulator: Emulator) -> None:
    """A deployment may lack tags, systemData and a content filter, or have them as null."""
    nulls = {"tags": None, "systemData": None, "sku": None, "properties": None}
    emulator.answers(
        "GET", "/deployments$", {"value": [DEPLOYMENT, DEPLOYMENT | nulls], "nextLink": None}
    )
    found, empty = list_deployments(service.here)
    assert (found.sku, found.capacity, found.rai_policy) == ("GlobalStandard", 50, "")
    assert (found.tags, found.created_at, found.provisioning) == ({}, None, "Succeeded")
    assert (empty.model, empty.sku, empty.capacity, empty.tags) == ("", "", 0, {})


def test_deployments_come_in_pages(service: Service, emulator: Emulator) -> None:
    """ARM gives the address of the next page in nextLink."""
    place = service.here.place
    link = f"{emulator.url}{place.resource_id}/deployments?api-version=2025-09-01&page=2"
    emulator.answers("GET", "/deployments$", {"value": [DEPLOYMENT], "nextLink": link}, times=1)
    other = DEPLOYMENT | {"name": "other"}
    emulator.answers("GET", "/deployments$", {"value": [other]}, times=1)
    assert [one.name for one in list_deployments(service.here)] == ["bot", "other"]


PROVISIONING = ["Accepted", "Creating", "Deleting", "Moving", "Failed", "Succeeded", "Disabled"]


@pytest.mark.parametrize("state", [*PROVISIONING, "Canceled", "SomethingNew"])
def test_provisioning_states(service: Service, emulator: Emulator, state: str) -> None:
    """The provisioningState is one of eight words, passed on as it comes."""
    properties = DEPLOYMENT["properties"] | {"provisioningState": state}
    emulator.answers("GET", "/deployments$", {"value": [DEPLOYMENT | {"properties": properties}]})
    assert [one.provisioning for one in list_deployments(service.here)] == [state]


@pytest.mark.parametrize(
    ("state", "provisioning", "told"),
    [
        ("Paused", "Succeeded", "Paused"),
        ("Running", "Succeeded", "Succeeded"),
        (None, "Succeeded", "Succeeded"),
        ("Paused", "Deleting", "Deleting"),
    ],
)
def test_paused(
    service: Service, emulator: Emulator, state: str | None, provisioning: str, told: str
) -> None:
    """What is made may be paused, which api-versions of 2026 tell in deploymentState."""
    properties = {"provisioningState": provisioning, "deploymentState": state}
    body = DEPLOYMENT | {"properties": DEPLOYMENT["properties"] | properties}
    emulator.answers("GET", "/deployments$", {"value": [body]})
    assert [one.provisioning for one in list_deployments(service.here)] == [told]


@either("unset_fields", "omitted", "null")
def test_listing_an_account(service: Service) -> None:
    """Every listing of a real account can be read."""
    for listing in (list_files, list_jobs, list_models, list_deployments):
        listing(service.here)


@costs_training
@either("arm_page_size", 1, 7)
def test_pages_of_every_list_of_arm(service: Service, emulator: Emulator) -> None:
    """UNVERIFIED: which lists come in pages, and how long those are. All pages are read.

    What the SDK does not know of a deployment is kept from each page.
    """
    needs = service.train(service.desired({}))
    names = [f"{MARK}-{number}" for number in range(3)]
    model = {"format": "OpenAI", "name": needs[MODEL].ids["model"], "version": "1"}
    for name in names:
        properties = {"model": model, "routing": {"mode": name}}
        service.put(
            name, {"sku": {"name": "DeveloperTier", "capacity": 1}, "properties": properties}
        )
    paged = list_deployments(service.here), list_usages(service.here), models_of(service)
    emulator.turn(arm_page_size=0)
    assert paged == (list_deployments(service.here), list_usages(service.here), models_of(service))
    told = {one.name: one.properties.get("routing") for one in paged[0]}
    assert told == {name: {"mode": name} for name in names}


def models_of(service: Service) -> Any:
    """What `ftctl doctor` reads of the models that a region offers."""
    return examine(service.here, Visit("here", (), service.now(), is_thorough=True)).models
