"""Finds, submits, cancels and deletes training jobs.

The one call that must not happen twice is job creation. The service knows no idempotency key, and
the SDK repeats a POST whose answer was lost, so its retries are off here. Before each attempt the
account is searched for a job with the fingerprint; after a lost answer the search waits out the
listing delay first. After a success it looks until the listing shows the new job: of two
submissions at the same moment, everyone sees the same older one, and whoever sent the younger
cancels it while that is free.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import (
    DeploymentRecord,
    FileRecord,
    JobRecord,
    list_deployments,
    list_files,
    list_jobs,
    list_models,
)
from reconciler.providers.errors import AnswerLost, Conflict, NotFound, Refused
from reconciler.providers.session import Connection, Session

SUBMISSIONS = 3  # tries at the one call, each after a look
UNLISTED_LOOKS = 20  # at a job that was accepted and is not listed yet


def observe(wanted: Iterable[Wanted], session: Session, _policy: Policy) -> Observation:
    jobs = [job for found in session.survey("jobs", list_jobs).values() for job in found]
    names = _file_names(session)
    states: dict[Address, FineTunedModelState] = {}
    claimed: set[str] = set()
    for one in wanted:
        state = _state(one.goal, jobs, names, session)
        if state.jobs or state.models or state.deployments:
            states[one.address] = state
        claimed |= {job.id for job in state.jobs}
    others = tuple(_found(job) for job in jobs if job.id not in claimed)
    return Observation(states, others)


def _file_names(session: Session) -> dict[tuple[str, str], str]:
    listed: dict[str, list[FileRecord]] = session.survey("files", list_files)
    return {(account, file.id): file.name for account, all_ in listed.items() for file in all_}


def _state(
    goal: FineTunedModelGoal,
    jobs: list[JobRecord],
    names: dict[tuple[str, str], str],
    session: Session,
) -> FineTunedModelState:
    ours = sorted((job for job in jobs if is_ours(goal, job, names)), key=lambda job: job.age_order)
    models = [
        model
        for found in session.survey("models", list_models).values()
        for model in found
        if model.id.rsplit(".ft-", 1)[-1].endswith(f"-{goal.short}")
    ]
    state = FineTunedModelState(tuple(ours), tuple(models), _deployments(goal, session))
    job = state.winner
    validated = names.get((job.account, job.validation_file)) if job else None
    return FineTunedModelState(
        state.jobs, state.models, state.deployments, (validated,) if validated else ()
    )


def is_ours(goal: FineTunedModelGoal, job: JobRecord, names: dict[tuple[str, str], str]) -> bool:
    """Whether a job trains these weights: its mark says so, and nothing else contradicts it."""
    if not job.suffix.endswith(f"-{goal.short}"):
        return False
    data = names.get((job.account, job.training_file))
    agrees = goal.facts.is_base(job.base_model)
    same_data = data is None or data.endswith(goal.training.mark)
    return agrees and same_data and job.method in {"", goal.method.type}


def _deployments(goal: FineTunedModelGoal, session: Session) -> tuple[str, ...]:
    found: dict[str, list[DeploymentRecord]] = session.survey("deployments", list_deployments)
    return tuple(
        one.name
        for all_ in found.values()
        for one in all_
        if one.tags.get("ftctl-fingerprint") == goal.fingerprint
        or (".ft-" in one.model and one.model.endswith(f"-{goal.short}"))
    )


def _found(job: JobRecord) -> Found:
    model = f"  {job.model}" if job.model else ""
    return Found(
        Address("finetunedmodel", job.suffix or job.id),
        job.account,
        is_ours=False,
        state=FineTunedModelState((job,)),
        detail=f"{job.id}  {job.status}{model}",
    )


def perform(
    action: Action, wanted: Wanted | None, state: FineTunedModelState | None, scene: Scene
) -> None:
    session: Session = scene.session
    if action.verb is Verb.TRAIN and wanted:
        scene.tell(f"submitting to {wanted.goal.account}")
        _train(wanted.goal, state, scene)
    elif action.code is ReasonCode.TWIN and state:
        for twin in state.twins:
            _cancel(session[twin.account], twin.id)
    elif action.verb is Verb.DELETE and state:
        _delete(session, state)


def _train(goal: FineTunedModelGoal, state: FineTunedModelState | None, scene: Scene) -> None:
    """Submit once more than what was there when this was decided."""
    session: Session = scene.session
    connection = session[goal.account]
    known = {job.id for job in state.jobs} if state else set()

    def is_submitted() -> bool:
        return any(job.id not in known for job in _jobs_of(goal, connection))

    submitted = ""
    for attempt in range(1, SUBMISSIONS + 1):
        if is_submitted():
            break
        try:
            submitted = _submit(goal, scene, connection)
        except AnswerLost:
            scene.tell("no clear answer; looking whether the job was made all the same")
            session.sleep(connection.pace.listing_delay)
            if attempt == SUBMISSIONS and not is_submitted():
                raise
        else:
            break  # even where the listing does not show it yet
    made = _made_since(known, submitted, goal, session)
    for twin in FineTunedModelState(tuple(made)).twins:
        _cancel(connection, twin.id)


def _jobs_of(goal: FineTunedModelGoal, connection: Connection) -> list[JobRecord]:
    """A fresh look, past what this session remembers; oldest first."""
    account = connection.place.name
    names = {(account, file.id): file.name for file in list_files(connection)}
    jobs = (job for job in list_jobs(connection) if is_ours(goal, job, names))
    return sorted(jobs, key=lambda job: job.age_order)


def _submit(goal: FineTunedModelGoal, scene: Scene, connection: Connection) -> str:
    """The id of the new job."""
    account = connection.place.name
    training = scene.needs[goal.training_at].ids[account]
    body: dict[str, Any] = {
        "model": goal.base_model,
        "training_file": training,
        "suffix": goal.suffix,
        "method": goal.method.wire,
        "metadata": {
            "ftctl-project": scene.policy.project,
            "ftctl-name": goal.name,
            "ftctl-fingerprint": goal.fingerprint,
        },
        "extra_body": {"trainingType": goal.training_type},
    }
    if goal.validation_at:
        body["validation_file"] = scene.needs[goal.validation_at].ids[account]
    if goal.seed is not None:
        body["seed"] = goal.seed
    jobs = connection.data.with_options(max_retries=0).fine_tuning.jobs
    try:
        with translated("submit the training", account):
            return str(jobs.create(**body).id)
    except (Refused, NotFound):
        needed = {body[use] for use in ("training_file", "validation_file") if use in body}
        if gone := needed - {file.id for file in list_files(connection)}:
            raise Conflict(
                f"the file {min(gone)} was removed from account/{account} meanwhile.",
                hint="Look again; it is uploaded when it is missing.",
            ) from None
        raise


def _made_since(
    known: set[str], submitted: str, goal: FineTunedModelGoal, session: Session
) -> list[JobRecord]:
    """The jobs that were not known when it was decided, once our own shows among them.

    Before that, an older one of somebody else may be hidden, or ours from somebody else's look.
    """
    connection = session[goal.account]
    made: list[JobRecord] = []
    for _look in range(UNLISTED_LOOKS):
        made = [job for job in _jobs_of(goal, connection) if job.id not in known]
        if not submitted or submitted in {job.id for job in made}:
            break
        session.sleep(connection.pace.look)
    return made


def _cancel(connection: Connection, job_id: str) -> None:
    """Cancel, unless it has ended meanwhile: then there is nothing left to save."""
    try:
        with translated(f"cancel {job_id}", connection.place.name):
            connection.data.with_options(max_retries=0).fine_tuning.jobs.cancel(job_id)
    except (Refused, Conflict, NotFound):
        return


def _delete(session: Session, state: FineTunedModelState) -> None:
    """Delete every job with the mark, and with it its model. Only the dated path can."""
    if not state.jobs and state.models:
        raise Refused(
            f"{state.models[0].id} has no job record any more, and only jobs can be deleted.",
            hint="Delete the model in the portal.",
        )
    for job in state.jobs:
        connection = session[job.account]
        if job.is_active:
            _cancel(connection, job.id)
        try:
            with translated(f"delete {job.id}", job.account):
                connection.legacy.delete(f"/fine_tuning/jobs/{job.id}", cast_to=type(None))
        except NotFound:
            continue
