"""Which jobs trained the weights that a manifest asks for. Pure, over what was listed.

The mark in a job's suffix names a recipe, and two recipes may give the same weights: a manifest
may pin today what it left to the service when the job ran, and the service chose just that. So a
job counts under the name of every recipe that pins less, if what it settled on is what is pinned
now. The same holds for the parents in a chain, one after the other.

A job that is still under way has settled on nothing yet. It counts as well: to train beside it
what it may be training already would be paid for twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from reconciler.kinds.fine_tuned_model.base import named
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.fingerprint import SHORT, by_digits, carried, names
from reconciler.providers.azure.listings import JobRecord

# What a job's metadata says of it, where the service returns it.
PROJECT = "ftctl-project"
NAME = "ftctl-name"


@dataclass(frozen=True)
class Listed:
    """The jobs of all accounts, and the names of files by account and id."""

    jobs: tuple[JobRecord, ...]
    names: Mapping[tuple[str, str], str]

    @cached_property
    def by_digits(self) -> Mapping[str, list[JobRecord]]:
        """The jobs by the digits that their suffixes carry."""
        return by_digits(self.jobs, lambda job: job.suffix)

    @cached_property
    def by_owner(self) -> Mapping[str, list[JobRecord]]:
        """Trained ones by the name in their metadata; without that, by the label before `-`."""
        found: dict[str, list[JobRecord]] = defaultdict(list)
        for job in self.jobs:
            if job.status == "succeeded" and job.model and carried(job.suffix):
                label = job.suffix[: -SHORT - 1]
                found[job.metadata.get(NAME) or f"{label}-"].append(job)
        return found

    def trained_for(self, name: str, label: str) -> list[JobRecord]:
        return [*self.by_owner.get(name, ()), *self.by_owner.get(f"{label}-", ())]

    def with_digits(self, digits: str) -> list[JobRecord]:
        return self.by_digits.get(digits, [])

    def training_data(self, job: JobRecord) -> str:
        """The name of the file a job was trained on; empty where it is not there any more."""
        return self.names.get((job.account, job.training_file), "")


def jobs_of(goal: FineTunedModelGoal, listed: Listed) -> tuple[JobRecord, ...]:
    """Every job that trains these weights, under whatever name; oldest first."""
    bases = bases_of(goal, listed)
    mine = [job for job in listed.with_digits(goal.short) if agrees(goal, job, listed, bases)]
    if not mine:
        mine = list(_jobs_under_other_names(goal, listed, bases))
    return tuple(sorted(mine, key=lambda job: job.age_order))


def bases_of(goal: FineTunedModelGoal, listed: Listed) -> frozenset[str]:
    """The digits under which the parent's weights may go: its own, and those of its jobs."""
    if goal.parent is None:
        return frozenset()
    if goal.parent.pin:
        return frozenset({goal.parent.pin})
    jobs = jobs_of(goal.parent.goal, listed)
    return frozenset({goal.parent.version, *(carried(job.suffix) for job in jobs)})


def agrees(
    goal: FineTunedModelGoal, job: JobRecord, listed: Listed, bases: Collection[str]
) -> bool:
    """Whether nothing that a job says contradicts its mark."""
    data = listed.training_data(job)
    same_data = not data or data.endswith(goal.training.mark)
    return same_data and job.method in {"", goal.method.type} and _is_from(goal, job, bases)


def _is_from(goal: FineTunedModelGoal, job: JobRecord, bases: Collection[str]) -> bool:
    """Whether it starts where the goal does; of a chain, the service may echo only the root."""
    if goal.parent and ".ft-" in job.base_model:
        return carried(job.base_model) in {*bases, ""}
    if goal.facts.is_base(job.base_model):
        return True
    return job.base_model.lower() == goal.base_model.lower().split(".ft-")[0]


def _jobs_under_other_names(
    goal: FineTunedModelGoal, listed: Listed, bases: Collection[str]
) -> Iterator[JobRecord]:
    for digits, left in other_names(goal, bases):
        for job in listed.with_digits(digits):
            if _has_settled_on(job, left) and agrees(goal, job, listed, bases):
                yield job


def other_names(
    goal: FineTunedModelGoal, bases: Collection[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The digits of each recipe that may give the same weights, and what it leaves open."""
    for base in _recipe_bases(goal, bases):
        yield from names(replace(goal.recipe, base_model=base))


def _recipe_bases(goal: FineTunedModelGoal, bases: Iterable[str]) -> list[str]:
    if goal.parent is None:
        return [goal.recipe.base_model]
    return [named(version, goal.parent.checkpoint) for version in sorted(bases)]


def _has_settled_on(job: JobRecord, wanted: Mapping[str, Any]) -> bool:
    if job.is_active:
        return all(job.hyperparameters.get(name, one) == one for name, one in wanted.items())
    return job.status == "succeeded" and all(
        job.hyperparameters.get(name) == one for name, one in wanted.items()
    )
