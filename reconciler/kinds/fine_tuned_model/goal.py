"""A fine-tuned model as it should be, with the name of its weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.fine_tuned_model.facts import Facts
from reconciler.kinds.fine_tuned_model.method import Method
from reconciler.planning.address import Address
from reconciler.planning.fingerprint import short


@dataclass(frozen=True)
class FineTunedModelGoal:
    """`training` and `validation` are the goals of the datasets: their content and statistics."""

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
    fingerprint: str
    suffix_length: int
    facts: Facts = field(default_factory=Facts)  # what the catalogue says of it

    @property
    def short(self) -> str:
        return short(self.fingerprint)

    @property
    def suffix(self) -> str:
        """The label, cut to what the service allows, and the digits that name the weights."""
        room = self.suffix_length - len(self.short) - 1
        return f"{self.label[:room].rstrip('-')}-{self.short}"

    @property
    def epochs(self) -> int | None:
        """None where the service chooses."""
        return self.method.hyperparameters.get("n_epochs")
