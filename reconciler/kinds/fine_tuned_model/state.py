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
        if job and job.status == "succeeded" and job.model:
            listed = {one.id: one for one in self.models}
            known = listed.get(job.model)
            return (
                known if known and known.is_retired else ModelRecord(job.account, job.model, False)
            )
        return next((one for one in self.models if not one.is_retired), None)

    @property
    def failures(self) -> tuple[JobRecord, ...]:
        return tuple(one for one in self.jobs if one.status == "failed")
