"""Which moment of a training is meant: its end, or a checkpoint that the service kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.writing import Part
from reconciler.providers.azure.listings import CheckpointRecord, list_checkpoints
from reconciler.providers.errors import Refused
from reconciler.providers.session import Connection

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


def model_at(
    choice: Checkpoint, ids: Mapping[str, str], whose: object, connection: Connection
) -> str:
    """The id to serve or to go on from, of a model with these ids. Raises Refused for none."""
    if not choice.words:
        return ids["model"]
    if "job" not in ids:
        raise Refused(
            f"the job of {whose} is not on the service any more, nor are its checkpoints.",
            hint="Use checkpoint: final.",
        )
    kept, epochs = list_checkpoints(connection, ids["job"])
    found = chosen(choice, kept, epochs)
    if found is None:
        steps = ", ".join(str(one.step) for one in sorted(kept, key=lambda one: one.step))
        raise Refused(
            f"{whose} has no checkpoint at {choice.words}; "
            f"the service has kept those of steps {steps or '(none)'}.",
            hint="The service keeps the last three epochs; choose one of them, or final.",
        )
    return found.model
