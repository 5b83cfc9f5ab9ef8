"""UNVERIFIED: whether roles on the account suffice to read how an operation goes."""

from __future__ import annotations

from reconciler.kinds.deployment.writing import Desk
from reconciler.planning.action import Verb
from tests.kinds.conformance.conftest import DEPLOYMENT, Emulator, Service, either


@either("following", "caller", "subscription")
def test_a_write_is_followed(service: Service, emulator: Emulator) -> None:
    """It is made, changed and deleted, also when only the deployment itself may be read."""
    roles = {"account": ["Cognitive Services OpenAI Contributor"]}
    emulator.register("conformance-here", roles=roles)
    service.deploy(service.desired({}))
    assert service.raw()["properties"]["provisioningState"] == "Succeeded"
    other = service.desired({"sku": {"name": "GlobalStandard", "capacity": 3}})
    service.carry_out(other, DEPLOYMENT, service.train(other))
    assert service.proposed(other, DEPLOYMENT).verb is Verb.KEEP
    Desk(service.session, service.here).delete(DEPLOYMENT.name)
    assert service.proposed(other, DEPLOYMENT).verb is Verb.CREATE
