"""How much is in an example: messages, characters, and an estimate of its tokens.

The estimate is a rule of thumb, and says so. Counted with the o200k vocabulary (2026-11), files of
English chat, arithmetic, tool calls and tool definitions take 3.1 to 5.0 bytes of UTF-8 a token,
sentences in Chinese and Japanese about 4, Arabic 6, Hindi 8, Russian 10. So bytes / 4 errs from a
quarter too few to two and a half times too many; characters / 4 would count a third of what
Japanese costs, and a price had better be too high. A tokenizer can take the place of
`BYTES_PER_TOKEN` without a change to what is counted.
"""

from typing import Any, NamedTuple

import msgspec

BYTES_PER_TOKEN = 4

# Role and separators, as OpenAI's cookbook "How to count tokens with tiktoken" counts them.
TOKENS_PER_MESSAGE = 4

# Low detail: Microsoft Learn, "Fine-tune vision models", read 2026-10. Other images are counted as
# 1024 x 1024 pixels (85 plus four tiles of 170: OpenAI's guide "Images and vision", for gpt-4o),
# since nothing is fetched or decoded here.
TOKENS_AT_LOW_DETAIL = 85
TOKENS_AT_HIGH_DETAIL = 765

TOKEN_BASIS = "estimate: UTF-8 bytes of text / 4, plus 4 a message and 85 or 765 an image"  # noqa: S105


class Size(NamedTuple):
    messages: int = 0
    characters: int = 0
    text_bytes: int = 0
    images: int = 0
    image_tokens: int = 0


class Tally:
    """The sum over a file; sums of parts of a file can be added."""

    def __init__(self) -> None:
        self.examples = 0
        self.total = Size()

    def add(self, size: Size) -> None:
        self.total = add(self.total, size)

    @property
    def tokens(self) -> int:
        text = -(-self.total.text_bytes // BYTES_PER_TOKEN)
        return text + TOKENS_PER_MESSAGE * self.total.messages + self.total.image_tokens


def add(one: Size, other: Size) -> Size:
    return Size(*map(int.__add__, one, other))


def of_text(text: str) -> Size:
    length = len(text)
    return Size(0, length, length if text.isascii() else utf8_length(text))


def of_json(value: Any) -> Size:
    """A definition of tools is read by the model too; its compact JSON stands for it."""
    return of_text(msgspec.json.encode(value).decode())


def of_image(detail: object) -> Size:
    tokens = TOKENS_AT_LOW_DETAIL if detail == "low" else TOKENS_AT_HIGH_DETAIL
    return Size(images=1, image_tokens=tokens)


def utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
