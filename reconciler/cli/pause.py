"""ftctl pause: hold the training of a model; a checkpoint of it can be deployed."""

from reconciler.cli.cancel import run

__all__ = ["run"]
