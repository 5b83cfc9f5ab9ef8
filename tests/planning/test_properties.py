"""What holds for every plan, whatever is wanted and whatever is there."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.address import Address
from reconciler.planning.approval import Approval
from reconciler.planning.desired import Desired, Observed, standings
from reconciler.planning.destroying import plan_destroy
from reconciler.planning.kind import Wanted
from reconciler.planning.plan import plan
from reconciler.planning.turns import turn
from reconciler.reporting.formats import PlanOut
from reconciler.reporting.plan_json import plan_out
from tests.planning.chance import states_of, wishes, worlds
from tests.planning.situations import (
    NOON,
    desired,
    job,
    picture,
    there_account,
    there_data,
    there_deployment,
    trained,
)

World = tuple[Desired, Observed]
KINDS = st.sets(st.sampled_from(["deployment", "finetunedmodel", "dataset"])).map(frozenset)
worlds_with_prune = worlds(prune=frozenset({"deployment"}))
any_world = worlds() | worlds_with_prune | worlds(allow_retrain=True)

often = settings(max_examples=60, deadline=None)


def everything(world: World) -> list[Action]:
    made = plan(*world)
    return [*made.actions, *(one.then for one in made.deferred)]


@often
@given(any_world)
def test_accounted_for(world: World) -> None:
    """Each wanted resource is in the plan exactly once, decided or deferred."""
    wants, _ = world
    counted = Counter(action.address for action in everything(world))
    assert {address: counted[address] for address in wants.wanted} == dict.fromkeys(wants.wanted, 1)


@often
@given(any_world, st.randoms())
def test_order_of_manifests(world: World, random: Random) -> None:
    """The order in which resources are written changes nothing."""
    wants, sees = world
    shuffled = list(wants.wanted.values())
    random.shuffle(shuffled)
    assert plan(desired(*shuffled, policy=wants.policy), sees) == plan(wants, sees)


@often
@given(any_world)
def test_needs_come_first(world: World) -> None:
    """An action stands after those of everything that it needs."""
    wants, sees = world
    order = [one.address for one in plan(wants, sees).actions]
    for position, address in enumerate(order):
        needs = wants.wanted[address].needs if address in wants.wanted else ()
        assert not set(needs) & set(order[position:])


@often
@given(any_world)
def test_nothing_starts_too_early(world: World) -> None:
    """What changes something now needs nothing that is not ready, except to cancel twins."""
    wants, sees = world
    stand = standings(wants, sees)
    for action in plan(wants, sees).actions:
        if (
            action.is_active
            and action.code is not ReasonCode.TWIN
            and action.address in wants.wanted
        ):
            assert all(stand[need].is_ready for need in wants.wanted[action.address].needs)


@often
@given(any_world)
def test_deferred_for_a_reason(world: World) -> None:
    """What is deferred waits for something that it needs and that is not ready, or for a place."""
    wants, sees = world
    stand = standings(wants, sees)
    for one in plan(wants, sees).deferred:
        assert one.waits_for or one.queue
        assert set(one.waits_for) <= set(wants.wanted[one.address].needs)
        assert not any(stand[need].is_ready for need in one.waits_for)


@often
@given(any_world)
def test_places(world: World) -> None:
    """No plan sends more than a queue takes, nor keeps a place empty, nor lets anyone push in."""
    made = plan(*world)
    for key, queue in world[1].queues.items():
        going = [one for one in made.actions if one.queue == key]
        held = [one.then for one in made.in_line if one.then.queue == key]
        assert len(going) <= queue.room
        assert not held or len(going) == queue.room
        assert not going or not held or max(map(turn, going)) < min(map(turn, held))
        assert all(one.queue.room == 0 for one in made.deferred if one.queue)


@often
@given(any_world)
def test_planning_is_a_function(world: World) -> None:
    """Planning twice gives equal plans, and equal words."""
    assert plan(*world) == plan(*world)
    assert picture(plan(*world)) == picture(plan(*world))


@often
@given(wishes())
def test_rest(wanted: list[Wanted]) -> None:
    """If everything is there and as wanted, the plan keeps everything."""
    states = {}
    for one in wanted:
        goal = one.goal
        match one.address.kind:
            case "account":
                states[one.address] = there_account()
            case "dataset":
                states[one.address] = there_data(goal.sha256, called=goal.name)
            case "finetunedmodel":
                made_by = job(
                    model=f"gpt-4.1-2025-04-14.ft-0123-bot-{goal.short}",
                    validation_file="file-2" if goal.validation else "",
                )
                states[one.address] = trained(made_by, metrics={"valid_loss": 0.5})
            case "deployment":
                tags = {"ftctl-project": "shop", "ftctl-name": goal.name}
                if goal.is_protected:
                    tags["ftctl-protect"] = "true"
                model = f"gpt-4.1-2025-04-14.ft-0123-bot-{goal.short}"
                states[one.address] = there_deployment(name=goal.name, tags=tags, model=model)
    made = plan(desired(*wanted), Observed(NOON, states))
    assert made.is_settled
    assert not made.has_changes
    assert {one.verb for one in made.actions} == {Verb.KEEP}


@often
@given(worlds() | worlds_with_prune)
def test_training_needs_leave(world: World) -> None:
    """Without --allow-retrain only what is new is trained, or retried within its attempts."""
    wants, sees = world
    for action in everything(world):
        if action.verb is not Verb.TRAIN:
            continue
        state = sees.states.get(action.address)
        if action.code is ReasonCode.NEW:
            assert state is None or not state.is_evidence
        else:
            assert action.code is ReasonCode.RETRY
            assert (state.winner, state.models, state.deployments) == (None, (), ())
            assert len(state.failures) < wants.wanted[action.address].goal.attempts


@often
@given(worlds(allow_retrain=True))
def test_nothing_trains_beside_a_model_or_a_job(world: World) -> None:
    """Even with leave, nothing is trained that can be used, or that is being trained."""
    _, sees = world
    for action in everything(world):
        if action.verb is Verb.TRAIN and (state := sees.states.get(action.address)):
            assert state.usable is None
            assert not any(one.is_active for one in state.jobs)


@often
@given(any_world)
def test_only_training_costs_training(world: World) -> None:
    """No other verb has a price of training."""
    for action in everything(world):
        if action.cost and action.verb is not Verb.TRAIN:
            assert action.cost.training_high is None


@often
@given(worlds() | worlds(allow_retrain=True))
def test_nothing_is_deleted_without_prune(world: World) -> None:
    """Without prune no plan deletes anything."""
    assert Verb.DELETE not in {one.verb for one in everything(world)}


@often
@given(worlds_with_prune)
def test_only_ours_is_deleted(world: World) -> None:
    """With prune only what is ours, of that kind, and not wanted is deleted."""
    wants, sees = world
    doomed = {one.address for one in everything(world) if one.verb is Verb.DELETE}
    assert doomed == {one.address for one in sees.others if one.is_ours}
    assert not doomed & set(wants.wanted)


@often
@given(any_world)
def test_foreign_things_are_left_alone(world: World) -> None:
    """A deployment that another project made, and that nobody adopts, is kept as it is."""
    wants, sees = world
    for action in everything(world):
        one, state = wants.wanted.get(action.address), sees.states.get(action.address)
        if not (one and state) or action.address.kind != "deployment":
            continue
        if not (state.is_of("shop") or one.goal.may_adopt):
            assert action.verb is Verb.KEEP
            assert action.code is ReasonCode.FOREIGN


@often
@given(worlds(), KINDS)
def test_destroy_goes_backwards(world: World, kinds: frozenset[str]) -> None:
    """Destroying deletes only what it was asked for, users before what they use.

    What something uses that stays is kept, and says so; so does an account that cannot be seen.
    """
    wants, sees = world
    made = plan_destroy(wants, sees, kinds)
    kept = [one for one in made.everything if not one.is_active]
    assert {one.code for one in kept} <= {ReasonCode.IN_USE, ReasonCode.ABSENT}
    assert {one.verb for one in made.steps} <= {Verb.DELETE}
    assert {one.address.kind for one in made.everything} <= kinds | {"account"}
    assert set(chain.from_iterable(one.waits_for for one in made.deferred)) <= {
        one.address for one in made.everything
    }
    gone = set(chain.from_iterable(one.ids for one in made.steps))
    assert all(one.users <= gone for one in made.steps)


@often
@given(any_world)
def test_a_plan_covers_itself(world: World) -> None:
    """Whoever approves a plan has approved every step of it."""
    made = plan(*world)
    approval = Approval.of(made)
    assert all(approval.covers(one) for one in made.steps)


@often
@given(any_world)
def test_round_trip(world: World) -> None:
    """Every plan survives JSON."""
    out = plan_out(plan(*world), "shop")
    assert PlanOut.model_validate_json(out.model_dump_json()) == out


@often
@given(any_world)
def test_every_plan_has_words(world: World) -> None:
    """Every plan can be shown, in lines that fit, save for ids that are longer than a line."""
    for line in picture(plan(*world)).splitlines():
        assert len(line) <= 80 or max(map(len, line.split())) > 70


@often
@given(wishes().flatmap(lambda wanted: st.tuples(st.just(wanted), states_of(wanted))))
def test_counts(both: tuple[list[Wanted], dict[Address, Any]]) -> None:
    """The counts of a plan add up to the resources in it."""
    wanted, states = both
    made = plan(desired(*wanted), Observed(NOON, states))
    counts = made.count()
    assert sum(counts[verb.value] for verb in Verb) == len(wanted)
    assert counts["deferred"] == len(made.deferred)
