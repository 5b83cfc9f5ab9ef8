"""Mistakes as a person reads them: where, what, and what now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.manifest.mistakes import Mistake
from reconciler.reporting.page import Page


def mistake_lines(
    mistakes: Iterable[Mistake], page: Page, *, is_warning: bool = False
) -> Iterator[str]:
    """Each on its own, with its place first so that editors can jump to it."""
    style = "yellow" if is_warning else "red"
    for mistake in mistakes:
        word = "warning  " if is_warning else ""
        yield page.paint(f"{_place(mistake)}  {word}{mistake.subject}".rstrip(), style)
        yield from page.wrap(mistake.message, 2)
        if mistake.hint:
            yield from page.wrap(mistake.hint, 2)


def _place(mistake: Mistake) -> str:
    parts = [mistake.file]
    if mistake.line:
        parts.append(str(mistake.line))
        if mistake.column:
            parts.append(str(mistake.column))
    return ":".join(parts)
