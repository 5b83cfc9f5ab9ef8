"""What a training starts from: a model of the catalogue, a literal id, or another of the folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from reconciler.kinds.checkpoint import FINAL, Checkpoint, CheckpointChoice
from reconciler.kinds.writing import Name, Part
from reconciler.planning.address import Address

if TYPE_CHECKING:
    from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal


class BaseChoice(Part):
    """A fine-tuned model to go on from. Its weights count, so a change of them trains again."""

    fine_tuned_model: Name = Field(description="the name of a FineTunedModel of the same account")
    checkpoint: CheckpointChoice = FINAL
    fingerprint: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}$",
        description="eight hex digits of a version: go on from that one, whatever became of the "
        "model since",
    )


def _written(value: Any) -> Any:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, dict) and value:
        return BaseChoice.model_validate(value)
    raise PydanticCustomError(
        "base_model", "must be the name of a model, or {form}", {"form": "{fineTunedModel: NAME}"}
    )


BaseModelChoice = Annotated[
    str | BaseChoice,
    BeforeValidator(_written),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1}, BaseChoice.model_json_schema()]}),
]


@dataclass(frozen=True)
class Parent:
    """The fine-tuned model whose weights another one goes on from.

    `pin` holds the digits of an older version, where the manifest names one; else the version
    that the folder wants now is meant, and has to be trained first.
    """

    at: Address
    goal: FineTunedModelGoal
    checkpoint: Checkpoint
    pin: str = ""

    @property
    def version(self) -> str:
        """The digits of the weights."""
        return self.pin or self.goal.short


def named(version: str, checkpoint: Checkpoint) -> str:
    """How a recipe names the weights of a parent, whatever the parent is called."""
    return f"ft:{version} {checkpoint.words}".rstrip()
