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
from contextlib import suppress
from typing import Any

from reconciler.kinds.checkpoint import model_at
from reconciler.kinds.fine_tuned_model.evidence import left_over, look_at, state_of
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.limits import no_place, queues, supplies
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.telling import with_progress
from reconciler.kinds.fine_tuned_model.weights import NAME, PROJECT, Listed, jobs_of
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.kind import Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import JobRecord, list_files, list_jobs
from reconciler.providers.errors import AnswerLost, Conflict, NotFound, QuotaExceeded, Refused
from reconciler.providers.session import Connection, Session

SUBMISSIONS = 3  # tries at the one call, each after a look
UNLISTED_LOOKS = 20  # at a job that was accepted and is not listed yet
IN_USE = (
    "A model that is deployed cannot be deleted. Delete the deployments that serve it first, also "
    "those in accounts that no manifest names."
)


def observe(wanted: Iterable[Wanted], session: Session, policy: Policy) -> Observation:
    """The evidence for each wanted model; every other job, and which of them are its versions."""
    look = look_at(session)
    all_wanted = list(wanted)
    found = {one.address: state_of(one.goal, look) for one in all_wanted}
    states = {at: state for at, state in found.items() if state != FineTunedModelState()}
    goals = [one.goal for one in all_wanted]
    others = tuple(left_over(goals, states.values(), look, policy.project))
    there = session.survey("jobs", list_jobs)
    seen = with_progress(states, session)
    return Observation(seen, others, supplies(there, policy), queues(there, policy))


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
    base = _start(goal, state, scene)
    known = {job.id for job in state.jobs} if state else set()

    def is_submitted() -> bool:
        return any(job.id not in known for job in _jobs_of(goal, connection))

    submitted = ""
    for attempt in range(1, SUBMISSIONS + 1):
        if is_submitted():
            break
        try:
            submitted = _submit(goal, base, scene, connection)
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
    return list(jobs_of(goal, Listed(tuple(list_jobs(connection)), names)))


def _start(goal: FineTunedModelGoal, state: FineTunedModelState | None, scene: Scene) -> str:
    """The model that the training goes on from, as the service calls it."""
    if goal.parent is None:
        return goal.base_model
    is_pinned = goal.parent.pin and state
    ids = state.base if is_pinned and state else scene.needs[goal.parent.at].ids
    connection = scene.session[ids["account"]]
    return model_at(goal.parent.checkpoint, ids, goal.parent.at, connection)


def _submit(goal: FineTunedModelGoal, base: str, scene: Scene, connection: Connection) -> str:
    """The id of the new job."""
    account = connection.place.name
    training = scene.needs[goal.training_at].ids[account]
    body: dict[str, Any] = {
        "model": base,
        "training_file": training,
        "suffix": goal.suffix,
        "method": goal.method.wire,
        "metadata": {
            PROJECT: scene.policy.project,
            NAME: goal.name,
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
    except QuotaExceeded as error:
        raise no_place(error, list_jobs(connection), scene.policy) from error
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
    """Delete every job with the mark, its model with it, and its results.

    Only the dated path can delete a job; what it has measured stays behind as files.
    """
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
        except Conflict as error:
            error.hint = IN_USE
            raise
        for file in job.results:
            with suppress(NotFound), translated(f"delete {file}", job.account):
                connection.data.files.delete(file)
