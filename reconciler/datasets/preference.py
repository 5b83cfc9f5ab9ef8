"""The preference format (DPO): a conversation, an answer that is wanted, and one that is not.

Source of the rules: Microsoft Learn, "Direct preference optimization", read 2026-10.
"""

from collections.abc import Generator, Iterator, Mapping
from typing import Any

from reconciler.datasets import calls, chat, images, messages, tools
from reconciler.datasets.content import Content, definitions, joined
from reconciler.datasets.findings import Complaint, Rule, error, under, warning
from reconciler.datasets.messages import role_of
from reconciler.datasets.spelling import rename, stated

RULES: Mapping[str, Rule] = {
    "preference/input": error("An example has an input with the messages to answer."),
    "preference/output": error("Each of the two outputs is a list with an assistant message."),
    "preference/output-role": error("Outputs hold messages of the assistant and of tools only."),
    "preference/answered-input": warning("The input does not end with an answer."),
    "preference/same-outputs": warning("The preferred output differs from the other."),
}

_OUTPUTS = ("preferred_output", "non_preferred_output")
_KEYS = ("input", *_OUTPUTS)
# How other trainers name the same.
_KEY_ALIASES = {
    "input": ("prompt",),
    "preferred_output": ("chosen", "preferred"),
    "non_preferred_output": ("rejected", "non_preferred", "dispreferred_output"),
}


def check(example: dict[str, Any]) -> Iterator[Complaint]:
    if all(key in example for key in _KEYS):  # else the missing one is told how to be renamed
        yield from chat.check_keys(example, _KEYS)
    asked = yield from _check_input(example)
    for key in _OUTPUTS:
        yield from _check_output(example, key)
    yield from _check_calls(example, asked)
    yield from images.check_count(measure(example).images)
    if _is_same(example):
        what = "both outputs are the same: there is nothing to prefer."
        hint = "Remove the example, or write an answer that is worse."
        yield Complaint("preference/same-outputs", what, "non_preferred_output", hint)


def _missing(example: dict[str, Any], key: str) -> tuple[str, str]:
    if key in example:
        return stated("the example", key, example), ""
    alias = next((other for other in _KEY_ALIASES[key] if other in example), "")
    hint = f"Rename '{alias}' to '{key}'." if alias else rename(key, [*set(example) - set(_KEYS)])
    return f"the example has no {key}.", hint


def _check_input(example: dict[str, Any]) -> Generator[Complaint, None, list[Any]]:
    asked = example.get("input")
    if not isinstance(asked, dict):
        what, hint = _missing(example, "input")
        hint = hint or 'Write "input": {"messages": […]}.'
        yield Complaint("preference/input", what, "input" if "input" in example else "", hint)
        return []
    yield from under("input", chat.check_shape(asked))
    conversation = asked.get("messages")
    if not isinstance(conversation, list) or not conversation:
        return []
    yield from under("input", chat.check_asker(conversation))
    if role_of(conversation[-1]) == "assistant" and not conversation[-1].get("tool_calls"):
        what = "the input ends with the assistant's message, which the outputs would follow."
        hint = "Move it into the outputs, or end with the user's message."
        place = f"input.messages[{len(conversation) - 1}]"
        yield Complaint("preference/answered-input", what, place, hint)
    return conversation


def _check_output(example: dict[str, Any], key: str) -> Iterator[Complaint]:
    output = example.get(key)
    if not isinstance(output, list) or not output:
        what, hint = _missing(example, key)
        if output == []:
            what = f"{key} is an empty list."
        hint = hint or 'Write [{"role": "assistant", "content": …}].'
        yield Complaint("preference/output", what, key if key in example else "", hint)
        return
    yield from chat.check_messages(key, output)
    roles = [role_of(message) for message in output]
    for index, role in enumerate(roles):
        if role not in {"", "assistant", "tool"}:
            what = f"an output holds a message of role {role}."
            hint = "Move what was asked to input.messages."
            yield Complaint("preference/output-role", what, f"{key}[{index}].role", hint)
    if "" not in roles and "assistant" not in roles:
        what, hint = f"{key} has no assistant message.", "Add the answer to compare."
        yield Complaint("preference/output", what, key, hint)


def _check_calls(example: dict[str, Any], asked: list[Any]) -> Iterator[Complaint]:
    """Each output goes on from the input; what is wrong in the input is said once."""
    offer = example.get("input")
    declared = tools.declared(offer) if isinstance(offer, dict) else None
    said: list[Complaint] = []
    for key in _OUTPUTS:
        output = example.get(key)
        answer = output if isinstance(output, list) else []
        whole = [*chat.placed("input.messages", asked), *chat.placed(key, answer)]
        new = [each for each in calls.check(whole, declared) if each not in said]
        yield from new
        said += new


def _is_same(example: dict[str, Any]) -> bool:
    one, other = (example.get(key) for key in _OUTPUTS)
    return isinstance(one, list) and bool(one) and one == other


def measure(example: dict[str, Any]) -> Content:
    offer = example.get("input")
    asked = offer if isinstance(offer, dict) else {}
    wanted, unwanted = (messages.measure(example.get(key)) for key in _OUTPUTS)
    whole = joined(messages.measure(asked.get("messages")), (wanted, unwanted))
    return whole._replace(definitions=definitions(asked), conversations=1, answer=wanted.answer)


def might_repeat_keys(data: bytes, example: dict[str, Any]) -> bool:
    """A role more than there are messages: one of them has two, or a text speaks of it."""
    offer = example.get("input")
    asked = offer.get("messages") if isinstance(offer, dict) else None
    roles = chat.roles_in(asked, *(example.get(key) for key in _OUTPUTS))
    return data.count(b'"role":') > roles
