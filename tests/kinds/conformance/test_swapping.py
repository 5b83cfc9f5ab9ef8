"""Another model behind a name, where that does not work out: what was there is put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.planning.action import ReasonCode, Verb
from reconciler.planning.desired import Desired
from reconciler.planning.standing import Standing
from reconciler.providers.errors import Conflict, PermissionMissing, Refused, ServiceError
from tests.kinds.conformance.conftest import (
    DEPLOYMENT,
    Emulator,
    Service,
    costs_training,
    either,
)

pytestmark = costs_training
PATH = "/deployments/[^/]+$"
VERIFY = {"verify": [{"prompt": "hello", "matches": "."}]}
Swap = tuple[Desired, Mapping[Any, Standing]]


def served(service: Service) -> dict[str, Any]:
    """What a swap changes: the model, the SKU and our tags."""
    found = service.raw()
    model = {"model": found["properties"]["model"]["name"]}
    return {**model, "sku": found["sku"], "tags": found["tags"]}


def swap(service: Service, spec: Mapping[str, Any], **changed: Any) -> Swap:
    """One model serves, and another one should."""
    service.deploy(service.desired(spec))
    desired = service.desired({**spec, **changed}, data="b")
    needs = service.train(desired)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.REPLACE
    return desired, needs


def arrives(service: Service, desired: Desired, needs: Mapping[Any, Standing]) -> bool:
    """Whether it works once nothing stands in the way any more."""
    service.carry_out(desired, DEPLOYMENT, needs)
    return service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP


REFUSALS: Mapping[str, tuple[dict[str, Any], type[ServiceError]]] = {
    "an SKU that it cannot have": ({"status": 400, "code": "InvalidResourceProperties"}, Refused),
    "a policy": ({"status": 403, "code": "RequestDisallowedByPolicy"}, Refused),
    "a role": ({"status": 403, "code": "AuthorizationFailed"}, PermissionMissing),
}


@pytest.mark.parametrize("update", ["auto", "replace"])
@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_after_the_delete(
    service: Service, emulator: Emulator, update: str, case: str
) -> None:
    """Deleted already, and the new one refused: the earlier one is made again, as it was."""
    desired, needs = swap(service, {"update": update})
    before = served(service)
    answer, kind = REFUSALS[case]
    in_place = int(update == "auto")  # the first PUT, which is refused before anything is deleted
    emulator.fault("PUT", PATH, after=in_place, kind="status", **answer)
    with pytest.raises(kind, match="The earlier model is back") as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert (raised.value.code, bool(raised.value.hint)) == (answer["code"], True)
    assert emulator.count("DELETE", DEPLOYMENT.name) == 1
    assert served(service) == before
    assert arrives(service, desired, needs)


def test_nothing_can_be_put_back(service: Service, emulator: Emulator) -> None:
    """Where that is refused as well, it says what is not there now, and what brings it back."""
    desired, needs = swap(service, {"update": "replace"})
    denied = {"kind": "status", "status": 403, "code": "RequestDisallowedByPolicy"}
    emulator.fault("PUT", PATH, times=None, **denied)
    with pytest.raises(Refused, match="failed, too") as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert f"{DEPLOYMENT.name} is not there now" in raised.value.message
    assert "earlier manifest" in raised.value.hint
    emulator.clear()
    assert arrives(service, desired, needs)


@pytest.mark.parametrize("update", ["auto", "replace"])
def test_a_refusal_before_the_delete(service: Service, emulator: Emulator, update: str) -> None:
    """What was refused before anything changed is left alone."""
    desired, needs = swap(service, {"update": update})
    before = service.raw()
    locked = {"kind": "status", "status": 423, "code": "ScopeLocked", "message": "It is locked."}
    emulator.fault("PUT" if update == "auto" else "DELETE", PATH, **locked)
    with pytest.raises(Refused, match="It is locked") as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert "back" not in raised.value.message
    assert service.raw() == before
    assert arrives(service, desired, needs)


def test_provisioning_that_fails_after_the_delete(service: Service, emulator: Emulator) -> None:
    """Accepted and failed later, the new one makes room for the earlier one."""
    desired, needs = swap(service, {"update": "replace"})
    before = served(service)
    emulator.spoil("deployment_failure", message="No machine is free.")
    with pytest.raises(ServiceError, match=r"No machine is free.*The earlier model is back"):
        service.carry_out(desired, DEPLOYMENT, needs)
    assert served(service) == before
    assert service.raw()["properties"]["provisioningState"] == "Succeeded"
    assert arrives(service, desired, needs)


def test_an_sku_that_is_refused_in_place(service: Service, emulator: Emulator) -> None:
    """Model and SKU change one after the other; both go back where the second is refused."""
    emulator.turn(change_model="allow")
    desired, needs = swap(service, {}, sku={"name": "GlobalStandard", "capacity": 3})
    before = served(service)
    refused = {"kind": "status", "status": 400, "code": "InvalidResourceProperties"}
    emulator.fault("PUT", PATH, after=1, **refused)
    with pytest.raises(Refused, match="The earlier model is back"):
        service.carry_out(desired, DEPLOYMENT, needs)
    assert served(service) == before
    assert emulator.count("DELETE", DEPLOYMENT.name) == 0
    assert arrives(service, desired, needs)


@either("change_model", "refuse", "allow")
def test_nobody_may_ask(service: Service, emulator: Emulator) -> None:
    """What cannot be verified does not serve: it is no failure of the model, and is tried again."""
    desired, needs = swap(service, VERIFY)
    before = served(service)
    denied = {"kind": "status", "status": 403, "code": "PermissionDenied"}
    emulator.fault("POST", "/completions", times=None, **denied)
    with pytest.raises(PermissionMissing, match="The earlier model is back"):
        service.carry_out(desired, DEPLOYMENT, needs)
    assert served(service) == before
    assert before["tags"]["ftctl-verify"].startswith("passed:")
    emulator.clear()
    assert arrives(service, desired, needs)


def test_a_prompt_that_is_filtered(service: Service, emulator: Emulator) -> None:
    """What the content filter refuses is a wrong answer: the same prompt is not tried again."""
    desired, needs = swap(service, VERIFY)
    before = served(service)
    filtered = {"kind": "status", "status": 400, "code": "content_filter", "message": "Filtered."}
    emulator.fault("POST", "/completions", times=None, **filtered)
    with pytest.raises(Refused, match=r"prompt 1: .*Filtered.*The earlier model is back"):
        service.carry_out(desired, DEPLOYMENT, needs)
    assert served(service)["model"] == before["model"]
    assert service.proposed(desired, DEPLOYMENT).code is ReasonCode.VERIFY_FAILED


def test_one_that_is_gone_by_then(service: Service, emulator: Emulator) -> None:
    """What was deleted since the look is left to the next one, which makes the new one."""
    del emulator
    desired, needs = swap(service, {})
    action, seen = service.proposed(desired, DEPLOYMENT), service.state(desired, DEPLOYMENT)
    place = service.here.place
    deployments = service.here.control.deployments
    deployments.begin_delete(place.resource_group, place.account_name, DEPLOYMENT.name).result()
    with pytest.raises(Conflict, match="changed meanwhile"):
        service.perform(desired, action, needs, state=seen)
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP
