"""What is in one example, whatever its format and however broken: texts to count, and marks.

Two examples with the same content say the same: keys in another order, other escapes, spaces or
identities of calls make no difference. So its digest tells repeats and shared examples.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from reconciler.datasets.digests import digest

_LONG = 1000  # characters


class Content(NamedTuple):
    """What the model reads and writes of an example, and what the whole file is judged by."""

    texts: list[str]
    definitions: str = ""  # tools as compact JSON, which the model reads too
    messages: int = 0
    names: int = 0
    low_images: int = 0
    high_images: int = 0  # of detail high or auto: dear ones
    asked_high: int = 0  # by URL and of detail high, on purpose
    conversations: int = 0
    has_system: bool = False
    answer: str = ""  # what is learned to be said last
    fields: tuple[str, ...] = ()  # what graders can refer to
    marks: str = ""  # what sets an example apart besides its texts: roles, weights, images

    @property
    def images(self) -> int:
        return self.low_images + self.high_images

    def figures(self) -> "Figures":
        """All that is made of the texts as a whole, which is the dear part of a look at a line."""
        written = "\0".join((self.marks, self.definitions, *self.texts))
        data = written.encode()
        frame = len(self.texts) + 1
        return Figures(
            digest(data),
            len(written) - len(self.marks) - frame,
            len(data) - len(self.marks.encode()) - frame,
        )


class Figures(NamedTuple):
    """Of a content: what it says in 64 bits, and how long texts and definitions are together."""

    digest: int
    characters: int
    utf8_length: int


class Example(NamedTuple):
    """One of a file."""

    line: int
    content: Content
    figures: Figures


def joined(first: Content, others: Iterable[Content]) -> Content:
    """The parts of one example as one; what is said of the whole is the first's."""
    whole = first
    for other in others:
        whole = whole._replace(
            texts=whole.texts + other.texts,
            messages=whole.messages + other.messages,
            names=whole.names + other.names,
            low_images=whole.low_images + other.low_images,
            high_images=whole.high_images + other.high_images,
            asked_high=whole.asked_high + other.asked_high,
            marks=f"{whole.marks} | {other.marks}",
        )
    return whole


def image_mark(url: Any, detail: Any) -> str:
    """What tells an image apart. One that is inside the file may have megabytes."""
    where = str(url)
    return f" {where if len(where) < _LONG else digest(where.encode())} {detail}"


def definitions(example: Mapping[str, Any]) -> str:
    """Tools and functions as compact JSON, which stands for how the service writes them."""
    found = [example[key] for key in ("tools", "functions") if example.get(key)]
    return "".join(msgspec.json.encode(each).decode() for each in found)
