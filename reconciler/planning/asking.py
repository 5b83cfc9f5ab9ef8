"""What resources ask of an account besides that it is there: rights, and what it has to offer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Favour(StrEnum):
    """What may be asked for; the provider knows what it takes."""

    UPLOAD = "upload"  # put files there
    SEND_PARTS = "send_parts"  # put files there that are too large for one call
    TRAIN = "train"  # `of` is the base model and the training type
    DEPLOY = "deploy"  # make, change and delete deployments
    SERVE = "serve"  # `of` is the base model and the SKU
    FILTER = "filter"  # `of` is the content filter that a deployment names


@dataclass(frozen=True, order=True)
class Ask:
    account: str
    favour: Favour
    of: tuple[str, ...] = ()
