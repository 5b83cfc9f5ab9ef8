"""Which moment of a training is meant: its end, or a checkpoint that the service kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.writing import Part
from reconciler.providers.azure.listings import CheckpointRecord

# As the service calls them. Source: Microsoft Learn, "Fine-tuning", checkpoints, read 2026-10.
Metric = Literal[
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "valid_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
]


class Checkpoint(Part):
    """One of step, epoch and best; none of them is the end of the training."""

    step: int | None = Field(default=None, ge=1)
    epoch: int | None = Field(default=None, ge=1)
    best: Metric | None = Field(default=None, description="the lowest loss or highest accuracy")

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        if sum(one is not None for one in (self.step, self.epoch, self.best)) > 1:
            raise PydanticCustomError("checkpoint", "names more than one of step, epoch and best")
        return self

    @property
    def words(self) -> str:
        """Empty for the end of the training; else as plans and tags have it."""
        choices = (("step", self.step), ("epoch", self.epoch), ("best", self.best))
        return next((f"{name} {value}" for name, value in choices if value is not None), "")


FINAL = Checkpoint()


def _written(value: Any) -> Any:
    if value == "final":
        return FINAL
    if isinstance(value, dict) and value:
        return Checkpoint.model_validate(value)
    raise PydanticCustomError(
        "checkpoint",
        "must be final, or one of {forms}",
        {"forms": "{step: N}, {epoch: N}, {best: METRIC}"},
    )


CheckpointChoice = Annotated[
    Checkpoint,
    BeforeValidator(_written),
    WithJsonSchema({"anyOf": [{"const": "final"}, Checkpoint.model_json_schema()]}),
]


def chosen(
    choice: Checkpoint, kept: Iterable[CheckpointRecord], epochs: int | None
) -> CheckpointRecord | None:
    """The checkpoint meant, of those that the service has kept; None if it is not among them.

    The service keeps one an epoch and does not number them, so an epoch is found by its share of
    the steps: the last checkpoint stands at the end of the last epoch.
    """
    records = sorted(kept, key=lambda one: one.step)
    if choice.step is not None:
        return next((one for one in records if one.step == choice.step), None)
    if choice.best is not None:
        measured = [one for one in records if choice.best in one.metrics]
        sign = -1 if choice.best.endswith("accuracy") else 1
        metric = choice.best
        return min(measured, key=lambda one: sign * one.metrics[metric], default=None)
    if not records or not epochs:
        return None
    steps_an_epoch = records[-1].step / epochs
    return next((one for one in records if round(one.step / steps_an_epoch) == choice.epoch), None)
