"""`python -m reconciler` is `ftctl`."""

import sys

from reconciler.cli import main

if __name__ == "__main__":
    sys.exit(main())
