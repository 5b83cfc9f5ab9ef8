"""Versions beside each other: what is made, called, promoted and retired on the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.kinds.deployment.pointer import pointer
from reconciler.planning.action import Action, ReasonCode, Verb
from reconciler.planning.desired import Desired
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.listings import list_deployments
from reconciler.providers.errors import AnswerLost, Refused
from tests.kinds.conformance.conftest import (
    DEPLOYMENT,
    DESTROY,
    MARK,
    MODEL,
    Emulator,
    Service,
    costs_training,
    either,
)

pytestmark = costs_training
VERSIONED = {"update": "versioned", "drain": "0s"}
# A simulated model knows its own examples by heart, and no others.
QUESTION = f"{MARK} a: what is 3 and 3?"
KNOWS_A = {"verify": [{"prompt": QUESTION, "contains": "It is 6"}]}


def names(service: Service) -> set[str]:
    """What there is on the account of this run."""
    listed = list_deployments(service.here)
    return {one.name for one in listed if one.name.startswith(DEPLOYMENT.name)}


def called(service: Service, desired: Desired) -> str | None:
    """What applications would call now."""
    goal = desired.wanted[DEPLOYMENT].goal
    found = pointer(goal, service.state(desired, DEPLOYMENT))
    return found and found.deployment


def roll_out(service: Service, desired: Desired, needs: Mapping[Any, Standing]) -> list[Action]:
    """Step after step, each from a fresh look, until there is nothing left to do."""
    steps: list[Action] = []
    while len(steps) < 6:
        action = service.carry_out(desired, DEPLOYMENT, needs)
        if not action.is_active:
            return [*steps, action]
        steps.append(action)
    raise AssertionError(steps)


def verbs(steps: list[Action]) -> list[tuple[str, str]]:
    return [(one.verb.value, one.code.value) for one in steps]


def version(desired: Desired) -> str:
    return f"{DEPLOYMENT.name}-{desired.wanted[DEPLOYMENT].goal.short}"


def test_a_rollout_and_the_way_back(service: Service) -> None:
    """A version is made beside the old one, gets the pointer, and the old one goes.

    The way back is the same way. UNVERIFIED: that tags come back in the list at once.
    """
    first = service.desired(VERSIONED)
    needs = service.train(first)
    assert verbs(roll_out(service, first, needs)) == [
        ("create", "missing"),
        ("update", "changed"),
        ("keep", "as_wanted"),
    ]
    assert called(service, first) == version(first)
    second = service.desired(VERSIONED, data="b")
    assert verbs(roll_out(service, second, service.train(second))) == [
        ("replace", "changed"),
        ("replace", "changed"),
        ("update", "drained"),
        ("keep", "as_wanted"),
    ]
    assert called(service, second) == version(second)
    assert names(service) == {version(second)}
    roll_out(service, first, needs)
    assert names(service) == {version(first)}


@pytest.mark.usefixtures("emulator")
@either("duplicate_model", "refuse", "allow")
def test_another_way_of_updating(service: Service) -> None:
    """Changing between auto and versioned never loses the service, nor makes a second of one model.

    UNVERIFIED: whether the service would refuse that.
    """
    auto = service.desired({})
    needs = service.deploy(auto)
    assert verbs(roll_out(service, service.desired(VERSIONED), needs)) == [("keep", "as_wanted")]
    second = service.desired(VERSIONED, data="b")
    roll_out(service, second, service.train(second))
    assert names(service) == {version(second)}
    kept = service.desired({"drain": "0s"}, data="b")
    assert verbs(roll_out(service, kept, service.train(second))) == [("keep", "as_wanted")]
    back = service.desired({"drain": "0s"})
    assert [verb for verb, _ in verbs(roll_out(service, back, needs))] == [
        "replace",
        "replace",
        "update",
        "keep",
    ]
    assert names(service) == {DEPLOYMENT.name} == {called(service, back)}


def test_wrong_answers_are_not_promoted(service: Service, emulator: Emulator) -> None:
    """A version that answers wrongly stays beside the old one, and is not tried again."""
    del emulator
    first = service.desired(VERSIONED | KNOWS_A)
    roll_out(service, first, service.train(first))
    second = service.desired(VERSIONED | KNOWS_A, data="b")
    needs = service.train(second)
    service.carry_out(second, DEPLOYMENT, needs)
    with pytest.raises(Refused, match='should contain "It is 6"') as raised:
        service.carry_out(second, DEPLOYMENT, needs)
    assert raised.value.code == "VerifyFailed"
    assert called(service, second) == version(first)
    assert names(service) == {version(first), version(second)}
    action = service.proposed(second, DEPLOYMENT)
    assert (action.verb, action.code) == (Verb.KEEP, ReasonCode.VERIFY_FAILED)
    easier = service.desired(VERSIONED, data="b")
    roll_out(service, easier, needs)
    assert called(service, easier) == version(second)


def test_what_has_drained_goes_beside_a_rejected_version(
    service: Service, emulator: Emulator
) -> None:
    """The one that is called and the one that failed stay; an older one does not cost for ever."""
    del emulator
    first = service.desired(VERSIONED)
    roll_out(service, first, service.train(first))
    second = service.desired(VERSIONED, data="b")
    needs = service.train(second)
    while called(service, second) != version(second):
        service.carry_out(second, DEPLOYMENT, needs)
    third = service.desired(VERSIONED | KNOWS_A, data="c")
    needs = service.train(third)
    service.carry_out(third, DEPLOYMENT, needs)
    with pytest.raises(Refused, match="It is not promoted"):
        service.carry_out(third, DEPLOYMENT, needs)
    assert names(service) == {version(first), version(second), version(third)}
    assert service.carry_out(third, DEPLOYMENT, needs).code is ReasonCode.DRAINED
    assert names(service) == {version(second), version(third)}
    assert called(service, third) == version(second)
    assert service.proposed(third, DEPLOYMENT).code is ReasonCode.VERIFY_FAILED


def test_wrong_answers_of_the_first(service: Service, emulator: Emulator) -> None:
    """The first version stays where it fails, and costs: the plan said so before."""
    del emulator
    first = service.desired(VERSIONED | {"verify": [{"prompt": "2 and 2?", "contains": "five"}]})
    needs = service.train(first)
    stays = f"nothing is called yet, and {version(first)} stays for a look"
    assert stays in service.carry_out(first, DEPLOYMENT, needs).reason
    assert stays in service.proposed(first, DEPLOYMENT).reason
    with pytest.raises(Refused, match=f"{version(first)} stays for a look, and is hosted"):
        service.carry_out(first, DEPLOYMENT, needs)
    assert names(service) == {version(first)}
    assert called(service, first) is None


@either("change_model", "refuse", "allow")
def test_wrong_answers_in_place(service: Service, emulator: Emulator) -> None:
    """In place, the earlier model is put back, and the failure is remembered beside it."""
    first = service.desired(KNOWS_A)
    needs = service.deploy(first)
    calls = emulator.count("POST", "/completions")
    assert service.proposed(first, DEPLOYMENT).verb is Verb.KEEP
    second = service.desired(KNOWS_A, data="b")
    with pytest.raises(Refused, match="earlier model is back"):
        service.carry_out(second, DEPLOYMENT, service.train(second))
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert service.proposed(second, DEPLOYMENT).code is ReasonCode.VERIFY_FAILED
    assert emulator.count("POST", "/completions") > calls
    wider = service.desired(KNOWS_A | {"sku": {"name": "DeveloperTier", "capacity": 5}}, data="b")
    service.carry_out(wider, DEPLOYMENT, service.train(second))
    assert service.raw()["sku"]["capacity"] == 5
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert service.proposed(wider, DEPLOYMENT).code is ReasonCode.VERIFY_FAILED


def test_prompts_that_are_new(service: Service, emulator: Emulator) -> None:
    """Prompts that are added to what is served already are asked once; what fails goes on."""
    desired = service.desired({})
    needs = service.deploy(desired)
    asking = service.desired(KNOWS_A)
    assert service.carry_out(asking, DEPLOYMENT, needs).verb is Verb.UPDATE
    calls = emulator.count("POST", "/completions")
    assert service.carry_out(asking, DEPLOYMENT, needs).verb is Verb.KEEP
    assert emulator.count("POST", "/completions") == calls
    other = {"verify": [{"prompt": QUESTION, "matches": "^No"}]}
    with pytest.raises(Refused, match="goes on being called"):
        service.carry_out(service.desired(other), DEPLOYMENT, needs)
    action = service.proposed(service.desired(other), DEPLOYMENT)
    assert action.code is ReasonCode.VERIFY_FAILED


@pytest.mark.parametrize("status", [400, 404, 409, 503])
def test_succeeded_is_not_callable(service: Service, emulator: Emulator, status: int) -> None:
    """After Succeeded, calls may get DeploymentNotReady for a while; that is waited out."""
    emulator.turn(not_ready_seconds=20, not_ready_status=status)
    desired = service.desired({"verify": [{"prompt": "hello", "matches": "."}]})
    service.deploy(desired)
    assert emulator.count("POST", "/completions") > 2
    model: Any = service.here.data.chat.completions
    hello = [{"role": "user", "content": "hello"}]
    assert model.create(model=DEPLOYMENT.name, messages=hello).choices


@pytest.mark.parametrize("status", [400, 404, 409, 503])
def test_never_callable(service: Service, emulator: Emulator, status: int) -> None:
    """What does not become callable is an error that says so, unless nobody is to call it."""
    emulator.turn(not_ready_seconds=100_000, not_ready_status=status)
    service.session.sleep = lambda _seconds: None
    silent = service.desired({"probe": False})
    needs = service.deploy(silent)
    assert emulator.count("POST", "/completions") == 0
    service.perform(silent, DESTROY)
    desired = service.desired({})
    with pytest.raises(Refused, match="does not answer calls") as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert raised.value.code == "DeploymentNotReady"
    service.perform(desired, DESTROY)
    emulator.fault("POST", "/completions", times=None, kind="status", status=500)
    with pytest.raises(AnswerLost):
        service.carry_out(desired, DEPLOYMENT, needs)


def test_the_first_call_is_made_up_for(service: Service, emulator: Emulator) -> None:
    """What was made and never called is not ready, and the next run calls it."""
    desired = service.desired(KNOWS_A)
    needs = service.train(desired)
    lost = {"kind": "status", "status": 500, "times": None}
    emulator.fault("POST", "/completions", **lost)
    with pytest.raises(AnswerLost):
        service.carry_out(desired, DEPLOYMENT, needs)
    assert service.standing(desired, DEPLOYMENT).phase is Phase.PENDING
    action = service.proposed(desired, DEPLOYMENT)
    assert (action.verb, action.code) == (Verb.UPDATE, ReasonCode.UNCHECKED)
    assert "called once and asked 1 prompt" in action.reason
    with pytest.raises(AnswerLost):
        service.carry_out(desired, DEPLOYMENT, needs)
    emulator.clear()
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP
    assert service.standing(desired, DEPLOYMENT).is_ready


@pytest.mark.parametrize("update", ["auto", "replace"])
def test_a_new_model_has_not_been_called(service: Service, emulator: Emulator, update: str) -> None:
    """The call of the earlier model says nothing about the one that took its place."""
    emulator.turn(change_model="allow")
    service.deploy(service.desired({"update": update}))
    other = service.desired({"update": update}, data="b")
    needs = service.train(other)
    seen: list[str] = []
    at_the_call = service.session.sleep

    def sleep(seconds: float) -> None:
        seen.append(service.proposed(other, DEPLOYMENT).code)
        at_the_call(seconds)

    emulator.fault("POST", "/completions", kind="status", status=500)
    service.session.sleep = sleep
    service.carry_out(other, DEPLOYMENT, needs)
    assert seen[-1] == ReasonCode.UNCHECKED
    assert service.proposed(other, DEPLOYMENT).verb is Verb.KEEP


CALLS = {
    "no role to call": ({"status": 403, "code": "PermissionDenied"}, True, "forbidden"),
    "keys are switched off": (
        {"status": 403, "code": "AuthenticationTypeDisabled"},
        True,
        "forbidden",
    ),
    "throttled": ({"status": 429, "code": "429", "retry_after": 120}, False, "refused"),
    "the model refuses the prompt": ({"status": 400, "code": "content_filter"}, False, "refused"),
    "the service fails once": ({"status": 500}, False, ""),
}


def test_answers_to_a_probe(service: Service, emulator: Emulator) -> None:
    """Any answer of the model means that calls arrive; a missing role is told, and no failure.

    What was refused is no use of it that is sure to count.
    """
    desired = service.desired({})
    needs = service.train(desired)
    for case, (answer, is_told, mark) in CALLS.items():
        service.told.clear()
        emulator.fault("POST", "/completions", kind="status", **answer)
        service.carry_out(desired, DEPLOYMENT, needs)
        assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP, case
        assert any("not called" in text for text in service.told) is is_told, case
        stamp = service.raw()["tags"]["ftctl-called"]
        assert stamp.startswith(mark or service.now().strftime("%Y-")), case
        service.perform(desired, DESTROY)


def test_a_completions_model(service: Service, emulator: Emulator) -> None:
    """Models without a chat are called through the completions API."""
    sku = {"name": "Standard", "capacity": 2}
    desired = service.desired({"sku": sku}, baseModel="davinci-002", trainingType="Standard")
    service.deploy(desired)
    assert emulator.count("POST", "/v1/completions") == 1


def test_a_deletion_that_is_refused(service: Service, emulator: Emulator) -> None:
    """Destroying goes on with the other versions, and says why one of them stayed."""
    first = service.desired(VERSIONED | {"drain": "1h"})
    roll_out(service, first, service.train(first))
    second = service.desired(VERSIONED | {"drain": "1h"}, data="b")
    roll_out(service, second, service.train(second))
    assert names(service) == {version(first), version(second)}
    locked = {"kind": "status", "status": 423, "code": "ScopeLocked", "message": "It is locked."}
    emulator.fault("DELETE", f"/deployments/{version(first)}$", times=None, **locked)
    with pytest.raises(Refused, match="It is locked"):
        service.perform(second, DESTROY)
    assert names(service) == {version(first)}
