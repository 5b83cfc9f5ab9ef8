"""What was changed between a look and its write is left alone until the next look."""

from __future__ import annotations

import pytest

from reconciler.kinds import KINDS
from reconciler.planning.action import Verb
from reconciler.providers.errors import Conflict
from tests.kinds.conformance.conftest import DEPLOYMENT, Service, costs_training

pytestmark = costs_training
MEANWHILE = "was changed meanwhile"


@pytest.mark.parametrize("update", ["auto", "versioned"])
def test_somebody_else_took_the_name(service: Service, update: str) -> None:
    """A deployment that another project has just made is not written over."""
    desired = service.desired({"update": update})
    needs = service.train(desired)
    before = service.seen(desired, DEPLOYMENT)
    action = service.proposed(desired, DEPLOYMENT, needs)
    service.carry_out(desired, DEPLOYMENT, needs)
    name = service.state(desired, DEPLOYMENT).record.name
    body = service.raw(name)
    body["tags"] = {"ftctl-project": "another", "ftctl-name": DEPLOYMENT.name}
    service.put(name, body)
    with pytest.raises(Conflict, match=MEANWHILE):
        service.perform(desired, action, needs, state=before)
    assert service.raw(name)["tags"] == body["tags"]


def test_somebody_else_was_faster(service: Service) -> None:
    """Of two runs that both decide to replace it, one does."""
    service.deploy(service.desired({"update": "replace"}))
    desired = service.desired({"update": "replace"}, data="b")
    needs = service.train(desired)
    before = service.seen(desired, DEPLOYMENT)
    action = service.carry_out(desired, DEPLOYMENT, needs)
    made = service.raw()["systemData"]
    assert action.verb is Verb.REPLACE
    with pytest.raises(Conflict, match=MEANWHILE):
        service.perform(desired, action, needs, state=before)
    assert service.raw()["systemData"] == made


def test_what_was_to_be_deleted(service: Service) -> None:
    """What nobody wanted at the look, and somebody has marked since, is not deleted."""
    desired = service.desired({})
    service.deploy(desired)
    seen = service.state(desired, DEPLOYMENT)
    action = KINDS["deployment"].retire(DEPLOYMENT, seen)
    body = service.raw()
    service.put(DEPLOYMENT.name, {**body, "tags": {**body["tags"], "team": "billing"}})
    with pytest.raises(Conflict, match=MEANWHILE):
        service.perform(desired, action, state=seen)
    service.perform(desired, action)
    assert service.state(desired, DEPLOYMENT) is None
