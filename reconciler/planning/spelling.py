"""The nearest valid spelling of a word that a person wrote."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant: the same letters in another style, or nearly so."""
    from difflib import get_close_matches  # only a mistake pays for the import

    spelled = {_letters(candidate): candidate for candidate in candidates}
    near = get_close_matches(_letters(word), spelled, n=1)
    return spelled[near[0]] if near else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A hint that ends a message, or nothing."""
    near = closest(word, candidates)
    return f"Did you mean {near}?" if near else ""


def _letters(word: str) -> str:
    return word.casefold().replace("_", "").replace("-", "")
