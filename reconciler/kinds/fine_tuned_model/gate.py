"""What a trained model has to reach before deployments may use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.checkpoint import Metric
from reconciler.kinds.writing import Part


class Bound(Part):
    """Where a metric has to end: below a number, above one, or both."""

    below: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.below is None and self.above is None:
            raise PydanticCustomError("bound", "needs below or above")
        if self.below is not None and self.above is not None and self.above >= self.below:
            raise PydanticCustomError("bound", "leaves nothing between above and below")
        return self


class Gate(Part):
    """A model that misses it is trained, not promoted: deployments keep the version before."""

    require: dict[Metric, Bound] = Field(
        min_length=1, description="metrics at the end of the training, and their bounds"
    )


@dataclass(frozen=True)
class Miss:
    """A bound that was not kept. No value: the metric was not measured."""

    metric: str
    value: float | None
    bound: str

    @property
    def words(self) -> str:
        if self.value is None:
            return f"{self.metric} was not measured"
        return f"{self.metric} is {self.value:g}, not {self.bound}"


def misses(gate: Gate | None, metrics: Mapping[str, float]) -> tuple[Miss, ...]:
    """Every bound that the metrics at the end do not keep. A number on the bound misses it."""
    return () if gate is None else tuple(_misses(gate, metrics))


def _misses(gate: Gate, metrics: Mapping[str, float]) -> Iterator[Miss]:
    for metric, bound in gate.require.items():
        value = metrics.get(metric)
        if bound.below is not None and (value is None or value >= bound.below):
            yield Miss(metric, value, f"below {bound.below:g}")
        elif bound.above is not None and (value is None or value <= bound.above):
            yield Miss(metric, value, f"above {bound.above:g}")
