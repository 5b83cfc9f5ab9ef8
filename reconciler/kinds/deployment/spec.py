"""What a person writes about a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from reconciler.kinds.checkpoint import FINAL, CheckpointChoice
from reconciler.kinds.deployment.goal import DeploymentGoal, Update
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.kinds.deployment.inactivity import remarks as remarks_on_inactivity
from reconciler.kinds.deployment.lifetime import DEVELOPER
from reconciler.kinds.writing import Name, Part
from reconciler.planning.address import Address
from reconciler.planning.kind import Reference, Remark, Resolved, Written
from reconciler.providers.azure import catalogue


class ModelChoice(Part):
    """Which model, by the name of the resource that trains it."""

    fine_tuned_model: Name = Field(description="the name of a FineTunedModel")
    checkpoint: CheckpointChoice = FINAL


class Sku(Part):
    """How it is served and how much of it."""

    name: str = Field(
        default="Standard", min_length=1, description="Standard, GlobalStandard, DeveloperTier ..."
    )
    capacity: int = Field(ge=1, description="thousands of tokens per minute")


class DeploymentSpec(Part):
    """A model behind a name that applications call."""

    account: Name = Field(description="the name of an Account")
    model: ModelChoice
    sku: Sku
    rai_policy_name: str | None = Field(default=None, min_length=1)
    update: Update = Field(
        default="auto",
        description="a change of model: in place if the service can, else replaced; or replaced",
    )
    protect: bool = Field(
        default=False, description="never delete or replace without --allow-protected"
    )
    inactivity: Inactivity = Inactivity()
    renew: bool = Field(
        default=False,
        description="make a DeveloperTier deployment again when its 24 hours were up",
    )
    adopt: bool = Field(
        default=False, description="take over a deployment of this name that ftctl did not make"
    )


def references(spec: DeploymentSpec) -> tuple[Reference, ...]:
    return (
        Reference(("account",), Address("account", spec.account)),
        Reference(
            ("model", "fineTunedModel"), Address("finetunedmodel", spec.model.fine_tuned_model)
        ),
    )


def resolve(written: Written) -> Resolved:
    spec: DeploymentSpec = written.spec
    model_at = Address("finetunedmodel", spec.model.fine_tuned_model)
    model = written.goals[model_at]
    goal = DeploymentGoal(
        name=written.address.name,
        project=written.policy.project,
        account=spec.account,
        model_at=model_at,
        fingerprint=model.fingerprint,
        sku=catalogue.canonical(spec.sku.name, catalogue.SKUS),
        capacity=spec.sku.capacity,
        update=spec.update,
        is_protected=spec.protect,
        may_adopt=spec.adopt,
        checkpoint=spec.model.checkpoint,
        inactivity=spec.inactivity,
        renew=spec.renew,
        properties={"raiPolicyName": spec.rai_policy_name} if spec.rai_policy_name else {},
    )
    return Resolved(goal, tuple(_remarks(spec)))


def _remarks(spec: DeploymentSpec) -> Iterator[Remark]:
    if unknown := catalogue.unknown("SKU", spec.sku.name, catalogue.SKUS):
        yield Remark(("sku", "name"), *unknown, is_error=False)
    is_developer = spec.sku.name.lower() == DEVELOPER
    yield from remarks_on_inactivity(
        spec.inactivity, is_developer=is_developer, is_protected=spec.protect
    )
    if spec.renew and not is_developer:
        text = "renew is for DeveloperTier; for others there is inactivity.then: redeploy"
        yield Remark(("renew",), text, is_error=False)
