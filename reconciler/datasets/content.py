"""What is in one example, whatever its format and however broken: texts to count, and marks."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec


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

    @property
    def images(self) -> int:
        return self.low_images + self.high_images

    @property
    def characters(self) -> int:
        return sum(map(len, self.texts)) + len(self.definitions)

    @property
    def utf8_length(self) -> int:
        texts = (*self.texts, self.definitions)
        return sum([len(text if text.isascii() else text.encode()) for text in texts])


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
        )
    return whole


def definitions(example: Mapping[str, Any]) -> str:
    """Tools and functions as compact JSON, which stands for how the service writes them."""
    found = [example[key] for key in ("tools", "functions") if example.get(key)]
    return "".join(msgspec.json.encode(each).decode() for each in found)
