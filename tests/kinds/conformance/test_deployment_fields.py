"""What a manifest may say about a deployment, on its way to the service and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.planning.action import Verb
from reconciler.providers import PROVIDERS
from reconciler.providers.azure.local import register
from reconciler.providers.errors import PermissionMissing, Refused
from tests.kinds.conformance.conftest import (
    DEPLOYMENT,
    MODEL,
    Emulator,
    Service,
    costs_training,
    either,
)

pytestmark = costs_training
DECLARED = {
    "versionUpgradeOption": "OnceCurrentVersionExpired",
    "spilloverDeploymentName": "another",
    "dynamicThrottlingEnabled": True,
    "extra": {"serviceTier": "Priority", "somethingNew": ["one"], "routing": {"mode": "x"}},
    "tags": {"team": "cx"},
}


@pytest.mark.usefixtures("emulator")
def test_every_field(service: Service) -> None:
    """What is declared arrives, also what the SDK has no word for, and is compared again."""
    desired = service.desired(DECLARED)
    needs = service.deploy(desired)
    found = service.raw()
    named = {name: one for name, one in DECLARED.items() if name not in {"extra", "tags"}}
    sent = {**named, **dict(DECLARED["extra"])}
    assert found["properties"] | sent == found["properties"]
    assert found["tags"]["team"] == "cx"
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP
    other = DECLARED | {"extra": {"routing": {"mode": "y"}}, "dynamicThrottlingEnabled": False}
    action = service.carry_out(service.desired(other), DEPLOYMENT, needs)
    assert [one.field for one in action.changes] == ["dynamicThrottlingEnabled", "routing.mode"]
    after = service.raw()["properties"]
    assert (after["routing"], after["serviceTier"]) == ({"mode": "y"}, "Priority")


@pytest.mark.usefixtures("emulator")
@either("dynamic_throttling", "written", "ignored")
def test_dynamic_throttling_set_elsewhere(service: Service) -> None:
    """It survives a PUT. UNVERIFIED: whether it can be set; the SDK marks it as read-only."""
    needs = service.deploy(service.desired({}))
    there = service.raw()
    throttled = there["properties"] | {"dynamicThrottlingEnabled": True}
    service.put(DEPLOYMENT.name, {**there, "properties": throttled})
    before = service.raw()["properties"].get("dynamicThrottlingEnabled")
    service.carry_out(service.desired({"raiPolicyName": "strict"}), DEPLOYMENT, needs)
    assert service.raw()["properties"].get("dynamicThrottlingEnabled") == before


def test_dynamic_throttling_that_cannot_be_set(service: Service, emulator: Emulator) -> None:
    """Declared as on, it is accepted but not applied; as off, it is as it should be."""
    emulator.turn(dynamic_throttling="ignored")
    needs = service.deploy(service.desired({}))
    with pytest.raises(Refused) as raised:
        service.carry_out(service.desired({"dynamicThrottlingEnabled": True}), DEPLOYMENT, needs)
    assert raised.value.code == "AcceptedNotApplied"
    assert "dynamicThrottlingEnabled is False, not True" in raised.value.message
    assert "out of the manifest" in raised.value.hint
    off = service.desired({"dynamicThrottlingEnabled": False})
    assert service.proposed(off, DEPLOYMENT).verb is Verb.KEEP


def test_tags_are_patched(service: Service, emulator: Emulator) -> None:
    """A change of tags is a PATCH; tags of other people, and ours, stay."""
    needs = service.deploy(service.desired({"tags": {"team": "cx"}}))
    puts = emulator.count("PUT", "/deployments/")
    other = service.desired({"tags": {"team": "it", "cost": "7"}})
    action = service.carry_out(other, DEPLOYMENT, needs)
    assert [one.field for one in action.changes] == ["tags.cost", "tags.team"]
    assert emulator.count("PUT", "/deployments/") == puts
    tags = service.raw()["tags"]
    assert (tags["team"], tags["cost"], tags["ftctl-name"]) == ("it", "7", DEPLOYMENT.name)


@pytest.mark.usefixtures("emulator")
def test_tokens_a_minute(service: Service) -> None:
    """A field of its own for capacity in tokens: `tokensPerMinute`."""
    sku = {"name": "DeveloperTier", "tokensPerMinute": 7000}
    needs = service.deploy(service.desired({"sku": sku}))
    assert service.raw()["sku"]["capacity"] == 7
    same = service.desired({"sku": {"name": "DeveloperTier", "capacity": 7}})
    assert service.carry_out(same, DEPLOYMENT, needs).verb is Verb.KEEP


def test_model_and_capacity_in_place(service: Service, emulator: Emulator) -> None:
    """Where the service lets a model change, capacity follows in a write of its own: no gap."""
    emulator.turn(change_model="allow")
    service.deploy(service.desired({}))
    other = service.desired({"sku": {"name": "DeveloperTier", "capacity": 4}}, data="b")
    needs = service.train(other)
    service.carry_out(other, DEPLOYMENT, needs)
    assert emulator.count("DELETE", "/deployments/") == 0
    found = service.raw()
    assert found["sku"]["capacity"] == 4
    assert found["properties"]["model"]["name"] == needs[MODEL].ids["model"]


def test_a_second_deployment_of_a_model(service: Service, emulator: Emulator) -> None:
    """Refused as DuplicatedDeploymentForSameModel, it comes with a way out. UNVERIFIED: that it is.

    Sources that disagree are named in the contract, 2.6.
    """
    emulator.turn(duplicate_model="refuse")
    desired = service.desired({})
    needs = service.train(desired)
    model = {"format": "OpenAI", "name": needs[MODEL].ids["model"], "version": "1"}
    other = {"sku": {"name": "DeveloperTier", "capacity": 1}, "properties": {"model": model}}
    service.put(f"{DEPLOYMENT.name}-other", other)
    with pytest.raises(Refused) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert raised.value.code == "DuplicatedDeploymentForSameModel"
    assert "let both share one" in raised.value.hint


def two_tenants(service: Service, emulator: Emulator) -> Service:
    """The same accounts, but the second one is of another tenant."""
    there = replace(service.places["there"], tenant_id="contoso")
    places = {"here": service.places["here"], "there": there}
    register(emulator.url, list(places.values()))

    def connect(place: Any) -> Any:
        return PROVIDERS[place.provider](place, emulator.url)

    return Service(service.folder, places, connect, service.pass_time, service.patience, emulator)


def test_a_model_of_another_tenant(service: Service, emulator: Emulator) -> None:
    """Another tenant's model takes sourceAccount, and a token of that tenant beside ours.

    So does every later PUT, also one of settings alone. Without its leave the service answers 403,
    and the role is named.

    Source: Microsoft Learn, "Deploy a fine-tuned model", 2026-03-19.
    """
    service = two_tenants(service, emulator)
    desired = service.desired({"account": "there"})
    needs = service.train(desired)
    denied = {"kind": "status", "status": 403, "code": "LinkedAuthorizationFailed"}
    emulator.fault("PUT", "/deployments/[^/]+$", **denied)
    with pytest.raises(PermissionMissing) as raised:
        service.carry_out(desired, DEPLOYMENT, needs)
    assert "both" in raised.value.hint
    service.carry_out(desired, DEPLOYMENT, needs)
    assert service.proposed(desired, DEPLOYMENT).verb is Verb.KEEP
    assert "token" not in repr(service.session["here"]).lower()
    strict = service.desired({"account": "there", "raiPolicyName": "strict"})
    service.carry_out(strict, DEPLOYMENT, needs)
    assert service.proposed(strict, DEPLOYMENT).verb is Verb.KEEP
    place = service.places["there"]
    raw: Any = service.session["there"].control.deployments.get(
        place.resource_group,
        place.account_name,
        DEPLOYMENT.name,
        cls=lambda answer, _parsed, _headers: answer.http_response.json(),
    )
    model = raw["properties"]["model"]
    assert model["sourceAccount"] == service.places["here"].resource_id
    assert "source" not in model
