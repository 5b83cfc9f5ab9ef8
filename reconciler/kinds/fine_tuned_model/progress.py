"""How far a training has come, as far as its latest events tell.

Events are sentences for people, so anything in them may be missing or read differently one day.
What is not understood is left out; nothing is ever decided by it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.kinds.fine_tuned_model.goal import FineTunedModelGoal
from reconciler.planning.kind import Wanted
from reconciler.providers.azure.listings import JobRecord

# "Step 10: training loss=0.678". Source: recorded runs in the public microsoft-foundry/fine-tuning
# notebooks, 2025-12.
STEP = re.compile(r"^\s*step\s+(?P<step>\d{1,9})\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
LOSS = re.compile(r"\bloss\s*[=:]\s*(?P<loss>\d{1,9}(?:\.\d+)?(?:e[-+]?\d{1,2})?)", re.IGNORECASE)
PREEMPTED = "the Developer tier may have paused it, and then goes on by itself"
IN_BATCHES = {"supervised", "dpo"}
ACTIVITY = {"pending": "queued", "running": "training", "paused": "paused"}


@dataclass(frozen=True)
class Progress:
    """The last step that the training told of; no loss where that said nothing of one."""

    step: int
    loss: float | None = None


def read_progress(messages: Iterable[str]) -> Progress | None:
    """What the newest message about a step says; the messages come newest first."""
    for message in messages:
        if found := STEP.match(message):
            loss = LOSS.search(found["rest"])
            return Progress(int(found["step"]), float(loss["loss"]) if loss else None)
    return None


def activity(job: JobRecord, progress: Progress | None, wanted: Wanted) -> str:
    """What an active job is doing, how far it has come, and what a person can do about it."""
    text = ", ".join([ACTIVITY[job.status], *_facts(job, progress, wanted)])
    return _with_advice(text, job, wanted)


def activity_in_full(job: JobRecord, progress: Progress | None, wanted: Wanted) -> str:
    """The same, with the moment at which it was submitted and its id."""
    # When it was paused is not known, only when it was submitted.
    since = "" if job.status == "paused" else f" since {job.created_at:%Y-%m-%d %H:%M} UTC"
    text = ", ".join([f"{ACTIVITY[job.status]}{since}", *_facts(job, progress, wanted)])
    return _with_advice(f"{text}, {job.id}", job, wanted)


def _facts(job: JobRecord, progress: Progress | None, wanted: Wanted) -> Iterator[str]:
    if progress:
        yield from _epoch(job, progress, wanted.goal)
        yield f"step {progress.step:,}"
    if progress and progress.loss is not None:
        yield f"loss {progress.loss:.4f}"
    if job.estimated_finish and job.status != "paused":
        yield f"finish expected {job.estimated_finish:%Y-%m-%d %H:%M} UTC"


def _epoch(job: JobRecord, progress: Progress, goal: FineTunedModelGoal) -> Iterator[str]:
    """Only where all is known that it follows from: the service settles on `auto` when it starts.

    UNVERIFIED: that the last batch of an epoch is a step of its own. Where the steps that are told
    do not fit to that, nothing is said. Reinforcement counts its steps otherwise.
    """
    batch, epochs = (_whole(job.hyperparameters.get(it)) for it in ("batch_size", "n_epochs"))
    examples = goal.training.report.examples if goal.training.report else 0
    if goal.method.type not in IN_BATCHES or not (batch and epochs and examples):
        return
    epoch = math.ceil(progress.step / math.ceil(examples / batch))
    if epoch <= epochs:
        yield f"epoch {epoch} of {epochs}"


def _whole(value: object) -> int:
    """A number above 0, or 0 for anything else that stands in its place."""
    return value if isinstance(value, int) and value > 0 else 0


def _with_advice(text: str, job: JobRecord, wanted: Wanted) -> str:
    if job.status != "paused":
        return text
    why, cap = "", wanted.goal.facts.pause
    if job.method == "reinforcement" and cap:
        why = f"reinforcement pauses by itself at ${cap:,}, and going on lifts that limit"
    if job.training_type.lower().startswith("developer"):
        why = PREEMPTED
    return "; ".join(filter(None, [text, f"go on with `ftctl resume {wanted.address}`", why]))
