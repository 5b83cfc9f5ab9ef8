"""Where a deployment stands and what is done about it: its next step, with cost and notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.kinds.deployment import developer_tier, hosting, outlook, retirement, twins
from reconciler.kinds.deployment.case import Case, case_of
from reconciler.kinds.deployment.choosing import call_due, is_for_a_person, next_step, serving_step
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.holding import given_back, takes_of
from reconciler.kinds.deployment.residency import notices
from reconciler.kinds.deployment.state import DeploymentState, is_marked, is_same_name
from reconciler.kinds.deployment.steps import (
    Await,
    Change,
    Check,
    Drain,
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
from reconciler.kinds.deployment.telling import draining, rejection, switched_off, told
from reconciler.kinds.deployment.vanished import Missing
from reconciler.planning.action import Action, Decision, FieldChange, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.standing import Phase, Standing


def describe(
    wanted: Wanted, state: DeploymentState | Missing | None, needs: Mapping[Address, Standing]
) -> Standing:
    case = case_of(wanted.goal, state, needs)
    if not isinstance(state, DeploymentState) and not isinstance(serving_step(case), Leave):
        return outlook.away(case.absence)
    phase, detail = _phase(case)
    detail = "; ".join(filter(None, [detail, outlook.detail(case)]))
    record = case.current or case.target or next(iter(case.mine), None)
    since = (record or state.record).created_at if isinstance(state, DeploymentState) else None
    if record is None:
        return Standing(phase, {}, since, detail)
    if not is_marked(record, case.goal.project, case.goal.name):
        # Without ids, so that destroy leaves it alone: the wish to adopt does not make it ours.
        return Standing(Phase.HELD, {}, since, "not made by this project, and not taken over yet")
    ids = {"deployment": record.name, "model": record.model}
    return Standing(phase, ids, since, detail)


def _phase(case: Case) -> tuple[Phase, str]:
    """Whether calls are answered, and as declared."""
    match serving_step(case):
        case Leave(name):
            which = "" if name == case.goal.name else f"{name} was "
            phase = Phase.DEGRADED if case.current else Phase.FAILED
            found = phase, f"{which}not made by this project"
        case LeaveOff(said):
            found = Phase.FAILED, switched_off(said)
        case Make(said=said, beside="") if said:
            found = Phase.FAILED, said
        case Await(said):
            found = Phase.PENDING, said
        case Rejected() as step:
            found = (Phase.DEGRADED if step.serving else Phase.FAILED), rejection(step)
        case Make() | Promote() if not case.current:
            found = (Phase.PENDING, "not promoted yet") if case.target else (Phase.MISSING, "")
        case Make() | Promote() | Swap() | Change() as step:
            found = _differing(step.changes)
        case Check(is_new=True):
            found = Phase.PENDING, "not called yet, so nobody knows whether it answers"
        case Check():
            found = Phase.READY, "its answers have not been checked"
        case _:
            found = Phase.READY, _leaving(case)
    return found


def _differing(changes: tuple[FieldChange, ...]) -> tuple[Phase, str]:
    """It serves, but not as declared; whose it is makes no difference to its users."""
    fields = ", ".join(one.field for one in changes if one.field != "owner")
    return (Phase.DEGRADED, f"differs in {fields}") if fields else (Phase.READY, "")


def _leaving(case: Case) -> str:
    at = case.life.at if case.life else None
    drained = [name for end, name in case.draining if at and end <= at]
    left = [one for one in case.draining if one[1] not in drained]
    each = [f"{name} until {end:%Y-%m-%d %H:%M} UTC" for end, name in left]
    gone = f"drained: {', '.join(drained)}, deleted by the next apply" if drained else ""
    staying = f"draining: {', '.join(each)}" if each else ""
    return "; ".join(filter(None, [gone, staying]))


def decide(wanted: Wanted, state: DeploymentState | Missing | None, context: Context) -> Decision:
    goal: DeploymentGoal = wanted.goal
    case = case_of(goal, state, context.needs, context.policy)
    step = next_step(case, context.now)
    action = told(wanted.address, goal, step)
    # The mark counts until an apply has taken it off, in a change of its own.
    is_protected = goal.is_protected or (isinstance(state, DeploymentState) and state.is_protected)
    cost = hosting.cost(case, step, context.now)
    priced = replace(action, cost=cost, lane=goal.account, is_protected=is_protected)
    priced = replace(priced, takes=takes_of(step, case))
    ending = retirement.notices(goal.facts.dates, context.now)
    said = (
        *notices(goal, priced, context.needs),
        *_open_question(wanted, case, step),
        *_leaving_later(wanted, case, step, context.now),
        *twins.notices(case, step, context.policy),
        *_renaming(case),
        *outlook.notices(case),
        *developer_tier.notices(case, step, context.now),
        *ending,
    )
    return Decision(priced, said, _meanwhile(wanted, case))


def _meanwhile(wanted: Wanted, case: Case) -> Action | None:
    """The call that keeps what serves, also where its next step has to wait for its model."""
    call = call_due(case)
    if call is None:
        return None
    return replace(told(wanted.address, case.goal, call), lane=case.goal.account)


def _open_question(wanted: Wanted, case: Case, step: Step) -> Iterator[str]:
    """What a person has to decide, where something else goes first."""
    open_ = serving_step(case)
    if is_for_a_person(open_) and open_ is not None and step != open_:
        yield told(wanted.address, case.goal, open_).reason


def _leaving_later(wanted: Wanted, case: Case, step: Step, now: datetime) -> Iterator[str]:
    """The older versions that go after another step, which the same approval covers."""
    if isinstance(step, Drain | Keep):
        return
    due = [one.name for one in case.departures if one.is_due(now)]
    if isinstance(step, Retire) or is_for_a_person(step):
        due = []
    elif isinstance(step, Make | Swap):
        due = [name for name in due if name not in step.instead_of]
    if due:
        untried = tuple(name for name in case.untried if name in due)
        yield f"then {told(wanted.address, case.goal, Retire(tuple(due), untried)).reason}"
    if ends := [(end, name) for end, name in case.draining if end > now]:
        yield draining(ends)


def _renaming(case: Case) -> Iterator[str]:
    """`update` was changed, and the name follows only when the model changes."""
    now = case.current
    if now is None or now != case.target:
        return
    is_plain = is_same_name(now.name, case.goal.name)
    if is_plain == (case.goal.update == "versioned"):
        yield (
            f"it is called {now.name} until its model changes, because the service may refuse a "
            "second deployment of one model"
        )


def retire(address: Address, state: DeploymentState) -> Action:
    record = state.record
    older = ", ".join(one.name for one in state.together[1:])
    with_them = f", with {older}" if older else ""
    return Action(
        address,
        Verb.DELETE,
        ReasonCode.UNWANTED,
        f"from account/{record.account}{with_them}; calls to it fail from then on",
        lane=record.account,
        undo="the model stays, and can be deployed again",
        is_protected=state.is_protected,
        takes=given_back(state),
        ids=frozenset(one.called for one in state.together),
    )
