"""Which weights were ever trained, by the digits that a job or a model carries.

Listed and indexed once a look, and only when a deployment is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.planning.fingerprint import by_digits
from reconciler.providers.azure.listings import JobRecord, ModelRecord, list_jobs, list_models
from reconciler.providers.session import Session


@dataclass(frozen=True)
class Trained:
    """What the accounts tell of trainings that have succeeded."""

    session: Session

    @cached_property
    def jobs(self) -> Mapping[str, list[JobRecord]]:
        listed = self.session.survey("jobs", list_jobs).values()
        done = (one for jobs in listed for one in jobs if one.status == "succeeded")
        return by_digits(done, lambda job: job.suffix)

    @cached_property
    def models(self) -> Mapping[str, list[ModelRecord]]:
        listed = self.session.survey("models", list_models).values()
        return by_digits((one for models in listed for one in models), lambda model: model.id)

    def model_of(self, goal: DeploymentGoal) -> tuple[bool, datetime | None]:
        """Whether there is a model to deploy, and when it was trained, if a job still tells."""
        for digits in goal.names:
            if done := self.jobs.get(digits):
                return True, min(filter(None, (job.finished_at for job in done)), default=None)
        return any(digits in self.models for digits in goal.names), None
