"""One look at everything that was ever trained: what counts for which model, and what is left.

What a listing does not say, the metrics that a gate asks for, is fetched once: a training that has
ended does not change any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.fine_tuned_model.gate import misses
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.jobs import final_metrics
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.versions import Version, surplus, versions_of
from reconciler.kinds.fine_tuned_model.weights import PROJECT, Listed, jobs_of
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import by_digits, carried, short
from reconciler.planning.kind import Found
from reconciler.providers.azure.listings import (
    DeploymentRecord,
    JobRecord,
    ModelRecord,
    list_deployments,
    list_files,
    list_jobs,
    list_models,
)
from reconciler.providers.session import Session

KIND = "finetunedmodel"


@dataclass(frozen=True)
class Look:
    """What was listed, found by the digits that it carries."""

    listed: Listed
    models: Mapping[str, list[ModelRecord]]
    deployed: Mapping[str, list[DeploymentRecord]]
    session: Session


def look_at(session: Session) -> Look:
    jobs = [job for found in session.survey("jobs", list_jobs).values() for job in found]
    names = {
        (account, file.id): file.name
        for account, found in session.survey("files", list_files).items()
        for file in found
    }
    models = [one for found in session.survey("models", list_models).values() for one in found]
    deployed: dict[str, list[DeploymentRecord]] = defaultdict(list)
    for all_deployed in session.survey("deployments", list_deployments).values():
        for one in all_deployed:
            deployed[_served(one)].append(one)
    return Look(
        Listed(tuple(jobs), names), by_digits(models, lambda one: one.id), deployed, session
    )


def _served(one: DeploymentRecord) -> str:
    """The digits of the weights behind a deployment: in its model's id, or else in our tag."""
    in_id = carried(one.model) if ".ft-" in one.model else ""
    return in_id or short(one.tags.get("ftctl-fingerprint", ""))


def state_of(goal: FineTunedModelGoal, look: Look) -> FineTunedModelState:
    """Everything that is known of the weights that a goal names."""
    jobs = jobs_of(goal, look.listed)
    models = tuple(look.models.get(goal.short, ()))
    versions = versions_of(goal, look.listed)
    state = FineTunedModelState(jobs, models, tuple(_deployments(goal, jobs, look)))
    job = state.winner
    validated = look.listed.names.get((job.account, job.validation_file)) if job else None
    metrics = _metrics(goal, job, look) if job and job.status == "succeeded" else {}
    return FineTunedModelState(
        jobs,
        models,
        state.deployments,
        validation_marks=(validated,) if validated else (),
        versions=versions,
        metrics=metrics,
        promoted=_promoted(goal, state, versions, look) if misses(goal.gate, metrics) else None,
        base=_pinned_base(goal, look),
    )


def _deployments(goal: FineTunedModelGoal, jobs: Iterable[JobRecord], look: Look) -> Iterator[str]:
    """What serves these weights, under whatever digits they were trained."""
    for digits in sorted({goal.short, *(carried(job.suffix) for job in jobs)}):
        yield from (one.called for one in look.deployed.get(digits, ()))


def _metrics(goal: FineTunedModelGoal, job: JobRecord, look: Look) -> Mapping[str, float]:
    if goal.gate is None:
        return {}
    connection, required = look.session[job.account], goal.gate.require
    return look.session.lasting(
        f"metrics of {job.id}",
        lambda: final_metrics(connection, job),
        lambda found: required.keys() <= found.keys(),
    )


def _promoted(
    goal: FineTunedModelGoal, state: FineTunedModelState, versions: Iterable[Version], look: Look
) -> Version | None:
    """The newest version before this one that passes the gate and can still be deployed."""
    own = {job.id for job in state.jobs}
    retired = {one.id for found in look.models.values() for one in found if one.is_retired}
    for one in versions:
        if one.job.id in own or one.job.model in retired:
            continue
        if not misses(goal.gate, _metrics(goal, one.job, look)):
            return one
    return None


def _pinned_base(goal: FineTunedModelGoal, look: Look) -> Mapping[str, str]:
    """The ids of the version that a chain is pinned to; empty where it is not there."""
    if goal.parent is None or not goal.parent.pin:
        return {}
    for job in look.listed.with_digits(goal.parent.pin):
        if job.account == goal.account and job.status == "succeeded" and job.model:
            return {"model": job.model, "account": job.account, "job": job.id}
    for model in look.models.get(goal.parent.pin, ()):
        if model.account == goal.account and not model.is_retired:
            return {"model": model.id, "account": model.account}
    return {}


def left_over(
    goals: Collection[FineTunedModelGoal],
    states: Iterable[FineTunedModelState],
    look: Look,
    project: str,
) -> Iterator[Found]:
    """The jobs that no wanted model claims: earlier versions, and what is not ours."""
    all_states = list(states)
    claimed = {job.id for state in all_states for job in state.jobs}
    in_use = _in_use(goals, all_states, look)
    shown = set(claimed)
    for goal in goals:
        versions = [one for one in versions_of(goal, look.listed) if one.job.id not in claimed]
        doomed = surplus(goal, versions, in_use)
        for one in versions:
            jobs = [j for j in look.listed.with_digits(one.digits) if j.account == one.job.account]
            shown |= {job.id for job in jobs}
            yield _version(goal, one, jobs, is_kept=one not in doomed)
    yield from (_unclaimed(job, project) for job in look.listed.jobs if job.id not in shown)


def _in_use(
    goals: Iterable[FineTunedModelGoal], states: Iterable[FineTunedModelState], look: Look
) -> frozenset[str]:
    """Versions that are deployed, or that something was or will be trained from or served by."""
    return frozenset(
        {
            *(digits for digits, deployed in look.deployed.items() if deployed),
            *(carried(job.base_model) for job in look.listed.jobs if ".ft-" in job.base_model),
            *(goal.parent.version for goal in goals if goal.parent),
            *(state.promoted.digits for state in states if state.promoted),
        }
    )


def _version(
    goal: FineTunedModelGoal, version: Version, jobs: Iterable[JobRecord], *, is_kept: bool
) -> Found:
    state = FineTunedModelState(tuple(jobs))
    return Found(
        Address(KIND, f"{goal.name}@{version.digits}"),
        version.job.account,
        is_ours=True,
        state=state,
        detail=f"{version.job.id}  {version.job.model}",
        is_kept=is_kept,
        ids=frozenset(job.id for job in state.jobs),
    )


def _unclaimed(job: JobRecord, project: str) -> Found:
    """Of no wanted model. Also where this project has trained it, it is kept for ever."""
    is_ours = job.metadata.get(PROJECT) == project
    model = f"  {job.model}" if job.model else ""
    return Found(
        Address(KIND, job.suffix or job.id),
        job.account,
        is_ours=is_ours,
        state=FineTunedModelState((job,)),
        detail=f"{job.id}  {job.status}{model}",
        is_kept=is_ours,
    )
