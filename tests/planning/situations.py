"""The spine as values: an account, its data, a model and a deployment; and what may be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from reconciler.datasets import Report
from reconciler.kinds import KINDS
from reconciler.kinds.account.state import AccountState
from reconciler.kinds.checkpoint import FINAL
from reconciler.kinds.dataset.blob import Blob
from reconciler.kinds.dataset.spec import DatasetGoal
from reconciler.kinds.dataset.state import DatasetState
from reconciler.kinds.deployment.goal import DeploymentGoal
from reconciler.kinds.deployment.state import DeploymentState
from reconciler.kinds.fine_tuned_model.base import Parent, named
from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.kinds.fine_tuned_model.method import Method
from reconciler.kinds.fine_tuned_model.state import FineTunedModelState
from reconciler.planning.address import Address
from reconciler.planning.desired import Desired, Observed, in_order
from reconciler.planning.fingerprint import Recipe, fingerprint
from reconciler.planning.kind import Found, Wanted
from reconciler.planning.plan import Plan
from reconciler.planning.policy import Policy
from reconciler.planning.refusals import Refusal
from reconciler.planning.supply import Supply
from reconciler.providers.azure.listings import (
    DeploymentRecord,
    FileRecord,
    JobError,
    JobRecord,
    ModelRecord,
)
from reconciler.providers.session import Place
from reconciler.reporting.page import Page
from reconciler.reporting.plan_text import plan_lines, refusal_lines

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT = Address("account", "sweden")
CHATS = Address("dataset", "chats")
BOT = Address("finetunedmodel", "bot")
PROD = Address("deployment", "prod")

SIGNATURE = "c2lnbmF0dXJl%2FZm9y%2BdGVzdHM%3D"
BYTES = "aa" * 32
OTHER_BYTES = "bb" * 32
PINNED = {"n_epochs": 3}


def report(sha256: str = BYTES, *, tokens: int = 1_000_000) -> Report:
    return Report(sha256, 52_000, 200, 600, 40_000, tokens, "estimate", False, (), 0)


def wanted_account(name: str = "sweden") -> Wanted:
    place = Place(name, "azure", "0000", "rg-ml", f"aoai-{name}", "swedencentral", "https://x")
    return Wanted(Address("account", name), place)


def wanted_data(name: str = "chats", sha256: str = BYTES, tokens: int = 1_000_000) -> Wanted:
    goal = DatasetGoal(name, Path(f"{name}.jsonl"), report(sha256, tokens=tokens))
    return Wanted(Address("dataset", name), goal, (ACCOUNT,), ("sweden",))


def wanted_blob(name: str = "chats", sha256: str = BYTES) -> Wanted:
    """Data that the service fetches from a signed URL."""
    blob = Blob(SecretStr(f"https://data.example/{name}.jsonl?sv=1&sig={SIGNATURE}"), sha256)
    goal = DatasetGoal(name, None, None, "chat", blob)
    return Wanted(Address("dataset", name), goal, (ACCOUNT,), ("sweden",))


def recipe(sha256: str = BYTES, base: str = "gpt-4.1-2025-04-14", **more: Any) -> Recipe:
    """The recipe of the model of the spine, from these bytes."""
    return Recipe(base, "supervised", sha256, **{"hyperparameters": PINNED, "seed": 105, **more})


def weights(sha256: str = BYTES, base: str = "gpt-4.1-2025-04-14", **more: Any) -> str:
    """The fingerprint of the model of the spine, trained from these bytes."""
    return fingerprint(recipe(sha256, base, **more))


def wanted_model(
    data: Wanted | None = None, name: str = "bot", validation: Wanted | None = None, **more: Any
) -> Wanted:
    training = data or wanted_data()
    base = more.get("base_model", "gpt-4.1-2025-04-14")
    goal = FineTunedModelGoal(
        name=name,
        account="sweden",
        base_model=base,
        method=Method("supervised", PINNED),
        training=training.goal,
        training_at=training.address,
        validation=validation.goal if validation else None,
        validation_at=validation.address if validation else None,
        seed=105,
        training_type="GlobalStandard",
        label=name,
        attempts=2,
        recipe=recipe(training.goal.sha256, base),
        suffix_length=18,
        project="shop",
    )
    needs = [ACCOUNT, training.address, *([validation.address] if validation else [])]
    if (parent := more.get("parent")) and not parent.pin:
        needs.append(parent.at)
    return Wanted(Address("finetunedmodel", name), replace(goal, **more), tuple(needs))


def wanted_child(parent: Wanted, name: str = "child", pin: str = "", **more: Any) -> Wanted:
    """A model that goes on from another one, or from a pinned version of that."""
    data = more.pop("data", None) or wanted_data("more", OTHER_BYTES)
    checkpoint = more.pop("checkpoint", FINAL)
    came = Parent(parent.address, parent.goal, checkpoint, pin)
    made = recipe(data.goal.sha256, named(came.version, checkpoint))
    return wanted_model(data, name, parent=came, recipe=made, **more)


def wanted_deployment(model: Wanted | None = None, name: str = "prod", **more: Any) -> Wanted:
    behind = model or wanted_model()
    goal = DeploymentGoal(
        name=name,
        project="shop",
        account="sweden",
        model_at=behind.address,
        fingerprint=behind.goal.fingerprint,
        sku="GlobalStandard",
        capacity=50,
        update="auto",
        is_protected=False,
        may_adopt=False,
    )
    needs = (ACCOUNT, behind.address)
    return Wanted(Address("deployment", name), replace(goal, **more), needs)


def desired(*wanted: Wanted, policy: Policy | None = None) -> Desired:
    """These resources; without any, the whole spine."""
    return Desired(in_order(wanted or spine()), KINDS, policy or Policy(project="shop"))


def spine(sha256: str = BYTES, **deployment: Any) -> tuple[Wanted, ...]:
    data = wanted_data(sha256=sha256)
    model = wanted_model(data)
    return wanted_account(), data, model, wanted_deployment(model, **deployment)


def there_account() -> AccountState:
    return AccountState("swedencentral", "https://x", NOON - timedelta(days=90))


def upload(sha256: str = BYTES, **more: Any) -> FileRecord:
    name = f"{more.pop('called', 'chats')}.{sha256[:12]}.jsonl"
    made = NOON - (timedelta(minutes=5) if more.get("status") == "pending" else timedelta(days=2))
    record = FileRecord("sweden", "file-1", name, "fine-tune", 52_000, "processed", "", made)
    return replace(record, **more)


def there_data(sha256: str = BYTES, **more: Any) -> DatasetState:
    return DatasetState({"sweden": upload(sha256, **more)})


def model_id(sha256: str = BYTES) -> str:
    return f"gpt-4.1-2025-04-14.ft-0123-bot-{weights(sha256)[:8]}"


def job(sha256: str = BYTES, **more: Any) -> JobRecord:
    status = more.get("status", "succeeded")
    record = JobRecord(
        account="sweden",
        id="ftjob-1",
        status=status,
        base_model="gpt-4.1-2025-04-14",
        suffix=f"bot-{weights(sha256)[:8]}",
        method="supervised",
        training_file="file-1",
        validation_file="",
        training_type="globalstandard",
        model=model_id(sha256) if status == "succeeded" else "",
        created_at=NOON - timedelta(days=1),
        finished_at=NOON - timedelta(hours=20) if status == "succeeded" else None,
        estimated_finish=None,
        error=None,
    )
    return replace(record, **more)


def failed(message: str, code: str = "", param: str = "") -> JobRecord:
    return job(status="failed", error=JobError(code, message, param))


def trained(*jobs: JobRecord, **more: Any) -> FineTunedModelState:
    return FineTunedModelState(jobs or (job(),), **more)


def retired(model: str = "") -> ModelRecord:
    return ModelRecord("sweden", model or model_id(), is_retired=True)


def there_deployment(sha256: str = BYTES, name: str = "prod", **more: Any) -> DeploymentState:
    tags = {
        "ftctl-project": "shop",
        "ftctl-name": name,
        "ftctl-fingerprint": weights(sha256),
        "ftctl-version": "0.1.0",
    }
    record = DeploymentRecord(
        account="sweden",
        name=name,
        model=model_id(sha256),
        sku="GlobalStandard",
        capacity=50,
        rai_policy="Microsoft.DefaultV2",
        provisioning="Succeeded",
        tags=more.pop("tags", tags),
        created_at=NOON - timedelta(hours=19),
    )
    return DeploymentState(replace(record, **more))


def everything() -> dict[Address, Any]:
    """What is there once the spine has been applied."""
    return {
        ACCOUNT: there_account(),
        CHATS: there_data(),
        BOT: trained(),
        PROD: there_deployment(),
    }


def observed(
    states: Mapping[Address, Any],
    others: Iterable[Found] = (),
    supplies: Mapping[str, Supply] | None = None,
) -> Observed:
    return Observed(NOON, states, tuple(others), supplies or {})


def found(name: str, *, is_ours: bool = True, **more: Any) -> Found:
    """A deployment that no manifest wants."""
    state = there_deployment(name=name, **more)
    return Found(Address("deployment", name), "sweden", is_ours, state, "GlobalStandard 50")


def picture(plan: Plan, *, is_verbose: bool = False) -> str:
    """What a person sees on a terminal of 80 columns."""
    return "\n".join(plan_lines(plan, Page(width=80), is_verbose=is_verbose))


def refusal_picture(refusals: Iterable[Refusal]) -> str:
    return "\n".join(refusal_lines(refusals, Page(width=80)))
