"""The smoke test of `make soak`: twenty days in the life of four deployments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.year.life import year


@pytest.mark.slow
def test_twenty_days(tmp_path: Path) -> None:
    """Every day is as the rules have it, worked out a second time by a program of its own."""
    with year(tmp_path, seed=2, deployments=4) as run:
        for day in range(1, 21):
            run.live(day)
        run.look()
    happened = {"asleep", "deleted_elsewhere", "expired", "hibernate", "keep_alive"}
    assert happened <= set(run.counts)
