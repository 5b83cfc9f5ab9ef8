"""Spans of time as people write them: 30m, 1h, 1d12h."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

FORM = r"^(?=\d)(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?$"
UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def _span(value: Any) -> Any:
    match = re.match(FORM, value) if isinstance(value, str) else None
    if match is None:
        raise PydanticCustomError(
            "duration", "must be a duration such as 30m or 1d12h, not {given}", {"given": value}
        )
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


Duration = Annotated[
    timedelta, BeforeValidator(_span), WithJsonSchema({"type": "string", "pattern": FORM})
]


def words(span: timedelta) -> str:
    """As it would be written: `1h`, `1h30m`, `0s`."""
    left = int(span.total_seconds())
    parts: list[str] = []
    for unit, size in UNITS:
        count, left = divmod(left, size)
        parts += [f"{count}{unit}"] if count else []
    return "".join(parts) or "0s"
