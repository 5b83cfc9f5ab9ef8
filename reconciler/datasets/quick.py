"""Examples with nothing to complain about, recognised and read by msgspec at the speed of C.

The rules say what is wrong and what to do about it, in Python, for the few examples that need it.
Here is only said whether any of them would speak; when in doubt, the answer is None, and the rules
are asked. So what is accepted here is less than what the rules let pass, never more, and the
content that is read is what the slow way would read: a property test holds it to both.

`msgspec.Meta` would say "not empty" shorter, but a process that used it may crash when it ends
(github.com/msgspec/msgspec/issues/717, open; seen here with 0.22.0).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import msgspec
from msgspec import Raw, Struct

from reconciler.datasets import tools
from reconciler.datasets.content import Content, definitions, image_mark, joined
from reconciler.datasets.images import IMAGES_OF_AN_EXAMPLE

_IMAGE_URL = re.compile(r"https?://\S")
_REFUSALS = (ValueError, RecursionError)


class _Image(Struct, forbid_unknown_fields=True):
    url: str
    detail: Literal["low", "high", "auto"] = "auto"


class _ImagePart(Struct, tag_field="type", tag="image_url", forbid_unknown_fields=True):
    image_url: _Image


class _TextPart(Struct, tag_field="type", tag="text", forbid_unknown_fields=True):
    text: str


class _Said(Struct, tag_field="role", forbid_unknown_fields=True):
    content: str | list[_TextPart]
    name: str | None = None
    tool_calls: ClassVar[None] = None


class _System(_Said, tag="system"):
    pass


class _Developer(_Said, tag="developer"):
    pass


class _User(Struct, tag_field="role", tag="user", forbid_unknown_fields=True):
    content: str | list[_TextPart | _ImagePart]
    name: str | None = None
    tool_calls: ClassVar[None] = None


class _Called(Struct, forbid_unknown_fields=True):
    name: str
    arguments: str


class _Call(Struct, forbid_unknown_fields=True):
    id: str
    type: Literal["function"]
    function: _Called


class _Assistant(Struct, tag_field="role", tag="assistant", forbid_unknown_fields=True):
    content: str | list[_TextPart] | None = None
    name: str | None = None
    weight: Literal[0, 1] = 1
    tool_calls: list[_Call] | None = None


class _Tool(_Said, tag="tool", kw_only=True):
    tool_call_id: str


_Message = _System | _Developer | _User | _Assistant | _Tool


class _Talk(Struct, forbid_unknown_fields=True):
    messages: list[_Message]
    tools: Raw = Raw()
    parallel_tool_calls: bool = False


class _Text(Struct, forbid_unknown_fields=True):
    content: str


class _SystemText(_Text, tag_field="role", tag="system"):
    pass


class _DeveloperText(_Text, tag_field="role", tag="developer"):
    pass


class _UserText(_Text, tag_field="role", tag="user"):
    pass


class _AssistantText(_Text, tag_field="role", tag="assistant"):
    pass


class _PlainTalk(Struct, forbid_unknown_fields=True):
    """What most talks are: texts and nothing else."""

    messages: list[_SystemText | _DeveloperText | _UserText | _AssistantText]


class _Pair(Struct, forbid_unknown_fields=True):
    input: _Talk
    preferred_output: list[_Assistant | _Tool]
    non_preferred_output: list[_Assistant | _Tool]


class _Completion(Struct, forbid_unknown_fields=True):
    prompt: str
    completion: str


_PLAIN_TALK = msgspec.json.Decoder(_PlainTalk)
_TALK = msgspec.json.Decoder(_Talk)
_PAIR = msgspec.json.Decoder(_Pair)
_COMPLETION = msgspec.json.Decoder(_Completion)
_ARGUMENTS = msgspec.json.Decoder(dict[str, Any])


def chat(line: bytes) -> Content | None:
    try:
        messages = _PLAIN_TALK.decode(line).messages
    except _REFUSALS:
        return _talk(line)
    kinds = _kinds(tuple([type(message) for message in messages]))
    texts = [message.content for message in messages]
    if not kinds.are_good or "" in texts or True in map(str.isspace, texts):
        return None
    if line.count(b'"role":') > len(texts):
        return None
    return Content(
        texts,
        messages=len(texts),
        conversations=1,
        has_system=kinds.have_system,
        answer=texts[-1],
        marks=kinds.marks,
    )


class _Kinds(NamedTuple):
    """What the roles of a plain talk come down to."""

    are_good: bool
    have_system: bool
    marks: str


@lru_cache(maxsize=1024)  # the same few in most files
def _kinds(of: tuple[type[_Text], ...]) -> _Kinds:
    is_answered = _UserText in of and of[-1] is _AssistantText
    marks = " ".join(str(each.__struct_config__.tag) for each in of)
    return _Kinds(is_answered, _SystemText in of or _DeveloperText in of, marks)


def _talk(line: bytes) -> Content | None:
    """With tools, parts, names or weights."""
    try:
        talk = _TALK.decode(line)
        offer = _offer(talk.tools)
    except _REFUSALS:
        return None
    messages = talk.messages
    if offer is None or not messages or type(messages[-1]) is not _Assistant:
        return None
    content = _read(messages, offer)
    if content is None or not _is_trained(messages) or not _is_answered(messages, offer):
        return None
    if line.count(b'"role":') > len(messages) + offer.roles:
        return None
    return content._replace(definitions=offer.text, conversations=1)


def preference(line: bytes) -> Content | None:
    try:
        pair = _PAIR.decode(line)
        offer = _offer(pair.input.tools)
    except _REFUSALS:
        return None
    asked, wanted, unwanted = pair.input.messages, pair.preferred_output, pair.non_preferred_output
    if offer is None or not asked or type(asked[-1]) is not _User or wanted == unwanted:
        return None
    contents = [_read(asked, offer), *(_read(answer, offer) for answer in (wanted, unwanted))]
    if not all(_may_answer(asked, answer, offer) for answer in (wanted, unwanted)):
        return None
    read = [content for content in contents if content is not None]
    roles = len(asked) + len(wanted) + len(unwanted) + offer.roles
    if len(read) < len(contents) or line.count(b'"role":') > roles:
        return None
    answer = read[1].answer
    return joined(read[0], read[1:])._replace(
        definitions=offer.text, conversations=1, answer=answer
    )


def completion(line: bytes) -> Content | None:
    try:
        example = _COMPLETION.decode(line)
    except _REFUSALS:
        return None
    if _is_blank(example.prompt) or _is_blank(example.completion) or line.count(b'":') > 2:
        return None
    return Content([example.prompt, example.completion], answer=example.completion)


class _Offer(NamedTuple):
    """What an example's tools come down to."""

    text: str
    names: frozenset[str] | None
    roles: int  # how often their bytes speak of a role


_NOTHING = _Offer("", None, 0)


def _offer(raw: Raw) -> _Offer | None:
    written = bytes(raw)
    return _understood(written) if written else _NOTHING


@lru_cache(maxsize=256)  # most files offer the same few on every line
def _understood(raw: bytes) -> _Offer | None:
    example = {"tools": msgspec.json.decode(raw)}
    if example["tools"] is None or any(tools.check(example)):
        return None
    return _Offer(definitions(example), tools.declared(example), raw.count(b'"role":'))


def _read(messages: Sequence[_Message], offer: _Offer) -> Content | None:
    """The texts of well-formed messages."""
    texts: list[str] = []
    marks: list[str] = []
    names = low = high = asked = 0
    for message in messages:
        said = message.content
        marks.append(_mark(message))
        if type(said) is str:
            if message.tool_calls is None and _is_blank(said):
                return None
            texts.append(said)
        elif said is None:
            if message.tool_calls is None:
                return None
        elif (seen := _read_parts(said, texts)) is not None:
            low, high, asked = low + seen[0], high + seen[1], asked + seen[2]
        else:
            return None
        if message.tool_calls is not None and not _read_calls(message.tool_calls, texts, offer):
            return None
        if message.name is not None:
            names += 1
            texts.append(message.name)
    if low + high > IMAGES_OF_AN_EXAMPLE:
        return None
    has_system = any(type(message) in {_System, _Developer} for message in messages)
    answer = _answer(messages[-1]) if messages else ""
    return Content(
        texts,
        messages=len(messages),
        names=names,
        low_images=low,
        high_images=high,
        asked_high=asked,
        has_system=has_system,
        answer=answer,
        marks=" ".join(marks),
    )


def _mark(message: _Message) -> str:
    """What sets it apart besides its texts."""
    role = str(message.__struct_config__.tag)
    if type(message) is _Assistant and not message.weight:
        return f"{role} unlearned"
    if type(message) is _User and type(message.content) is list:
        parts = (part.image_url for part in message.content if type(part) is _ImagePart)
        return role + "".join([image_mark(image.url, image.detail) for image in parts])
    return role


def _read_parts(parts: Sequence[Any], texts: list[str]) -> tuple[int, int, int] | None:
    low = high = asked = 0
    for part in parts:
        if type(part) is _TextPart:
            if _is_blank(part.text):
                return None
            texts.append(part.text)
        elif _IMAGE_URL.match(part.image_url.url):
            detail = part.image_url.detail
            low, high = low + (detail == "low"), high + (detail != "low")
            asked += detail == "high"
        else:
            return None
    return (low, high, asked) if parts else None


def _read_calls(calls: list[_Call], texts: list[str], offer: _Offer) -> bool:
    for call in calls:
        called = call.function
        if not call.id or offer.names is None or called.name not in offer.names:
            return False
        try:
            _ARGUMENTS.decode(called.arguments)
        except _REFUSALS:
            return False
        texts += (called.name, called.arguments)
    return bool(calls)


def _answer(message: _Message) -> str:
    said = message.content if type(message) is _Assistant else None
    if type(said) is list:
        return "".join(part.text for part in said if type(part) is _TextPart)
    return said if type(said) is str else ""


def _is_trained(messages: Sequence[_Message]) -> bool:
    """Whether somebody asks, and some answer counts."""
    asks = answers = False
    for message in messages:
        if type(message) is _User:
            asks = True
        elif type(message) is _Assistant and message.weight:
            answers = True
    return asks and answers


def _may_answer(
    asked: Sequence[_Message], answer: Sequence[_Assistant | _Tool], offer: _Offer
) -> bool:
    speaks = any(type(message) is _Assistant for message in answer)
    return speaks and _is_answered([*asked, *answer], offer)


def _is_answered(messages: Sequence[_Message], offer: _Offer) -> bool:
    """Whether each answer has its call, and each call its answer before the talk goes on."""
    if offer.names is None:
        return all(type(message) is not _Tool for message in messages)
    waiting: set[str] = set()
    for message in messages:
        if type(message) is _Tool:
            if message.tool_call_id not in waiting:
                return False
            waiting.remove(message.tool_call_id)
        elif type(message) is _User or type(message) is _Assistant:
            identities = [call.id for call in message.tool_calls or ()]
            if waiting or len(set(identities)) < len(identities):
                return False
            waiting.update(identities)
    return True


def _is_blank(text: str) -> bool:
    return not text or text.isspace()
