"""Which checkpoint a deployment serves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from reconciler.kinds.checkpoint import Checkpoint, chosen
from reconciler.providers.azure.listings import CheckpointRecord

Ftctl = Callable[..., CompletedProcess[str]]
MANIFEST = Path("manifests/support.yaml")


def kept(step: int, loss: float, accuracy: float) -> CheckpointRecord:
    metrics = {"full_valid_loss": loss, "full_valid_mean_token_accuracy": accuracy}
    return CheckpointRecord(f"ftchkpt-{step}", f"m:ckpt-step-{step}", step, metrics, None)


KEPT = [kept(72, 0.9, 0.6), kept(24, 0.8, 0.5), kept(48, 0.7, 0.7)]


@pytest.mark.parametrize(
    ("choice", "step"),
    [
        ({"step": 24}, 24),
        ({"step": 25}, None),
        ({"epoch": 1}, 24),
        ({"epoch": 3}, 72),
        ({"epoch": 4}, None),
        ({"best": "full_valid_loss"}, 48),
        ({"best": "full_valid_mean_token_accuracy"}, 48),
        ({"best": "train_loss"}, None),
    ],
)
def test_a_choice_means_one_checkpoint_or_none(choice: dict[str, object], step: int | None) -> None:
    """By step, by epoch as the share of the steps, or by the best value of a metric."""
    found = chosen(Checkpoint.model_validate(choice), KEPT, epochs=3)
    assert (found.step if found else None) == step


def test_an_unknown_number_of_epochs_means_no_epoch() -> None:
    """Where the service does not say how many epochs there were, none can be found."""
    assert chosen(Checkpoint.model_validate({"epoch": 1}), KEPT, epochs=None) is None


def test_a_checkpoint_is_served_and_changed(folder: Path, ftctl: Ftctl) -> None:
    """A deployment serves the chosen checkpoint; another choice replaces what it serves."""
    choose("{step: 48}")
    applied = ftctl("apply", "--local", "--auto-approve", "--wait")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert served(ftctl).endswith(":ckpt-step-48")
    assert ftctl("plan", "--local", "--detailed-exitcode").returncode == 0
    choose("final")
    plan = ftctl("plan", "--local").stdout
    assert "± deployment/support-prod" in plan
    assert "to train" not in plan
    assert ftctl("apply", "--local", "--auto-approve", "--wait").returncode == 0
    assert ":ckpt" not in served(ftctl)
    assert ftctl("plan", "--local", "--detailed-exitcode").returncode == 0


def test_a_checkpoint_that_is_not_kept_is_a_clear_error(folder: Path, ftctl: Ftctl) -> None:
    """The message names the steps that there are."""
    choose("{step: 7}")
    applied = ftctl("apply", "--local", "--auto-approve", "--wait")
    assert applied.returncode == 6
    said = " ".join(applied.stdout.split())
    assert "has no checkpoint at step 7; the service has kept those of steps" in said


def choose(checkpoint: str) -> None:
    """Write the choice into the quickstart."""
    text = MANIFEST.read_text("utf-8").split("  model: {fineTunedModel: support-bot")
    after = text[1].split("\n", 1)[1]
    line = f"  model: {{fineTunedModel: support-bot, checkpoint: {checkpoint}}}\n"
    MANIFEST.write_text(text[0] + line + after, "utf-8")


def served(ftctl: Ftctl) -> str:
    status = json.loads(ftctl("status", "--local", "--format", "json").stdout)
    by_address = {one["address"]: one for one in status["resources"]}
    return str(by_address["deployment/support-prod"]["ids"]["model"])
