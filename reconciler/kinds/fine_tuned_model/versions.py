"""All that was ever trained for one name: its versions. Pure, over what was listed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic.alias_generators import to_camel

from reconciler.kinds.changes import changes
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.weights import NAME, PROJECT, Listed
from reconciler.planning.action import FieldChange
from reconciler.planning.fingerprint import carried
from reconciler.providers.azure.catalogue import canonical_model
from reconciler.providers.azure.listings import JobRecord


@dataclass(frozen=True)
class Version:
    """A model that was trained for a name, and the job that did it.

    It is sure where the job itself says whose it is. Else its label and its data fit, which is
    enough to show it, and not enough to delete it: another project may use the same words.
    """

    digits: str
    job: JobRecord
    data: str  # the name of the file it was trained on; empty where that is gone
    is_sure: bool

    @property
    def trained_at(self) -> datetime:
        return self.job.finished_at or self.job.created_at


def versions_of(goal: FineTunedModelGoal, listed: Listed) -> tuple[Version, ...]:
    """Those that succeeded, newest first; of twins, the oldest stands for all."""
    oldest: dict[str, Version] = {}
    for job in sorted(
        listed.trained_for(goal.name, goal.shown_label), key=lambda one: one.age_order
    ):
        if found := _version(goal, job, listed):
            oldest.setdefault(found.digits, found)
    return tuple(sorted(oldest.values(), key=lambda one: one.job.age_order, reverse=True))


def _version(goal: FineTunedModelGoal, job: JobRecord, listed: Listed) -> Version | None:
    data = listed.training_data(job)
    if NAME in job.metadata:
        is_ours = job.metadata.get(PROJECT) == goal.project
    else:
        is_ours = data.startswith(f"{goal.training.name}.")
    if not is_ours:
        return None
    return Version(carried(job.suffix), job, data, is_sure=NAME in job.metadata)


def surplus(
    goal: FineTunedModelGoal, versions: Iterable[Version], in_use: Collection[str]
) -> tuple[Version, ...]:
    """What `keep` has no place for: older ones that are ours for sure, and that nothing uses."""
    if goal.keep is None:
        return ()
    beyond = [one for one in versions if one.digits != goal.short][max(goal.keep - 1, 0) :]
    return tuple(one for one in beyond if one.is_sure and one.digits not in in_use)


def since_last(goal: FineTunedModelGoal, last: Version) -> tuple[FieldChange, ...]:
    """What is known to differ between a version and what is wanted now."""
    job = last.job
    base = carried(job.base_model) or canonical_model(job.base_model)
    there = {
        "training": last.data or None,
        "baseModel": base,
        "method": job.method or None,
        "seed": job.seed,
        "hyperparameters": _as_written(job.hyperparameters),
    }
    declared = {
        "training": goal.training.remote_name,
        "baseModel": goal.parent.version if goal.parent else canonical_model(goal.base_model),
        "method": goal.method.type,
        "seed": goal.seed,
        "hyperparameters": _as_written(goal.method.hyperparameters),
    }
    known = {name: one for name, one in declared.items() if one and there[name] is not None}
    return changes(there, known)


def _as_written(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """By the names of the manifest, not of the wire."""
    return {to_camel(name): one for name, one in hyperparameters.items()}
