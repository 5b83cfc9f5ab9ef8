"""The word that was probably meant."""

from __future__ import annotations

import pytest

from reconciler.planning.spelling import closest


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("NEPOCHS", "nEpochs"),
        ("n_epochs", "nEpochs"),
        ("nEpoch", "nEpochs"),
        ("batchsize", "batchSize"),
        ("colour", None),
    ],
)
def test_closest(word: str, meant: str | None) -> None:
    """A word in another style, or with a slip of the pen, is recognised; a strange one is not."""
    assert closest(word, ["nEpochs", "batchSize", "seed"]) == meant
