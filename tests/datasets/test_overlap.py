"""Validation examples that are in the training file."""

import json
from io import BytesIO

import pytest

from reconciler.datasets import RULES, Report, Severity, check_stream, overlap

CAT, DOG = "https://example.org/cat.png", "https://example.org/dog.png"


def read(*lines: object, format: str = "chat") -> Report:  # noqa: A002
    """A file of these examples; what is text is written as it is."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    data = "\n".join(written).encode()
    return check_stream(BytesIO(data), format=format, minimum_examples=1, tokens=False)


def talk(text: object, **said: object) -> dict[str, object]:
    answer = {"role": "assistant", "content": "Yes.", **said}
    return {"messages": [{"role": "user", "content": text}, answer]}


def picture(url: str, detail: str = "auto") -> list[object]:
    return [{"type": "image_url", "image_url": {"url": url, "detail": detail}}]


def graded(reference: str) -> dict[str, object]:
    return {"messages": [{"role": "user", "content": "How much?"}], "reference": reference}


def test_nothing_in_common() -> None:
    """Two files without a common example give no finding."""
    found = overlap(read(talk("a"), talk("b")), read(talk("c")))
    assert (found.count, found.examples, found.lines, found.finding) == (0, 1, (), None)


def test_some_in_common() -> None:
    """The lines in both files are named, and their number counts repeats."""
    train = read(talk("a"), talk("b"), talk("c"))
    found = overlap(train, read(talk("x"), talk("c"), talk("a"), talk("c")))
    assert (found.count, found.examples) == (3, 4)
    assert found.lines == ((3, 2), (1, 3))
    assert found.finding is not None
    assert found.finding.message == (
        "3 of 4 examples are in the training file, too, such as its line 3."
    )
    assert (found.finding.rule in RULES, found.finding.severity) == (True, Severity.WARNING)


def test_the_same_in_other_words() -> None:
    """Keys in another order, escapes and spaces make no other example; broken lines are none."""
    other = (
        '{ "messages" : [{"content": "Gr\\u00fc\\u00dfe", "role": "user"},'
        ' {"content" : "Yes.", "role": "assistant", "weight": 1}]}'
    )
    found = overlap(read(talk("Grüße")), read("{broken", other))
    assert (found.count, found.examples, found.lines) == (1, 1, ((1, 2),))


@pytest.mark.parametrize(
    ("format", "one", "other"),
    [
        ("chat", talk("a"), talk("a", content="No.")),
        ("chat", talk("a"), talk("a", weight=0)),
        ("chat", talk(picture(CAT)), talk(picture(DOG))),
        ("chat", talk(picture(CAT)), talk(picture(CAT, "low"))),
        ("completions", {"prompt": "a", "completion": "b"}, {"prompt": "a", "completion": "c"}),
        ("reinforcement", graded("3"), graded("4")),
    ],
)
def test_what_sets_examples_apart(format: str, one: object, other: object) -> None:  # noqa: A002
    """Only what is the same in all that is learned from it is the same example."""
    first = read(one, format=format)
    assert first.digests.count == 1
    assert overlap(first, read(other, format=format)).count == 0
    assert overlap(first, read(one, format=format)).count == 1


def test_many_shared() -> None:
    """Of many, those are shown that come first in the validation file."""
    talks = [talk(f"{number}") for number in range(300)]
    found = overlap(read(*reversed(talks)), read(*talks))
    assert (found.count, found.examples) == (300, 300)
    assert found.lines == tuple((300 - at, at + 1) for at in range(20))
