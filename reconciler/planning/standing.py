"""Where a resource stands on the service, in words that hold for every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Phase(StrEnum):
    """The phases that `ftctl status` shows."""

    MISSING = "missing"
    PENDING = "pending"
    RUNNING = "running"
    READY = "ready"
    HELD = "held"  # made, and not to be used
    FAILED = "failed"
    REFUSED = "refused"  # and will be again, until what was sent is changed
    DEGRADED = "degraded"
    ASLEEP = "asleep"  # not there, and that is fine until somebody asks for it


@dataclass(frozen=True)
class Standing:
    """A phase, the ids that the service gave, and what is known beyond them."""

    phase: Phase
    ids: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    detail: str = ""
    harms: tuple[str, ...] = ()  # for which it was refused, in the service's words

    @property
    def is_ready(self) -> bool:
        return self.phase in {Phase.READY, Phase.DEGRADED}
