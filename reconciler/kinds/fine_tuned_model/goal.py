"""A fine-tuned model as it should be, with the name of its weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.kinds.fine_tuned_model.base import Parent
from reconciler.kinds.fine_tuned_model.gate import Gate
from reconciler.kinds.fine_tuned_model.method import Method
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import Recipe, fingerprint, short


@dataclass(frozen=True)
class FineTunedModelGoal:
    """`training` and `validation` are the goals of the datasets: their content and statistics.

    `base_model` is the model of the catalogue at the root of a chain, or a literal id.
    """

    name: str
    account: str
    base_model: str
    method: Method
    training: Any
    training_at: Address
    validation: Any
    validation_at: Address | None
    seed: int | None
    training_type: str
    label: str
    attempts: int
    recipe: Recipe
    suffix_length: int
    project: str = "default"
    parent: Parent | None = None
    gate: Gate | None = None
    keep: int | None = None  # versions; None keeps all of them
    priority: int = 0

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.recipe)

    @property
    def short(self) -> str:
        return short(self.fingerprint)

    @property
    def shown_label(self) -> str:
        """The label, cut to what the service allows beside the digits."""
        room = self.suffix_length - len(self.short) - 1
        return self.label[:room].rstrip("-")

    @property
    def suffix(self) -> str:
        """The label, and the digits that name the weights."""
        return f"{self.shown_label}-{self.short}"

    @property
    def epochs(self) -> int | None:
        """None where the service chooses."""
        return self.method.hyperparameters.get("n_epochs")

    @property
    def family(self) -> str:
        """The base model at the root, whose price and limits hold."""
        return self.base_model.split(".ft-")[0]

    @property
    def base(self) -> str:
        """What it starts from, for people."""
        if self.parent is None:
            return self.base_model
        return f"{self.parent.at} {self.parent.version} {self.parent.checkpoint.words}".rstrip()
