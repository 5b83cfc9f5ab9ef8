"""A SIMULATED loss curve: plausible numbers, named as simulated wherever they are shown.

Training loss falls with the number of passes and the learning rate; validation loss follows it
and turns up again when few examples are seen many times. Noise comes from the job's seed. None
of it says anything about a real training.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.emulator.chance import fraction
from reconciler.emulator.messages import Document
from reconciler.emulator.records import Job

# Columns of results.csv: Microsoft Learn, "Customize a model with fine-tuning", 2026-10.
COLUMNS = (
    "step",
    "train_loss",
    "train_mean_token_accuracy",
    "valid_loss",
    "validation_mean_token_accuracy",
    "full_valid_loss",
    "full_valid_mean_token_accuracy",
)
MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """What `auto` became."""

    n_epochs: int
    batch_size: int
    learning_rate_multiplier: float
    examples: int

    @property
    def steps_per_epoch(self) -> int:
        steps = math.ceil(max(1, self.examples) / self.batch_size)
        return max(1, min(steps, MOST_STEPS // self.n_epochs))

    @property
    def steps(self) -> int:
        return self.steps_per_epoch * self.n_epochs


def recipe(job: Job) -> Recipe:
    """Asked-for values as they are; `auto` by rules of thumb that grow with the data."""
    asked = {name: value for name, value in job.hyperparameters.items() if value != "auto"}
    examples = job.examples
    return Recipe(
        n_epochs=int(asked.get("n_epochs", 3 if examples >= 100 else 5)),
        batch_size=int(asked.get("batch_size", max(1, min(256, round(examples * 0.002))))),
        learning_rate_multiplier=float(asked.get("learning_rate_multiplier", 2.0)),
        examples=examples,
    )


def resolved(job: Job) -> Document:
    found = recipe(job)
    return {
        "n_epochs": found.n_epochs,
        "batch_size": found.batch_size,
        "learning_rate_multiplier": found.learning_rate_multiplier,
    }


def row(job: Job, step: int) -> Document:
    """The measurements after a step; the full validation only at the end of an epoch."""
    plan = recipe(job)
    passes = step / plan.steps_per_epoch
    train = _train_loss(job, plan, step, passes)
    found: Document = {
        "step": step,
        "train_loss": round(train, 5),
        "train_mean_token_accuracy": _accuracy(train),
    }
    if job.validation_file:
        valid = _valid_loss(job, plan, passes) * (1 + 0.08 * _noise(job, "valid", step))
        found |= {"valid_loss": round(valid, 5), "valid_mean_token_accuracy": _accuracy(valid)}
        if step % plan.steps_per_epoch == 0:
            full = _valid_loss(job, plan, passes)
            found["full_valid_loss"] = round(full, 5)
            found["full_valid_mean_token_accuracy"] = _accuracy(full)
    return found


def rows(job: Job, steps: int) -> Iterator[Document]:
    return (row(job, step) for step in range(1, steps + 1))


def results_csv(job: Job, steps: int) -> bytes:
    """The results file as far as the training has come."""
    lines = [",".join(COLUMNS)]
    for found in rows(job, steps):
        found["validation_mean_token_accuracy"] = found.get("valid_mean_token_accuracy", "")
        lines.append(",".join(str(found.get(column, "")) for column in COLUMNS))
    return ("\n".join(lines) + "\n").encode()


def _train_loss(job: Job, plan: Recipe, step: int, passes: float) -> float:
    speed = 0.9 * math.sqrt(max(plan.learning_rate_multiplier, 0.01))
    floor, top = 0.12, 1.6 + 0.6 * fraction("top", job.seed, job.model)
    loss = floor + (top - floor) * math.exp(-speed * passes)
    wildness = 0.1 if plan.learning_rate_multiplier < 5 else 0.5
    return max(0.01, loss * (1 + wildness * _noise(job, "train", step)))


def _valid_loss(job: Job, plan: Recipe, passes: float) -> float:
    """Falls slower than training, and rises again once few examples were seen too often."""
    speed = 0.8 * math.sqrt(max(plan.learning_rate_multiplier, 0.01))
    start = 1.7 + 0.6 * fraction("top", job.seed, job.model)
    reach = 0.35 + 0.6 / math.sqrt(1 + plan.examples / 50)
    wall = 1.5 + math.log10(1 + plan.examples / 10)
    overfitting = 0.12 * math.pow(max(0.0, passes - wall), 1.3)
    return reach + (start - reach) * math.exp(-speed * passes) + overfitting


def _noise(job: Job, name: str, step: int) -> float:
    return 2 * fraction(name, job.seed, job.model, job.examples, step) - 1


def _accuracy(loss: float) -> float:
    return round(math.exp(-0.45 * loss), 5)
