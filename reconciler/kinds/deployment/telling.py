"""Each step in words, with its verb, its code and the way back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import assert_never

from reconciler.kinds.deployment import hosting, outlook
from reconciler.kinds.deployment.forecast import RESUMED
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
    is_paused,
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
AGAIN = "deleted and made again under the same name"
ANEW = f"{AGAIN}; {GAP}"
EARLIER = "apply the earlier manifest"
EARLIER_STAYS = f"{EARLIER}; the earlier model stays"


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
        path = _path(goal, ("made",), step)
        failed = f"the service says {step.said} of {step.name}; " if step.said else ""
        reason = f"{failed}{first}another model: {step.name} is {path}"
        undo = f"{EARLIER}; until {step.beside} is deleted, that only moves calls back"
        return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, step.changes, undo=undo)
    if step.said:
        return _make_again(at, step)
    name = "" if is_same_name(step.name, goal.name) else f"as {step.name}"
    absence = (_joined(", ", f"not on account/{goal.account}", name), step.cause.why)
    if step.cause.code is ReasonCode.ABSENT:  # whoever does not see the account cannot tell
        absence = (step.cause.why, name)
    reason = f"{first}{_joined('; ', *absence, amount(goal), _test(goal, step.name))}"
    undo = "ftctl destroy, or delete it here and prune"
    return Action(at, Verb.CREATE, step.cause.code, reason, undo=undo)


def _test(goal: DeploymentGoal, first: str) -> str:
    """What the first version of all is put to, and what becomes of it where it fails."""
    return f"has to pass {_prompts(goal)}{_unless(goal, first, '')}" if goal.verify else ""


def _joined(between: str, *parts: str) -> str:
    return between.join(filter(None, parts))


def _make_again(at: Address, step: Make) -> Action:
    """Over what the service has given up on.

    UNVERIFIED: whether that still answers. In the emulator it does where a change or its deletion
    has failed.
    """
    if not step.instead_of:
        undo, reason = "not needed: the same is made again", f"the service says {step.said}"
        return Action(at, Verb.CREATE, ReasonCode.FAILED_LAST, reason, undo=undo)
    reason = f"the service says {step.said}; another model: {AGAIN}; if it still answers, {GAP}"
    code = ReasonCode.FAILED_LAST
    return Action(at, Verb.REPLACE, code, reason, step.changes, undo=EARLIER_STAYS)


def _path(goal: DeploymentGoal, done: tuple[str, ...], step: Make | Promote) -> str:
    """All that will happen, or may, before the first of it does."""
    new, old = step.name, step.beside if isinstance(step, Make) else step.over
    done += ("called once",) if goal.probe else ()
    done += (f"asked {_prompts(goal)}",) if goal.verify else ()
    drain = f"{old} answers for another {words(goal.drain)} and is then deleted"
    drain = drain if goal.drain else f"{old} is then deleted at once"
    is_renamed = any(is_same_name(goal.name, one) for one in (new, old))
    follow = f". Whoever calls it by the name {old} has to follow `ftctl outputs` from now on"
    path = f"{joined((*done, 'promoted'))}; {drain}{_both(goal, step)}{_unless(goal, new, old)}"
    return f"{path}{follow if is_renamed else ''}"


def _both(goal: DeploymentGoal, step: Make | Promote) -> str:
    """What it costs to keep the old one while it drains."""
    if not goal.drain:
        return ""
    before = (one.before for one in step.changes if one.field == "sku.name")
    extra = hosting.price(goal, next(before, goal.sku), goal.drain)
    if extra is None:
        return ". Both are hosted until then, at a price that is not known here"
    return f". Both are hosted until then: ${extra:,.2f} more" if extra else ""


def _unless(goal: DeploymentGoal, new: str, old: str) -> str:
    """What becomes of both where the new one does not answer, and what that costs."""
    if not (goal.probe or goal.verify):
        return ""
    expected = " as expected" if goal.verify else ""
    month = goal.facts.hosting_per_month
    price = (
        "at a price that is not known here" if month is None else f"for ${month:,.2f} in 30 days"
    )
    hosted = f", hosted {price}" if month != 0 else ""
    unless = f". If it does not answer{expected},"
    if not old and is_same_name(new, goal.name):  # which is called from the beginning
        return f"{unless} it is called all the same, and stays{hosted}"
    goes_on = f"{old} goes on being called" if old else "nothing is called yet"
    return f"{unless} {goes_on}, and {new} stays for a look{hosted}"


def _prompts(goal: DeploymentGoal) -> str:
    return count(len(goal.verify), "prompt")


def amount(goal: DeploymentGoal) -> str:
    """Capacity in both of its units."""
    if is_provisioned(goal.sku):
        return count(goal.capacity, "provisioned throughput unit")
    return f"{goal.capacity * 1000:,} tokens a minute (capacity {goal.capacity:,})"


def _asking(goal: DeploymentGoal, step: Check) -> str:
    asked = f"asked {_prompts(goal)}" if goal.verify else ""
    return joined(filter(None, ["called once" if step.is_new else "", asked]))


def _change(at: Address, goal: DeploymentGoal, step: Swap | Change | Check) -> Action:
    if isinstance(step, Check):
        reason = f"nobody has asked it the {_prompts(goal)} of verify yet"
        if step.is_new:
            reason = f"nobody has called it since it serves this model: {_asking(goal, step)}"
        undo = "not needed: it only asks"
        return Action(at, Verb.UPDATE, ReasonCode.UNCHECKED, reason, undo=undo)
    if isinstance(step, Swap):
        reason = f"another model: {IN_PLACE if goal.update == 'auto' else ANEW}{_back(goal)}"
        undo = EARLIER_STAYS
        return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, step.changes, undo=undo)
    is_owner_only = all(one.field == "owner" for one in step.changes)
    is_resized = any(one.field == "sku.capacity" for one in step.changes)
    reason = "taken over" if is_owner_only else "its settings differ from the manifest"
    reason += f"; {amount(goal)}" if is_resized else ""
    reason += f"; then {outlook.calling(step.followed_by)}" if step.followed_by else ""
    return Action(at, Verb.UPDATE, ReasonCode.CHANGED, reason, step.changes, undo=EARLIER)


def _back(goal: DeploymentGoal) -> str:
    """What follows where the answers are wrong: the earlier one comes back the way it went."""
    if not goal.verify:
        return ""
    again = " if there was one before" if goal.update == "auto" else ""
    return (
        f". It is then asked {_prompts(goal)}; if it fails, the earlier model is put back the same "
        f"way, with a second gap{again}"
    )


def _roll_out(at: Address, goal: DeploymentGoal, step: Promote | Drain | Retire) -> Action:
    if isinstance(step, Drain):
        return Action(at, Verb.WAIT, ReasonCode.DRAINING, draining(step.ends), is_slow=True)
    if isinstance(step, Retire):
        called = [one for one in step.names if one not in step.untried]
        reasons = [
            *([f"delete {joined(called)}; calls have gone elsewhere"] if called else []),
            *([f"delete {joined(step.untried)}, never promoted"] if step.untried else []),
        ]
        reason = "; ".join(reasons)
        undo = "the model stays, and can be deployed again"
        return Action(at, Verb.UPDATE, ReasonCode.DRAINED, reason, undo=undo)
    if step.over:
        path = _path(goal, (), step)
        reason = f"another model: {step.name} is there, to be {path}"
        undo = f"{EARLIER}; until {step.over} is deleted, that only moves calls back"
        return Action(at, Verb.REPLACE, ReasonCode.CHANGED, reason, step.changes, undo=undo)
    found = f"{step.name} is there, and not promoted yet"
    reason = _joined("; ", found, _test(goal, step.name))
    return Action(at, Verb.UPDATE, ReasonCode.CHANGED, reason, step.changes, undo=EARLIER)


def draining(ends: Collection[tuple[datetime, str]]) -> str:
    each = joined([f"{name} answers until {end:%Y-%m-%d %H:%M} UTC" for end, name in ends])
    return f"draining: {each}, and {'each ' * (len(ends) > 1)}is deleted after that"


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
            then = f"; then {_asking(goal, step.followed_by)}" if step.followed_by else ""
            return Action(at, Verb.WAIT, ReasonCode.PENDING, f"the service says {said}{then}")
        case LeaveOff(said):
            text = f"the service says {switched_off(said)}"
            return Action(at, Verb.KEEP, ReasonCode.DISABLED, text)
        case Rejected():
            return Action(at, Verb.KEEP, ReasonCode.VERIFY_FAILED, rejection(step))
        case Keep():
            return Action(at, Verb.KEEP, ReasonCode.AS_WANTED, "as declared")
        case _:
            assert_never(step)


def switched_off(said: str) -> str:
    return f"{said}; {RESUMED}" if is_paused(said) else said


def rejection(step: Rejected) -> str:
    """What failed, what is called all the same, and what a person may do."""
    calls = f"calls go to {step.serving}" if step.serving else "calls go nowhere yet"
    calls = "and is called all the same" if step.serving == step.weights else calls
    apart = f"; {step.apart} stays for a look, and is hosted meanwhile" if step.apart else ""
    return (
        f"{step.weights} did not answer as verify expects, {calls}{apart}. The same prompts are "
        "not tried again: change them, or the model"
    )
