"""What a deployment answers, as it comes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from reconciler.reporting.page import Page

# A model may say anything; what would move the cursor or change the terminal is not shown.
SILENT = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
ENDINGS = {
    "length": "The answer was cut at its longest; --max-tokens sets that.",
    "content_filter": "The content filter cut the answer.",
}


def say(pieces: Iterable[str]) -> None:
    """Write the pieces as they come, in what the terminal can show; then end the line."""
    encoding = sys.stdout.encoding or "utf-8"
    end = ""
    try:
        for piece in pieces:
            text = piece.translate(SILENT)
            end = "\n" if text else end
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
            sys.stdout.flush()
    finally:
        sys.stdout.write(end)


def ending_line(ending: str, page: Page) -> Iterator[str]:
    """Why an answer ended, where it is not because all was said."""
    if text := ENDINGS.get(ending):
        yield page.paint(text, "yellow")
