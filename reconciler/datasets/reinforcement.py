"""The reinforcement format (RFT): a conversation to answer, and fields that graders compare with.

Source of the rules: Microsoft Learn, "Reinforcement fine-tuning", read 2026-10. A field is what a
grader's template reads as `{{item.<field>}}`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.datasets import calls, chat, images, messages, tools
from reconciler.datasets.content import Content
from reconciler.datasets.examples import canonical
from reconciler.datasets.findings import Complaint, Rule, error, warning
from reconciler.datasets.messages import role_of
from reconciler.datasets.spelling import quoted

RULES: Mapping[str, Rule] = {
    "reinforcement/last-message": error("The last message is the user's; the model answers it."),
    "reinforcement/field-name": warning("A field's name can stand in a grader's template."),
}


def check(example: dict[str, Any]) -> Iterator[Complaint]:
    yield from chat.check_shape(example, has_fields=True)
    conversation = example.get("messages")
    if isinstance(conversation, list) and conversation:
        yield from chat.check_asker(conversation)
        yield from _check_last(conversation)
        yield from images.check_count(messages.measure(conversation).images)
        yield from calls.check(chat.placed("messages", conversation), tools.declared(example))
    for field in fields(example):
        if not _is_name(field):
            what = f"{quoted(field)} cannot be written as {{{{item.…}}}} in a grader."
            hint = "Use letters, digits and _, beginning with a letter."
            yield Complaint("reinforcement/field-name", what, field, hint)


def _is_name(field: str) -> bool:
    return field.isidentifier() and field.isascii()


def _check_last(conversation: list[Any]) -> Iterator[Complaint]:
    role = role_of(conversation[-1])
    if role in {"", "user"}:
        return
    what = f"the last message is of role {role}, not user."
    hint = "End with what is to be answered."
    if role == "assistant":
        hint = "Remove the answer, or put it into a field for the grader, such as reference."
    place = f"messages[{len(conversation) - 1}].role"
    yield Complaint("reinforcement/last-message", what, place, hint)


def fields(example: dict[str, Any]) -> tuple[str, ...]:
    """What graders can refer to, in the order of the alphabet."""
    return tuple(sorted(key for key in example if key not in chat.KEYS))


def measure(example: dict[str, Any]) -> Content:
    """Fields are for graders; the model reads none of them."""
    content, names = chat.measure(example), fields(example)
    graded = canonical({name: example[name] for name in names}).decode()
    return content._replace(answer="", fields=names, marks=f"{content.marks} {graded}")
