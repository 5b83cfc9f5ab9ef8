"""The rules of one message: who says what, in which parts, with which weight."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.datasets import calls, images
from reconciler.datasets.content import Content, image_mark
from reconciler.datasets.findings import Complaint, Rule, error, under, warning
from reconciler.datasets.spelling import did_you_mean, listed, named, quoted, stated

RULES: Mapping[str, Rule] = {
    "chat/message": error("A message is an object."),
    "chat/message-key": warning("A message has no keys that nobody reads."),
    "chat/role": error("A role is system, developer, user, assistant, tool or function."),
    "chat/name": error("A name is text."),
    "chat/misplaced-key": error(
        "weight and calls stand on assistant messages only, answers on tool's."
    ),
    "chat/weight": error("A weight is the number 0 or 1."),
    "chat/content": error("Content is text or a list of parts; only a call may stand without."),
    "chat/empty-content": warning("Content is not empty."),
    "chat/part": error("A part is a text or an image_url, and holds what its type says."),
    "chat/image-role": error("Images stand in user messages only."),
    "chat/image-url": error(
        "An image is a JPEG, PNG or WEBP, by http(s) URL or as a base64 data URI."
    ),
    "chat/image-detail": error("An image's detail is low, high or auto."),
    **images.RULES,
}

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_ROLE_ALIASES = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant",
                 "ai": "assistant", "chatbot": "assistant"}  # fmt: skip
_KEYS = (
    "role",
    "content",
    "name",
    "weight",
    "tool_calls",
    "tool_call_id",
    "function_call",
    "refusal",
)
_KEY_ALIASES = {"from": "role", "value": "content", "text": "content"}
_ONLY_ON = {
    "weight": "assistant",
    "tool_calls": "assistant",
    "function_call": "assistant",
    "tool_call_id": "tool",
}
_INSTEAD_OF_CONTENT = ("tool_calls", "function_call", "refusal")
_DETAILS = ("low", "high", "auto")
_IMAGE_URL = re.compile(
    r"https?://\S|data:image/(jpe?g|png|webp);base64,[A-Za-z0-9+/]", re.IGNORECASE
)


def role_of(message: Any) -> str:
    """A known role, or nothing."""
    role = message.get("role") if isinstance(message, dict) else None
    return role if isinstance(role, str) and role in ROLES else ""


def check(message: Any) -> Iterator[Complaint]:
    if not isinstance(message, dict):
        yield Complaint("chat/message", f"the message is {named(message)}, not an object.")
        return
    role = role_of(message)
    if not role:
        yield _no_role(message)
    yield from _check_keys(message, role)
    yield from _check_content(message, role)
    if "weight" in message:
        yield from _check_weight(message["weight"])
    yield from calls.check_message(message)


def _no_role(message: dict[str, Any]) -> Complaint:
    if "role" not in message:
        return Complaint(
            "chat/role", "the message has no role.", "role", f"Known: {listed(ROLES)}."
        )
    role = message["role"]
    hint = did_you_mean(role, ROLES, _ROLE_ALIASES) or f"Known: {listed(ROLES)}."
    return Complaint("chat/role", f"the role is {named(role)}, which is not one.", "role", hint)


def _check_keys(message: dict[str, Any], role: str) -> Iterator[Complaint]:
    for key, value in message.items():
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS, _KEY_ALIASES) or f"Known: {listed(_KEYS)}."
            yield Complaint(
                "chat/message-key", f"{quoted(key)} is not a key of a message.", key, hint
            )
        elif value is not None and role and role != _ONLY_ON.get(key, role):
            what = f"{key} stands on a message of role {role}."
            hint = f"Only {_ONLY_ON[key]} messages have it; remove it here."
            yield Complaint("chat/misplaced-key", what, key, hint)
    name = message.get("name")
    if name is not None and not isinstance(name, str):
        yield Complaint("chat/name", f"the name is {named(name)}, not text.", "name")


def _check_weight(weight: Any) -> Iterator[Complaint]:
    if type(weight) in {int, float} and weight in {0, 1}:
        return
    hint = "Write 1 to learn from the message, 0 to only read it."
    yield Complaint("chat/weight", f"the weight is {named(weight)}.", "weight", hint)


def _check_content(message: dict[str, Any], role: str) -> Iterator[Complaint]:
    content = message.get("content")
    speaks_otherwise = role == "assistant" and any(map(message.get, _INSTEAD_OF_CONTENT))
    match content:
        case None if speaks_otherwise:
            pass
        case None:
            yield _no_content(message)
        case str() if speaks_otherwise or content.strip():
            pass
        case str() | []:
            hint = "Write what is to be said, or remove the message."
            yield Complaint("chat/empty-content", "the content is empty.", "content", hint)
        case list():
            for index, part in enumerate(content):
                yield from under(f"content[{index}]", _check_part(part, role))
        case _:
            what = f"the content is {named(content)}, not text or a list of parts."
            yield Complaint("chat/content", what, "content", "Write it as text.")


def _no_content(message: dict[str, Any]) -> Complaint:
    what = stated("the message", "content", message)
    hint = "Only an assistant message that calls a tool may be without; write text."
    return Complaint("chat/content", what, "content", hint)


def _check_part(part: Any, role: str) -> Iterator[Complaint]:
    if not isinstance(part, dict):
        hint = 'Write {"type": "text", "text": …}.'
        yield Complaint("chat/part", f"the part is {named(part)}, not an object.", hint=hint)
        return
    kind = part.get("type")
    if isinstance(kind, str) and kind in _PARTS:
        yield from _PARTS[kind](part, role)
        return
    what = stated("the part", "type", part)
    hint = did_you_mean(kind, _PARTS, {"image": "image_url"}) or f"Known: {listed(_PARTS)}."
    yield Complaint("chat/part", what, "type", hint)


def _check_text(part: dict[str, Any], _role: str) -> Iterator[Complaint]:
    text = part.get("text")
    if not isinstance(text, str):
        what = stated("the part", "text", part)
        yield Complaint("chat/part", what, "text", "Write it as text.")
    elif not text.strip():
        hint = "Write what is to be said, or remove the part."
        yield Complaint("chat/empty-content", "the part's text is empty.", "text", hint)


def _check_image(part: dict[str, Any], role: str) -> Iterator[Complaint]:
    if role not in {"user", ""}:
        what = f"an image stands in a message of role {role}."
        yield Complaint("chat/image-role", what, "", "Move it to a user message.")
    image = part.get("image_url")
    if not isinstance(image, dict):
        what = stated("the part", "image_url", part)
        yield Complaint("chat/part", what, "image_url", 'Write {"url": …}.')
        return
    url = image.get("url")
    if not isinstance(url, str) or not _IMAGE_URL.match(url):
        hint = "Write https://… or data:image/png;base64,… (JPEG, PNG or WEBP)."
        yield Complaint("chat/image-url", stated("the image", "url", image), "image_url.url", hint)
    elif url[:5].lower() == "data:":
        yield from under("image_url", images.check(url, image.get("detail")))
    detail = image.get("detail", "auto")
    if detail not in _DETAILS:
        hint = did_you_mean(detail, _DETAILS) or f"Known: {listed(_DETAILS)}."
        what = stated("the image", "detail", image)
        yield Complaint("chat/image-detail", what, "image_url.detail", hint)


_PARTS: Mapping[str, Callable[[dict[str, Any], str], Iterator[Complaint]]] = {
    "text": _check_text,
    "image_url": _check_image,
}


def measure(conversation: Any) -> Content:
    """Of messages of whatever shape."""
    everything = conversation if isinstance(conversation, list) else []
    known = [each for each in everything if isinstance(each, dict)]
    texts: list[str] = []
    for message in known:
        texts += _texts(message)
    pictures = [picture for message in known for picture in _pictures(message)]
    low = sum(picture.get("detail") == "low" for picture in pictures)
    return Content(
        texts,
        messages=len(everything),
        names=sum(isinstance(message.get("name"), str) for message in known),
        low_images=low,
        high_images=len(pictures) - low,
        asked_high=sum(map(_is_dear, pictures)),
        has_system=any(role_of(message) in {"system", "developer"} for message in known),
        answer=_answer(everything[-1]) if known else "",
        marks=" ".join(map(_mark, known)),
    )


def _mark(message: dict[str, Any]) -> str:
    """What sets it apart besides its texts."""
    role = f"{role_of(message)}{' unlearned' if message.get('weight') == 0 else ''}"
    seen = [image_mark(each.get("url"), each.get("detail", "auto")) for each in _pictures(message)]
    return role + "".join(seen)


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return [part for part in parts if isinstance(part, dict)]


def _texts(message: dict[str, Any]) -> Iterator[str]:
    written = (message.get("content"), *(part.get("text") for part in _parts(message)))
    values = (*written, *calls.texts(message), message.get("name"))
    yield from (value for value in values if isinstance(value, str))


def _pictures(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is said of each image."""
    for part in _parts(message):
        if part.get("type") == "image_url":
            image = part.get("image_url")
            yield image if isinstance(image, dict) else {}


def _is_dear(picture: dict[str, Any]) -> bool:
    """At high detail on purpose. Images inside the file are looked at one by one instead."""
    return picture.get("detail") == "high" and not str(picture.get("url")).startswith("data:")


def _answer(message: Any) -> str:
    """What the last message says, if it is the assistant's."""
    if role_of(message) != "assistant":
        return ""
    content = message.get("content")
    texts = (part.get("text") for part in _parts(message))
    return (
        content
        if isinstance(content, str)
        else "".join(text for text in texts if isinstance(text, str))
    )
