"""The chat format: one conversation a line, to be continued as its assistant messages do.

Source of the rules: Microsoft Learn, "Customize a model with fine-tuning", "Fine-tuning with tool
calling" and "Fine-tune vision models", read 2026-10. Where Microsoft does not say what the service
does, the rule warns, or follows the chat completions API, whose requests the examples are.

Nearly all examples of nearly all files have nothing wrong with the shape of any message, which
`ordinary` sees at once; the rules of shape are run over the others only.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.datasets import calls, messages, ordinary, sizes, tools
from reconciler.datasets.findings import Complaint, Rule, error, under, warning
from reconciler.datasets.messages import role_of
from reconciler.datasets.spelling import did_you_mean, listed, named, quoted, rename

RULES: Mapping[str, Rule] = {
    "chat/unknown-key": warning("An example has no keys but messages, tools and their settings."),
    "chat/messages": error("An example has a list of messages that is not empty."),
    "chat/no-user": error("An example has at least one user message."),
    "chat/no-assistant": error("An example has at least one assistant message."),
    "chat/last-message": error("The last message is the assistant's."),
    "chat/nothing-to-train": warning("At least one assistant message has a weight other than 0."),
    "chat/parallel-tool-calls": error("parallel_tool_calls is true or false."),
    **messages.RULES,
    **tools.RULES,
    **calls.RULES,
}

_KEYS = ("messages", "tools", "parallel_tool_calls", "functions")
_KEY_ALIASES = {"conversation": "messages", "conversations": "messages", "chat": "messages"}

# The keys that give away another format, and its name.
_OTHER_FORMATS = (
    ({"prompt", "completion"}, "completions"),
    ({"preferred_output", "non_preferred_output"}, "preference"),
)


def check(example: dict[str, Any]) -> Iterator[Complaint]:
    """Everything wrong with one example."""
    conversation = example.get("messages")
    if not ordinary.has_shape(example):
        yield from check_shape(example)
    elif _is_plain(conversation):
        return
    if isinstance(conversation, list) and conversation:
        yield from _check_turns(conversation)
        yield from calls.check(conversation, tools.declared(example))


def check_shape(example: dict[str, Any]) -> Iterator[Complaint]:
    """What is wrong with each part of it, whatever the others say."""
    conversation = example.get("messages")
    if not isinstance(conversation, list) or not conversation:
        yield _no_messages(example)
        return
    yield from _check_keys(example)
    yield from tools.check(example)
    for index, message in enumerate(conversation):
        yield from under(f"messages[{index}]", messages.check(message))


def measure(example: dict[str, Any]) -> sizes.Size:
    """What is in one example, of whatever shape; definitions of tools count as text."""
    conversation = example.get("messages")
    known = conversation if isinstance(conversation, list) else []
    size = messages.measure(known)
    for key in ("tools", "functions"):
        if definitions := example.get(key):
            size = sizes.add(size, sizes.of_json(definitions))
    return size


def might_repeat_keys(data: bytes, example: dict[str, Any]) -> bool:
    """A role more than there are messages: one of them has two, or a text speaks of it."""
    conversation = example.get("messages")
    roles = len(conversation) if isinstance(conversation, list) else 0
    return data.count(b'"role"') > roles


def _is_plain(conversation: Any) -> bool:
    """Whether well-shaped messages are only talk, none of it weighted, and end as they should."""
    roles = [message["role"] for message in conversation if len(message) == 2]
    return (
        len(roles) == len(conversation)
        and roles[-1] == "assistant"
        and "user" in roles
        and all("content" in message for message in conversation)
    )


def _no_messages(example: dict[str, Any]) -> Complaint:
    if "messages" in example:
        value = example["messages"]
        what = "messages is an empty list." if value == [] else f"messages is {named(value)}."
        return Complaint("chat/messages", what, "messages", "Write a list of messages.")
    for keys, other in _OTHER_FORMATS:
        if keys <= example.keys():
            hint = f"It looks like the {other} format; say so in the dataset's format."
            return Complaint("chat/messages", "the example has no messages.", hint=hint)
    hint = rename("messages", example) or _alias(example)
    return Complaint("chat/messages", "the example has no messages.", hint=hint)


def _alias(example: dict[str, Any]) -> str:
    """ShareGPT and its kin."""
    known = next((key for key in example if key in _KEY_ALIASES), None)
    return f"Rename {quoted(known)} to 'messages', with role and content inside." if known else ""


def _check_keys(example: dict[str, Any]) -> Iterator[Complaint]:
    for key in [key for key in example if key not in _KEYS]:
        hint = did_you_mean(key, _KEYS) or f"Known: {listed(_KEYS)}."
        yield Complaint("chat/unknown-key", f"{quoted(key)} is not a key of an example.", key, hint)
    parallel = example.get("parallel_tool_calls", False)
    if not isinstance(parallel, bool):
        what = f"parallel_tool_calls is {named(parallel)}, not true or false."
        yield Complaint("chat/parallel-tool-calls", what, "parallel_tool_calls")


def _check_turns(conversation: list[Any]) -> Iterator[Complaint]:
    """Who speaks. A misspelled role is complained about once, where it stands."""
    roles = [role_of(message) for message in conversation]
    last = len(roles) - 1
    if "" not in roles and "user" not in roles:
        what = "the example has no user message."
        yield Complaint("chat/no-user", what, "messages", "Add what the assistant answers to.")
    if "" not in roles and "assistant" not in roles:
        what = "the example has no assistant message: there is nothing to learn."
        yield Complaint("chat/no-assistant", what, "messages", "Add the answer to learn.")
    elif roles[last] not in {"", "assistant"}:
        what = f"the last message is of role {roles[last]}, not assistant."
        hint = "End with the answer to learn, or remove what follows it."
        yield Complaint("chat/last-message", what, f"messages[{last}].role", hint)
    if _is_all_muted(conversation, roles):
        what = "every assistant message has weight 0: there is nothing to learn."
        yield Complaint("chat/nothing-to-train", what, "messages", "Give one of them weight 1.")


def _is_all_muted(conversation: list[Any], roles: list[str]) -> bool:
    weights = [
        message.get("weight", 1)
        for message, role in zip(conversation, roles, strict=True)
        if role == "assistant"
    ]
    return bool(weights) and all(weight == 0 and weight is not False for weight in weights)
