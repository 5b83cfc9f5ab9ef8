"""The nearest valid spelling of a word that a person wrote."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was most likely meant; case does not count. None if nothing is near."""
    by_folded = {candidate.casefold(): candidate for candidate in candidates}
    near = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A hint that ends a message, or nothing."""
    near = closest(word, candidates)
    return f"Did you mean {near}?" if near else ""
