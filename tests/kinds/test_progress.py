"""How far a training has come, out of sentences that are meant for people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from reconciler.kinds.fine_tuned_model.progress import Progress, read_progress
from tests.kinds.tables import table
from tests.planning.situations import NOON, job, trained, wanted_model

TOLD = [
    ("Step 10: training loss=0.678", Progress(10, 0.678)),
    ("Step 1: training loss=0.6789123456", Progress(1, 0.6789123456)),
    ("step 7: training loss = 1e-05, validation loss = 2", Progress(7, 1e-05)),
    ("Step 30/90: training loss: 2", Progress(30, 2.0)),
    ("Step 4: mean reward=0.4", Progress(4)),
    ("Step 5: training loss=nan", Progress(5)),
    ("Step 6", Progress(6)),
    ("Steps are counted from 1", None),
    ("Step one: training loss=0.1", None),
    ("Next step 3: loss=1", None),
    ("", None),
]


@pytest.mark.parametrize(("message", "progress"), TOLD)
def test_a_message(message: str, progress: Progress | None) -> None:
    """A step is told at the start of a sentence; what is not understood is left out."""
    assert read_progress([message]) == progress


def test_the_newest() -> None:
    """What was said last about a step counts, whatever was said after it or before."""
    newest_first = ["Job paused.", "Step 20: training loss=0.5", "Step 10: training loss=0.9"]
    assert read_progress(newest_first) == Progress(20, 0.5)
    assert read_progress([]) is None


@given(st.lists(st.text() | st.text().map(lambda end: f"Step 1{end}")))
def test_anything(messages: list[str]) -> None:
    """Whatever the service says, reading it does not fail."""
    read_progress(messages)


SETTLED = {"n_epochs": 3, "batch_size": 10}  # 20 steps an epoch


def state(status: str, progress: Progress | None = None, **more: Any) -> Any:
    return replace(trained(job(status=status, **more)), progress=progress)


def test_what_is_shown() -> None:
    """The last step, its loss and the expected finish; of a paused job, how it can go on."""
    finish = NOON + timedelta(minutes=30)
    cases = {
        "queued": state("pending"),
        "queued, with a forecast": state("pending", estimated_finish=finish),
        "nothing told yet": state("running"),
        "a step": state("running", Progress(1040, 0.67123), estimated_finish=finish),
        "an epoch": state("running", Progress(41, 0.5), hyperparameters=SETTLED),
        "its end": state("running", Progress(40, 0.5), hyperparameters=SETTLED),
        "more than there can be": state("running", Progress(999), hyperparameters=SETTLED),
        "a batch of another form": state(
            "running", Progress(9), hyperparameters={"n_epochs": 3, "batch_size": "8"}
        ),
        "a batch that is still open": state(
            "running", Progress(9), hyperparameters={"n_epochs": 3}
        ),
        "a step without a loss": state("running", Progress(3)),
        "paused": state("paused", Progress(40, 0.5), estimated_finish=finish),
        "reinforcement, paused": state("paused", method="reinforcement"),
        "preempted": state("paused", training_type="developerTier"),
    }
    assert table(wanted_model(), cases) == snapshot("""\
queued
  wait pending: queued since 2026-11-19 12:00 UTC, ftjob-1
  = pending job queued
queued, with a forecast
  wait pending: queued since 2026-11-19 12:00 UTC, finish expected 2026-11-20 12:30 UTC, ftjob-1
  = pending job queued, finish expected 2026-11-20 12:30 UTC
nothing told yet
  wait pending: training since 2026-11-19 12:00 UTC, ftjob-1
  = running job training
a step
  wait pending: training since 2026-11-19 12:00 UTC, step 1,040, loss 0.6712, finish expected
    2026-11-20 12:30 UTC, ftjob-1
  = running job training, step 1,040, loss 0.6712, finish expected 2026-11-20 12:30 UTC
an epoch
  wait pending: training since 2026-11-19 12:00 UTC, epoch 3 of 3, step 41, loss 0.5000, ftjob-1
  = running job training, epoch 3 of 3, step 41, loss 0.5000
its end
  wait pending: training since 2026-11-19 12:00 UTC, epoch 2 of 3, step 40, loss 0.5000, ftjob-1
  = running job training, epoch 2 of 3, step 40, loss 0.5000
more than there can be
  wait pending: training since 2026-11-19 12:00 UTC, step 999, ftjob-1
  = running job training, step 999
a batch of another form
  wait pending: training since 2026-11-19 12:00 UTC, step 9, ftjob-1
  = running job training, step 9
a batch that is still open
  wait pending: training since 2026-11-19 12:00 UTC, step 9, ftjob-1
  = running job training, step 9
a step without a loss
  wait pending: training since 2026-11-19 12:00 UTC, step 3, ftjob-1
  = running job training, step 3
paused
  wait pending: paused, step 40, loss 0.5000, ftjob-1; go on with `ftctl resume
    finetunedmodel/bot`
  = running job paused, step 40, loss 0.5000; go on with `ftctl resume finetunedmodel/bot`
reinforcement, paused
  wait pending: paused, ftjob-1; go on with `ftctl resume finetunedmodel/bot`; reinforcement
    pauses by itself at $5,000, and going on lifts that limit
  = running job paused; go on with `ftctl resume finetunedmodel/bot`; reinforcement pauses by
    itself at $5,000, and going on lifts that limit
preempted
  wait pending: paused, ftjob-1; go on with `ftctl resume finetunedmodel/bot`; the Developer
    tier may have paused it, and then goes on by itself
  = running job paused; go on with `ftctl resume finetunedmodel/bot`; the Developer tier may
    have paused it, and then goes on by itself\
""")
