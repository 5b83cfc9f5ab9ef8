"""Under the roles that the README calls enough, everything works that ftctl does."""

from __future__ import annotations

from tests.end_to_end.conftest import ACCOUNT, Workshop

ENOUGH = ["Cognitive Services OpenAI Contributor", "Monitoring Reader"]


def test_roles_of_the_account_alone(workshop: Workshop) -> None:
    """Two roles on the account, and none of the subscription, bring all about and take it away."""
    account = {"name": ACCOUNT, "resourceGroup": "rg-ml", "roles": {"account": ENOUGH}}
    workshop.remote.send("POST", "/emulator/accounts", account)
    assert workshop.ftctl("doctor").code == 0
    applied = workshop.apply()
    assert applied.code == 0, applied.said
    log = workshop.remote.log()
    assert any(one["path"].endswith("chat/completions") for one in log), "nobody tried it"
    workshop.edit("capacity: 50", "capacity: 40")
    assert workshop.apply().code == 0
    assert workshop.plan().is_empty
    destroyed = workshop.ftctl("destroy", "--auto-approve", "--models", "--files")
    assert destroyed.code == 0, destroyed.said
    assert (workshop.remote.deployments(), workshop.remote.files()) == ({}, [])
