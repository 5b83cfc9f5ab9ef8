"""How to train: the methods, what belongs to which, and what each needs of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.fine_tuned_model.graders import Grader, unknown_names, wire
from reconciler.kinds.writing import AutoOrCount, AutoOrRate, Part

MethodType = Literal["supervised", "dpo", "reinforcement"]

# The formats of training data that a method takes.
# Source: Microsoft Learn, "Customize a model with fine-tuning", read 2026-10.
FORMATS: Mapping[MethodType, tuple[str, ...]] = {
    "supervised": ("chat", "completions"),
    "dpo": ("preference",),
    "reinforcement": ("reinforcement",),
}
# The hyperparameters that only one method knows.
ONLY: Mapping[MethodType, tuple[str, ...]] = {
    "supervised": (),
    "dpo": ("beta", "l2_multiplier"),
    "reinforcement": (
        "compute_multiplier",
        "eval_interval",
        "eval_samples",
        "reasoning_effort",
    ),
}


class Hyperparameters(Part):
    """`auto`, or left out: the service chooses."""

    n_epochs: AutoOrCount = "auto"
    batch_size: AutoOrCount = "auto"
    learning_rate_multiplier: AutoOrRate = "auto"
    beta: AutoOrRate = Field(default="auto", description="dpo: how far the model may move")
    l2_multiplier: AutoOrRate = Field(default="auto", description="dpo")
    compute_multiplier: AutoOrRate = Field(default="auto", description="reinforcement")
    eval_interval: AutoOrCount = Field(default="auto", description="reinforcement: in steps")
    eval_samples: AutoOrCount = Field(default="auto", description="reinforcement")
    reasoning_effort: Literal["auto", "default", "low", "medium", "high"] = Field(
        default="auto", description="reinforcement"
    )

    @property
    def pinned(self) -> dict[str, Any]:
        """What the manifest sets, by the names of the service."""
        return {name: value for name, value in self.model_dump().items() if value != "auto"}


class MethodSpec(Part):
    """How to train."""

    type: MethodType = "supervised"
    hyperparameters: Hyperparameters = Hyperparameters()
    grader: Grader | None = Field(
        default=None, description="reinforcement only: how an answer is scored"
    )
    response_format: dict[str, Any] | None = Field(
        default=None, description="reinforcement only: a JSON schema for the answers"
    )

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        for owner, names in ONLY.items():
            strange = [name for name in names if name in self.hyperparameters.pinned]
            if strange and owner != self.type:
                raise PydanticCustomError(
                    "method",
                    "sets {names}, which only {owner} knows; this is {type}",
                    {"names": ", ".join(strange), "owner": owner, "type": self.type},
                )
        if self.type != "reinforcement" and (self.grader or self.response_format):
            raise PydanticCustomError(
                "method", "has a grader or responseFormat, which only reinforcement knows"
            )
        if self.type == "reinforcement" and self.grader is None:
            raise PydanticCustomError(
                "method", "needs a grader: reinforcement has to score answers"
            )
        if strange := sorted(set(unknown_names(self.grader))):
            raise PydanticCustomError(
                "method",
                "calculateOutput names {names}, which is none of the graders",
                {"names": ", ".join(strange)},
            )
        return self


@dataclass(frozen=True)
class Method:
    """A method as it is compared and sent. `rest` is the grader and the response format."""

    type: MethodType
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def wire(self) -> dict[str, Any]:
        """As the service takes it; what is not pinned is left to the service."""
        inner = dict(self.rest)
        if self.hyperparameters:
            inner["hyperparameters"] = dict(self.hyperparameters)
        return {"type": self.type, self.type: inner}


def method_of(spec: MethodSpec) -> Method:
    rest: dict[str, Any] = {}
    if spec.grader is not None:
        rest["grader"] = wire(spec.grader)
    if spec.response_format is not None:
        rest["response_format"] = spec.response_format
    return Method(spec.type, spec.hyperparameters.pinned, rest)
