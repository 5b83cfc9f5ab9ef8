"""Where data goes is said before it goes there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.facts import facts_of
from reconciler.kinds.retirement import Dates
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from reconciler.planning.standing import Phase, Standing
from reconciler.providers.azure.catalogue_override import laid_over
from reconciler.reporting.page import Page
from tests.planning.situations import (
    BOT,
    NOON,
    OTHER_BYTES,
    model_id,
    there_deployment,
    wanted_account,
    wanted_deployment,
)

SWEDEN = wanted_account("sweden").goal
NORWAY = replace(wanted_account("norway").goal, region="norwayeast", subscription_id="1111")
TRAINED = {"model": model_id(), "account": "sweden"}


def notices(state: Any = None, *, ids: Any = TRAINED, **more: Any) -> str:
    """What is said in the plan, on 80 columns."""
    wanted = wanted_deployment(**{"places": {"sweden": SWEDEN, "norway": NORWAY}, **more})
    needs = {BOT: Standing(Phase.READY, ids)}
    decision = KINDS["deployment"].decide(wanted, state, Context(NOON, Policy(), needs))
    said = [one for one in decision.notices if "24 hours" not in one]
    return "\n".join(line for one in said for line in Page(width=80).wrap(one, 0))


def test_where_calls_are_processed() -> None:
    """Each type of deployment that processes elsewhere says so, once it is made or moved."""
    skus = ["Standard", "GlobalStandard", "DataZoneStandard", "DeveloperTier", "ProvisionedManaged"]
    assert "\n".join(filter(None, (notices(sku=sku) for sku in skus))) == snapshot("""\
GlobalStandard may process prompts and answers in any Azure region; data at rest
stays in swedencentral
DataZoneStandard may process prompts and answers in the US data zone; data at
rest stays in swedencentral
DeveloperTier may process prompts and answers in any Azure region, and promises
no data residency\
""")
    own = facts_of(
        laid_over({"skus": {"entries": {"Polar": {"processing": "the polar zone"}}}}, "ours"),
        "Polar",
        "",
        Dates(),
    )
    assert notices(sku="Polar", facts=own).startswith(
        "Polar may process prompts and answers in the polar"
    )
    moved = there_deployment(sku="Standard")
    assert notices(moved) == notices()
    assert notices(there_deployment(capacity=10)) == ""
    assert notices(there_deployment()) == ""


def test_where_weights_are_copied() -> None:
    """A copy into another region, subscription or tenant is named, also before the training."""
    there = {"sku": "Standard", "account": "norway"}
    assert notices(**there) == snapshot("""\
the weights are copied from account/sweden: region swedencentral to norwayeast,
subscription 0000 to 1111\
""")
    assert notices(ids={}, **there) == notices(**there)
    assert notices(there_deployment(OTHER_BYTES, sku="Standard"), **there) == notices(**there)
    assert notices(ids=TRAINED | {"account": "norway"}, **there) == ""
    abroad = replace(NORWAY, region="swedencentral", subscription_id="0000", tenant_id="contoso")
    assert notices(places={"sweden": SWEDEN, "norway": abroad}, **there) == snapshot(
        "the weights are copied from account/sweden: tenant (yours) to contoso"
    )
