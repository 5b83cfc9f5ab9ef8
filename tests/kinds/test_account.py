"""An account: there, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.account.spec import AccountSpec
from reconciler.planning.address import Address
from reconciler.planning.kind import Resolved, Written
from reconciler.planning.policy import Policy
from reconciler.providers.azure.catalogue import built_in
from tests.kinds.tables import table
from tests.planning.situations import ACCOUNT, there_account, wanted_account

KIND = KINDS["account"]
SPEC = {
    "subscriptionId": "0000",
    "resourceGroup": "rg-ml",
    "accountName": "aoai-sweden",
    "region": "swedencentral",
}


def test_decisions() -> None:
    """An account is never created, changed or deleted; another region is a notice."""
    there = there_account()
    cases = {
        "not there": None,
        "there": there,
        "in another region": replace(there, region="eastus2"),
        "its region in other letters": replace(there, region="SwedenCentral"),
        "nothing said of its region": replace(there, region=""),
    }
    assert table(wanted_account(), cases) == snapshot("""\
not there
  keep absent: no account aoai-sweden in resource group rg-ml
  = missing not found; ftctl never creates accounts
there
  keep as_wanted: it is there
  = ready account
in another region
  keep as_wanted: it is there
  note: it is in eastus2, and the manifest says swedencentral
  = ready account
its region in other letters
  keep as_wanted: it is there
  = ready account
nothing said of its region
  keep as_wanted: it is there
  = ready account\
""")


def resolved(**more: object) -> object:
    return resolution(more).goal


def resolution(more: Mapping[str, object], *others: object) -> Resolved:
    spec = AccountSpec.model_validate(SPEC | more)
    here, goals = Path(), {Address("account", f"other-{n}"): one for n, one in enumerate(others)}
    return KIND.resolve(Written(ACCOUNT, spec, here, here, Policy(), goals, catalogue=built_in()))


@pytest.mark.parametrize("region", ["Sweden Central", "SWEDENCENTRAL", "swedencentral"])
def test_region(region: str) -> None:
    """Both names of a region mean the same place."""
    assert resolved(region=region) == resolved()


def test_endpoint() -> None:
    """The endpoint follows from the account's name unless it is given."""
    assert resolved().endpoint == "https://aoai-sweden.openai.azure.com"
    given = "https://aoai.services.ai.azure.com"
    assert resolved(endpoint=given).endpoint == given


def test_key() -> None:
    """What is kept of a key is the name of its variable."""
    assert resolved(auth={"apiKeyFromEnv": "KEY"}).api_key_from_env == "KEY"
    assert resolved(auth="entra").api_key_from_env is None


def test_two_names_of_one_resource() -> None:
    """Everything on it would be seen and counted twice, so that is a mistake."""
    (remark,) = resolution({}, resolved(accountName="AOAI-Sweden")).remarks
    assert remark.is_error
    assert remark.message == "aoai-sweden is account/other-0 already"
    assert not resolution({}, resolved(accountName="aoai-norway")).remarks
