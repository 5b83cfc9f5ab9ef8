"""The evidence that a training has happened, is happening, or was lost."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.providers.azure.listings import JobRecord, ModelRecord


@dataclass(frozen=True)
class FineTunedModelState:
    """Everything on the declared accounts that carries the fingerprint."""

    jobs: tuple[JobRecord, ...] = ()  # oldest first
    models: tuple[ModelRecord, ...] = ()
    deployments: tuple[str, ...] = ()  # names of deployments made from it
    validation_marks: tuple[str, ...] = ()  # names of the files the winner was validated with

    @property
    def winner(self) -> JobRecord | None:
        """The oldest job that is neither failed nor cancelled: the one that counts."""
        return next((one for one in self.jobs if one.status not in {"failed", "cancelled"}), None)

    @property
    def twins(self) -> tuple[JobRecord, ...]:
        """Younger jobs for the same weights that would still cost something."""
        return tuple(one for one in self.jobs if one.is_active and one != self.winner)

    @property
    def usable(self) -> ModelRecord | None:
        """A model that can be deployed, also where its job record has aged out."""
        job = self.winner
        retired = {one.id for one in self.models if one.is_retired}
        if job and job.status == "succeeded" and job.model and job.model not in retired:
            return ModelRecord(job.account, job.model, is_retired=False)
        return next((one for one in self.models if not one.is_retired), None)

    @property
    def failures(self) -> tuple[JobRecord, ...]:
        return tuple(one for one in self.jobs if one.status == "failed")
