"""Sees the deployments of all accounts, and carries out what was decided about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.kinds.deployment import evidence
from reconciler.kinds.deployment.case import case_of
from reconciler.kinds.deployment.changing import change, make, swap
from reconciler.kinds.deployment.choosing import call_due, next_step
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.keeping import keep_alive
from reconciler.kinds.deployment.promoting import promote
from reconciler.kinds.deployment.state import DeploymentState, is_same_name, is_version_name
from reconciler.kinds.deployment.steps import Call, Change, Check, Make, Promote, Retire, Swap
from reconciler.kinds.deployment.supplies import Wish, supplies
from reconciler.kinds.deployment.vanished import Missing
from reconciler.kinds.deployment.verifying import check
from reconciler.kinds.deployment.versions import arranged, is_mine
from reconciler.kinds.deployment.writing import Desk
from reconciler.kinds.knowledge import known
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.kind import Found, Observation, Scene, Wanted
from reconciler.planning.policy import Policy
from reconciler.providers.azure.listings import DeploymentRecord, list_deployments
from reconciler.providers.session import Session

Listed = Mapping[str, list[DeploymentRecord]]  # by account


def observe(wanted: Iterable[Wanted], session: Session, policy: Policy) -> Observation:
    listed: Listed = session.survey("deployments", list_deployments)
    looks: list[evidence.Look] = []
    claimed: set[tuple[str, str]] = set()
    wishes: list[Wish] = []
    for one in wanted:
        goal: DeploymentGoal = one.goal
        records = [record for record in listed.get(goal.account, ()) if _is_about(record, goal)]
        state = arranged(goal, records)
        strangers = () if state else tuple(records)
        looks.append(evidence.Look(one.address, goal, state, known(policy), strangers))
        if state:
            claimed |= {_key(one) for one in records if is_mine(one, goal) or one is state.record}
        wishes.append((goal, state))
    everything = (record for all_ in listed.values() for record in all_)
    others = (one for one in everything if _key(one) not in claimed)
    found = tuple(_found(one, policy.project, session) for one in others)
    states = evidence.states(looks, session)
    return Observation(states, found, supplies(wishes, listed, session, policy))


def _is_about(record: DeploymentRecord, goal: DeploymentGoal) -> bool:
    """Whether it has the name, or one that a version may need."""
    return is_same_name(record.name, goal.name) or is_version_name(record.name, goal.name)


def _key(record: DeploymentRecord) -> tuple[str, str]:
    return record.account, record.name.lower()


def _found(record: DeploymentRecord, project: str, session: Session) -> Found:
    state = DeploymentState(record, place=session.places[record.account])
    detail = f"{record.sku} {record.capacity}  {record.model}  {record.provisioning}"
    address = Address("deployment", record.name)
    return Found(address, record.account, state.is_of(project), state, detail)


def perform(
    action: Action, wanted: Wanted | None, state: DeploymentState | Missing | None, scene: Scene
) -> None:
    desk = _desk(action, scene)
    if action.verb is Verb.DELETE:
        desk.delete(*_names(action.address, state))
        return
    if wanted is None:
        raise AssertionError(f"only deleting needs no goal: {action}")
    case = case_of(wanted.goal, state, scene.needs, scene.policy)
    errand = Errand(case, scene, desk)
    is_call = action.code is ReasonCode.KEEP_ALIVE  # it may go before a step that has to wait
    match (call_due(case) if is_call else None) or next_step(case, scene.now()):
        case Make() as step:
            make(errand, step)
        case Swap() as step:
            swap(errand, step)
        case Change() as step:
            change(errand, step)
        case Check(name):
            check(errand, name)
        case Promote() as step:
            promote(errand, step)
        case Retire(names):
            desk.delete(*names)
            scene.tell(f"deleted {', '.join(names)}")
        case Call(name):
            keep_alive(errand, name)
        case step:
            raise AssertionError(f"{step} takes nothing to be done: {action}")


def _names(address: Address, state: DeploymentState | Missing | None) -> list[str]:
    """It and its other versions."""
    if isinstance(state, DeploymentState):
        return [one.name for one in state.together]
    return [address.name]


def _desk(action: Action, scene: Scene) -> Desk:
    """Patient, where others of this run give back what this one takes."""
    desk = Desk(scene.session, scene.session[action.lane])
    is_returning = any(action.takes.get(key, 0) > 0 for key in scene.returning)
    return desk.patient if is_returning else desk
