"""Small things said the same way everywhere."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.reporting.page import NARROWEST, Page
from reconciler.reporting.words import duration, money, spread, value


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0s"),
        (timedelta(milliseconds=999), "0s"),
        (timedelta(seconds=59), "59s"),
        (timedelta(seconds=60), "1m"),
        (timedelta(seconds=61), "1m 1s"),
        (timedelta(hours=1, seconds=5), "1h"),
        (timedelta(hours=26, minutes=3, seconds=9), "1d 2h"),
        (timedelta(days=400), "400d"),
        (timedelta(seconds=-5), "0s"),
    ],
)
def test_durations(span: timedelta, text: str) -> None:
    """The two largest units; never less than nothing."""
    assert duration(span) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "$0.00"), ("0.005", "$0.00"), ("1234.5", "$1,234.50"), ("1000000", "$1,000,000.00")],
)
def test_money(amount: str, text: str) -> None:
    """Two digits and thousands apart."""
    assert money(Decimal(amount)) == text


def test_spread() -> None:
    """One amount, or the range of them."""
    assert spread(Decimal(2), Decimal(2)) == "$2.00"
    assert spread(None, Decimal(2)) == "$2.00"
    assert spread(Decimal(2), Decimal(20)) == "$2.00 to $20.00"


@pytest.mark.parametrize(
    ("one", "text"),
    [(None, "(none)"), (True, "true"), (False, "false"), (0, "0"), ("x", "x"), (0.5, "0.5")],
)
def test_value(one: Any, text: str) -> None:
    """As YAML has it."""
    assert value(one) == text


WORDS = st.lists(st.text("abc-/.", min_size=1, max_size=90), min_size=1, max_size=30)


@pytest.mark.parametrize("width", [40, 80, 200])
@given(words=WORDS)
def test_wrapping_loses_nothing(width: int, words: list[str]) -> None:
    """Every word stays whole and in its place; only words longer than a line stick out."""
    lines = Page(width).wrap(" ".join(words), 4, "note: ", 6)
    assert " ".join(lines).split() == ["note:", *words]
    for number, line in enumerate(lines):
        indent = 6 if number else 4 + len("note: ")
        assert len(line) <= width or len(line.split()) == 1 + (not number) or len(line) <= indent


def test_a_narrow_page() -> None:
    """A terminal of a few columns is written to as if it had forty."""
    assert Page(5).wrap("word " * 20, 0) == Page(NARROWEST).wrap("word " * 20, 0)


def test_paint() -> None:
    """Colours only where they are wanted, and never around nothing."""
    assert Page().paint("text", "red") == "text"
    assert Page(has_color=True).paint("text", "red") == "\x1b[31mtext\x1b[0m"
    assert Page(has_color=True).paint("", "red") == ""
