"""What is done about a deployment, in words: each step as an action, with its cost and way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from reconciler.kinds.deployment import outlook
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.steps import (
    Await,
    Call,
    Change,
    Hibernate,
    Keep,
    Leave,
    LeaveOff,
    MakeAgain,
    Step,
    Swap,
    next_step,
)
from reconciler.kinds.deployment.vanished import Make, Missing, StayAway
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
    wanted: Wanted, state: DeploymentState | Missing | None, needs: Mapping[Address, Standing]
) -> Standing:
    step = next_step(wanted, state, needs)
    if not isinstance(state, DeploymentState):
        return outlook.away(step)
    record, ids = state.record, _ids(state)
    match step:
        case Leave():
            return Standing(Phase.FAILED, {}, record.created_at, "not made by this project")
        case Await(said):
            return Standing(Phase.PENDING, ids, record.created_at, said)
        case MakeAgain(said) | LeaveOff(said):
            return Standing(Phase.FAILED, ids, record.created_at, said)
        case Swap(changes) | Change(changes):
            return _described(wanted, state, changes)
        case _:
            return _described(wanted, state, ())


def _ids(state: DeploymentState) -> Mapping[str, str]:
    return {"deployment": state.record.name, "model": state.record.model}


def _described(
    wanted: Wanted, state: DeploymentState, changes: tuple[FieldChange, ...]
) -> Standing:
    """It serves, but not as declared; whose it is makes no difference to its users."""
    made = state.record.created_at
    ids = _ids(state)
    fields = ", ".join(one.field for one in changes if one.field != "owner")
    if fields:
        return Standing(Phase.DEGRADED, ids, made, f"differs in {fields}")
    return Standing(Phase.READY, ids, made, outlook.detail(wanted.goal.inactivity, state.life))


def decide(wanted: Wanted, state: DeploymentState | Missing | None, context: Context) -> Decision:
    goal: DeploymentGoal = wanted.goal
    step = next_step(wanted, state, context.needs)
    if isinstance(step, StayAway) and goal.name in context.policy.awake:
        step = Make(ReasonCode.WAKE, "asked for with ftctl wake")
    there = state if isinstance(state, DeploymentState) else None
    # The mark counts until an apply has taken it off, in a change of its own.
    is_protected = goal.is_protected or (there is not None and there.is_protected)
    cost = None if isinstance(step, StayAway | Hibernate) else _cost(goal)
    action = replace(_action(wanted, step), cost=cost, lane=goal.account, is_protected=is_protected)
    return Decision(action, _notices(wanted, step, there, context))


def _notices(
    wanted: Wanted, step: Step, state: DeploymentState | None, context: Context
) -> tuple[str, ...]:
    """About one that stays as it is, or only changes its settings."""
    if state is None or state.life is None or not isinstance(step, Keep | Change):
        return ()
    goal: DeploymentGoal = wanted.goal
    model = context.needs.get(goal.model_at)
    is_protected = goal.is_protected or state.is_protected
    trained_at = model.since if model else None
    return tuple(outlook.notices(goal, state.life, trained_at, is_protected=is_protected))


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
        case Make(code, why):
            undo = "ftctl destroy, or delete it here and prune"
            reason = "; ".join(filter(None, [f"not on account/{goal.account}", why]))
            told = Action(at, Verb.CREATE, code, reason, undo=undo)
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
        case StayAway() | Hibernate() | Call():
            told = outlook.action(at, goal, step)
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
