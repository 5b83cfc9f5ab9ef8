"""Sees the deployments of all accounts, and carries out what was decided about one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.kinds.deployment import evidence
from reconciler.kinds.deployment.changing import change, make
from reconciler.kinds.deployment.choosing import call_due, next_step
from reconciler.kinds.deployment.errand import Errand
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.keeping import keep_alive
from reconciler.kinds.deployment.meanwhile import Seen, assert_unchanged, case_now, is_about
from reconciler.kinds.deployment.promoting import promote
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.deployment.steps import Call, Change, Check, Make, Promote, Retire, Step, Swap
from reconciler.kinds.deployment.supplies import Wish, supplies
from reconciler.kinds.deployment.swapping import swap
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
        records = [record for record in listed.get(goal.account, ()) if is_about(record, goal.name)]
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


def _key(record: DeploymentRecord) -> tuple[str, str]:
    return record.account, record.name.lower()


def _found(record: DeploymentRecord, project: str, session: Session) -> Found:
    state = DeploymentState(record, place=session.places[record.account])
    detail = f"{record.sku} {record.capacity}  {record.model}  {record.provisioning}"
    address = Address("deployment", record.name)
    return Found(address, record.account, state.is_of(project), state, detail)


def perform(action: Action, wanted: Wanted | None, state: Seen, scene: Scene) -> None:
    """Look once more, and do it if it is still what has to be done. Raises Conflict if not."""
    desk = _desk(action, scene)
    listed = list_deployments(desk.connection)
    if action.verb is Verb.DELETE:
        _delete(desk, state, listed)
    elif wanted:
        now = scene.now()
        case = case_now(wanted, state, listed, scene, now)
        is_call = action.code is ReasonCode.KEEP_ALIVE  # it may go before a step that has to wait
        step = (call_due(case) if is_call else None) or next_step(case, now)
        _do(Errand(case, scene, desk), step)


def _delete(desk: Desk, state: Seen, listed: Iterable[DeploymentRecord]) -> None:
    """It and its other versions."""
    if isinstance(state, DeploymentState):
        assert_unchanged(state, listed)
        desk.delete(*(one.name for one in state.together))


def _do(errand: Errand, step: Step) -> None:
    match step:
        case Make():
            make(errand, step)
        case Swap():
            swap(errand, step)
        case Change():
            change(errand, step)
        case Check(name):
            check(errand, name)
        case Promote():
            promote(errand, step)
        case Retire(names):
            errand.desk.delete(*names)
            errand.scene.tell(f"deleted {', '.join(names)}")
        case Call(name):
            keep_alive(errand, name)
        case _:
            raise AssertionError(f"{step} takes nothing to be done")


def _desk(action: Action, scene: Scene) -> Desk:
    """Patient, where others of this run give back what this one takes."""
    desk = Desk(scene.session, scene.session[action.lane])
    is_returning = any(action.takes.get(key, 0) > 0 for key in scene.returning)
    return desk.patient if is_returning else desk
