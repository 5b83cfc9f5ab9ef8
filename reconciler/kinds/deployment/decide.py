"""What is done about a deployment, in words: each step as an action, with its cost and way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.steps import (
    Await,
    Change,
    Keep,
    Leave,
    LeaveOff,
    Make,
    MakeAgain,
    Step,
    Swap,
    next_step,
)
from reconciler.planning.action import Action, Cost, Decision, FieldChange, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure import prices

HOW = {
    "auto": "in place if the service can; else deleted and made again, with a gap of minutes",
    "replace": "deleted and made again, with a gap of minutes",
}
EARLIER = "apply the earlier manifest"


def describe(
    wanted: Wanted, state: DeploymentState | None, needs: Mapping[Address, Standing]
) -> Standing:
    if state is None:
        return Standing(Phase.MISSING)
    record = state.record
    ids = {"deployment": record.name, "model": record.model}
    match next_step(wanted, state, needs):
        case Leave():
            return Standing(Phase.FAILED, {}, record.created_at, "not made by this project")
        case Await(said):
            return Standing(Phase.PENDING, ids, record.created_at, said)
        case MakeAgain(said) | LeaveOff(said):
            return Standing(Phase.FAILED, ids, record.created_at, said)
        case Swap(changes) | Change(changes):
            return _described(ids, state, changes)
        case _:
            return Standing(Phase.READY, ids, record.created_at)


def _described(
    ids: Mapping[str, str], state: DeploymentState, changes: tuple[FieldChange, ...]
) -> Standing:
    """It serves, but not as declared; whose it is makes no difference to its users."""
    fields = ", ".join(one.field for one in changes if one.field != "owner")
    phase, detail = (Phase.DEGRADED, f"differs in {fields}") if fields else (Phase.READY, "")
    return Standing(phase, ids, state.record.created_at, detail)


def decide(wanted: Wanted, state: DeploymentState | None, context: Context) -> Decision:
    goal: DeploymentGoal = wanted.goal
    action = _action(wanted, next_step(wanted, state, context.needs))
    # The mark counts until an apply has taken it off, in a change of its own.
    is_protected = goal.is_protected or (state is not None and state.is_protected)
    priced = replace(action, cost=_cost(goal), lane=goal.account, is_protected=is_protected)
    return Decision(priced)


def _cost(goal: DeploymentGoal) -> Cost:
    return Cost(
        hosting_per_month=prices.hosting_per_month(goal.sku),
        basis=f"{prices.HOURS_A_MONTH} hours, called or not",
        source=prices.SOURCE,
    )


def _action(wanted: Wanted, step: Step) -> Action:
    """The step in words."""
    at, goal = wanted.address, wanted.goal
    match step:
        case Make():
            undo = "ftctl destroy, or delete it here and prune"
            reason = f"not on account/{goal.account}"
            told = Action(at, Verb.CREATE, ReasonCode.MISSING, reason, undo=undo)
        case Leave():
            reason = "a deployment of this name exists that this project did not make"
            told = Action(at, Verb.KEEP, ReasonCode.FOREIGN, f"{reason}; set adopt: true")
        case Await(said):
            told = Action(at, Verb.WAIT, ReasonCode.PENDING, f"the service says {said}")
        case MakeAgain(said):
            undo = "not needed: it does not serve now"
            reason = f"the service says {said}"
            told = Action(at, Verb.CREATE, ReasonCode.FAILED_LAST, reason, undo=undo)
        case LeaveOff(said):
            told = Action(at, Verb.KEEP, ReasonCode.DISABLED, f"the service says {said}")
        case Swap(changes):
            undo = f"{EARLIER}; the earlier model stays"
            reason = f"another model: {HOW[goal.update]}"
            told = Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, changes, undo=undo)
        case Change(changes):
            is_owner_only = all(one.field == "owner" for one in changes)
            reason = "taken over" if is_owner_only else "its settings differ from the manifest"
            told = Action(at, Verb.UPDATE, ReasonCode.CHANGED, reason, changes, undo=EARLIER)
        case Keep():
            told = Action(at, Verb.KEEP, ReasonCode.AS_WANTED, "as declared")
        case _:
            assert_never(step)
    return told


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
