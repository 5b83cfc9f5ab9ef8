"""The formats by name: what each knows of one example, and how to tell them apart."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reconciler.datasets import (
    chat,
    completions,
    links,
    preference,
    quick,
    reinforcement,
    shape,
    syntax,
    whole,
)
from reconciler.datasets.content import Content
from reconciler.datasets.findings import Complaint, Rule
from reconciler.datasets.lines import Line
from reconciler.datasets.messages import role_of
from reconciler.datasets.spelling import did_you_mean, listed


class Format(NamedTuple):
    """What a format knows of one example."""

    glance: Callable[[bytes], Content | None]  # its content when nothing is wrong with the line
    check: Callable[[dict[str, Any]], Iterator[Complaint]]
    measure: Callable[[dict[str, Any]], Content]
    might_repeat_keys: Callable[[bytes, dict[str, Any]], bool]  # cheap; may be wrong both ways
    rules: Mapping[str, Rule]


def _never(_line: bytes) -> None:
    """Reinforcement files are small, and their fields are of any shape."""


# A new format is a module and a line here.
FORMATS: Mapping[str, Format] = {
    "chat": Format(quick.chat, chat.check, chat.measure, chat.might_repeat_keys, chat.RULES),
    "completions": Format(
        quick.completion,
        completions.check,
        completions.measure,
        completions.might_repeat_keys,
        completions.RULES,
    ),
    "preference": Format(
        quick.preference,
        preference.check,
        preference.measure,
        preference.might_repeat_keys,
        preference.RULES,
    ),
    "reinforcement": Format(
        _never,
        reinforcement.check,
        reinforcement.measure,
        chat.might_repeat_keys,
        reinforcement.RULES,
    ),
}

RULES: Mapping[str, Rule] = {
    rule: text
    for rules in (
        shape.RULES,
        whole.RULES,
        syntax.RULES,
        links.RULES,
        *(each.rules for each in FORMATS.values()),
    )
    for rule, text in rules.items()
}

SAMPLE = 3


def known(name: str) -> Format:
    try:
        return FORMATS[name]
    except KeyError:
        hint = did_you_mean(name, FORMATS) or f"Known: {listed(FORMATS)}."
        raise ValueError(f"no format is called {name!r}. {hint}") from None


def of_another(opening: Sequence[Line], declared: str) -> Complaint | None:
    """The whole file's one mistake, when its first examples agree on another format."""
    looks = {_look_of(line) for line in opening}
    other = looks.pop() if len(looks) == 1 else ""
    if not other or other == declared:
        return None
    what = f"the file is in the {other} format, not {declared}."
    return Complaint("file/format", what, hint=f"Say so in the dataset: format: {other}.")


def _look_of(line: Line) -> str:
    try:
        example = syntax.parse(line)
    except (syntax.MalformedError, RecursionError):
        return ""
    return next((name for name, is_like in _LOOKS if is_like(example)), "")


def _ends_with(role: str, example: dict[str, Any]) -> bool:
    conversation = example.get("messages")
    messages = conversation if isinstance(conversation, list) else []
    return bool(messages) and role_of(messages[-1]) == role


# What gives a format away; a conversation without either mark may be a poor one of two.
_LOOKS: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
    ("preference", lambda it: bool({"preferred_output", "non_preferred_output"} & it.keys())),
    ("completions", lambda it: {"prompt", "completion"} <= it.keys()),
    ("chat", lambda it: _ends_with("assistant", it) and not reinforcement.fields(it)),
    ("reinforcement", lambda it: _ends_with("user", it) and bool(reinforcement.fields(it))),
)
