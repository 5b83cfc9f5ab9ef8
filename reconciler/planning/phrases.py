"""Words put together the same way everywhere: lists and counts."""

from __future__ import annotations

from collections.abc import Iterable


def joined(words: Iterable[object], by: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`; empty where there is nothing to join."""
    *most, last = [*map(str, words)] or [""]
    return f"{', '.join(most)} {by} {last}" if most else last


def count(number: int, noun: str) -> str:
    """`1 mistake`, `2,000 mistakes`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
