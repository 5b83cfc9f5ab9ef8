"""What is left of quota and of room, as the service says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from inline_snapshot import snapshot

from reconciler.planning.address import Address
from reconciler.planning.desired import Desired
from reconciler.planning.supply import Supply
from reconciler.providers.azure.quota import list_usages, pool
from tests.kinds.conformance.conftest import BASE, DEPLOYMENT, Emulator, Service

SKU = {"name": "GlobalStandard", "capacity": 50}
LINE = "OpenAI.GlobalStandard.gpt-4.1-nano-finetune"
USAGES = "/usages"
LISTING = "/accounts/conformance-here/deployments$"


@pytest.fixture
def wanted(service: Service, emulator: Emulator) -> Desired:
    """A deployment that is not there yet, in a region with some quota."""
    emulator.register("conformance-here", quota={"GlobalStandard": 30})
    return service.desired({"sku": SKU})


def supplies(service: Service, desired: Desired) -> dict[str, Supply]:
    return dict(service.look(desired, "deployment").supplies)


def pooled(found: dict[str, Supply]) -> Supply:
    """The only quota among them."""
    (only,) = (one for key, one in found.items() if key.startswith("quota/"))
    return only


def test_what_quota_is_called(service: Service) -> None:
    """UNVERIFIED: the line of a fine-tuned model is named after SKU and base, and ends so."""
    line = pool(service.here.place, "GlobalStandard", BASE)
    assert line is not None
    assert line.name.lower() in list_usages(service.here)


def test_what_is_left(service: Service, wanted: Desired) -> None:
    """Quota by the service's own name, with what is used and the limit; and room in the account."""
    found = supplies(service, wanted)
    quota = pooled(found)
    assert quota.what == f"{LINE} in swedencentral"
    assert (quota.limit, quota.used, quota.left) == (30, 0, 30)
    room = found["slots/here/fine-tuned"]
    assert room.what == "fine-tuned deployments in account/here"
    assert (room.limit, room.used) == (10, 0)


def test_other_regions(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """Where it runs short, the regions with the most room are named; else nobody is asked."""
    same = {"subscriptionId": service.here.place.subscription_id}
    emulator.register("norway", region="norwayeast", quota={"GlobalStandard": 900}, **same)
    emulator.register("spain", region="spaincentral", quota={"GlobalStandard": 40}, **same)
    found = pooled(supplies(service, wanted))
    assert found.way_out.startswith(
        "Lower the capacity of {takers}, use a region with room (norwayeast has 900, "
    )
    assert "spaincentral" not in found.way_out
    emulator.register("conformance-here", quota={"GlobalStandard": 50})
    before = emulator.count("GET", "modelCapacities")
    assert pooled(supplies(service, wanted)).way_out == ""
    assert emulator.count("GET", "modelCapacities") == before


def test_regions_that_nobody_tells(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """Which regions have room only helps: without an answer the rest is said."""
    emulator.fault("GET", "modelCapacities", kind="status", status=403, code="AuthorizationFailed")
    assert (
        pooled(supplies(service, wanted)).way_out
        == "Lower the capacity of {takers}, or ask for quota. What was freed less than half a "
        "minute ago may not be counted yet."
    )


def test_one_question_a_region(two_accounts: Service, emulator: Emulator, wanted: Desired) -> None:
    """Accounts of one region and subscription share its quota, and it is asked for once."""
    other = wanted.wanted[DEPLOYMENT]
    places = {"there": two_accounts.places["there"]}
    goal = replace(other.goal, name="other", account="there", places=places)
    address = Address("deployment", "other")
    both = replace(
        wanted, wanted={**wanted.wanted, address: replace(other, address=address, goal=goal)}
    )
    found = supplies(two_accounts, both)
    assert sorted(key.split("/")[0] for key in found) == ["quota", "slots", "slots"]
    assert emulator.count("GET", USAGES) == 1


def test_nothing_to_take(service: Service, emulator: Emulator) -> None:
    """While every deployment is as wanted, or is none, nobody asks for quota."""
    desired = service.desired({"sku": SKU})
    service.deploy(desired)
    before = emulator.count("GET", USAGES)
    assert supplies(service, desired) == {}
    assert supplies(service, service.desired()) == {}
    assert emulator.count("GET", USAGES) == before


def why(service: Service, emulator: Emulator, wanted: Desired, **answer: Any) -> str:
    emulator.fault("GET", USAGES, None, kind="status", **answer)
    return pooled(supplies(service, wanted)).unknown


def test_no_role(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """Without the role that reads quota it is unknown, and the role is named."""
    emulator.register(
        "conformance-here", roles={"account": ["Cognitive Services OpenAI Contributor"]}
    )
    assert pooled(supplies(service, wanted)).unknown == snapshot(
        "what the plan takes of the quota of swedencentral is not checked: reading that takes the "
        'role "Cognitive Services Usages Reader" on subscription '
        "11111111-1111-1111-1111-111111111111"
    )


def test_no_answer(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """A service that cannot say stops nobody, and is not asked again and again."""
    said = why(service, emulator, wanted, status=503, code="ServerBusy", message="Busy.")
    assert said == snapshot(
        "what the plan takes of quota is not checked: could not read the quota of swedencentral in "
        "account/here: Busy. (ServerBusy HTTP 503)"
    )
    assert emulator.count("GET", USAGES) == 1


def test_a_line_that_is_not_there(service: Service, emulator: Emulator, wanted: Desired) -> None:
    """Quota that the service does not list is not counted, and figures that are none are none."""
    odd = [{"name": {"value": LINE}, "currentValue": 1}, {"name": None, "limit": 5}, {}]
    emulator.answers("GET", USAGES, {"value": odd})
    assert set(supplies(service, wanted)) == {"slots/here/fine-tuned"}


@pytest.mark.parametrize(("there", "left"), [(3, 7), (10, 0), (12, None)])
def test_room(
    service: Service, emulator: Emulator, wanted: Desired, there: int, left: int | None
) -> None:
    """An account takes ten fine-tuned deployments; one that has more was given a higher limit."""
    one = {
        "properties": {"model": {"name": "gpt-4.1-2025-04-14.ft-01-x"}},
        "sku": {"name": "Standard"},
    }
    base = {
        "name": "base",
        "properties": {"model": {"name": "gpt-4.1"}},
        "sku": {"name": "Standard"},
    }
    tuned = [one | {"name": f"d{number}"} for number in range(there)]
    emulator.answers("GET", LISTING, {"value": [*tuned, base]})
    found = supplies(service, wanted).get("slots/here/fine-tuned")
    assert (found.left if found else None) == left
