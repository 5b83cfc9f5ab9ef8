"""The world's own time: real, scaled or moved by hand, and remembered with the data.

One formula serves all three: `then + (real - anchor) * rate`, with rate 1, N or 0. The anchor is
written down when the world is made, so that processes sharing the data agree on the time.
"""

import re
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])")
_MODE = re.compile(r"real|manual|x\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Clock:
    """A reading rule; `real` below is always a Unix time of the machine."""

    mode: str
    rate: float
    then: float
    anchor: float

    def at(self, real: float) -> float:
        return self.then + (real - self.anchor) * self.rate

    def moved(self, by: float, real: float) -> "Clock":
        return replace(self, then=self.at(real) + by, anchor=real)

    def set_to(self, moment: float, real: float) -> "Clock":
        return replace(self, then=moment, anchor=real)

    def in_mode(self, mode: str, real: float) -> "Clock":
        """The same time going on at another speed; the same mode leaves the anchor alone."""
        if mode == self.mode:
            return self
        return Clock(mode, rate_of(mode), then=self.at(real), anchor=real)

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def started(mode: str, real: float) -> Clock:
    return Clock(mode, rate_of(mode), then=real, anchor=real)


def rate_of(mode: str) -> float:
    if not _MODE.fullmatch(mode):
        raise ValueError(f"clock must be real, manual or xN (for example x600), not {mode!r}")
    fixed = {"real": 1.0, "manual": 0.0}
    return fixed[mode] if mode in fixed else float(mode[1:])


def seconds_in(duration: str) -> float:
    """`16d`, `1h30m`, `90s` or a plain number of seconds."""
    text = duration.strip()
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if not text or _DURATION.sub("", text).strip():
        raise ValueError(f"a duration is written like 90s, 15m, 2h, 16d or 1h30m, not {duration!r}")
    return sum(float(amount) * SECONDS[unit] for amount, unit in _DURATION.findall(text))


def moment_in(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def iso(moment: float) -> str:
    stamp = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def machine_time() -> float:
    return time.time()
