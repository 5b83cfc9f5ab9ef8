"""What changed between two files of examples: added, removed, and answered differently.

Examples are compared by what they say, not by their bytes. Two that ask the same and answer
otherwise are one changed example; an example that only moved is no change at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.datasets.examples import digest, examples

ANSWERS = frozenset({"completion", "preferred_output", "non_preferred_output"})


class Changed(NamedTuple):
    """The same question in both files, with another answer."""

    old_line: int
    new_line: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Line numbers count from 1; lines that are no example are left out."""

    added: tuple[int, ...]
    removed: tuple[int, ...]
    changed: tuple[Changed, ...]
    unchanged: int


def difference(old: Path, new: Path) -> Difference:
    """Read both files once each and keep digests only. Raises OSError."""
    before: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line, whole, question in _digests(old):
        before[whole].append((line, question))
    unchanged = 0
    fresh: list[tuple[int, int]] = []
    for line, whole, question in _digests(new):
        if before.get(whole):
            before[whole].pop(0)
            unchanged += 1
        else:
            fresh.append((line, question))
    gone: dict[int, list[int]] = defaultdict(list)
    for line, question in sorted(one for left in before.values() for one in left):
        gone[question].append(line)
    added: list[int] = []
    changed: list[Changed] = []
    for line, question in fresh:
        if gone.get(question):
            changed.append(Changed(gone[question].pop(0), line))
        else:
            added.append(line)
    removed = sorted(line for left in gone.values() for line in left)
    return Difference(tuple(added), tuple(removed), tuple(changed), unchanged)


def _digests(path: Path) -> Iterator[tuple[int, int, int]]:
    """Line, digest of the example, digest of its question."""
    for line, example in examples(path):
        with suppress(RecursionError):
            yield line, digest(example), digest(_question(example))


def _question(example: Mapping[str, Any]) -> dict[str, Any]:
    """An example without its answers: what the model is asked."""
    asked = {key: value for key, value in example.items() if key not in ANSWERS}
    messages = asked.get("messages")
    if isinstance(messages, list):
        asked["messages"] = [
            one
            for one in messages
            if not (isinstance(one, dict) and one.get("role") == "assistant")
        ]
    return asked
