"""The evidence that a training has happened, is happening, or was lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reconciler.kinds.fine_tuned_model.progress import Progress
from reconciler.kinds.fine_tuned_model.versions import Version
from reconciler.providers.azure.listings import JobRecord, ModelRecord


@dataclass(frozen=True)
class FineTunedModelState:
    """Everything on the declared accounts that carries the fingerprint, and what came before."""

    jobs: tuple[JobRecord, ...] = ()  # oldest first
    models: tuple[ModelRecord, ...] = ()
    deployments: tuple[str, ...] = ()  # those that serve it, whosever they are
    validation_marks: tuple[str, ...] = ()  # names of the files the winner was validated with
    versions: tuple[Version, ...] = ()  # all that were trained under this name, newest first
    metrics: Mapping[str, float] = field(default_factory=dict)  # at the end; only with a gate
    promoted: Version | None = None  # the newest older version that passes the gate
    base: Mapping[str, str] = field(default_factory=dict)  # ids of the pinned version it starts at
    progress: Progress | None = None  # of the winner, while it is active and tells of any

    @property
    def is_evidence(self) -> bool:
        """Whether anything here says that these weights were trained, or are being trained."""
        return bool(self.jobs or self.models or self.deployments)

    @cached_property
    def winner(self) -> JobRecord | None:
        """The oldest job that may lead to a model, or has: the one that counts."""
        retired = {one.id for one in self.models if one.is_retired}
        return next(
            (
                one
                for one in self.jobs
                if one.status not in {"failed", "cancelled"} and one.model not in retired
            ),
            None,
        )

    @property
    def twins(self) -> tuple[JobRecord, ...]:
        """Younger jobs for the same weights that would still cost something."""
        return tuple(one for one in self.jobs if one.is_active and one != self.winner)

    @property
    def usable(self) -> ModelRecord | None:
        """A model that can be deployed, also where its job record has aged out.

        Where the list of models was read a moment after that of jobs, it may name one whose job
        still ran then. The next look tells when that ended, which decisions depend on.
        """
        job = self.winner
        if job and job.is_active:
            return None
        if job and job.status == "succeeded" and job.model:
            return ModelRecord(job.account, job.model, is_retired=False)
        return next((one for one in self.models if not one.is_retired), None)

    @property
    def failures(self) -> tuple[JobRecord, ...]:
        return tuple(one for one in self.jobs if one.status == "failed")

    @property
    def called_off(self) -> JobRecord | None:
        """An attempt that was made after the last failure, and that someone cancelled.

        A twin is younger than a job, too, but was there before that one failed.
        """
        failed_at = self.failures[-1].finished_at if self.failures else None
        if failed_at is None:
            return None
        later = (one for one in self.jobs if one.created_at >= failed_at)
        return next((one for one in later if one.status == "cancelled"), None)
