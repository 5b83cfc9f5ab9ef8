"""What an answer has to be, and what is said of one that is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot
from pydantic import BaseModel, ValidationError

from reconciler.kinds.deployment.expectation import Expectation, mark, missed
from reconciler.kinds.duration import Duration, words
from reconciler.reporting.page import Page

OBJECT = {"type": "object", "required": ["mood"], "properties": {"mood": {"enum": ["good"]}}}
ELSEWHERE = {"$ref": "https://schemas.invalid/mood.json"}


def expectation(**more: Any) -> Expectation:
    return Expectation.model_validate({"prompt": "How was it?", **more})


CASES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "contains it": ({"contains": "10 cents"}, "It costs 10 cents.", True),
    "contains it in other letters": ({"contains": "Cents"}, "10 cents", False),
    "matches": ({"matches": r"\d+ cents"}, "about 10 cents", True),
    "matches on no line": ({"matches": r"^\d+$"}, "10 cents", False),
    "fits the schema": ({"jsonSchema": OBJECT}, '{"mood": "good"}', True),
    "lacks a key": ({"jsonSchema": OBJECT}, "{}", False),
    "has another value": ({"jsonSchema": OBJECT}, '{"mood": "bad"}', False),
    "is no JSON": ({"jsonSchema": OBJECT}, "The mood is good.", False),
    "a schema that is elsewhere": ({"jsonSchema": ELSEWHERE}, "{}", False),
}


def test_answers() -> None:
    """A missed expectation says the prompt, what should have come, and what came."""
    said: list[str] = []
    for name, (form, answer, is_met) in CASES.items():
        text = missed(2, expectation(**form), answer)
        assert bool(text) is not is_met, name
        if text:
            said += [name, *Page(width=96).wrap(text, 4)]
    assert "\n".join(said) == snapshot("""\
contains it in other letters
    answer 2, to "How was it?", should contain "Cents", and was "10 cents"
matches on no line
    answer 2, to "How was it?", should match "^\\d+$", and was "10 cents"
lacks a key
    answer 2, to "How was it?", should be JSON that fits its schema ($: 'mood' is a required
    property), and was "{}"
has another value
    answer 2, to "How was it?", should be JSON that fits its schema ($.mood: 'bad' is not one of
    ['good']), and was "{"mood": "bad"}"
is no JSON
    answer 2, to "How was it?", should be JSON that fits its schema (it is no JSON: Expecting
    value: line 1 column 1 (char 0)), and was "The mood is good."
a schema that is elsewhere
    answer 2, to "How was it?", should be JSON that fits its schema (the schema points to what
    is not in it: Unresolvable: https://schemas.invalid/mood.json), and was "{}"\
""")


def test_a_long_answer() -> None:
    """A long answer is cut, and its line breaks are not shown."""
    text = missed(1, expectation(contains="x"), "word\n" * 100)
    assert "\n" not in text
    assert len(text) < 300


def test_the_mark() -> None:
    """Another model, another prompt or another expectation is another mark; an order is, too."""
    one, other = expectation(contains="a"), expectation(contains="b")
    marks = [
        mark("8c8a3a9d", [one]),
        mark("cd0a9d25", [one]),
        mark("8c8a3a9d", [other]),
        mark("8c8a3a9d", [one, other]),
        mark("8c8a3a9d", [other, one]),
        mark("8c8a3a9d step 88", [one]),
    ]
    assert len(set(marks)) == len(marks)
    assert mark("8c8a3a9d", [one]) == mark("8c8a3a9d", [expectation(contains="a", maxTokens=256)])


class Waiting(BaseModel):
    drain: Duration


def test_durations() -> None:
    """A duration has units, from days to seconds, and is shown as it could be written."""
    spans = ("0s", "90s", "30m", "1h", "1d12h", "2d3h4m5s")
    read = [Waiting.model_validate({"drain": one}).drain for one in spans]
    assert [words(one) for one in read] == ["0s", "1m30s", "30m", "1h", "1d12h", "2d3h4m5s"]
    assert read[-1] == timedelta(days=2, hours=3, minutes=4, seconds=5)


@pytest.mark.parametrize("value", ["", "h", "1 h", "1h30", "-1h", "1.5h", 60, None])
def test_what_is_no_duration(value: Any) -> None:
    """A number without a unit says nothing."""
    with pytest.raises(ValidationError):
        Waiting.model_validate({"drain": value})
