"""How a training went, from its results.csv: the points, and whether it overfitted. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass

# The service's columns. Source: Microsoft Learn, "Customize a model with fine-tuning", 2026-10.
TRAIN_LOSS = "train_loss"
VALID_LOSS = "valid_loss"
FULL_VALID_LOSS = "full_valid_loss"
METRICS = (
    TRAIN_LOSS,
    "train_mean_token_accuracy",
    VALID_LOSS,
    "validation_mean_token_accuracy",
    FULL_VALID_LOSS,
    "full_valid_mean_token_accuracy",
)
# A rise of the validation loss that is more than noise, as a share of its lowest value.
NOTABLE_RISE = 0.05
RULE = (
    f"the validation loss ends more than {NOTABLE_RISE:.0%} above its lowest value "
    "while the training loss has gone on falling since"
)

Series = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Curve:
    """Each metric as (step, value) pairs; a metric that was not measured has none."""

    series: Mapping[str, Series]

    @property
    def steps(self) -> int:
        return max((points[-1][0] for points in self.series.values() if points), default=0)

    def last(self, metric: str) -> float | None:
        """The value a metric ended with."""
        points = self.series.get(metric, ())
        return points[-1][1] if points else None


def read_curve(text: bytes) -> Curve:
    """The curve in a results.csv. Raises ValueError for a file that is none."""
    rows = csv.DictReader(text.decode("utf-8-sig").splitlines())
    if "step" not in (rows.fieldnames or ()):
        raise ValueError("the results file has no column named step")
    series: dict[str, list[tuple[int, float]]] = {metric: [] for metric in METRICS}
    for row in rows:
        for metric in METRICS:
            if written := (row.get(metric) or "").strip():
                series[metric].append((int(float(row["step"])), float(written)))
    return Curve({metric: tuple(points) for metric, points in series.items()})


@dataclass(frozen=True)
class Overfitting:
    """From which step on the model learned its examples by heart."""

    step: int
    lowest: float
    final: float


def overfitting(curve: Curve) -> Overfitting | None:
    """Whether validation and training diverge at the end, by RULE; None if not or unknown.

    The full validation is asked where there is one, at the end of each epoch: it has no noise.
    """
    full = curve.series.get(FULL_VALID_LOSS, ())
    valid = full if len(full) > 1 else _smooth(curve.series.get(VALID_LOSS, ()))
    if not valid:
        return None
    at, lowest = min(valid, key=lambda point: point[1])
    final = valid[-1][1]
    if final <= lowest * (1 + NOTABLE_RISE):
        return None
    before, after = _around(curve.series.get(TRAIN_LOSS, ()), at)
    return Overfitting(at, lowest, final) if after < before else None


def _smooth(points: Series) -> Series:
    """Each point as the mean of the tenth of the series that ends with it."""
    width = max(len(points) // 10, 1)
    return tuple(
        (step, sum(value for _step, value in points[at - width + 1 : at + 1]) / width)
        for at, (step, _value) in enumerate(points)
        if at >= width - 1
    )


def _around(train: Series, step: int) -> tuple[float, float]:
    """The mean training loss in the tenth before a step, and in the last tenth."""
    width = max(len(train) // 10, 1)
    before = [value for at, value in train if at <= step][-width:]
    after = [value for _at, value in train][-width:]
    if not before or not after:
        return 0.0, 0.0
    return sum(before) / len(before), sum(after) / len(after)
