"""The nearest valid spelling of what somebody wrote, and short words for JSON values."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

_SHOWN = 40


def did_you_mean(
    written: object, choices: Collection[str], aliases: Mapping[str, str] | None = None
) -> str:
    """A question that names one choice, or nothing."""
    if not isinstance(written, str):
        return ""
    word = written.strip().lower()[:_SHOWN]
    if known := (aliases or {}).get(word):
        return f"Did you mean {quoted(known)}?"
    folded = {choice.lower(): choice for choice in choices}
    near = get_close_matches(word, folded, n=1)
    return f"Did you mean {quoted(folded[near[0]])}?" if near else ""


def rename(wanted: str, keys: Collection[str]) -> str:
    """The advice for a key that is missing, when one of the others looks like it."""
    near = get_close_matches(wanted, keys, n=1)
    return f"Rename {quoted(near[0])} to {quoted(wanted)}." if near else ""


def stated(owner: str, key: str, holder: Mapping[str, Any]) -> str:
    """What stands where something else was expected: nothing at all, or this."""
    if key not in holder:
        return f"{owner} has no {key}."
    return f"{owner}'s {key} is {named(holder[key])}."


def quoted(text: str) -> str:
    """In single quotes, and short: a finding is one line, whatever the file holds."""
    shown = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return repr(shown)


def named(value: Any) -> str:
    """The value as a person would say it: `null`, `a list`, `the text 'x'`, `the number 2`."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"the text {quoted(value)}"
        case int() | float():
            return f"the number {str(value)[:_SHOWN]}"
        case list():
            return "a list"
        case _:
            return "an object"


def listed(words: Collection[str]) -> str:
    return ", ".join(words)
