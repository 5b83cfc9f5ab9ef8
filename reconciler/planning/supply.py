"""What the service gives only so much of: quotas and limits, counted before anything is done.

An action says what it takes by the key of a supply, and gives back with a negative amount.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Supply:
    """A limited amount of something; `way_out` says what a person may do where it runs out.

    `advice` is worth saying before that.
    """

    what: str  # reads after a number, such as "fine-tuning files in account/sweden"
    limit: int
    used: int
    way_out: str = ""
    advice: str = ""

    @property
    def left(self) -> int:
        return max(self.limit - self.used, 0)
