"""How many tokens an example has: counted with the model family's vocabulary, or estimated.

Counting is exact for text. toktok-rs carries the vocabularies inside; its counts agree with
tiktoken's, which tests hold it to. Loading one takes some 0.3 s and 60 MB, so that happens when
the first text is counted, or ahead of it in the background, and never at import.

The estimate is a rule of thumb. Counted with o200k (2026-11), English chat, arithmetic, tool calls
and definitions take 3.1 to 5.0 bytes of UTF-8 a token, Chinese and Japanese about 4, Arabic 6,
Hindi 8, Russian 10. So bytes / 4 errs from a quarter too few to two and a half times too many.
"""

from collections.abc import Sequence
from functools import cache
from itertools import islice
from threading import Thread

from reconciler.datasets.content import Content, Example

BYTES_PER_TOKEN = 4

# A message is framed by 3 tokens and its role, which is one token in both vocabularies; a name
# costs 1 besides its text, and the answer to come is primed with 3.
# Source: OpenAI cookbook, "Data preparation and analysis for chat model fine-tuning", read 2026-11.
TOKENS_PER_MESSAGE = 3
TOKENS_PER_ROLE = 1
TOKENS_PER_NAME = 1
TOKENS_PER_CONVERSATION = 3

# Low detail: Microsoft Learn, "Fine-tune vision models", read 2026-10. Other images are counted as
# 1024 x 1024 pixels (85 plus four tiles of 170: OpenAI's guide "Images and vision", for gpt-4o).
TOKENS_AT_LOW_DETAIL = 85
TOKENS_AT_HIGH_DETAIL = 765

_FRAME = (
    f"plus {TOKENS_PER_MESSAGE} a message, {TOKENS_PER_NAME} a name, {TOKENS_PER_CONVERSATION}"
    f" an example, and {TOKENS_AT_LOW_DETAIL} or {TOKENS_AT_HIGH_DETAIL} an image"
)
ESTIMATE = f"estimate: UTF-8 bytes of text / {BYTES_PER_TOKEN}, 1 a role, {_FRAME}"

# By how a model's name begins; the longer beginning first.
# Source: tiktoken 0.14.0, tiktoken/model.py, read 2026-11.
_FAMILIES = (
    ("gpt-oss", "o200k_harmony"),
    ("gpt-4o", "o200k_base"),
    ("gpt-4.1", "o200k_base"),
    ("gpt-4.5", "o200k_base"),
    ("gpt-5", "o200k_base"),
    ("o1", "o200k_base"),
    ("o3", "o200k_base"),
    ("o4", "o200k_base"),
    ("gpt-4", "cl100k_base"),
    ("gpt-3.5", "cl100k_base"),
    ("gpt-35", "cl100k_base"),
    ("babbage-002", "cl100k_base"),
    ("davinci-002", "cl100k_base"),
)
NEWEST = "o200k_base"

_REMEMBERED = 2000  # texts


def encoding_of(model: str) -> str:
    """The vocabulary of a model, by its name or that of a model trained from it, or nothing."""
    name = model.strip().lower()
    return next((encoding for start, encoding in _FAMILIES if name.startswith(start)), "")


def basis(model: str) -> str:
    """What a count for the model means; no model means one of today's."""
    known = encoding_of(model) if model else NEWEST
    vocabulary = (known or NEWEST).removesuffix("_base")
    quality = "exact" if known else f"approximate (not the vocabulary of {model})"
    return f"{quality} {vocabulary} count of text and roles, {_FRAME}"


def framing(content: Content) -> int:
    """The tokens of an example that are no text."""
    return (
        (TOKENS_PER_MESSAGE + TOKENS_PER_ROLE) * content.messages
        + TOKENS_PER_NAME * content.names
        + TOKENS_PER_CONVERSATION * content.conversations
        + TOKENS_AT_LOW_DETAIL * content.low_images
        + TOKENS_AT_HIGH_DETAIL * content.high_images
    )


class Estimate:
    """The rule of thumb, as a way to count."""

    def of(self, examples: Sequence[Example]) -> list[int]:
        """Of each."""
        return [
            -(-each.figures.utf8_length // BYTES_PER_TOKEN) + framing(each.content)
            for each in examples
        ]


class Count:
    """The vocabulary, as a way to count. One call for many texts is many times faster.

    Instructions and tools tend to be the same in many examples, so they are counted once.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._remembered: dict[str, int] = {}

    def of(self, examples: Sequence[Example]) -> list[int]:
        """Of each."""
        known = self._remembered
        contents = [each.content for each in examples]
        heads = [each.texts[0] if each.texts else "" for each in contents]
        new = {*heads, *(each.definitions for each in contents)} - known.keys()
        bodies = (text for each in contents for text in each.texts[1:])
        counts = iter(self._of_texts([*new, *bodies]))
        known.update(zip(new, counts, strict=False))
        if len(known) > _REMEMBERED:
            self._remembered = {}  # another one: what is counted here is read from `known`
        return [
            known[head]
            + known[each.definitions]
            + sum(islice(counts, max(0, len(each.texts) - 1)))
            + framing(each)
            for head, each in zip(heads, contents, strict=True)
        ]

    def _of_texts(self, texts: Sequence[str]) -> list[int]:
        import toktok

        load_ahead(self._encoding).join()
        counts: list[int] = toktok.batch_count(texts, self._encoding, threads=1)
        return counts


@cache
def load_ahead(encoding: str = NEWEST) -> Thread:
    """Loads the vocabulary in the background, once; without it, the first count waits longer."""
    loading = Thread(target=_load, args=(encoding,), daemon=True)
    loading.start()
    return loading


def load_alone(encoding: str) -> None:
    """Loads it while nothing else is done: beside other work that takes 16 MB more, for good."""
    load_ahead(encoding).join()


def _load(encoding: str) -> None:
    import toktok

    toktok.batch_count(("",), encoding, threads=1)
