"""What is on an account, as light records: one listing a call, read once a look.

Readers accept every variant the service is known to answer with: fields that are absent or null,
statuses that the SDK does not list, -1 for "auto". Source: recorded answers, 2025-12 to 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from reconciler.providers.azure.failures import translated
from reconciler.providers.session import Connection

FileStatus = Literal["pending", "processed", "error", "deleted"]
JobStatus = Literal["pending", "running", "paused", "succeeded", "failed", "cancelled"]

# A status that nobody here has heard of is taken for "still going on": waiting costs nothing.
FILE_STATUS: Mapping[str, FileStatus] = {
    "uploaded": "pending",
    "running": "pending",
    "deleting": "deleted",
    **{status: status for status in get_args(FileStatus)},
}
JOB_STATUS: Mapping[str, JobStatus] = {
    "created": "pending",
    "validating_files": "pending",
    "queued": "pending",
    "pausing": "paused",
    "resuming": "paused",
    **{status: status for status in get_args(JobStatus)},
}


@dataclass(frozen=True)
class FileRecord:
    account: str
    id: str
    name: str
    purpose: str
    size: int | None
    status: FileStatus
    detail: str
    created_at: datetime | None


@dataclass(frozen=True)
class JobError:
    code: str
    message: str
    param: str


@dataclass(frozen=True)
class JobRecord:
    account: str
    id: str
    status: JobStatus
    base_model: str
    suffix: str
    method: str
    training_file: str
    validation_file: str
    training_type: str
    model: str
    created_at: datetime
    finished_at: datetime | None
    estimated_finish: datetime | None
    error: JobError | None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)  # those that are resolved
    metadata: Mapping[str, str] = field(default_factory=dict)  # where the service returns it
    trained_tokens: int | None = None
    seed: int | None = None
    results: tuple[str, ...] = ()  # ids of files

    @property
    def is_active(self) -> bool:
        return self.status in {"pending", "running", "paused"}

    @property
    def age_order(self) -> tuple[datetime, str]:
        """Oldest first; the service counts whole seconds, so ids break ties."""
        return self.created_at, self.id


@dataclass(frozen=True)
class CheckpointRecord:
    id: str
    model: str  # the name under which it can be deployed
    step: int
    metrics: Mapping[str, float]
    created_at: datetime | None


@dataclass(frozen=True)
class ModelRecord:
    account: str
    id: str
    is_retired: bool


@dataclass(frozen=True)
class DeploymentRecord:
    account: str
    name: str
    model: str
    sku: str
    capacity: int
    rai_policy: str
    provisioning: str  # also Paused, where the service says so
    tags: Mapping[str, str]
    created_at: datetime | None
    properties: Mapping[str, Any] = field(default_factory=dict)  # as ARM spells them

    @property
    def called(self) -> str:
        """Its name where that is no other's."""
        return f"deployment/{self.name} in account/{self.account}"


def _all(pages: Any) -> Iterator[Any]:
    """Page by page, until one brings nothing new: a listing without pages starts over for ever."""
    seen: set[str] = set()
    for page in pages.iter_pages():
        fresh = [one for one in page.data or () if one.id not in seen]
        if not fresh:
            return
        seen.update(one.id for one in fresh)
        yield from fresh


def list_files(connection: Connection) -> list[FileRecord]:
    """Every file of the account, newest first."""
    account = connection.place.name
    with translated("list files", account):
        return [_file(account, one) for one in _all(connection.data.files.list())]


def find_file(connection: Connection, file_id: str) -> FileRecord:
    """One file as it is now, also while no listing shows it."""
    account = connection.place.name
    with translated(f"read {file_id}", account):
        return _file(account, connection.data.files.retrieve(file_id))


def _file(account: str, one: Any) -> FileRecord:
    return FileRecord(
        account=account,
        id=one.id,
        name=one.filename or "",
        purpose=one.purpose or "",
        size=one.bytes,
        status=FILE_STATUS.get(one.status or "", "pending"),
        detail=one.status_details or "",
        created_at=_time(one.created_at),
    )


def list_jobs(connection: Connection) -> list[JobRecord]:
    """Every fine-tuning job that the account still knows."""
    account = connection.place.name
    with translated("list fine-tuning jobs", account):
        jobs = connection.data.fine_tuning.jobs.list(limit=100)
        return [read_job(account, one) for one in _all(jobs)]


def read_job(account: str, one: Any) -> JobRecord:
    """A job as the SDK hands it over, with Azure's own fields."""
    extra = one.model_extra or {}
    method = one.method
    return JobRecord(
        account=account,
        id=one.id,
        status=JOB_STATUS.get(one.status or "", "pending"),
        base_model=one.model or "",
        suffix=str(extra.get("suffix") or extra.get("user_provided_suffix") or ""),
        method=(method.type if method else "") or "",
        training_file=one.training_file or "",
        validation_file=one.validation_file or "",
        training_type=str(extra.get("trainingType") or ""),
        model=one.fine_tuned_model or "",
        created_at=_time(one.created_at) or datetime.fromtimestamp(0, UTC),
        finished_at=_time(one.finished_at),
        estimated_finish=_time(one.estimated_finish),
        error=_job_error(one.error),
        hyperparameters=_resolved(one),
        metadata=dict(one.metadata or {}),
        trained_tokens=one.trained_tokens,
        seed=one.seed,
        results=tuple(one.result_files or ()),
    )


def _resolved(one: Any) -> dict[str, Any]:
    """What the service has settled on: `auto` and -1 stand for what is still open."""
    named = getattr(one.method, one.method.type or "", None) if one.method else None
    found: dict[str, Any] = {}
    for place in (one.hyperparameters, named.hyperparameters if named else None):
        found |= place.to_dict() if place else {}
    return {name: value for name, value in found.items() if value not in {None, "auto", -1}}


def _job_error(error: Any) -> JobError | None:
    if error is None or not (error.message or error.code):
        return None
    return JobError(error.code or "", error.message or "", error.param or "")


def list_checkpoints(
    connection: Connection, job_id: str
) -> tuple[list[CheckpointRecord], int | None]:
    """The checkpoints that are kept of a job, and how many epochs it had; None if that is open."""
    jobs = connection.data.fine_tuning.jobs
    with translated(f"list the checkpoints of {job_id}", connection.place.name):
        kept = [_checkpoint(one) for one in jobs.checkpoints.list(job_id)]
        resolved = jobs.retrieve(job_id).hyperparameters
    epochs = resolved.n_epochs if resolved else None
    return kept, epochs if isinstance(epochs, int) and epochs > 0 else None


def _checkpoint(one: Any) -> CheckpointRecord:
    metrics = one.metrics.to_dict() if one.metrics else {}
    measured = {name: value for name, value in metrics.items() if isinstance(value, int | float)}
    return CheckpointRecord(
        one.id, one.fine_tuned_model_checkpoint, one.step_number, measured, _time(one.created_at)
    )


def list_models(connection: Connection) -> list[ModelRecord]:
    """The fine-tuned models that the account can still use, or has retired."""
    account = connection.place.name
    with translated("list models", account):
        return [_model(account, one) for one in connection.data.models.list() if ".ft-" in one.id]


def _model(account: str, one: Any) -> ModelRecord:
    # UNVERIFIED: that v1 tells a status, which only the older surface has in its specification.
    # Without one, a model that has retired is refused when it is deployed.
    extra = one.model_extra or {}
    return ModelRecord(account, one.id, is_retired=extra.get("lifecycle_status") == "deprecated")


def list_deployments(connection: Connection) -> list[DeploymentRecord]:
    """Every deployment of the account, other people's included."""
    place = connection.place
    told: dict[str, Mapping[str, Any]] = {}

    def listen(answer: Any) -> None:
        """Keep the properties as they came: the SDK's models drop what they do not know."""
        if answer.http_response.status_code == 200:
            for one in answer.http_response.json().get("value") or ():
                told[str(one.get("name"))] = one.get("properties") or {}

    with translated("list deployments", place.name):
        found = connection.control.deployments.list(
            place.resource_group, place.account_name, raw_response_hook=listen
        )
        return [_deployment(place.name, one, told.get(one.name or "", {})) for one in found]


def _deployment(account: str, one: Any, told: Mapping[str, Any]) -> DeploymentRecord:
    properties = one.properties
    return DeploymentRecord(
        account=account,
        name=one.name or "",
        model=(properties.model.name if properties and properties.model else "") or "",
        sku=(one.sku.name if one.sku else "") or "",
        capacity=(one.sku.capacity if one.sku else 0) or 0,
        rai_policy=(properties.rai_policy_name if properties else "") or "",
        provisioning=_stage(str((properties.provisioning_state if properties else "") or ""), told),
        tags=dict(one.tags or {}),
        created_at=one.system_data.created_at if one.system_data else None,
        properties=told,
    )


def _stage(provisioning: str, told: Mapping[str, Any]) -> str:
    """Somebody may have paused what is made; calls are then refused.

    Source: azure-rest-api-specs, Microsoft.CognitiveServices 2026-03-01.
    """
    is_paused = str(told.get("deploymentState")).lower() == "paused"
    return "Paused" if is_paused and provisioning.lower() == "succeeded" else provisioning


def _time(seconds: int | None) -> datetime | None:
    return None if not seconds else datetime.fromtimestamp(seconds, UTC)
