"""A deployment is missing, differs, is being made, or is as wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reconciler.kinds.changes import changes
from reconciler.kinds.deployment import retirement
from reconciler.kinds.deployment.spec import DeploymentGoal
from reconciler.kinds.deployment.state import PROJECT, DeploymentState
from reconciler.planning.action import (
    Action,
    Cost,
    Decision,
    FieldChange,
    ReasonCode,
    Verb,
)
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.prices import HOURS_A_MONTH

# A deployment that is not as the service would leave it: where it stands, and what to do about it.
# Anything else has settled and can be compared. The states, in lower case, are those of
# azure-rest-api-specs, Microsoft.CognitiveServices 2025-09-01.
WORKING = (Phase.PENDING, Verb.WAIT, ReasonCode.PENDING)
GIVEN_UP = (Phase.FAILED, Verb.CREATE, ReasonCode.FAILED_LAST)
UNSETTLED = {
    "accepted": WORKING,
    "creating": WORKING,
    "moving": WORKING,
    "updating": WORKING,
    "deleting": WORKING,
    "failed": GIVEN_UP,
    "canceled": GIVEN_UP,
    "disabled": (Phase.FAILED, Verb.KEEP, ReasonCode.DISABLED),
}


def describe(
    wanted: Wanted, state: DeploymentState | None, _needs: Mapping[Address, Standing]
) -> Standing:
    goal: DeploymentGoal = wanted.goal
    if state is None:
        return Standing(Phase.MISSING)
    record = state.record
    if not _may_touch(goal, state):
        return Standing(Phase.FAILED, {}, record.created_at, "not made by this project")
    ids = {"deployment": record.name, "model": record.model}
    if unsettled := UNSETTLED.get(record.provisioning.lower()):
        return Standing(unsettled[0], ids, record.created_at, record.provisioning)
    if differing := changes(state.fields, goal.declared):
        fields = ", ".join(one.field for one in differing)
        return Standing(Phase.DEGRADED, ids, record.created_at, f"differs in {fields}")
    return Standing(Phase.READY, ids, record.created_at)


def _may_touch(goal: DeploymentGoal, state: DeploymentState) -> bool:
    return goal.may_adopt or state.is_of(goal.project)


def decide(wanted: Wanted, state: DeploymentState | None, context: Context) -> Decision:
    goal: DeploymentGoal = wanted.goal
    action = _decide(wanted, goal, state)
    cost = Cost(
        hosting_per_month=goal.facts.hosting_per_month,
        basis=f"{HOURS_A_MONTH} hours, called or not",
        source=goal.facts.hosting_source,
    )
    # The mark counts until an apply has taken it off, in a change of its own.
    is_protected = goal.is_protected or (state is not None and state.is_protected)
    action = replace(action, cost=cost, lane=goal.account, is_protected=is_protected)
    return Decision(action, tuple(retirement.notices(goal.facts.dates, context.now)))


def _decide(wanted: Wanted, goal: DeploymentGoal, state: DeploymentState | None) -> Action:
    at = wanted.address
    if state is None:
        undo = "ftctl destroy, or delete it here and prune"
        reason = f"not on account/{goal.account}"
        return Action(at, Verb.CREATE, ReasonCode.MISSING, reason, undo=undo)
    if not _may_touch(goal, state):
        reason = "a deployment of this name exists that this project did not make; set adopt: true"
        return Action(at, Verb.KEEP, ReasonCode.FOREIGN, reason)
    if unsettled := UNSETTLED.get(state.record.provisioning.lower()):
        _phase, verb, code = unsettled
        undo = "not needed: it does not serve now" if verb is Verb.CREATE else ""
        return Action(at, verb, code, f"the service says {state.record.provisioning}", undo=undo)
    differing = (*_mark(goal, state), *changes(state.fields, goal.declared))
    if not differing:
        return Action(at, Verb.KEEP, ReasonCode.AS_WANTED, "as declared")
    return _change(at, goal, differing)


def _mark(goal: DeploymentGoal, state: DeploymentState) -> tuple[FieldChange, ...]:
    """The change of owner when a deployment is adopted."""
    if state.is_of(goal.project):
        return ()
    before = state.record.tags.get(PROJECT)
    return (FieldChange("owner", before and f"project {before}", f"project {goal.project}"),)


def _change(at: Address, goal: DeploymentGoal, differing: tuple[FieldChange, ...]) -> Action:
    if not any(one.field == "model" for one in differing):
        is_owner_only = all(one.field == "owner" for one in differing)
        reason = "taken over" if is_owner_only else "its settings differ from the manifest"
        undo = "apply the earlier manifest"
        return Action(at, Verb.UPDATE, ReasonCode.CHANGED, reason, differing, undo=undo)
    how = {
        "auto": "in place if the service can; else deleted and made again, with a gap of minutes",
        "replace": "deleted and made again, with a gap of minutes",
    }
    reason = f"another model: {how[goal.update]}"
    undo = "apply the earlier manifest; the earlier model stays"
    return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, differing, undo=undo)


def retire(address: Address, state: DeploymentState) -> Action:
    record = state.record
    return Action(
        address,
        Verb.DELETE,
        ReasonCode.UNWANTED,
        f"from account/{record.account}; calls to it fail from then on",
        lane=record.account,
        undo="the model stays, and can be deployed again",
        is_protected=state.is_protected,
    )
