"""The rules of calls and their answers: the shape of each, and who answers whom.

A call waits until a tool message names its id. The next word of the user or the assistant must find
no call waiting, since the chat completions API refuses such a conversation. The end of an example
may: it then teaches to make the call, as Microsoft's own samples for tool calling do.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from reconciler.datasets.findings import Complaint, Rule, error, under, warning
from reconciler.datasets.spelling import did_you_mean, named, quoted, rename, stated

RULES: Mapping[str, Rule] = {
    "chat/tool-calls": error("tool_calls is a list of objects that is not empty."),
    "chat/call-id": error("A call has an id of its own."),
    "chat/call-type": error("A call is of type function."),
    "chat/call-name": error("A call names its function."),
    "chat/call-arguments": error("A call's arguments are text that holds a JSON object."),
    "chat/answer-id": error("A tool message says which call it answers, a function message whose."),
    "chat/unmatched-answer": error("A tool message answers an earlier call that still waits."),
    "chat/unanswered-call": error("A call is answered before the user or the assistant goes on."),
    "chat/undeclared-function": warning("What is called is among the example's tools."),
    "chat/deprecated-call": warning("Calls are written as tool_calls, answers as tool messages."),
}

_DEPRECATED = 'Write "tool_calls": [{"id": …, "type": "function", "function": …}].'


def check_message(message: dict[str, Any]) -> Iterator[Complaint]:
    """The shape of the calls or the answer in one message."""
    if message.get("tool_calls") is not None:
        yield from under("tool_calls", _check_calls(message["tool_calls"]))
    if message.get("function_call") is not None:
        what = "function_call is the deprecated form of tool_calls."
        yield Complaint("chat/deprecated-call", what, "function_call", _DEPRECATED)
        yield from under("function_call", _check_function(message["function_call"]))
    match message.get("role"):
        case "tool" if not isinstance(message.get("tool_call_id"), str):
            hint = rename("tool_call_id", message) or "Write the id of the call it answers."
            what = stated("the tool message", "tool_call_id", message)
            yield Complaint("chat/answer-id", what, "tool_call_id", hint)
        case "function":
            yield from _check_function_answer(message)


def _check_function_answer(message: dict[str, Any]) -> Iterator[Complaint]:
    what = "the role function is the deprecated form of tool."
    hint = 'Write "role": "tool" and the tool_call_id of the call.'
    yield Complaint("chat/deprecated-call", what, "role", hint)
    if not isinstance(message.get("name"), str):
        what, hint = stated("the function message", "name", message), "Write the function's name."
        yield Complaint("chat/answer-id", what, "name", hint)


def _check_calls(calls: Any) -> Iterator[Complaint]:
    if not isinstance(calls, list) or not calls:
        what = "tool_calls is empty." if calls == [] else f"tool_calls is {named(calls)}."
        yield Complaint("chat/tool-calls", what, hint="Write a list of calls, or remove it.")
        return
    for index, call in enumerate(calls):
        yield from under(f"[{index}]", _check_call(call))


def _check_call(call: Any) -> Iterator[Complaint]:
    if not isinstance(call, dict):
        yield Complaint("chat/tool-calls", f"the call is {named(call)}, not an object.")
        return
    identity = call.get("id")
    if not isinstance(identity, str) or not identity:
        hint = "Write a text that no other call of the example has, such as call_1."
        yield Complaint("chat/call-id", stated("the call", "id", call), "id", hint)
    if call.get("type") != "function":
        what = stated("the call", "type", call)
        yield Complaint("chat/call-type", what, "type", 'Write "type": "function".')
    yield from under("function", _check_function(call.get("function")))


def _check_function(function: Any) -> Iterator[Complaint]:
    if not isinstance(function, dict):
        hint = 'Write {"name": …, "arguments": "{…}"}.'
        what = "the call has no function that is an object."
        yield Complaint("chat/call-name", what, hint=hint)
        return
    name = function.get("name")
    if not isinstance(name, str) or not name:
        what = stated("the called function", "name", function)
        yield Complaint("chat/call-name", what, "name", rename("name", function))
    if wrong := _wrong_arguments(function.get("arguments")):
        what, hint = wrong
        yield Complaint("chat/call-arguments", what, "arguments", hint)


def _wrong_arguments(arguments: Any) -> tuple[str, str] | None:
    if not isinstance(arguments, str):
        hint = 'Write the JSON as text: "{\\"city\\": \\"Oslo\\"}".'
        return f"the arguments are {named(arguments)}, not text.", hint
    try:
        value = msgspec.json.decode(arguments)
    except (ValueError, RecursionError) as wrong:
        hint = "Write {} for none." if not arguments.strip() else f"The parser says: {wrong}."
        return f"the arguments {quoted(arguments)} are not JSON.", hint
    if not isinstance(value, dict):
        return f"the arguments hold {named(value)}, not an object.", "Name each argument."
    return None


def check(
    conversation: Iterable[tuple[str, Any]], declared: frozenset[str] | None
) -> Iterator[Complaint]:
    """Who answers whom, of messages and where they stand.

    What has no proper shape was complained about by `check_message`.
    """
    waiting: dict[str, str] = {}  # id of a call: where it stands
    answered: set[str] = set()
    for place, message in conversation:
        if not isinstance(message, dict):
            continue
        if message.get("role") in ("user", "assistant"):
            if waiting:
                yield from _unanswered(waiting, place)
                answered |= waiting.keys()
                waiting.clear()
            if "tool_calls" in message or "function_call" in message:
                yield from _ask(message, place, waiting, declared)
        elif message.get("role") == "tool":
            yield from _answer(message, place, waiting, answered)


def _ask(
    message: dict[str, Any], place: str, waiting: dict[str, str], declared: frozenset[str] | None
) -> Iterator[Complaint]:
    for path, call in _calls_in(message, place):
        identity = call.get("id")
        if isinstance(identity, str) and identity in waiting:
            what = f"the id {quoted(identity)} is that of {waiting[identity]} too."
            yield Complaint("chat/call-id", what, f"{path}.id", "Give each call an id of its own.")
        elif isinstance(identity, str):
            waiting[identity] = path
        yield from under(f"{path}.function", _undeclared(call.get("function"), declared))
    called = message.get("function_call")
    yield from under(f"{place}.function_call", _undeclared(called, declared))


def _undeclared(function: Any, declared: frozenset[str] | None) -> Iterator[Complaint]:
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or (declared is not None and name in declared):
        return
    if declared is None:
        what, hint = f"{quoted(name)} is called, but the example has no tools.", "Add its tools."
    else:
        what = f"{quoted(name)} is not among the example's tools."
        hint = did_you_mean(name, declared) or "Add it to tools."
    yield Complaint("chat/undeclared-function", what, "name", hint)


def _answer(
    message: dict[str, Any], place: str, waiting: dict[str, str], answered: set[str]
) -> Iterator[Complaint]:
    identity = message.get("tool_call_id")
    if isinstance(identity, str) and identity in waiting:
        del waiting[identity]
        answered.add(identity)
        return
    if isinstance(identity, str):
        yield _unmatched(identity, f"{place}.tool_call_id", waiting, answered)
    if len(waiting) == 1:  # meant for the only one that waits: one mistake, one complaint
        waiting.clear()


def _unmatched(identity: str, place: str, waiting: dict[str, str], answered: set[str]) -> Complaint:
    if identity in answered:
        what, hint = f"the call {quoted(identity)} waits for no answer any more.", ""
    else:
        what = f"no call before it has the id {quoted(identity)}."
        hint = did_you_mean(identity, waiting)
    hint = hint or "Answer each call once, straight after the message that makes it."
    return Complaint("chat/unmatched-answer", what, place, hint)


def _unanswered(waiting: dict[str, str], place: str) -> Iterator[Complaint]:
    for identity, path in waiting.items():
        what = f"the call {quoted(identity)} has no answer before {place}."
        hint = "Add a tool message with this tool_call_id, or end the example at the call."
        yield Complaint("chat/unanswered-call", what, path, hint)


def _calls_in(message: dict[str, Any], place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    calls = message.get("tool_calls")
    if message.get("role") == "assistant" and isinstance(calls, list):
        for index, call in enumerate(calls):
            if isinstance(call, dict):
                yield f"{place}.tool_calls[{index}]", call


def texts(message: dict[str, Any]) -> Iterator[str]:
    """What the model reads or writes of the calls in a message: names and arguments."""
    calls = message.get("tool_calls")
    functions = (
        [call.get("function") for call in calls if isinstance(call, dict)]
        if isinstance(calls, list)
        else []
    )
    for function in (*functions, message.get("function_call")):
        if isinstance(function, dict):
            values = (function.get("name"), function.get("arguments"))
            yield from (value for value in values if isinstance(value, str))
