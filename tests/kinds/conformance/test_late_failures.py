"""Writes of a deployment that fail after they were accepted: only the operation says why.

UNVERIFIED: what stays of a deployment then. In the emulator it goes on as it was, and a switch says
whether its state becomes `Failed`.
"""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.planning.action import Verb
from reconciler.providers.errors import AnswerLost, Refused
from tests.kinds.conformance.conftest import (
    DEPLOYMENT,
    DESTROY,
    MODEL,
    Emulator,
    Service,
    costs_training,
    either,
)

pytestmark = costs_training
states = either("after_failed_write", "Failed", "Succeeded")


def fails_later(emulator: Emulator) -> Any:
    """The next write is accepted, and fails; we say why."""
    emulator.spoil("deployment_failure", code="OutOfGpus", message="No machine is free.")
    return pytest.raises((Refused, AnswerLost), match="No machine is free")


@states
def test_a_capacity_that_is_not_reached(service: Service, emulator: Emulator) -> None:
    """A PATCH that fails later says why, and may be sent again."""
    needs = service.deploy(service.desired({}))
    wider = service.desired({"sku": {"name": "DeveloperTier", "capacity": 2}})
    with fails_later(emulator):
        service.carry_out(wider, DEPLOYMENT, needs)
    assert service.raw()["sku"]["capacity"] == 1
    service.carry_out(wider, DEPLOYMENT, needs)
    assert service.raw()["sku"]["capacity"] == 2
    assert service.proposed(wider, DEPLOYMENT).verb is Verb.KEEP


@states
def test_another_model_that_is_not_put(service: Service, emulator: Emulator) -> None:
    """A PUT of another model that fails later leaves the old one, and may be sent again."""
    old = service.deploy(service.desired({}))[MODEL].ids["model"]
    emulator.turn(change_model="allow")
    other = service.desired({}, data="b")
    needs = service.train(other)
    with fails_later(emulator):
        service.carry_out(other, DEPLOYMENT, needs)
    assert service.raw()["properties"]["model"]["name"] == old
    service.carry_out(other, DEPLOYMENT, needs)
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert service.proposed(other, DEPLOYMENT).verb is Verb.KEEP


@states
def test_a_replacement_that_cannot_begin(service: Service, emulator: Emulator) -> None:
    """A DELETE that fails later leaves the old one, and the replacement may begin again."""
    old = service.deploy(service.desired({}))[MODEL].ids["model"]
    other = service.desired({"update": "replace"}, data="b")
    needs = service.train(other)
    with fails_later(emulator):
        service.carry_out(other, DEPLOYMENT, needs)
    assert service.raw()["properties"]["model"]["name"] == old
    assert emulator.count("DELETE", DEPLOYMENT.name) == 1  # what still serves is not deleted again
    service.carry_out(other, DEPLOYMENT, needs)
    assert service.raw()["properties"]["model"]["name"] == needs[MODEL].ids["model"]
    assert service.proposed(other, DEPLOYMENT).verb is Verb.KEEP


@states
def test_a_deletion_that_fails_later(service: Service, emulator: Emulator) -> None:
    """What is still there after its deletion has failed may be deleted again."""
    desired = service.desired({})
    service.deploy(desired)
    with fails_later(emulator):
        service.perform(desired, DESTROY)
    assert service.state(desired, DEPLOYMENT) is not None
    service.perform(desired, DESTROY)
    assert service.state(desired, DEPLOYMENT) is None
