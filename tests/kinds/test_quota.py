"""What a deployment takes of quota and of room, and what it gives back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from reconciler.kinds import KINDS
from reconciler.kinds.deployment.holding import Holding, takes
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.planning.kind import Context
from reconciler.planning.policy import Policy
from reconciler.providers.azure.quota import pool
from reconciler.providers.session import Place
from tests.planning.situations import (
    NOON,
    OTHER_BYTES,
    PROD,
    there_deployment,
    wanted_deployment,
    weights,
)

SWEDEN = Place("sweden", "azure", "sub-1", "rg", "aoai-sweden", "swedencentral", "https://x")
NORWAY = replace(SWEDEN, name="norway", region="norwayeast")
BASE = "gpt-4.1-2025-04-14"
POOL = "quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune"
SLOT = "slots/sweden/fine-tuned"
WANTED = Holding(SWEDEN, BASE, "GlobalStandard", 50)

NAMES = {
    ("gpt-4.1-2025-04-14", "Standard"): "OpenAI.Standard.gpt-4.1-finetune",
    ("gpt-4o-mini", "globalstandard"): "OpenAI.GlobalStandard.gpt-4o-mini-finetune",
    (f"{BASE}.ft-01-bot-00000000", "DeveloperTier"): "OpenAI.DeveloperTier.gpt-4.1-finetune",
    (f"{BASE}.ft-01.ft-02-bot", "Standard"): "OpenAI.Standard.gpt-4.1-finetune",
    ("Ministral-3B", "GlobalStandard"): "OpenAI.GlobalStandard.Ministral-3B-finetune",
    (BASE, "ProvisionedManaged"): "OpenAI.ProvisionedManaged-finetune",
    (BASE, "GlobalProvisionedManaged"): "OpenAI.GlobalProvisionedManaged-finetune",
}


@pytest.mark.parametrize(("model", "sku"), NAMES)
def test_names(model: str, sku: str) -> None:
    """Quota is called after SKU and base model, without its date; provisioned after the SKU."""
    found = pool(SWEDEN, sku, model)
    assert found is not None
    assert found.name == NAMES[model, sku]


def test_models_of_unknown_base() -> None:
    """The id of a checkpoint says nothing of its base, so its quota is not counted."""
    assert pool(SWEDEN, "Standard", "ftchkpt-0123") is None
    assert pool(SWEDEN, "Standard", "") is None


def shown(aim: Holding | None, held: Holding | None) -> str:
    """Each amount in a line, with what it is of in as few words as tell it apart."""
    lines = (
        f"\n  {amount:+} {key}"
        for key, amount in sorted(takes(aim, [held] if held else []).items())
    )
    return "".join(lines) or " nothing"


def test_changes() -> None:
    """A change takes the difference, in whatever it is counted; what goes away gives all back."""
    cases = {
        "made": (WANTED, None),
        "as it is": (WANTED, WANTED),
        "grown": (WANTED, replace(WANTED, capacity=10)),
        "shrunk": (replace(WANTED, capacity=10), WANTED),
        "another SKU": (WANTED, replace(WANTED, sku="Standard")),
        "another base": (WANTED, replace(WANTED, model="gpt-4o-2024-08-06.ft-1")),
        "another version": (WANTED, replace(WANTED, model=f"{BASE}.ft-1")),
        "moved": (WANTED, replace(WANTED, place=NORWAY)),
        "a base model before": (WANTED, replace(WANTED, is_fine_tuned=False)),
        "gone": (None, WANTED),
    }
    lines = [f"{case}:{shown(*pair)}" for case, pair in cases.items()]
    assert "\n".join(lines) == snapshot("""\
made:
  +50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
  +1 slots/sweden/fine-tuned
as it is: nothing
grown:
  +40 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
shrunk:
  -40 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
another SKU:
  +50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
  -50 quota/sub-1/swedencentral/openai.standard.gpt-4.1-finetune
another base:
  +50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
  -50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4o-finetune
another version: nothing
moved:
  -50 quota/sub-1/norwayeast/openai.globalstandard.gpt-4.1-finetune
  +50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
  -1 slots/norway/fine-tuned
  +1 slots/sweden/fine-tuned
a base model before:
  +50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
  +1 slots/sweden/fine-tuned
  -1 slots/sweden/standard
gone:
  -50 quota/sub-1/swedencentral/openai.globalstandard.gpt-4.1-finetune
  -1 slots/sweden/fine-tuned\
""")


def decided(state: DeploymentState | None, **more: Any) -> dict[str, int]:
    """What the action takes that is decided about a deployment."""
    wants = wanted_deployment(places={"sweden": SWEDEN}, base_model=BASE, **more)
    context = Context(NOON, Policy(project="shop"), {})
    return dict(KINDS["deployment"].decide(wants, state, context).action.takes)


def test_actions() -> None:
    """An action says what it takes; what stays as it is, or waits, takes nothing."""
    assert decided(None) == {POOL: 50, SLOT: 1}
    assert decided(there_deployment(capacity=10)) == {POOL: 40}
    assert decided(there_deployment(OTHER_BYTES, capacity=10)) == {POOL: 40}
    assert decided(there_deployment()) == {}
    assert decided(there_deployment(capacity=10, provisioning="Creating")) == {}
    assert decided(there_deployment(capacity=10, provisioning="Failed")) == {POOL: 40}
    assert decided(there_deployment(capacity=10, tags={})) == {}


def test_versions() -> None:
    """A version beside another one takes everything once more, until that one is retired."""
    old = there_deployment(OTHER_BYTES).record
    assert decided(DeploymentState(old), update="versioned") == {POOL: 50, SLOT: 1}
    stale = replace(old, name="prod-00000000", capacity=20)
    assert decided(DeploymentState(old, (stale,)), update="versioned") == {POOL: 30}
    marks = old.tags | {"ftctl-promoted": NOON.isoformat()}
    new = replace(there_deployment().record, name=f"prod-{weights()[:8]}", tags=marks)
    drained = DeploymentState(new, (old,))
    later = timedelta(0)
    assert decided(drained, update="versioned", drain=later) == {POOL: -50, SLOT: -1}


def test_what_no_manifest_wants() -> None:
    """A deployment that is pruned gives back all that it and its versions hold."""
    state = replace(there_deployment(), place=SWEDEN)
    assert KINDS["deployment"].retire(PROD, state).takes == {POOL: -50, SLOT: -1}
    assert KINDS["deployment"].retire(PROD, there_deployment()).takes == {}
