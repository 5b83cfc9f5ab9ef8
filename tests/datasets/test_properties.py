"""What holds for every file, however strange."""

import hashlib
import json
from io import BytesIO
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.datasets import FORMATS, RULES, check_stream
from reconciler.datasets.lines import BYTE_ORDER_MARK, Lines

# Nested values are slow to draw on a busy machine, which says nothing about the code.
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["user", "assistant", "tool", "text", "image_url", "function", "call_1", "{}"]
    )
)
KEYS = (
    st.text(max_size=3)
    | st.sampled_from(["role", "content", "name", "weight", "tool_calls", "tool_call_id", "type"])
    | st.sampled_from(["text", "image_url", "url", "detail", "id", "function", "arguments"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
TOP = st.sampled_from(
    [
        *("messages", "tools", "functions", "parallel_tool_calls", "prompt", "completion"),
        *("input", "preferred_output", "non_preferred_output", "reference"),
    ]
)
A_CHAT = {
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
}
EXAMPLES = st.dictionaries(TOP, st.lists(JSON, max_size=3) | JSON, max_size=3)
ALMOST_LINES = st.lists(
    st.binary(max_size=30)
    | EXAMPLES.map(json.dumps).map(str.encode)
    | st.sampled_from([b"", b"\r", b"{", b'{"messages":[', b"\xff", BYTE_ORDER_MARK, b"[" * 2000]),
    max_size=4,
).map(b"\n".join)


@patiently
@given(st.binary(max_size=200) | ALMOST_LINES)
def test_any_bytes(data: bytes) -> None:
    """No bytes make the check fail; hash and size are theirs; each finding has a rule."""
    report = check_stream(BytesIO(data))
    assert report.sha256 == hashlib.sha256(data).hexdigest()
    assert report.size == len(data)
    assert all(finding.rule in RULES and finding.message for finding in report.findings)
    assert all(0 <= finding.line <= data.count(b"\n") + 1 for finding in report.findings)


@patiently
@given(EXAMPLES, st.sampled_from(sorted(FORMATS)))
def test_any_example_in_any_format(example: dict[str, Any], name: str) -> None:
    """Whatever the format, any JSON object is checked and measured."""
    data = json.dumps(example).encode()
    report = check_stream(BytesIO(data), format=name, minimum_examples=1)
    assert all(finding.rule in RULES for finding in report.findings)


@patiently
@given(EXAMPLES)
def test_any_example(example: dict[str, Any]) -> None:
    """Any JSON object is checked and measured, and what passes is a chat."""
    data = f"{json.dumps(A_CHAT)}\n{json.dumps(example)}".encode()
    report = check_stream(BytesIO(data), minimum_examples=1)
    assert report.examples == 2
    if report.is_valid:
        roles = [message["role"] for message in example["messages"]]
        assert "user" in roles
        assert roles[-1] == "assistant"


def mostly(*good: Any) -> st.SearchStrategy[Any]:
    """One of the good values, and once in a while anything."""
    values = st.sampled_from(good)
    return st.integers(0, 24).flatmap(lambda chance: values if chance else JSON)


def record(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(required, optional=optional)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(strategy, min_size=1, max_size=2)


IMAGE = record(
    {"url": mostly("https://a.org/b.png", "data:image/png;base64,iVBO")},
    {"detail": mostly("low", "auto")},
)
PARTS = some(
    record({"type": mostly("text"), "text": mostly("Hi", "é")}, {})
    | record({"type": mostly("image_url"), "image_url": IMAGE}, {})
)
SAID = mostly("Hi", " é ", "\u3000") | PARTS
CALLED = record({"name": mostly("f", "g"), "arguments": mostly("{}", '{"a": 1}', "[]")}, {})
CALLS = some(record({"id": mostly("a", "b"), "type": mostly("function"), "function": CALLED}, {}))
FUNCTION = record({"name": mostly("f", "g-1", "f\n")}, {"parameters": mostly(None, {})})
TOOLS = some(record({"type": mostly("function"), "function": FUNCTION}, {"strict": mostly(True)}))
NAME = {"name": mostly("Ann", None)}
MESSAGES = (
    record({"role": mostly("user", "system", "developer"), "content": SAID}, NAME)
    | record({"role": mostly("assistant"), "content": SAID}, {"weight": mostly(0, 1, 1.0, True, 2)})
    | record({"role": mostly("assistant"), "tool_calls": CALLS}, {"content": mostly("", None)})
    | record({"role": mostly("tool"), "content": SAID, "tool_call_id": mostly("a", "b")}, NAME)
)
NEARLY_GOOD = record(
    {"messages": some(MESSAGES)},
    {"tools": TOOLS, "parallel_tool_calls": mostly(True, False)},
)


PAIRS = record(
    {
        "input": NEARLY_GOOD,
        "preferred_output": some(MESSAGES),
        "non_preferred_output": some(MESSAGES),
    },
    {},
)
COMPLETIONS = record({"prompt": mostly("Hi", " "), "completion": mostly("", "é")}, {})


@patiently
@given(
    NEARLY_GOOD.map(lambda example: ("chat", example))
    | PAIRS.map(lambda example: ("preference", example))
    | COMPLETIONS.map(lambda example: ("completions", example))
)
def test_the_short_way_is_no_way_round(given: tuple[str, dict[str, Any]]) -> None:
    """An example seen at a glance has what the slow way reads, and no rule speaks of it."""
    name, example = given
    known = FORMATS[name]
    if content := known.glance(json.dumps(example).encode()):
        assert content == known.measure(example)
        assert list(known.check(example)) == []


@patiently
@given(ALMOST_LINES, st.integers(min_value=1, max_value=40))
def test_borders_of_chunks(data: bytes, chunk: int) -> None:
    """Where one read ends and the next begins changes nothing."""
    assert check_stream(BytesIO(data), chunk=chunk) == check_stream(BytesIO(data))


@patiently
@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=8))
def test_lines_are_where_they_say(pieces: list[bytes]) -> None:
    """Each line is found again at its offset; together they are the file."""
    data = b"\n".join(pieces)
    for line in Lines(BytesIO(data), chunk=3):
        assert data[line.offset :].startswith(line.data)
        assert data[: line.offset].count(b"\n") == line.number - 1


@patiently
@given(st.binary(max_size=60), st.integers(1, 9), st.integers(1, 20))
def test_long_lines(data: bytes, chunk: int, longest: int) -> None:
    """A line over the limit is marked, keeps its number, and only its beginning."""
    numbered = list(Lines(BytesIO(data), chunk=chunk, longest=longest))
    expected = data.removesuffix(b"\n").split(b"\n") if data else []
    assert [line.number for line in numbered] == list(range(1, len(expected) + 1))
    for line, piece in zip(numbered, expected, strict=True):
        assert line.is_whole == (len(piece) <= longest)
        mark = BYTE_ORDER_MARK if line.number == 1 else b""
        whole = piece.removeprefix(mark)
        assert line.data == whole if line.is_whole else whole.startswith(line.data)
