"""A queue of the service: it takes only so many, and those of other people count as well."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Queue:
    """`taken` are the places that somebody has already, `ahead` those that a plan gives away."""

    what: str  # such as "the queue of account/sweden"
    limit: int
    taken: int
    ahead: int = 0

    @property
    def room(self) -> int:
        return max(self.limit - self.taken - self.ahead, 0)
