"""What a report says of a good file, and of very many mistakes."""

import dataclasses
import hashlib
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from reconciler.datasets import Report, Severity, check, check_stream

PLAIN = {
    "messages": [
        {"role": "user", "content": "Grüße!"},
        {"role": "assistant", "content": "Hello."},
    ]
}


def plain(number: int) -> dict[str, Any]:
    """One of many examples that differ."""
    talk = [
        {"role": "user", "content": f"What follows {number}?"},
        {"role": "assistant", "content": f"{number + 1}"},
    ]
    return {"messages": talk}


def jsonl(*examples: object) -> bytes:
    return b"".join(json.dumps(example).encode() + b"\n" for example in examples)


def report_of(*examples: object, minimum_examples: int = 1) -> Report:
    return check_stream(BytesIO(jsonl(*examples)), minimum_examples=minimum_examples)


def test_a_good_file(tmp_path: Path) -> None:
    """One pass gives the hash, the size, the statistics, and no finding."""
    path = tmp_path / "chats.jsonl"
    path.write_bytes(jsonl(*map(plain, range(10))))
    report = check(path)
    assert report.is_valid
    words = dataclasses.asdict(report)
    assert words.pop("digests").count == 10
    assert words.pop("token_basis") == snapshot(
        "exact o200k count of text and roles, plus 3 a message, 1 a name, 3 an example, "
        "and 85 or 765 an image"
    )
    assert words.pop("sha256") == hashlib.sha256(path.read_bytes()).hexdigest()
    assert words == snapshot(
        {
            "size": 1021,
            "examples": 10,
            "messages": 20,
            "characters": 161,
            "tokens": 170,
            "has_images": False,
            "findings": (),
            "hidden": 0,
            "images": 0,
            "longest": 17,
            "histogram": (0, 0, 0, 0, 10),
            "longest_line": 1,
            "too_long": 0,
        }
    )


def test_a_missing_file(tmp_path: Path) -> None:
    """A file that cannot be read is the caller's to report."""
    with pytest.raises(FileNotFoundError):
        check(tmp_path / "absent.jsonl")


def test_an_unknown_format(tmp_path: Path) -> None:
    """A format is one of the table, and the nearest is named."""
    path = tmp_path / "chats.jsonl"
    path.write_bytes(jsonl(PLAIN))
    with pytest.raises(ValueError, match="Did you mean 'chat'"):
        check(path, format="chats")


def test_warnings_leave_a_file_valid() -> None:
    """Only errors make a file unfit to send."""
    report = report_of({**PLAIN, "comment": "from Ann"})
    assert [finding.severity for finding in report.findings] == [Severity.WARNING]
    assert report.is_valid


def test_a_validation_file_may_be_small() -> None:
    """The least number of examples is the caller's to say; by default ten."""
    assert report_of(PLAIN, minimum_examples=1).is_valid
    assert not report_of(PLAIN, minimum_examples=10).is_valid


def test_the_same_mistake_everywhere() -> None:
    """Twenty findings of a rule are shown and the rest counted; other rules are not crowded out."""
    wrong = {"messages": [{"role": "user", "content": "Hi"}, {"role": "bot", "content": "Hello"}]}
    report = report_of(*[wrong] * 500, {"messages": []})
    rules = [finding.rule for finding in report.findings]
    assert (rules.count("chat/role"), rules.count("chat/messages")) == (20, 1)
    assert report.hidden == 480


def test_findings_come_in_the_order_of_the_file() -> None:
    """The whole file first, then line by line."""
    report = report_of("x", {"messages": []}, [], minimum_examples=10)
    assert [finding.line for finding in report.findings] == [0, 1, 2, 3]


def test_bad_lines_are_examples_too() -> None:
    """Ten lines of which one is broken are not reported as nine."""
    lines = jsonl(*map(plain, range(9))) + b"{broken\n"
    report = check_stream(BytesIO(lines))
    assert report.examples == 10
    assert [finding.rule for finding in report.findings] == ["jsonl/syntax"]


def test_tools_and_images_are_counted() -> None:
    """Definitions and calls count as text; images by their detail."""
    image: dict[str, Any] = {"url": "https://example.org/a.png", "detail": "low"}
    example = {
        "messages": [
            {"role": "user", "content": [{"type": "image_url", "image_url": image}]},
            {"role": "assistant", "content": "A cat."},
        ]
    }
    report = report_of(example)
    assert (report.has_images, report.characters, report.tokens) == (True, 6, 3 + 2 * 4 + 3 + 85)
    called = {"name": "look_up", "arguments": "{}"}
    call = {"id": "a", "type": "function", "function": called}
    tools = [{"type": "function", "function": {"name": "look_up"}}]
    example = {"messages": [PLAIN["messages"][0], {"role": "assistant", "tool_calls": [call]}]}
    compact = '[{"type":"function","function":{"name":"look_up"}}]'
    report = report_of({**example, "tools": tools})
    assert report.characters == len("Grüße!" + "look_up" + "{}" + compact)


def test_the_rest_of_a_hopeless_file_is_still_hashed() -> None:
    """A JSON array is one finding, and hash and size are those of the whole file."""
    data = json.dumps([PLAIN] * 1000, indent=1).encode()
    report = check_stream(BytesIO(data), chunk=64)
    assert [finding.rule for finding in report.findings] == ["file/array"]
    assert (report.size, report.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert (report.examples, report.hidden) == (0, 0)


@pytest.mark.parametrize("depth", range(940, 1010, 5))
def test_depths_at_the_edge(depth: int) -> None:
    """Nesting that one reader takes and the next refuses is a finding, never an exception."""
    deep = "[" * depth + "]" * depth
    line = f'{{"messages": [{{"role": "user", "role": {deep}}}], "tools": {deep}}}'
    report = check_stream(BytesIO(line.encode()), minimum_examples=1)
    assert not report.is_valid
