"""What a person writes about a deployment."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.checkpoint import FINAL, CheckpointChoice
from reconciler.kinds.deployment.expectation import Expectation
from reconciler.kinds.deployment.goal import DRAIN, Update
from reconciler.kinds.deployment.inactivity import Inactivity
from reconciler.kinds.duration import Duration
from reconciler.kinds.writing import Name, Part, one_of

TOKENS = 1000  # a minute, for each unit of capacity


class ModelChoice(Part):
    """Which model, by the name of the resource that trains it."""

    fine_tuned_model: Name = Field(description="the name of a FineTunedModel")
    checkpoint: CheckpointChoice = FINAL


class Sku(Part):
    """How it is served and how much of it: capacity, or tokensPerMinute."""

    model_config = one_of("capacity", "tokensPerMinute")

    name: str = Field(
        default="Standard", min_length=1, description="Standard, GlobalStandard, DeveloperTier ..."
    )
    capacity: int | None = Field(
        default=None,
        ge=1,
        description="thousands of tokens per minute; units of ProvisionedManaged",
    )
    tokens_per_minute: int | None = Field(
        default=None, ge=TOKENS, multiple_of=TOKENS, description="the same in tokens"
    )

    @model_validator(mode="after")
    def _has_one_amount(self) -> Self:
        if (self.capacity is None) == (self.tokens_per_minute is None):
            raise PydanticCustomError("amount", "needs either capacity or tokensPerMinute")
        return self

    @property
    def amount(self) -> int:
        """The capacity, in whichever unit it was written."""
        return self.capacity or (self.tokens_per_minute or 0) // TOKENS


class DeploymentSpec(Part):
    """A model behind a name that applications call."""

    account: Name = Field(description="the name of an Account")
    model: ModelChoice
    sku: Sku
    rai_policy_name: str | None = Field(
        default=None, min_length=1, description="the content filter of the account"
    )
    version_upgrade_option: (
        Literal["OnceNewDefaultVersionAvailable", "OnceCurrentVersionExpired", "NoAutoUpgrade"]
        | None
    ) = Field(default=None, description="says nothing about custom models; passed on")
    spillover_deployment_name: str | None = Field(
        default=None, min_length=1, description="who takes over when it is throttled"
    )
    dynamic_throttling_enabled: bool | None = Field(
        default=None, description="answer more than the capacity while there is room"
    )
    tags: dict[str, str] = Field(default_factory=dict, description="tags for other people's tools")
    extra: dict[str, Any] = Field(
        default_factory=dict, description="further properties of the control plane, as it has them"
    )
    update: Update = Field(
        default="auto",
        description="a change of model: in place if the service can, else replaced; replaced; or "
        "versioned: beside the old one, under a name of its own",
    )
    drain: Duration = Field(
        default=DRAIN,
        description="how long an older version goes on answering",
        json_schema_extra={"default": "1h"},
    )
    probe: bool = Field(default=True, description="call it once before it counts as made")
    verify: tuple[Expectation, ...] = Field(
        default=(), strict=False, description="what a model has to answer before it is called"
    )
    inactivity: Inactivity = Field(
        default_factory=Inactivity, description="what is done about it when nobody calls it"
    )
    renew: bool = Field(
        default=False,
        description="make a DeveloperTier deployment again when its 24 hours were up",
    )
    protect: bool = Field(
        default=False, description="never delete or replace without --allow-protected"
    )
    adopt: bool = Field(
        default=False, description="take over a deployment of this name that ftctl did not make"
    )

    @property
    def properties(self) -> dict[str, Any]:
        """What is declared of the control plane's own properties, but the model."""
        named = {
            "raiPolicyName": self.rai_policy_name,
            "versionUpgradeOption": self.version_upgrade_option,
            "spilloverDeploymentName": self.spillover_deployment_name,
            "dynamicThrottlingEnabled": self.dynamic_throttling_enabled,
        }
        return {**self.extra, **{name: one for name, one in named.items() if one is not None}}
