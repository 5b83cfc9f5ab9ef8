"""Reads `2h`, `90m`, `1h30m`."""

from __future__ import annotations

from datetime import timedelta

from reconciler.cli.running import UsageError
from reconciler.planning.spans import read_span


def read_duration(text: str | None) -> timedelta | None:
    """The time that a person wrote; None for none. Raises UsageError."""
    if text is None:
        return None
    span = read_span(text)
    if span is None:
        raise UsageError(f"--timeout {text} is not a duration; write it like 90m, 2h or 1h30m.")
    return span
