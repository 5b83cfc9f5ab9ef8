"""What names the weights, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.planning.fingerprint import Recipe, by_digits, fingerprint, names, short

PARTS: dict[str, Any] = {
    "base_model": "gpt-4.1-2025-04-14",
    "method": "supervised",
    "training_sha256": "aa" * 32,
    "hyperparameters": {"n_epochs": 3},
    "seed": 105,
    "revision": 1,
}
THE_SAME = fingerprint(Recipe(**PARTS))


def named(**other: Any) -> str:
    return fingerprint(Recipe(**PARTS | other))


def test_it_never_changes() -> None:
    """Models of long ago are found by these digits; another form would train them all again."""
    assert THE_SAME == "8c8a3a9d74ca1c1a15735be59e7583f5cd64e1b626387a4e9ce9c3e40d851bb4"
    assert short(THE_SAME) == THE_SAME[:8]


@pytest.mark.parametrize(
    "other",
    [
        {"base_model": "gpt-4.1-mini-2025-04-14"},
        {"method": "dpo"},
        {"training_sha256": "aa" * 31 + "ab"},
        {"hyperparameters": {"n_epochs": 4}},
        {"hyperparameters": {}},
        {"hyperparameters": {"n_epochs": 3, "batch_size": 8}},
        {"hyperparameters": {"n_epochs": 3, "learning_rate_multiplier": 0.5}},
        {"seed": 106},
        {"seed": None},
        {"seed": 0},
        {"revision": 2},
    ],
    ids=str,
)
def test_what_counts(other: dict[str, Any]) -> None:
    """Everything that determines the weights gives them another name."""
    assert named(**other) != THE_SAME


@pytest.mark.parametrize(
    "other",
    [
        {"base_model": "GPT-4.1-2025-04-14"},
        {"hyperparameters": {"n_epochs": 3, "batch_size": "auto"}},
        {"hyperparameters": {"n_epochs": 3, "batch_size": None}},
        {"hyperparameters": {"n_epochs": 3.0}},
        {"hyperparameters": {"batch_size": "auto", "n_epochs": 3}},
    ],
    ids=str,
)
def test_what_does_not_count(other: dict[str, Any]) -> None:
    """`auto` and absent, 3 and 3.0, the order of keys and the case of a model are all the same."""
    assert named(**other) == THE_SAME


def test_no_seed_is_not_seed_zero() -> None:
    """A seed of zero is a choice; no seed is none."""
    assert named(seed=None) != named(seed=0)


def test_what_carries_the_digits() -> None:
    """Eight whole digits after a dash, at the end; a checkpoint carries those of its model."""
    digits = "7f457775"
    mine = ["support-7f457775", "gpt-4.1.ft-0123-support-7f457775:ckpt-step-88"]
    others = ["support-17f457775", "support7f457775", "7f457775", "support-7f457775-x", ""]
    found = by_digits([*mine, *others], str)
    assert found == {digits: mine, "": others}


def test_other_names() -> None:
    """What a manifest pins may have been left to the service when the training ran."""
    pinned = Recipe(**PARTS | {"hyperparameters": {"n_epochs": 3, "batch_size": 8}})
    left = [left for _digits, left in names(pinned)]
    assert left == [{}, {"batch_size": 8}, {"n_epochs": 3}, {"batch_size": 8, "n_epochs": 3}]
    assert [digits for digits, _left in names(pinned)] == [
        short(fingerprint(pinned)),
        short(THE_SAME),
        short(named(hyperparameters={"batch_size": 8})),
        short(named(hyperparameters={})),
    ]
