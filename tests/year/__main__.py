"""A year in the life of a folder of deployments: `make soak`, or `python -m tests.year`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.year.life import year


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.year", description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--deployments", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        year(Path(folder), options.seed, options.deployments) as run,
    ):
        for day in range(1, options.days + 1):
            run.live(day)
            if day % 7 == 0:
                run.look()
        counted = ", ".join(f"{code} {count}" for code, count in sorted(run.counts.items()))
    took = time.monotonic() - began
    print(f"{options.days} days, {options.deployments} deployments, seed {options.seed}: {counted}")
    print(f"Every day was as the rules have it. ({took:.0f} s)")


if __name__ == "__main__":
    main()
