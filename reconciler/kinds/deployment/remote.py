"""Creates, changes and deletes deployments. The only module of this kind that sees an SDK."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

from reconciler import __version__
from reconciler.kinds.changes import changes
from reconciler.kinds.checkpoint import chosen
from reconciler.kinds.deployment.spec import DeploymentGoal
from reconciler.kinds.deployment.state import (
    CHECKPOINT,
    FINGERPRINT,
    NAME,
    PROJECT,
    PROTECT,
    VERSION,
    DeploymentState,
)
from reconciler.planning.action import Action, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.failures import translated
from reconciler.providers.azure.listings import (
    DeploymentRecord,
    list_checkpoints,
    list_deployments,
)
from reconciler.providers.errors import (
    Conflict,
    NotFound,
    QuotaExceeded,
    Refused,
    ServiceError,
)
from reconciler.providers.session import Connection, Session

# What the service says and nobody may write.
# Source: azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
READ_ONLY_PROPERTIES = {
    "provisioningState", "callRateLimit", "capabilities", "rateLimits", "currentCapacity",
    "dynamicThrottlingEnabled",
}  # fmt: skip
# A name is held for a moment after its deployment was deleted; ARM does one write at a time.
PATIENCE = 180.0  # seconds to go on trying while another write is in flight
# The quota of a deleted deployment comes back 15 to 20 seconds later.
# Source: Microsoft's public fine-tuning field notes, 2026-08.
QUOTA_RELEASE = 60.0
# Marks that no longer hold are overwritten, because a PATCH may merge tags.
LIFTED = {PROTECT: "false", CHECKPOINT: ""}
NOT_PATCHABLE = {"raiPolicyName", "sku.name"}
CANNOT_CHANGE_IN_PLACE = {"CannotChangeDeploymentModel"}


def observe(wanted: Iterable[Wanted], session: Session, policy: Policy) -> Observation:
    listed: dict[str, list[DeploymentRecord]] = session.survey("deployments", list_deployments)
    by_place = {(one.account, one.name.lower()): one for all_ in listed.values() for one in all_}
    states: dict[Address, DeploymentState] = {}
    for one in wanted:
        record = by_place.pop((one.goal.account, one.goal.name.lower()), None)
        if record:
            states[one.address] = DeploymentState(record)
    others = tuple(_found(record, policy.project) for record in by_place.values())
    return Observation(states, others)


def _found(record: DeploymentRecord, project: str) -> Found:
    state = DeploymentState(record)
    detail = f"{record.sku} {record.capacity}  {record.model}  {record.provisioning}"
    address = Address("deployment", record.name)
    return Found(address, record.account, state.is_of(project), state, detail)


def perform(
    action: Action, wanted: Wanted | None, state: DeploymentState | None, scene: Scene
) -> None:
    session: Session = scene.session
    connection = session[action.lane]
    if action.verb is Verb.DELETE:
        _delete(connection, action.address.name, session)
        return
    if wanted is None:
        raise AssertionError(f"only deleting needs no goal: {action}")
    goal: DeploymentGoal = wanted.goal
    if action.verb is Verb.REPLACE:
        _replace(goal, scene, connection)
    elif state is None:
        _put(goal, _new(goal, scene, connection), session, connection)
    elif action.verb is Verb.CREATE or _needs_put(action):
        _put(goal, _changed(goal, scene, connection), session, connection)
    else:
        _patch(goal, state, session, connection)
    _believe_only_what_is_there(goal, connection)


def _needs_put(action: Action) -> bool:
    return any(change.field in NOT_PATCHABLE for change in action.changes)


def _new(goal: DeploymentGoal, scene: Scene, connection: Connection) -> dict[str, Any]:
    properties: dict[str, Any] = {"model": _model(goal, scene, connection)}
    if goal.rai_policy:
        properties["raiPolicyName"] = goal.rai_policy
    return {
        "sku": {"name": goal.sku, "capacity": goal.capacity},
        "tags": _tags(goal),
        "properties": properties,
    }


def _model(goal: DeploymentGoal, scene: Scene, connection: Connection) -> dict[str, Any]:
    """The model as ARM names it. `version` is always 1 for a custom model."""
    session: Session = scene.session
    ids = scene.needs[goal.model_at].ids
    name = _served(goal, ids, session)
    model: dict[str, Any] = {"format": goal.facts.format, "name": name, "version": "1"}
    if ids["account"] != connection.place.name:
        model["source"] = session.places[ids["account"]].resource_id
    return model


def _served(goal: DeploymentGoal, ids: Mapping[str, str], session: Session) -> str:
    """The model, or the checkpoint of it that was chosen. Raises Refused if there is none."""
    if not goal.checkpoint.words:
        return ids["model"]
    if "job" not in ids:
        raise Refused(
            f"the job of {goal.model_at} is not on the service any more, nor are its checkpoints.",
            hint="Use checkpoint: final.",
        )
    connection = session[ids["account"]]
    kept, epochs = list_checkpoints(connection, ids["job"])
    found = chosen(goal.checkpoint, kept, epochs)
    if found is None:
        steps = ", ".join(str(one.step) for one in sorted(kept, key=lambda one: one.step))
        raise Refused(
            f"{goal.model_at} has no checkpoint at {goal.checkpoint.words}; "
            f"the service has kept those of steps {steps or '(none)'}.",
            hint="The service keeps the last three epochs; choose one of them, or final.",
        )
    return found.model


def _tags(goal: DeploymentGoal) -> dict[str, str]:
    ours = {
        PROJECT: goal.project,
        NAME: goal.name,
        FINGERPRINT: goal.fingerprint,
        VERSION: __version__,
    }
    if goal.checkpoint.words:
        ours[CHECKPOINT] = goal.checkpoint.words
    return {**ours, PROTECT: "true"} if goal.is_protected else ours


def _marked(there: Mapping[str, str], goal: DeploymentGoal) -> dict[str, str]:
    """Other people's tags stay. A mark that is lifted is overwritten, because PATCH may merge."""
    lifted = {name: value for name, value in LIFTED.items() if name in there}
    return {**there, **lifted, **_tags(goal)}


def _changed(goal: DeploymentGoal, scene: Scene, connection: Connection) -> dict[str, Any]:
    """What is there, with what is declared laid over it: what nobody here knows must survive."""
    new = _new(goal, scene, connection)
    try:
        there = _read(goal.name, connection)
    except NotFound:
        return new
    kept = {
        name: value
        for name, value in there.get("properties", {}).items()
        if name not in READ_ONLY_PROPERTIES
    }
    if _is_same_model(kept.get("model", {}), new["properties"]["model"]):
        new["properties"]["model"] = {**kept["model"], **new["properties"]["model"]}
    return {
        "sku": {**there.get("sku", {}), **new["sku"]},
        "tags": _marked(there.get("tags", {}), goal),
        "properties": {**kept, **new["properties"]},
    }


def _is_same_model(there: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return str(there.get("name")).lower() == str(wanted["name"]).lower()


def _read(name: str, connection: Connection) -> dict[str, Any]:
    """The raw answer: the SDK's model would drop the properties that it does not know."""
    place = connection.place
    with translated(f"read deployment {name}", place.name):
        raw: Any = connection.control.deployments.get(
            place.resource_group,
            place.account_name,
            name,
            cls=lambda answer, _parsed, _headers: answer.http_response.json(),
        )
    return dict(raw)


def _put(
    goal: DeploymentGoal, body: Mapping[str, Any], session: Session, connection: Connection
) -> None:
    place = connection.place

    def write() -> None:
        connection.control.deployments.begin_create_or_update(
            place.resource_group, place.account_name, goal.name, _wire(body)
        ).result()

    _in_turn(f"write deployment {goal.name}", write, session, connection)


def _patch(
    goal: DeploymentGoal, state: DeploymentState, session: Session, connection: Connection
) -> None:
    place = connection.place
    body = {
        "sku": {"name": state.record.sku, "capacity": goal.capacity},
        "tags": _marked(state.record.tags, goal),
    }

    def write() -> None:
        connection.control.deployments.begin_update(
            place.resource_group, place.account_name, goal.name, _wire(body)
        ).result()

    _in_turn(f"change deployment {goal.name}", write, session, connection)


def _replace(goal: DeploymentGoal, scene: Scene, connection: Connection) -> None:
    session: Session = scene.session
    body = _changed(goal, scene, connection)
    if goal.update == "auto":
        try:
            _put(goal, body, session, connection)
        except ServiceError as refused:
            if refused.code not in CANNOT_CHANGE_IN_PLACE:
                raise
        else:
            return
    scene.tell("deleting, then making it again")
    _delete(connection, goal.name, session)
    _patiently(
        lambda: _put(goal, body, session, connection),
        lambda refused: isinstance(refused, QuotaExceeded),
        QUOTA_RELEASE,
        session,
        connection,
    )


def _delete(connection: Connection, name: str, session: Session) -> None:
    place = connection.place

    def write() -> None:
        connection.control.deployments.begin_delete(
            place.resource_group, place.account_name, name
        ).result()

    try:
        _in_turn(f"delete deployment {name}", write, session, connection)
    except NotFound:
        return


def _wire(body: Mapping[str, Any]) -> BytesIO:
    """Raw bytes, because the SDK's models drop the properties that they do not know."""
    return BytesIO(json.dumps(body).encode())


def _in_turn(
    doing: str, write: Callable[[], None], session: Session, connection: Connection
) -> None:
    """Write when no other write is in flight on the account; ARM answers 409 otherwise.

    Raises Conflict when that takes longer than PATIENCE seconds.
    """

    def attempt() -> None:
        with translated(doing, connection.place.name):
            write()

    def is_busy(refused: ServiceError) -> bool:
        return isinstance(refused, Conflict) and refused.code == "RequestConflict"

    _patiently(attempt, is_busy, PATIENCE, session, connection)


def _patiently(
    attempt: Callable[[], None],
    will_pass: Callable[[ServiceError], bool],
    patience: float,
    session: Session,
    connection: Connection,
) -> None:
    """Try again what will pass, for so many seconds; then raise what stood in the way."""
    waited = 0.0
    while True:
        try:
            attempt()
        except ServiceError as refused:
            if not will_pass(refused) or waited >= patience:
                raise
        else:
            return
        pause = connection.pace.look * (1 + session.jitter())
        session.sleep(pause)
        waited += pause


def _believe_only_what_is_there(goal: DeploymentGoal, connection: Connection) -> None:
    """Read back after a write. Raises Refused when the service accepted and did not apply."""
    records = {one.name.lower(): one for one in list_deployments(connection)}
    record = records.get(goal.name.lower())
    if record is None:
        raise Refused(
            f"deployment {goal.name} was accepted, and is not there.",
            code="AcceptedNotApplied",
            hint="Run the same command again; look into the activity log if it stays so.",
        )
    left = changes(DeploymentState(record).fields, goal.declared)
    if left:
        fields = ", ".join(f"{one.field} is {one.before}, not {one.after}" for one in left)
        raise Refused(
            f"deployment {goal.name} was accepted, but not applied: {fields}.",
            code="AcceptedNotApplied",
            hint="The service may not allow it; compare with what the portal offers.",
        )
