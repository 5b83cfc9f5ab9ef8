"""The chat format: one conversation a line, to be continued as its assistant messages do.

Source of the rules: Microsoft Learn, "Customize a model with fine-tuning", "Fine-tuning with tool
calling" and "Fine-tune vision models", read 2026-10. Where Microsoft does not say what the service
does, the rule warns, or follows the chat completions API, whose requests the examples are.

Nearly all examples of nearly all files have nothing wrong with them, which `quick` sees at once;
these rules are run over the others only.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reconciler.datasets import calls, images, messages, tools
from reconciler.datasets.content import Content, definitions
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

KEYS = ("messages", "tools", "parallel_tool_calls", "functions")
_KEY_ALIASES = {"conversation": "messages", "conversations": "messages", "chat": "messages"}

# The keys that give away another format, and its name.
_OTHER_FORMATS = (
    ({"prompt", "completion"}, "completions"),
    ({"preferred_output", "non_preferred_output"}, "preference"),
)


def check(example: dict[str, Any]) -> Iterator[Complaint]:
    """Everything wrong with one example."""
    yield from check_shape(example)
    conversation = example.get("messages")
    if isinstance(conversation, list) and conversation:
        yield from _check_turns(conversation)
        yield from images.check_count(messages.measure(conversation).images)
        yield from calls.check(placed("messages", conversation), tools.declared(example))


def check_shape(example: dict[str, Any], *, has_fields: bool = False) -> Iterator[Complaint]:
    """What is wrong with each part of it, whatever the others say; other keys may be fields."""
    conversation = example.get("messages")
    if not isinstance(conversation, list) or not conversation:
        yield _no_messages(example)
        return
    if not has_fields:
        yield from check_keys(example, KEYS)
    yield from _check_parallel(example)
    yield from tools.check(example)
    yield from check_messages("messages", conversation)


def check_messages(root: str, conversation: list[Any]) -> Iterator[Complaint]:
    """What is wrong with each of them on its own."""
    for place, message in placed(root, conversation):
        yield from under(place, messages.check(message))


def check_asker(conversation: list[Any]) -> Iterator[Complaint]:
    """Somebody asks. A misspelled role is complained about once, where it stands."""
    roles = [role_of(message) for message in conversation]
    if "" not in roles and "user" not in roles:
        what = "the example has no user message."
        yield Complaint("chat/no-user", what, "messages", "Add what the assistant answers to.")


def placed(root: str, conversation: list[Any]) -> Iterator[tuple[str, Any]]:
    """Each message with its path."""
    for index, message in enumerate(conversation):
        yield f"{root}[{index}]", message


def measure(example: dict[str, Any]) -> Content:
    """What is in one example, of whatever shape."""
    content = messages.measure(example.get("messages"))
    return content._replace(definitions=definitions(example), conversations=1)


def roles_in(*holders: Any) -> int:
    """How many roles their bytes speak of, unless a message has two or a text speaks of one."""
    lists = [holder for holder in holders if isinstance(holder, list)]
    return sum(map(len, lists))


def might_repeat_keys(data: bytes, example: dict[str, Any]) -> bool:
    """A role more than there are messages: one of them has two, or a text speaks of it."""
    return data.count(b'"role":') > roles_in(example.get("messages"))


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


def check_keys(example: dict[str, Any], known: Collection[str]) -> Iterator[Complaint]:
    for key in [key for key in example if key not in known]:
        hint = did_you_mean(key, known) or f"Known: {listed(known)}."
        yield Complaint("chat/unknown-key", f"{quoted(key)} is not a key of an example.", key, hint)


def _check_parallel(example: dict[str, Any]) -> Iterator[Complaint]:
    parallel = example.get("parallel_tool_calls", False)
    if not isinstance(parallel, bool):
        what = f"parallel_tool_calls is {named(parallel)}, not true or false."
        yield Complaint("chat/parallel-tool-calls", what, "parallel_tool_calls")


def _check_turns(conversation: list[Any]) -> Iterator[Complaint]:
    """Who speaks."""
    yield from check_asker(conversation)
    roles = [role_of(message) for message in conversation]
    last = len(roles) - 1
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
