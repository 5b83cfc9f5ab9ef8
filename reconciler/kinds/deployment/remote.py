"""Sees the deployments of all accounts, and carries out what was decided about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.kinds.changes import changes
from reconciler.kinds.checkpoint import chosen
from reconciler.kinds.deployment import body, evidence
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.serving import Served, served
from reconciler.kinds.deployment.state import CALLED, DeploymentState, settings, weights
from reconciler.kinds.deployment.vanished import Missing
from reconciler.kinds.deployment.writing import Desk
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.listings import (
    DeploymentRecord,
    list_checkpoints,
    list_deployments,
)
from reconciler.providers.errors import NotFound, QuotaExceeded, Refused, ServiceError
from reconciler.providers.session import Session

# The quota of a deleted deployment comes back 15 to 20 seconds later.
# Source: Microsoft's public fine-tuning field notes, 2026-08.
QUOTA_RELEASE = 60.0
CANNOT_CHANGE_IN_PLACE = {"CannotChangeDeploymentModel"}


def observe(wanted: Iterable[Wanted], session: Session, policy: Policy) -> Observation:
    listed: dict[str, list[DeploymentRecord]] = session.survey("deployments", list_deployments)
    by_place = {(one.account, one.name.lower()): one for all_ in listed.values() for one in all_}
    found = [(one, by_place.pop((one.goal.account, one.goal.name.lower()), None)) for one in wanted]
    states = evidence.states(found, session)
    others = tuple(_found(record, policy.project) for record in by_place.values())
    return Observation(states, others)


def _found(record: DeploymentRecord, project: str) -> Found:
    state = DeploymentState(record)
    detail = f"{record.sku} {record.capacity}  {record.model}  {record.provisioning}"
    address = Address("deployment", record.name)
    return Found(address, record.account, state.is_of(project), state, detail)


def perform(
    action: Action, wanted: Wanted | None, state: DeploymentState | Missing | None, scene: Scene
) -> None:
    desk = Desk(scene.session, scene.session[action.lane])
    if action.verb is Verb.DELETE:
        desk.delete(action.address.name)
        return
    if wanted is None:
        raise AssertionError(f"only deleting needs no goal: {action}")
    goal: DeploymentGoal = wanted.goal
    behind = served(goal, scene.needs)
    if action.code is ReasonCode.KEEP_ALIVE:
        _keep_alive(goal, desk, scene)
        return
    if isinstance(state, DeploymentState) and _is_patch(action):
        record = state.record
        desk.patch(goal.name, body.patch(goal, behind, record.sku, record.tags))
    elif action.verb is Verb.REPLACE:
        _replace(goal, _overlaid(goal, behind, scene, desk), scene, desk)
    else:
        desk.put(goal.name, _overlaid(goal, behind, scene, desk))
    _believe_only_what_is_there(goal, behind, desk)


def _is_patch(action: Action) -> bool:
    return action.verb is Verb.UPDATE and body.is_patch(action.changes)


def _overlaid(goal: DeploymentGoal, behind: Served, scene: Scene, desk: Desk) -> Mapping[str, Any]:
    """What is declared, over what is there."""
    declared = body.new(goal, behind, _model(goal, scene, desk))
    try:
        return body.laid_over(desk.read(goal.name), declared)
    except NotFound:
        return declared


def _model(goal: DeploymentGoal, scene: Scene, desk: Desk) -> dict[str, Any]:
    session: Session = scene.session
    ids = scene.needs[goal.model_at].ids
    is_elsewhere = ids["account"] != desk.connection.place.name
    source = session.places[ids["account"]].resource_id if is_elsewhere else ""
    return body.model(_served_model(goal, ids, session), source)


def _served_model(goal: DeploymentGoal, ids: Mapping[str, str], session: Session) -> str:
    """The model, or the checkpoint of it that was chosen. Raises Refused if there is none."""
    if not goal.checkpoint.words:
        return ids["model"]
    if "job" not in ids:
        raise Refused(
            f"the job of {goal.model_at} is not on the service any more, nor are its checkpoints.",
            hint="Use checkpoint: final.",
        )
    kept, epochs = list_checkpoints(session[ids["account"]], ids["job"])
    found = chosen(goal.checkpoint, kept, epochs)
    if found is None:
        steps = ", ".join(str(one.step) for one in sorted(kept, key=lambda one: one.step))
        raise Refused(
            f"{goal.model_at} has no checkpoint at {goal.checkpoint.words}; "
            f"the service has kept those of steps {steps or '(none)'}.",
            hint="The service keeps the last three epochs; choose one of them, or final.",
        )
    return found.model


def _replace(goal: DeploymentGoal, wanted: Mapping[str, Any], scene: Scene, desk: Desk) -> None:
    if goal.update == "auto":
        try:
            desk.put(goal.name, wanted)
        except ServiceError as refused:
            if refused.code not in CANNOT_CHANGE_IN_PLACE:
                raise
        else:
            return
    scene.tell("deleting, then making it again")
    desk.delete(goal.name)
    desk.patiently(
        lambda: desk.put(goal.name, wanted),
        lambda refused: isinstance(refused, QuotaExceeded),
        QUOTA_RELEASE,
    )


def _keep_alive(goal: DeploymentGoal, desk: Desk, scene: Scene) -> None:
    """One call of one token, and a mark of it: it takes a while until metrics tell of calls."""
    scene.tell("one call of one token")
    desk.call(goal.name)
    desk.mark(goal.name, {CALLED: f"{scene.session.at:%Y-%m-%dT%H:%M:%SZ}"})


def _believe_only_what_is_there(goal: DeploymentGoal, behind: Served, desk: Desk) -> None:
    """Read back after a write. Raises Refused when the service accepted and did not apply."""
    record = desk.record(goal.name)
    left = [
        f"{one.field} is {one.before}, not {one.after}"
        for one in changes(settings(record), goal.settings)
    ]
    if not behind.is_behind(record):
        left.insert(0, f"model is {weights(record)}, not {behind.weights}")
    if left:
        raise Refused(
            f"deployment {goal.name} was accepted, but not applied: {', '.join(left)}.",
            code="AcceptedNotApplied",
            hint="The service may not allow it; compare with what the portal offers.",
        )
