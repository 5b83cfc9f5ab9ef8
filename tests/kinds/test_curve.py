"""Training curves: what is read from results.csv, and when it is called overfitting."""

from __future__ import annotations

import pytest

from reconciler.kinds.fine_tuned_model.curve import FULL_VALID_LOSS, overfitting, read_curve

HEAD = (
    "step,train_loss,train_mean_token_accuracy,valid_loss,validation_mean_token_accuracy,"
    "full_valid_loss,full_valid_mean_token_accuracy\n"
)


def results(full: dict[int, float], *, falling: bool = True, steps: int = 30) -> bytes:
    """A results file whose training loss falls or rises, with these full validation losses."""
    rows = [
        f"{step},{2 - step / 20 if falling else 1 + step / 20},0.5,,,{full.get(step, '')},"
        for step in range(1, steps + 1)
    ]
    return (HEAD + "\n".join(rows) + "\n").encode()


def test_empty_cells_are_no_points() -> None:
    """A metric has a point only where the service measured it."""
    curve = read_curve(results({10: 0.9, 20: 0.8}))
    assert curve.series[FULL_VALID_LOSS] == ((10, 0.9), (20, 0.8))
    assert curve.steps == 30
    assert curve.last(FULL_VALID_LOSS) == 0.8
    assert curve.last("valid_loss") is None


def test_validation_that_rises_while_training_falls_is_overfitting() -> None:
    """Overfitting is named with the step of the lowest validation loss."""
    found = overfitting(read_curve(results({10: 0.8, 20: 0.9, 30: 1.1})))
    assert found is not None
    assert (found.step, found.lowest, found.final) == (10, 0.8, 1.1)


@pytest.mark.parametrize(
    ("full", "falling"),
    [
        ({10: 1.0, 20: 0.9, 30: 0.85}, True),  # both fall
        ({10: 0.80, 20: 0.81, 30: 0.83}, True),  # a rise of less than the rule asks for
        ({10: 0.8, 20: 0.9, 30: 1.1}, False),  # training got worse, too: that is something else
        ({30: 1.1}, True),  # one point says nothing
        ({}, True),  # no validation data
    ],
)
def test_everything_else_is_not(full: dict[int, float], falling: bool) -> None:  # noqa: FBT001
    """Neither a small rise, nor a training that diverges, nor too few points are overfitting."""
    assert overfitting(read_curve(results(full, falling=falling))) is None


def test_noise_is_not_overfitting() -> None:
    """Without full validation the batch validation is smoothed before it is asked."""
    rows = [f"{step},{2 - step / 100},0.5,{1 + 0.04 * (step % 2)},0.5,," for step in range(1, 101)]
    assert overfitting(read_curve((HEAD + "\n".join(rows)).encode())) is None


def test_a_file_that_is_no_results_file_is_refused() -> None:
    """Something else than results.csv is an error that says what is missing."""
    with pytest.raises(ValueError, match="no column named step"):
        read_curve(b"a,b\n1,2\n")
