"""Lines of text with a width and, on a terminal, a little colour."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

WITHOUT_TERMINAL = 100  # columns, where nobody says otherwise
NARROWEST = 40

STYLES = {
    "green": "32",
    "yellow": "33",
    "red": "31",
    "magenta": "35",
    "cyan": "36",
    "dim": "2",
    "bold": "1",
}


@dataclass(frozen=True)
class Page:
    """How wide the lines may be, and whether they may be coloured."""

    width: int = 80
    has_color: bool = False

    def paint(self, text: str, style: str) -> str:
        """The text in a style, where colours are wanted."""
        if not (self.has_color and style and text):
            return text
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m"

    def wrap(self, text: str, indent: int, first: str = "", hang: int | None = None) -> list[str]:
        """Lines of at most the width; `first` stands before the first line.

        Words that are longer than a line, such as ids, stay whole so that they can be copied.
        """
        hanging = " " * (indent if hang is None else hang)
        return textwrap.wrap(
            text,
            width=max(self.width, NARROWEST),
            initial_indent=" " * indent + first,
            subsequent_indent=hanging,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [" " * indent + first]


def page_for(stream: TextIO, *, no_color: bool) -> Page:
    """The page that fits a stream: the terminal's width and colours, or plain text."""
    is_terminal = stream.isatty()
    plain = no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    width = shutil.get_terminal_size((WITHOUT_TERMINAL, 24)).columns
    return Page(width, has_color=is_terminal and not plain)


def put(lines: Iterator[str] | list[str], stream: TextIO | None = None) -> None:
    """Write lines. Characters that the stream cannot show are replaced, never an error."""
    out = stream or sys.stdout
    for line in lines:
        text = f"{line}\n"
        encoding = out.encoding or "utf-8"
        out.write(text.encode(encoding, "replace").decode(encoding))
    out.flush()
