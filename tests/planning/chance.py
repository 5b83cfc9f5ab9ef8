"""Any state of the service, whether or not it would ever get there, and any set of wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args

from hypothesis import strategies as st

from reconciler.kinds.dataset.state import DatasetState
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.fine_tuned_model.gate import Gate
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.kinds.fine_tuned_model.versions import Version
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed
from reconciler.planning.kind import Found, Wanted
from reconciler.planning.policy import Policy
from reconciler.planning.queue import Queue
from reconciler.providers.azure.listings import (
    FileRecord,
    FileStatus,
    JobError,
    JobRecord,
    JobStatus,
    ModelRecord,
)
from tests.planning.situations import (
    BYTES,
    NOON,
    OTHER_BYTES,
    desired,
    found,
    job,
    there_account,
    there_deployment,
    upload,
    wanted_account,
    wanted_child,
    wanted_data,
    wanted_deployment,
    wanted_model,
)

HASHES = st.sampled_from([BYTES, OTHER_BYTES])
MOMENTS = st.integers(0, 5).map(lambda hours: NOON - timedelta(hours=hours))
PROVISIONING = st.sampled_from(
    [
        *("Succeeded", "Accepted", "Creating", "Deleting", "Failed", "Canceled", "Disabled"),
        *("Paused", "succeeded"),
    ]
)
QUEUES = st.builds(Queue, st.just("the queue of account/sweden"), st.just(2), st.integers(0, 3))
MESSAGES = st.sampled_from(
    [
        "The server had an error.",
        "failed RAI checks for harm types: [violence]",
        "scores above acceptable thresholds for [Self Harm]",
        "",
    ]
)
errors = st.none() | st.builds(
    JobError,
    st.sampled_from(["", "internalFailure", "jsonlValidationFailed"]),
    MESSAGES,
    st.sampled_from(["", "training_file"]),
)


BEFORE = Version(
    "0a0a0a0a", job(OTHER_BYTES, id="ftjob-0"), "chats.bbbbbbbbbbbb.jsonl", is_sure=True
)
OURS = "deployment/deployment0 in account/sweden"
THEIRS = "deployment/theirs in account/sweden"
GATE = Gate.model_validate({"require": {"valid_loss": {"below": 1}}})


@st.composite
def jobs(draw: st.DrawFn, number: int) -> JobRecord:
    made = job(draw(HASHES), status=draw(st.sampled_from(get_args(JobStatus))))
    error = draw(errors) if made.status == "failed" else None
    return replace(made, id=f"ftjob-{number}", created_at=draw(MOMENTS), error=error)


@st.composite
def models(draw: st.DrawFn) -> FineTunedModelState:
    """Any evidence, but never none: without any there is no state."""
    many = draw(st.integers(0, 3))
    records = sorted((draw(jobs(n)) for n in range(many)), key=lambda one: one.age_order)
    ids = [one.model for one in records if one.model] + ["gpt.ft-9-x-00000000"]
    listed = draw(
        st.lists(st.builds(ModelRecord, st.just("sweden"), st.sampled_from(ids), st.booleans()))
    )
    named = draw(st.sampled_from([(), (OURS,), (OURS, THEIRS)]))
    if not (records or listed or named):
        named = (OURS,)
    return FineTunedModelState(
        tuple(records),
        tuple(listed[:3]),
        named,
        metrics=draw(st.sampled_from([{}, {"valid_loss": 0.5}, {"valid_loss": 1.5}])),
        promoted=draw(st.none() | st.just(BEFORE)),
        versions=draw(st.sampled_from([(), (BEFORE,)])),
    )


@st.composite
def uploads(draw: st.DrawFn, number: int) -> FileRecord:
    status = draw(st.sampled_from(get_args(FileStatus)))
    made = draw(st.none() | MOMENTS)
    return upload(draw(HASHES), id=f"file-{number}", status=status, created_at=made)


@st.composite
def data(draw: st.DrawFn) -> DatasetState:
    there = draw(st.none() | uploads(1))
    twins = draw(st.none() | uploads(2))
    earlier = draw(st.none() | uploads(3))
    return DatasetState(
        {"sweden": there} if there else {},
        (twins,) if twins and there else (),
        (earlier,) if earlier else (),
    )


@st.composite
def deployments(draw: st.DrawFn, name: str = "prod") -> DeploymentState:
    marks = {"ftctl-project": draw(st.sampled_from(["shop", "other"])), "ftctl-name": name}
    tags = draw(st.sampled_from([{}, marks, marks | {"ftctl-protect": "true"}]))
    return there_deployment(
        draw(HASHES),
        name,
        tags=tags,
        provisioning=draw(PROVISIONING),
        capacity=draw(st.sampled_from([10, 50])),
        sku=draw(st.sampled_from(["GlobalStandard", "standard"])),
    )


@st.composite
def wishes(draw: st.DrawFn) -> list[Wanted]:
    """Some data, some models of it, some deployments of those; in the order of their needs."""
    datasets = [wanted_data(f"data{n}", draw(HASHES)) for n in range(draw(st.integers(1, 3)))]
    trained = [
        wanted_model(
            draw(st.sampled_from(datasets)),
            f"model{n}",
            draw(st.none() | st.sampled_from(datasets)),
            attempts=draw(st.integers(1, 3)),
            priority=draw(st.integers(0, 2)),
            gate=draw(st.none() | st.just(GATE)),
        )
        for n in range(draw(st.integers(0, 3)))
    ]
    for n in range(draw(st.integers(0, 2)) if trained else 0):
        parent, pin = draw(st.sampled_from(trained)), draw(st.sampled_from(["", "0a0a0a0a"]))
        trained.append(wanted_child(parent, f"child{n}", pin, data=draw(st.sampled_from(datasets))))
    deployed = [
        wanted_deployment(
            draw(st.sampled_from(trained)),
            f"deployment{n}",
            is_protected=draw(st.booleans()),
            may_adopt=draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 3)) if trained else 0)
    ]
    return [wanted_account(), *datasets, *trained, *deployed]


@st.composite
def states_of(draw: st.DrawFn, wanted: list[Wanted]) -> dict[Address, Any]:
    """For each wish any state, or none."""
    anything = {"account": st.just(there_account()), "dataset": data(), "finetunedmodel": models()}
    states: dict[Address, Any] = {}
    for one in wanted:
        kind = one.address.kind
        there = anything[kind] if kind in anything else deployments(one.address.name)
        state = draw(st.none() | there)
        if state is not None:
            states[one.address] = state
    return states


@st.composite
def others(draw: st.DrawFn) -> tuple[Found, ...]:
    return tuple(
        found(f"old{n}", is_ours=draw(st.booleans())) for n in range(draw(st.integers(0, 2)))
    )


@st.composite
def worlds(draw: st.DrawFn, **policy: Any) -> tuple[Desired, Observed]:
    """What is wanted and what is there."""
    wanted = draw(wishes())
    rules = Policy(project="shop", **policy)
    queues = draw(st.just({}) | st.fixed_dictionaries({"sweden": QUEUES}))
    sees = Observed(NOON, draw(states_of(wanted)), draw(others()), queues=queues)
    return desired(*wanted, policy=rules), sees
