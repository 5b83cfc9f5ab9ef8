"""What holds for every rollout, from whatever is there, when its steps are carried out in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, assert_never

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.case import Case, case_of
from reconciler.kinds.deployment.choosing import next_step
from reconciler.kinds.deployment.expectation import Expectation
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import PROMOTED, VERIFY, weights
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
from reconciler.kinds.deployment.versions import current, is_mine, next_promotion, version_name
from reconciler.planning.action import Action
from reconciler.planning.approval import Approval
from reconciler.planning.kind import Context, Wanted
from reconciler.planning.plan import Plan
from reconciler.planning.policy import Policy
from reconciler.providers.azure.listings import DeploymentRecord
from tests.kinds.lives import looked_at
from tests.planning.situations import (
    NOON,
    model_id,
    there_deployment,
    wanted_deployment,
)
from tests.planning.situations import (
    weights as fingerprint,
)

Records = tuple[DeploymentRecord, ...]
KIND = KINDS["deployment"]
DATA = ["aa" * 32, "bb" * 32, "cc" * 32]
PROMPT = Expectation(prompt="Well?", contains="yes")
LONGEST = 8  # steps


@st.composite
def wishes(draw: st.DrawFn) -> Wanted:
    return wanted_deployment(
        update=draw(st.sampled_from(["auto", "replace", "versioned"])),
        verify=draw(st.sampled_from([(), (PROMPT,)])),
        drain=draw(st.sampled_from([timedelta(0), timedelta(hours=1)])),
        is_protected=draw(st.booleans()),
    )


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Any deployments that an earlier manifest, or somebody else, may have left."""
    found: list[DeploymentRecord] = []
    for sha256 in draw(st.lists(st.sampled_from(DATA), unique=True, max_size=3)):
        is_plain = not any(one.name == "prod" for one in found) and draw(st.booleans())
        name = "prod" if is_plain else f"prod-{fingerprint(sha256)[:8]}"
        made = there_deployment(sha256, capacity=draw(st.sampled_from([10, 50]))).record
        marks = made.tags if draw(st.integers(0, 9)) else {"owner": "cx"}
        if draw(st.booleans()):
            hours = draw(st.floats(0, 5))
            marks = marks | {PROMOTED: (NOON - timedelta(hours=hours)).isoformat()}
        found.append(replace(made, name=name, tags=marks))
    return tuple(found)


def seen(wanted: Wanted, there: Records) -> Case:
    return case_of(wanted.goal, looked_at(wanted.goal, there), {})


def after(case: Case, step: Step, now: datetime) -> Records:
    """What is there when a step has been carried out, all going well."""
    found = case.records
    match step:
        case Make(name=name, instead_of=gone):
            found = (*_without(case, name, *gone), _made(case, name))
        case Swap(name=name, instead_of=gone):
            changed = replace(_named(case, name), model=model_id(DATA[0]))
            found = (*_without(case, name, *gone), _asked(_settled(changed, case.goal), case))
        case Change(name=name):
            found = (*_without(case, name), _settled(_named(case, name), case.goal))
        case Check(name=name):
            found = (*_without(case, name), _asked(_named(case, name), case))
        case Promote(name=name):
            moved = _asked(_settled(_named(case, name), case.goal), case)
            at = next_promotion(case.mine, now).isoformat()
            found = (*_without(case, name), replace(moved, tags=moved.tags | {PROMOTED: at}))
        case Retire(names=names):
            found = _without(case, *names)
        case Leave() | Await() | LeaveOff() | Rejected() | Drain() | Keep():
            pass
        case _:
            assert_never(step)
    return found


def _named(case: Case, name: str) -> DeploymentRecord:
    return next(one for one in case.records if one.name == name)


def _without(case: Case, *names: str) -> Records:
    return tuple(one for one in case.records if one.name not in names)


def _made(case: Case, name: str) -> DeploymentRecord:
    made = replace(_settled(there_deployment().record, case.goal), name=name)
    is_called = name == case.goal.name and not case.current
    return _asked(made, case) if is_called else made


def _settled(record: DeploymentRecord, goal: DeploymentGoal) -> DeploymentRecord:
    protect = {"ftctl-protect": "true" if goal.is_protected else "false"}
    return replace(record, sku=goal.sku, capacity=goal.capacity, tags=record.tags | protect)


def _asked(record: DeploymentRecord, case: Case) -> DeploymentRecord:
    marks = {VERIFY: f"passed:{case.verdict}"} if case.verdict else {}
    return replace(record, tags=record.tags | marks)


def rollout(wanted: Wanted, there: Records) -> Iterator[tuple[Case, Step, Action]]:
    """Step after step, each from a fresh look, to the first that leaves things as they are."""
    now = NOON
    for _ in range(LONGEST):
        case = seen(wanted, there)
        step = next_step(case, now)
        context = Context(now, Policy(project="shop"), {})
        yield case, step, KIND.decide(wanted, looked_at(wanted.goal, there), context).action
        if isinstance(step, Keep | Leave):
            return
        there = after(case, step, now)
        now = step.ends[0][0] if isinstance(step, Drain) else now + timedelta(minutes=1)
    raise AssertionError("it does not come to rest")


often = settings(max_examples=60, deadline=None)
any_rollout: Any = st.tuples(wishes(), records())


@often
@given(any_rollout)
def test_it_arrives(both: tuple[Wanted, Records]) -> None:
    """Every rollout comes to rest, with one deployment that serves what it should, as declared."""
    wanted, there = both
    *_, (case, step, _) = rollout(wanted, there)
    if isinstance(step, Keep):
        (left,) = case.mine
        assert weights(left) == case.served.weights
        assert left.capacity == wanted.goal.capacity


@often
@given(any_rollout)
def test_the_service_is_never_lost(both: tuple[Wanted, Records]) -> None:
    """Once there is a deployment to call, there is one after each step."""
    wanted, there = both
    called = [case.current for case, _, _ in rollout(wanted, there)]
    first = next((number for number, one in enumerate(called) if one), len(called))
    assert all(called[first:])


@often
@given(any_rollout)
def test_what_drains_keeps_its_model(both: tuple[Wanted, Records]) -> None:
    """Another model is only put where calls should go, not where some still go."""
    wanted, there = both
    for case, step, _ in rollout(wanted, there):
        if isinstance(step, Swap):
            assert case.current
            assert step.name == case.current.name


@often
@given(any_rollout)
def test_never_two_of_one_model(both: tuple[Wanted, Records]) -> None:
    """No step makes a second deployment of weights that are served already."""
    wanted, there = both
    for case, _, _ in rollout(wanted, there):
        served = Counter(weights(one) for one in case.mine)
        assert all(count == 1 for count in served.values())


@often
@given(any_rollout)
def test_approved_once(both: tuple[Wanted, Records]) -> None:
    """Whoever approves the first plan, or one made in the middle, has approved all that follows.

    But where somebody else has the name of the next version, and the end of a drain frees the plain
    name for it, that is planned anew.
    """
    wanted, there = both
    taken = [one.name for one in there if not is_mine(one, wanted.goal)]
    is_blocked = version_name(wanted.goal, seen(wanted, there).served) in taken
    assume(wanted.goal.update == "versioned" or not is_blocked)
    actions = [action for _, _, action in rollout(wanted, there)]
    for number, approved in enumerate(actions):
        approval = Approval.of(Plan((approved,)))
        assert all(approval.covers(later) for later in actions[number:] if later.is_active)


@often
@given(any_rollout)
def test_what_is_not_ours_stays(both: tuple[Wanted, Records]) -> None:
    """Deployments of other people are there at the end as they were at the beginning."""
    wanted, there = both
    *_, (case, _, _) = rollout(wanted, there)
    theirs = [one for one in there if not is_mine(one, wanted.goal)]
    assert all(one in case.records for one in theirs)


@often
@given(any_rollout)
def test_only_what_answered_is_called(both: tuple[Wanted, Records]) -> None:
    """With prompts, the pointer only ever moves to a version that has passed them."""
    wanted, there = both
    looks = list(rollout(wanted, there))
    for (before, _, _), (case, _, _) in pairwise(looks):
        now, then = case.current, before.current
        if case.verdict and now and then and now.name != then.name:
            assert now.tags[VERIFY] == f"passed:{case.verdict}"
            assert current(case.mine, wanted.goal.name) == now
