"""`python -m reconciler.emulator`: the emulator as a program of its own."""

import argparse
import sys
from pathlib import Path

from reconciler.emulator.pace import PACES
from reconciler.emulator.server import run_until_interrupted


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m reconciler.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8900, help="0 picks a free one")
    parser.add_argument("--data", type=Path, default=Path(".ftctl/emulator"))
    parser.add_argument("--accounts", type=Path, help="YAML file or folder with Account documents")
    parser.add_argument("--clock", default="real", help="real, manual or xN (for example x600)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pace", choices=list(PACES), default="brisk")
    given = parser.parse_args(arguments)
    try:
        return run_until_interrupted(
            given.data, given.port, given.accounts, given.clock, given.seed, given.pace
        )
    except (ValueError, OSError) as error:
        sys.stderr.write(f"emulator: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
