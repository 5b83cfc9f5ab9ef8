"""Spans of time as people write and read them: `10d`, `4d 3h`."""

from __future__ import annotations

import re
from datetime import timedelta

UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
FORM = re.compile(
    r"^(?:(?P<days>\d{1,5})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,5})m)?(?:(?P<seconds>\d{1,5})s)?$"
)


def duration(span: timedelta) -> str:
    """The largest unit and the one below it: `4d 3h`, `10d`, `12s`."""
    left = max(int(span.total_seconds()), 0)
    parts: list[str] = []
    for unit, size in UNITS:
        is_last = bool(parts)
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count}{unit}")
        if is_last:
            break
    return " ".join(parts) or "0s"


def read_span(text: str) -> timedelta | None:
    """What `2h`, `90m` or `1d12h` means; None where it is no span of time."""
    match = FORM.match(text)
    if not text or not match:
        return None
    return timedelta(**{unit: int(number) for unit, number in match.groupdict(default="0").items()})
