"""Which jobs trained the weights that a manifest asks for, under whatever name."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.kinds.checkpoint import FINAL, Checkpoint
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.weights import Listed, jobs_of, other_names
from reconciler.planning.fingerprint import fingerprint, short
from reconciler.planning.kind import Wanted
from reconciler.providers.azure.listings import JobRecord
from tests.planning.situations import OTHER_BYTES, job, wanted_child, wanted_data, wanted_model

CHOSEN = {"n_epochs": 3, "batch_size": 4, "learning_rate_multiplier": 2.0}
NAMES = {("sweden", "file-1"): wanted_data().goal.remote_name}


def goal(**pinned: object) -> FineTunedModelGoal:
    """The model of the spine with these hyperparameters pinned."""
    made: FineTunedModelGoal = wanted_model().goal
    return replace(made, recipe=replace(made.recipe, hyperparameters=pinned))


def job_for(trained: FineTunedModelGoal, **more: object) -> JobRecord:
    return job(suffix=f"bot-{trained.short}", hyperparameters=CHOSEN, **more)


def counts(one: JobRecord, wanted: FineTunedModelGoal) -> bool:
    return jobs_of(wanted, Listed((one,), NAMES)) == (one,)


def test_what_the_service_chose_may_be_pinned() -> None:
    """A job that was left to choose, and chose what is pinned now, trained the same weights."""
    left_open = job_for(goal())
    assert counts(left_open, goal())
    assert counts(left_open, goal(n_epochs=3))
    assert counts(left_open, goal(n_epochs=3, batch_size=4))
    assert not counts(left_open, goal(n_epochs=4))
    assert not counts(left_open, goal(n_epochs=3, batch_size=8))


def test_what_was_pinned_is_not_open() -> None:
    """A job that was told to train twice has not settled on three by itself."""
    assert not counts(job_for(goal(n_epochs=2)), goal(n_epochs=3))
    assert not counts(job_for(goal(n_epochs=3)), goal())


def test_what_is_not_settled_yet() -> None:
    """While it runs a job may still choose what is pinned; failed, it gave no weights at all."""
    running = job_for(goal(), status="running")
    assert counts(replace(running, hyperparameters={}), goal(n_epochs=3))
    assert not counts(running, goal(n_epochs=4))
    assert not counts(job_for(goal(), status="failed"), goal(n_epochs=3))


def test_other_data_contradicts_the_mark() -> None:
    """Eight digits may meet by chance; data, method and base have to agree as well."""
    other = {("sweden", "file-1"): wanted_data(sha256=OTHER_BYTES).goal.remote_name}
    one = job_for(goal())
    assert jobs_of(goal(), Listed((one,), {})) == (one,)
    assert jobs_of(goal(), Listed((one,), other)) == ()
    assert not counts(replace(one, method="dpo"), goal())
    assert not counts(replace(one, base_model="gpt-4o-2024-08-06"), goal())


def child_of(parent: FineTunedModelGoal, pin: str = "", at: Checkpoint = FINAL) -> Wanted:
    return wanted_child(replace(wanted_model(), goal=parent), pin=pin, checkpoint=at)


def child_job(child: FineTunedModelGoal, base: str) -> JobRecord:
    return job(
        id="ftjob-child", suffix=f"child-{child.short}", base_model=base, training_file="file-2"
    )


def test_a_chain_is_named_by_its_parent() -> None:
    """Other weights of the parent are another child; a pin names the version that it was."""
    now = child_of(goal()).goal
    assert now.short != child_of(goal(n_epochs=3)).goal.short
    assert now.short == child_of(goal(n_epochs=3), pin=goal().short).goal.short
    assert now.short != child_of(goal(), at=Checkpoint(epoch=2)).goal.short


def test_a_parent_under_another_name() -> None:
    """When what the parent was left to choose is pinned, its children stay the same as well."""
    trained, now = child_of(goal()).goal, child_of(goal(n_epochs=3)).goal
    parent = job_for(goal())
    one = child_job(trained, parent.model)
    assert jobs_of(now, Listed((parent, one), {})) == (one,)
    otherwise = replace(parent, hyperparameters={"n_epochs": 2})
    assert jobs_of(now, Listed((otherwise, one), {})) == ()


def test_what_a_chain_echoes() -> None:
    """The service may name the parent or the model at the root; not another parent."""
    child = child_of(goal()).goal
    for base, is_fine in (
        (f"gpt-4.1-2025-04-14.ft-01-bot-{goal().short}", True),
        (f"gpt-4.1-2025-04-14.ft-01-bot-{goal().short}:ckpt-step-90", True),
        ("gpt-4.1-2025-04-14", True),
        ("gpt-4.1-2025-04-14.ft-01-bot-00000000", False),
    ):
        assert bool(jobs_of(child, Listed((child_job(child, base),), {}))) is is_fine


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(CHOSEN)), st.just(3)), st.data())
def test_other_names_leave_something_open(pinned: dict[str, object], data: st.DataObject) -> None:
    """Each other name is that of the recipe with some of the pins taken out."""
    wanted = goal(**pinned)
    names = dict(other_names(wanted, ()))
    assert len(names) == 2 ** len(pinned)
    kept = data.draw(st.sets(st.sampled_from(sorted(pinned))) if pinned else st.just(set()))
    fewer = replace(wanted.recipe, hyperparameters={name: pinned[name] for name in kept})
    left = names[short(fingerprint(fewer))]
    assert left == {name: pinned[name] for name in set(pinned) - kept}
