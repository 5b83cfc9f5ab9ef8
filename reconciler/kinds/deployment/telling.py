"""Each step in words, with its verb, its code and the way back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import assert_never

from reconciler.kinds.deployment import outlook
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import is_same_name
from reconciler.kinds.deployment.steps import (
    Await,
    Call,
    Change,
    Check,
    Drain,
    Hibernate,
    Keep,
    Leave,
    LeaveOff,
    Make,
    Promote,
    Rejected,
    Retire,
    Step,
    Swap,
)
from reconciler.kinds.deployment.vanished import StayAway
from reconciler.kinds.duration import words
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.phrases import count, joined
from reconciler.providers.azure.quota import is_provisioned

# Deleting and making again: 15 to 20 s until the quota is free, minutes until calls are answered.
# Source: Microsoft's public fine-tuning field notes, 2026-08.
GAP = "calls fail meanwhile, for 2 to 10 minutes as a rule"
IN_PLACE = f"in place if the service can; else deleted and made again ({GAP})"
ANEW = f"deleted and made again under the same name; {GAP}"
EARLIER = "apply the earlier manifest"
CENT = Decimal("0.01")


def told(at: Address, goal: DeploymentGoal, step: Step) -> Action:
    """The step as an action."""
    match step:
        case Make():
            return _make(at, goal, step)
        case Swap() | Change() | Check():
            return _change(at, goal, step)
        case Promote() | Drain() | Retire():
            return _roll_out(at, goal, step)
        case Leave() | Await() | LeaveOff() | Rejected() | Keep():
            return _stay(at, goal, step)
        case StayAway() | Hibernate() | Call():
            return outlook.action(at, goal, step)
        case _:
            assert_never(step)


def _make(at: Address, goal: DeploymentGoal, step: Make) -> Action:
    first = f"delete {joined(step.instead_of)}, never promoted; " if step.instead_of else ""
    if step.beside:
        path = _path(goal, ("made",), step.name, step.beside)
        reason = f"{first}another model: {step.name} is {path}"
        undo = f"{EARLIER}; until {step.beside} is deleted, that only moves calls back"
        return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, step.changes, undo=undo)
    if step.said:
        undo = "not needed: it does not serve now"
        anew = "; deleted and made again, with another model" if step.instead_of else ""
        verb = Verb.REPLACE if step.instead_of else Verb.CREATE
        reason = f"the service says {step.said}{anew}"
        return Action(at, verb, ReasonCode.FAILED_LAST, reason, step.changes, undo=undo)
    called = "" if is_same_name(step.name, goal.name) else f", as {step.name}"
    cause = f"; {step.cause.why}" if step.cause.why else ""
    asked = f"; has to pass {_prompts(goal)}" if goal.verify else ""
    reason = f"{first}not on account/{goal.account}{called}{cause}; {amount(goal)}{asked}"
    undo = "ftctl destroy, or delete it here and prune"
    return Action(at, Verb.CREATE, step.cause.code, reason, undo=undo)


def _path(goal: DeploymentGoal, done: tuple[str, ...], new: str, old: str) -> str:
    """All that will happen, before the first of it does."""
    done += ("called once",) if goal.probe else ()
    done += (f"asked {_prompts(goal)}",) if goal.verify else ()
    drain = f"{old} answers for another {words(goal.drain)} and is then deleted"
    drain = drain if goal.drain else f"{old} is then deleted at once"
    is_renamed = any(is_same_name(goal.name, one) for one in (new, old))
    follow = f". Whoever calls it by the name {old} has to follow `ftctl outputs` from now on"
    path = f"{joined((*done, 'promoted'))}; {drain}{_both(goal)}"
    return f"{path}{follow if is_renamed else ''}"


def _both(goal: DeploymentGoal) -> str:
    """What it costs to keep the old one while it drains."""
    if not goal.drain:
        return ""
    hourly = goal.facts.hosting_per_hour
    if hourly is None:
        return ". Both are hosted until then, at a price that is not known here"
    hours = Decimal(int(goal.drain / timedelta(seconds=1))) / 3600
    extra = hourly * hours
    return f". Both are hosted until then: ${extra:,.2f} more" if extra >= CENT else ""


def _prompts(goal: DeploymentGoal) -> str:
    return count(len(goal.verify), "prompt")


def amount(goal: DeploymentGoal) -> str:
    """Capacity in both of its units."""
    if is_provisioned(goal.sku):
        return count(goal.capacity, "provisioned throughput unit")
    return f"{goal.capacity * 1000:,} tokens a minute (capacity {goal.capacity:,})"


def _asking(goal: DeploymentGoal) -> str:
    return joined(("called once", *([f"asked {_prompts(goal)}"] if goal.verify else [])))


def _change(at: Address, goal: DeploymentGoal, step: Swap | Change | Check) -> Action:
    if isinstance(step, Check):
        reason = f"nobody has asked it the {_prompts(goal)} of verify yet"
        if step.is_new:
            reason = f"nobody has called it since it serves this model: {_asking(goal)}"
        undo = "not needed: it only asks"
        return Action(at, Verb.UPDATE, ReasonCode.UNCHECKED, reason, undo=undo)
    if isinstance(step, Swap):
        back = f"; asked {_prompts(goal)} then, and put back if it fails" if goal.verify else ""
        reason = f"another model: {IN_PLACE if goal.update == 'auto' else ANEW}{back}"
        undo = f"{EARLIER}; the earlier model stays"
        return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, step.changes, undo=undo)
    is_owner_only = all(one.field == "owner" for one in step.changes)
    is_resized = any(one.field == "sku.capacity" for one in step.changes)
    reason = "taken over" if is_owner_only else "its settings differ from the manifest"
    reason += f"; {amount(goal)}" if is_resized else ""
    reason += f"; then {outlook.calling(step.followed_by)}" if step.followed_by else ""
    return Action(at, Verb.UPDATE, ReasonCode.CHANGED, reason, step.changes, undo=EARLIER)


def _roll_out(at: Address, goal: DeploymentGoal, step: Promote | Drain | Retire) -> Action:
    if isinstance(step, Drain):
        reason = f"draining until {step.until:%Y-%m-%d %H:%M} UTC: {joined(step.names)}"
        text = f"{reason} answers until then, and is deleted after that"
        return Action(at, Verb.WAIT, ReasonCode.DRAINING, text, is_slow=True)
    if isinstance(step, Retire):
        reason = f"delete {joined(step.names)}; calls have gone elsewhere"
        undo = "the model stays, and can be deployed again"
        return Action(at, Verb.UPDATE, ReasonCode.DRAINED, reason, undo=undo)
    if step.over:
        path = _path(goal, (), step.name, step.over)
        reason = f"another model: {step.name} is there, to be {path}"
        undo = f"{EARLIER}; until {step.over} is deleted, that only moves calls back"
        return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, step.changes, undo=undo)
    reason = f"{step.name} is there, and not promoted yet"
    return Action(at, Verb.UPDATE, ReasonCode.CHANGED, reason, step.changes, undo=EARLIER)


def _stay(
    at: Address, goal: DeploymentGoal, step: Leave | Await | LeaveOff | Rejected | Keep
) -> Action:
    match step:
        case Leave(name):
            reason = "exists that this project did not make"
            is_plain = is_same_name(name, at.name)
            way_out = "set adopt: true" if is_plain else "delete that one"
            called = "of this name" if is_plain else name
            text = f"a deployment {called} {reason}; {way_out}"
            return Action(at, Verb.KEEP, ReasonCode.FOREIGN, text)
        case Await(said):
            then = f"; then {_asking(goal)}" if step.followed_by else ""
            return Action(at, Verb.WAIT, ReasonCode.PENDING, f"the service says {said}{then}")
        case LeaveOff(said):
            return Action(at, Verb.KEEP, ReasonCode.DISABLED, f"the service says {said}")
        case Rejected():
            return Action(at, Verb.KEEP, ReasonCode.VERIFY_FAILED, rejection(step))
        case Keep():
            return Action(at, Verb.KEEP, ReasonCode.AS_WANTED, "as declared")
        case _:
            assert_never(step)


def rejection(step: Rejected) -> str:
    """What failed, what is called all the same, and what a person may do."""
    calls = f"calls go to {step.serving}" if step.serving else "calls go nowhere yet"
    apart = f"; {step.apart} stays for a look, and is hosted meanwhile" if step.apart else ""
    return (
        f"{step.weights} did not answer as verify expects, {calls}{apart}. The same prompts are "
        "not tried again: change them, or the model"
    )
