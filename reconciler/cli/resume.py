"""ftctl resume: go on with a paused training."""

from reconciler.cli.cancel import run

__all__ = ["run"]
