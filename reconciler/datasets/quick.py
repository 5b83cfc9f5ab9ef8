"""The shape of an example with nothing to complain about, checked by msgspec at the speed of C.

The rules in messages, tools and calls say what is wrong and what to do about it, in Python, for the
few examples that need it. These types say only whether any of them would: they accept less than the
rules do, never more, which a property test holds them to. Who speaks in which order and who answers
whom is left to the rules.

`msgspec.Meta` would say "not empty" shorter than `__post_init__`, but a process that used it may
crash when it ends (github.com/msgspec/msgspec/issues/717, open; seen here with 0.22.0).
"""

import re
from typing import Any, Literal

import msgspec
from msgspec import Struct

_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_IMAGE_URL = re.compile(r"https?://\S|data:image/(jpeg|png|webp);base64,[A-Za-z0-9+/]")


def _require(condition: object) -> None:
    if not condition:
        raise ValueError


def _require_words(content: object) -> None:
    if not content or (type(content) is str and content.isspace()):
        raise ValueError


class _Image(Struct):
    url: str
    detail: Literal["low", "high", "auto"] = "auto"

    def __post_init__(self) -> None:
        _require(_IMAGE_URL.match(self.url))


class _ImagePart(Struct, tag_field="type", tag="image_url"):
    image_url: _Image


class _TextPart(Struct, tag_field="type", tag="text"):
    text: str

    def __post_init__(self) -> None:
        _require(self.text and not self.text.isspace())


class _Said(Struct, tag_field="role", forbid_unknown_fields=True):
    """A message that has to say something."""

    content: str | list[_TextPart]
    name: str | None = None

    def __post_init__(self) -> None:
        _require_words(self.content)


class _System(_Said, tag="system"):
    pass


class _Developer(_Said, tag="developer"):
    pass


class _User(Struct, tag_field="role", tag="user", forbid_unknown_fields=True):
    content: str | list[_TextPart | _ImagePart]
    name: str | None = None

    def __post_init__(self) -> None:
        _require_words(self.content)


class _Called(Struct):
    name: str
    arguments: str

    def __post_init__(self) -> None:
        _require(self.name and type(msgspec.json.decode(self.arguments)) is dict)


class _Call(Struct):
    id: str
    type: Literal["function"]
    function: _Called

    def __post_init__(self) -> None:
        _require(self.id)


class _Assistant(Struct, tag_field="role", tag="assistant", forbid_unknown_fields=True):
    content: str | list[_TextPart] | None = None
    name: str | None = None
    weight: Literal[0, 1] = 1
    tool_calls: list[_Call] | None = None

    def __post_init__(self) -> None:
        if self.tool_calls is None:
            _require_words(self.content)
        else:
            _require(self.tool_calls and self.content != [])


class _Tool(_Said, tag="tool", kw_only=True):
    tool_call_id: str


class _Function(Struct):
    name: str
    parameters: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        _require(_FUNCTION_NAME.fullmatch(self.name))


class _ToolEntry(Struct):
    type: Literal["function"]
    function: _Function


class _Example(Struct, forbid_unknown_fields=True):
    messages: list[_System | _Developer | _User | _Assistant | _Tool]
    tools: list[_ToolEntry] | None = None
    parallel_tool_calls: bool = False

    def __post_init__(self) -> None:
        _require(self.messages)


def has_shape(example: dict[str, Any]) -> bool:
    """Whether each message, tool and call is shaped as the rules want it; no when in doubt."""
    try:
        msgspec.convert(example, _Example)
    except (ValueError, RecursionError):
        return False
    return True
