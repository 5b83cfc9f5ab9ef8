"""Lists and counts in words."""

from __future__ import annotations

import pytest

from reconciler.planning.phrases import count, joined


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_joined(words: list[str], text: str) -> None:
    """Commas between all but the last two."""
    assert joined(words) == text
    assert joined(words, "or") == text.replace("and", "or")


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (2000, "2,000 files")]
)
def test_count(number: int, text: str) -> None:
    """One of it has no s, and thousands stand apart."""
    assert count(number, "file") == text
