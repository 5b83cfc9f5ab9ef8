"""The rules of what an example offers the assistant to call."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.datasets.findings import Complaint, Rule, error, under, warning
from reconciler.datasets.spelling import named, rename, stated

RULES: Mapping[str, Rule] = {
    "chat/tools": error("tools is a list of objects of type function with a name and parameters."),
    "chat/deprecated-functions": warning("Functions are written as tools."),
}

# Source: the chat completions API's definition of a function's name.
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def declared(example: dict[str, Any]) -> frozenset[str] | None:
    """The names an assistant may call, or None when the example declares nothing."""
    tools, functions = example.get("tools"), example.get("functions")
    if tools is None and functions is None:
        return None
    inner = [tool.get("function") for tool in _dicts(tools)]
    names = (function.get("name") for function in _dicts([*inner, *_dicts(functions)]))
    return frozenset(name for name in names if isinstance(name, str))


def check(example: dict[str, Any]) -> Iterator[Complaint]:
    if example.get("tools") is not None:
        yield from under("tools", _check_list(example["tools"], "tools"))
    if example.get("functions") is not None:
        what = "functions is the deprecated form of tools."
        hint = 'Write "tools": [{"type": "function", "function": …}] and tool_calls.'
        yield Complaint("chat/deprecated-functions", what, "functions", hint)
        yield from under("functions", _check_list(example["functions"], "functions"))


def _check_list(entries: Any, key: str) -> Iterator[Complaint]:
    if not isinstance(entries, list):
        yield Complaint("chat/tools", f"{key} is {named(entries)}, not a list.")
        return
    check_entry = _check_tool if key == "tools" else _check_function
    for index, entry in enumerate(entries):
        yield from under(f"[{index}]", check_entry(entry))


def _check_tool(tool: Any) -> Iterator[Complaint]:
    if not isinstance(tool, dict):
        yield Complaint("chat/tools", f"the tool is {named(tool)}, not an object.")
        return
    if tool.get("type") != "function":
        what = stated("the tool", "type", tool)
        yield Complaint("chat/tools", what, "type", 'Write "type": "function".')
    if "function" not in tool and "name" in tool:
        hint = 'Put name, description and parameters inside "function": {…}.'
        yield Complaint("chat/tools", "the tool has no function.", "function", hint)
        return
    yield from under("function", _check_function(tool.get("function")))


def _check_function(function: Any) -> Iterator[Complaint]:
    if not isinstance(function, dict):
        what = "the tool has no function that is an object."
        yield Complaint("chat/tools", what, hint='Write {"name": …, "parameters": {…}}.')
        return
    name = function.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        hint = rename("name", function) if name is None else ""
        hint = hint or "A name has up to 64 letters, digits, - and _."
        yield Complaint("chat/tools", stated("the function", "name", function), "name", hint)
    parameters = function.get("parameters")
    if parameters is not None and not isinstance(parameters, dict):
        what = f"the parameters are {named(parameters)}, not an object."
        yield Complaint("chat/tools", what, "parameters", "Write a JSON Schema of type object.")


def _dicts(values: Any) -> list[dict[str, Any]]:
    return (
        [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []
    )
