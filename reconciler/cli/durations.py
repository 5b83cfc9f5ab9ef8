"""Reads `2h`, `90m`, `1h30m`."""

from __future__ import annotations

import re
from datetime import timedelta

from reconciler.cli.running import UsageError

FORM = re.compile(
    r"^(?:(?P<days>\d{1,5})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,5})m)?(?:(?P<seconds>\d{1,5})s)?$"
)


def read_duration(text: str | None) -> timedelta | None:
    """The time that a person wrote; None for none. Raises UsageError."""
    if text is None:
        return None
    match = FORM.match(text)
    if not text or not match:
        raise UsageError(f"--timeout {text} is not a duration; write it like 90m, 2h or 1h30m.")
    return timedelta(**{unit: int(number) for unit, number in match.groupdict(default="0").items()})
